package trade_test

import (
	"errors"
	"fmt"

	"chokepoint/pkg/trade"
)

func ExampleDecode() {
	event, err := trade.Decode([]byte(`{"id":"S-1","kind":"shipment","source":"tms-eu","time":"2026-11-20T09:12:00+01:00"}`), trade.Limits{})
	fmt.Println(event.Identity(), event.Time, err)

	_, err = trade.Decode([]byte(`{"id":"S-1","kind":"shipment","source":"tms-eu","time":"2026-11-20T09:12:00+01:00",
		"goods":[{"hs":"8542.31","value":{"amount":"-5","currency":"USD"}}]}`), trade.Limits{})
	if decodeError, ok := errors.AsType[*trade.DecodeError](err); ok {
		for _, fault := range decodeError.Faults {
			fmt.Println(fault.Pointer, fault.Message)
		}
	}
	// Output:
	// tms-eu/S-1/1 2026-11-20 08:12:00 +0000 UTC <nil>
	// /goods/0/hs must be 6 to 12 digits
	// /goods/0/value/amount must not be negative
}
