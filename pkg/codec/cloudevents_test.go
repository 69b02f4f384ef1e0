package codec_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/codec"
	"chokepoint/pkg/trade"
)

const payment = `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z","remittance":["INV-1"]}`

func envelope(members, data string) string {
	return `{"specversion":"1.0","id":"m-1","source":"https://bank.example/feed","type":"chokepoint.payment.v1"` + members + `,"data":` + data + `}`
}

func TestDecodeCloudEvent(t *testing.T) {
	want, err := trade.Decode([]byte(payment), trade.Limits{})
	require.NoError(t, err)
	for name, text := range map[string]string{
		"plain":      envelope("", payment),
		"attributes": envelope(`,"time":"2026-11-20T08:12:00+01:00","subject":"P-1","datacontenttype":"application/json; charset=utf-8"`, payment),
		"extensions": envelope(`,"partitionkey":"7","sequence":12,"sampled":true,"traceparent":null,"subject":null`, " "+payment+"\n"),
		"data first": `{"data":` + payment + `,"specversion":"1.0","id":"m","source":"/","type":"chokepoint.payment.v1"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			event, err := codec.DecodeCloudEvent([]byte(text), trade.Limits{})
			require.NoError(t, err)
			require.Equal(t, want, event)
		})
	}
}

func TestDecodeCloudEventFaults(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":           {"", `not JSON of an event: the event ends before the JSON is complete (at byte 0)`},
		"an array":        {"[]", `not JSON of an event: the event must be an object (at byte 0)`},
		"truncated":       {`{"specversion":"1.0"`, `not JSON of an event: the event ends before the JSON is complete (at byte 20)`},
		"trailing":        {envelope("", payment) + "{}", `not JSON of an event: the event is followed by more text (at byte 208)`},
		"trailing letter": {envelope("", payment) + "x", `not JSON of an event: the event is followed by more text (at byte 207)`},
		"duplicate":       {envelope(`,"id":"m-2"`, payment), `not JSON of an event: /id is a duplicate member (at byte 100)`},
		"duplicate below": {envelope("", `{"id":"a","id":"b"}`), `not JSON of an event: /data/id is a duplicate member (at byte 117)`},
		"invalid UTF-8":   {envelope(",\"subject\":\"\xff\"", payment), `not JSON of an event: /subject is not valid JSON: invalid UTF-8 (at byte 111)`},
		"base64":          {envelope(`,"data_base64":"e30="`, payment), `not JSON of an event: /data_base64 is not taken; data must be JSON (at byte 120)`},
		"attribute name":  {envelope(`,"Subject":"x"`, payment), `not JSON of an event: /Subject is not the name of an attribute: lower case letters and digits only (at byte 113)`},
		"attribute type":  {envelope(`,"subject":7`, payment), `not JSON of an event: /subject must be a string (at byte 111)`},
		"extension type":  {envelope(`,"more":{"a":[1]}`, payment), `not JSON of an event: /more must be a string, a number or a boolean (at byte 116)`},
		"unknown member":  {envelope("", `{"id":"P-1","extra":1}`), `not JSON of an event: /data/extra is not a member of an event (at byte 119)`},
		"deep":            {envelope("", strings.Repeat("[", 500)), `not JSON of an event: /data` + strings.Repeat("/0", 19) + ` nests deeper than 20 levels (at byte 127)`},
		"too many":        {envelope(strings.Repeat(`,"x":1`, 60), payment), `not JSON of an event: /x is a duplicate member (at byte 106)`},
		"no data": {
			`{"specversion":"0.3","source":"","time":"soon","type":"other","datacontenttype":"text/xml"}`,
			`invalid event: /id is required; /source is required; /specversion must be 1.0; ` +
				`/type must be chokepoint.shipment.v1 or chokepoint.payment.v1; /datacontenttype must be application/json; and 2 more`,
		},
		"both": {
			`{"specversion":"1.0","id":"m","source":"/","type":"x","data":{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z","amount":{"amount":"-5","currency":"EUR"}}}`,
			`invalid event: /type must be chokepoint.shipment.v1 or chokepoint.payment.v1; /data/amount/amount must not be negative`,
		},
		"the other kind": {
			strings.Replace(envelope("", payment), "chokepoint.payment.v1", "chokepoint.shipment.v1", 1),
			`invalid event: /type must be chokepoint.payment.v1, as the event is a payment`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := codec.DecodeCloudEvent([]byte(test.text), trade.Limits{})
			require.EqualError(t, err, test.want)
		})
	}
}

func TestDecodeCloudEventBoundsAttributes(t *testing.T) {
	var members strings.Builder
	for _, first := range "abcdefghij" {
		for _, second := range "abcdef" {
			members.WriteString(`,"` + string(first) + string(second) + `":1`)
		}
	}
	_, err := codec.DecodeCloudEvent([]byte(envelope(members.String(), payment)), trade.Limits{})
	require.ErrorContains(t, err, "has more attributes than a CloudEvent may have here")
}

func TestDecodeBinaryCloudEvent(t *testing.T) {
	header := http.Header{}
	for name, value := range map[string]string{
		"specversion": "1.0", "id": "m-1", "source": "/feed", "type": codec.TypePayment, "time": "2026-11-20T08:12:00Z", "partitionkey": "7",
	} {
		header.Set("ce-"+name, value)
	}
	attribute := func(name string) string { return header.Get("ce-" + name) }
	event, err := codec.DecodeBinaryCloudEvent(attribute, []byte(payment), trade.Limits{})
	require.NoError(t, err)
	require.Equal(t, "P-1", event.ID)

	header.Set("ce-type", codec.TypeShipment)
	_, err = codec.DecodeBinaryCloudEvent(attribute, []byte(payment), trade.Limits{})
	require.EqualError(t, err, "invalid event: the event header ce-type must be chokepoint.payment.v1, as the event is a payment")

	header.Del("ce-id")
	header.Set("ce-specversion", "2.0")
	_, err = codec.DecodeBinaryCloudEvent(attribute, []byte(`{"id":"P-1"}`), trade.Limits{})
	require.EqualError(t, err, "invalid event: the event header ce-id is required; the event header ce-specversion must be 1.0; "+
		"/kind is required; /source is required; /time is required")

	_, err = codec.DecodeBinaryCloudEvent(attribute, []byte(`{"id":1}`), trade.Limits{})
	require.EqualError(t, err, "not JSON of an event: /id must be a string, not a number (at byte 6)")
}

func TestCloudEventType(t *testing.T) {
	require.Equal(t, "chokepoint.shipment.v1", codec.CloudEventType(trade.KindShipment))
	require.Equal(t, "chokepoint.payment.v1", codec.CloudEventType(trade.KindPayment))
	require.Empty(t, codec.CloudEventType(trade.KindUnknown))
}

func FuzzDecodeCloudEvent(f *testing.F) {
	f.Add([]byte(envelope("", payment)))
	f.Add([]byte(envelope(`,"time":"x","subject":null,"n":1`, `{}`)))
	f.Add([]byte(`{"data":{`))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := codec.DecodeCloudEvent(body, trade.Limits{Bytes: 1 << 14})
		if err == nil {
			require.Empty(t, event.Validate())
			return
		}
		decodeError, ok := errors.AsType[*trade.DecodeError](err)
		require.True(t, ok)
		require.NotEmpty(t, decodeError.Faults)
		require.LessOrEqual(t, decodeError.Offset, int64(len(body)))
	})
}
