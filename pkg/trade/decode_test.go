package trade_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/trade"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// shipmentWith returns a small shipment with more members put in.
func shipmentWith(members string) string {
	return `{"id":"S-1","kind":"shipment","source":"tms","time":"2026-11-20T08:12:00Z"` + members + `}`
}

// paymentWith is the same for a payment.
func paymentWith(members string) string {
	return `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z"` + members + `}`
}

// Golden files: how a person would write an event, and its canonical form.
func TestDecodeGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/events/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			event, err := trade.Decode(data, trade.Limits{})
			require.NoError(t, err)
			require.Empty(t, event.Validate())

			canonical, err := trade.Encode(event)
			require.NoError(t, err)
			golden := strings.TrimSuffix(file, ".json") + ".canonical"
			if *update {
				require.NoError(t, os.WriteFile(golden, append(canonical, '\n'), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSuffix(string(want), "\n"), string(canonical))

			again, err := trade.Decode(canonical, trade.Limits{})
			require.NoError(t, err)
			require.Equal(t, event, again)
		})
	}
}

// What is not JSON of an event is refused at the first fault, with its place.
func TestDecodeMalformed(t *testing.T) {
	whole := shipmentWith(`,"status":"booked"`)
	for name, test := range map[string]struct{ text, want string }{
		"empty":     {"", `not JSON of an event: the event ends before the JSON is complete (at byte 0)`},
		"spaces":    {"  ", `not JSON of an event: the event ends before the JSON is complete (at byte 2)`},
		"truncated": {whole[:len(whole)-8], `not JSON of an event: /status ends before the JSON is complete (at byte 85)`},
		"truncated between members": {
			`{"id":"S-1",`,
			`not JSON of an event: the event ends before the JSON is complete (at byte 12)`,
		},
		"trailing text": {
			whole + "x",
			`not JSON of an event: the event is not valid JSON: invalid character 'x' after top-level value (at byte 93)`,
		},
		"two events":     {whole + whole, `not JSON of an event: the event is not valid JSON: invalid character '{' after top-level value (at byte 93)`},
		"not an object":  {`["id"]`, `not JSON of an event: the event must be an object, not an array (at byte 0)`},
		"duplicate name": {shipmentWith(`,"id":"S-2"`), `not JSON of an event: /id is a duplicate member (at byte 75)`},
		"duplicate name by escape": {
			shipmentWith(`,"\u0069d":"S-2"`),
			`not JSON of an event: /id is a duplicate member (at byte 75)`,
		},
		"duplicate name in a party": {
			shipmentWith(`,"parties":[{"role":"consignee","name":"A","name":"B"}]`),
			`not JSON of an event: /parties/0/name is a duplicate member (at byte 117)`,
		},
		"duplicate name of the body": {
			shipmentWith(`,"goods":[],"goods":[]`),
			`not JSON of an event: /goods is a duplicate member (at byte 86)`,
		},
		"unknown member": {shipmentWith(`,"extra":1`), `not JSON of an event: /extra is not a member of an event (at byte 75)`},
		"unknown member in goods": {
			shipmentWith(`,"goods":[{"hs":"853224"},{"hs_code":"853224"}]`),
			`not JSON of an event: /goods/1/hs_code is not a member of an event (at byte 101)`,
		},
		"member in another case": {shipmentWith(`,"Status":"x"`), `not JSON of an event: /Status is not a member of an event (at byte 75)`},
		"unknown member with a name that has no end": {
			shipmentWith(`,"route":{"` + strings.Repeat("x", 5_000) + `":1}`),
			`not JSON of an event: /route holds a member whose name is too long (at byte 84)`,
		},
		"invalid UTF-8": {
			shipmentWith(",\"status\":\"a\xff\""),
			`not JSON of an event: /status is not valid JSON: invalid UTF-8 (at byte 86)`,
		},
		"half a surrogate pair": {
			shipmentWith(`,"status":"\ud800"`),
			"not JSON of an event: /status is not valid JSON: invalid surrogate pair `\\ud800\"}` in string (at byte 85)",
		},
		"byte order mark": {
			"\xef\xbb\xbf" + whole,
			"not JSON of an event: the event is not valid JSON: invalid character '\\ufeff' at start of value (at byte 0)",
		},
		"control character": {
			shipmentWith(",\"status\":\"a\nb\""),
			`not JSON of an event: /status is not valid JSON: invalid character '\n' in string (expecting non-control character) (at byte 86)`,
		},
		"NaN": {shipmentWith(`,"revision":NaN`), `not JSON of an event: /revision is not valid JSON: invalid character 'N' at start of value (at byte 86)`},

		"number as id":        {`{"id":1}`, `not JSON of an event: /id must be a string, not a number (at byte 6)`},
		"text as revision":    {shipmentWith(`,"revision":"2"`), `not JSON of an event: /revision must be a whole number, not a string (at byte 86)`},
		"part of a revision":  {shipmentWith(`,"revision":1.5`), `not JSON of an event: /revision must be a whole number (at byte 86)`},
		"boundless revision":  {shipmentWith(`,"revision":1e999`), `not JSON of an event: /revision must be a whole number (at byte 86)`},
		"object as parties":   {shipmentWith(`,"parties":{}`), `not JSON of an event: /parties must be an array, not an object (at byte 85)`},
		"text as party":       {shipmentWith(`,"parties":["x"]`), `not JSON of an event: /parties/0 must be an object, not a string (at byte 86)`},
		"text as truth":       {shipmentWith(`,"handler":{"us_person":"no"}`), `not JSON of an event: /handler/us_person must be true or false, not a string (at byte 98)`},
		"number as time":      {`{"time":1763626320}`, `not JSON of an event: /time must be a string with a time, not a number (at byte 8)`},
		"number as amount":    {paymentWith(`,"amount":{"amount":182000.00,"currency":"USD"}`), `not JSON of an event: /amount/amount must be a string with a decimal number such as "182000.00", not a number (at byte 95)`},
		"bad time, then type": {`{"time":"soon","id":7}`, `not JSON of an event: /id must be a string, not a number (at byte 20)`},

		"deep where a text is wanted": {
			`{"id":` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`,
			`not JSON of an event: /id` + strings.Repeat("/0", 19) + ` nests deeper than 20 levels (at byte 26)`,
		},
		"deep and never closed": {
			strings.Repeat(`{"route":`, 900_000/9),
			`not JSON of an event: ` + strings.Repeat("/route", 20) + ` nests deeper than 20 levels (at byte 181)`,
		},
		"deeper than the library goes": {
			`{"x":` + strings.Repeat("[", 500_000),
			`not JSON of an event: /x` + strings.Repeat("/0", 19) + ` nests deeper than 20 levels (at byte 25)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := trade.Decode([]byte(test.text), trade.Limits{})
			require.EqualError(t, err, test.want)
			decodeError, ok := errors.AsType[*trade.DecodeError](err)
			require.True(t, ok)
			require.False(t, decodeError.Invalid)
			require.Len(t, decodeError.Faults, 1)
		})
	}
}

// What is well formed but invalid is refused with every fault.
func TestDecodeInvalid(t *testing.T) {
	const place = "must be a UN/LOCODE: two letters of the country and three of the place"
	const country = "must be an ISO 3166-1 alpha-2 country code in capitals"
	const decimal = "must be a decimal number with at most 18 digits before and 9 after the point"
	const date = "must be a date, YYYY, YYYY-MM or YYYY-MM-DD, in the years 1000 to 2199"
	const clock = `must be an RFC 3339 time with its zone, such as "2026-11-20T08:12:00Z"`
	const typeName = "must be 1 to 40 of the characters a to z, 0 to 9 and _"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing there": {`{}`, []string{"/id is required", "/kind is required", "/source is required", "/time is required"}},
		"null":          {`null`, []string{"/id is required", "/kind is required", "/source is required", "/time is required"}},
		"the head": {
			`{"id":" S-1","kind":"barter","source":"TMS/eu","time":"2026-11-20T08:12:00","revision":-1}`,
			[]string{
				"/time " + clock,
				"/id must be 1 to 200 printable characters without a space at either end",
				"/kind must be shipment or payment",
				"/source must be 1 to 64 of the characters a to z, 0 to 9 and -",
				"/revision must be a whole number from 1 to 1000000000",
			},
		},
		"an id of dots":            {`{"id":"..","kind":"payment","source":"s","time":"2026-11-20T08:12:00Z"}`, []string{"/id must not be a dot or two dots"}},
		"an id that is too long":   {`{"id":"` + strings.Repeat("x", 201) + `","kind":"payment","source":"s","time":"2026-11-20T08:12:00Z"}`, []string{"/id must be 1 to 200 printable characters without a space at either end"}},
		"an id with a line break":  {`{"id":"a\nb","kind":"payment","source":"s","time":"2026-11-20T08:12:00Z"}`, []string{"/id must be 1 to 200 printable characters without a space at either end"}},
		"a revision out of bounds": {shipmentWith(`,"revision":1000000001`), []string{"/revision must be a whole number from 1 to 1000000000"}},
		"a time of no calendar":    {`{"id":"S","kind":"payment","source":"s","time":"2026-02-30T08:12:00Z"}`, []string{"/time " + clock}},
		"a time before computers":  {`{"id":"S","kind":"payment","source":"s","time":"1026-02-03T08:12:00Z"}`, []string{"/time must lie in the years 1990 to 2199"}},
		"a year of five digits":    {`{"id":"S","kind":"payment","source":"s","time":"9999-12-31T23:59:59-10:00"}`, []string{"/time must lie in the years 1990 to 2199"}},
		"several times": {
			shipmentWith(`,"route":{"legs":[{"departure":"soon","arrival":"2026-11-20T25:00:00Z"},{"arrival":"1970-01-01T00:00:00Z","mode":"ship"}]}`),
			[]string{
				"/route/legs/0/departure " + clock, "/route/legs/0/arrival " + clock,
				"/route/legs/1/mode must be sea, air, road, rail or inland_waterway",
				"/route/legs/1/arrival must lie in the years 1990 to 2199",
			},
		},
		"references": {
			shipmentWith(`,"references":[{"type":"Bill of lading","value":"X"},{"type":"invoice","value":" "},{},null]`),
			[]string{
				"/references/0/type " + typeName, "/references/1/value is required",
				"/references/2/type is required", "/references/2/value is required",
				"/references/3/type is required", "/references/3/value is required",
			},
		},
		"parties": {
			shipmentWith(`,"parties":[{"role":"villain","name":"A"},{"name":"\u00a0"},{"role":"carrier","name":"-- \u200b --"},` +
				`{"role":"buyer","name":"X","kind":"company","country":"tr","nationality":"Turkish","birth_date":"1980-13","incorporated":"2022-02-29"},` +
				`{"role":"seller","name":"X","kind":"vessel","birth_date":"1980","nationality":"TR"}]`),
			[]string{
				"/parties/0/role is not a role of a party",
				"/parties/1/role is required", "/parties/1/name is required",
				"/parties/2/name holds no letter and no digit",
				"/parties/3/kind must be person, organization or vessel", "/parties/3/country " + country,
				"/parties/3/incorporated " + date, "/parties/3/birth_date " + date, "/parties/3/nationality " + country,
				"/parties/4/birth_date belongs to a person only", "/parties/4/nationality belongs to a person only",
			},
		},
		"what stands in a party": {
			shipmentWith(`,"parties":[{"role":"buyer","name":"X\u0000Y","country":"UK","address":{"lines":["ok","` + strings.Repeat("ş", 501) +
				`"],"country":"TUR"},"identifiers":[{"type":"tax-id","value":"1","country":"XX"},{"type":"lei"}],"account":"` + strings.Repeat("1", 65) + `"}]`),
			[]string{
				"/parties/0/name holds a control character", "/parties/0/country " + country,
				"/parties/0/address/lines/1 is longer than 500 characters", "/parties/0/address/country " + country,
				"/parties/0/identifiers/0/type " + typeName, "/parties/0/identifiers/0/country " + country,
				"/parties/0/identifiers/1/value is required", "/parties/0/account is longer than 64 characters",
			},
		},
		"goods": {
			shipmentWith(`,"goods":[{"hs":"8542.31"},{"hs":"85423"},{"hs":"8542311000000"},{"origin":"USA","quantity":"-5","value":{"amount":"-0.01","currency":"usd"}},` +
				`{"quantity":"1,200","value":{"amount":"1e3"}},{"quantity":"1234567890123456789","value":{"amount":"1.","currency":"US$"}},{"quantity":"--5","value":{}}]`),
			[]string{
				"/goods/0/hs must be 6 to 12 digits", "/goods/1/hs must be 6 to 12 digits", "/goods/2/hs must be 6 to 12 digits",
				"/goods/3/origin " + country, "/goods/3/quantity must not be negative",
				"/goods/3/value/amount must not be negative", "/goods/3/value/currency must be an ISO 4217 code of three capital letters",
				"/goods/4/quantity " + decimal, "/goods/4/value/amount " + decimal, "/goods/4/value/currency is required",
				"/goods/5/quantity " + decimal, "/goods/5/value/amount " + decimal, "/goods/5/value/currency must be an ISO 4217 code of three capital letters",
				"/goods/6/quantity " + decimal, "/goods/6/value/amount is required", "/goods/6/value/currency is required",
			},
		},
		"the route": {
			shipmentWith(`,"route":{"origin":"Taipei","destination":"TRIS1","final_country":"QQ","legs":[{"from":"QQIST","to":"tripe","vessel":{"imo":"IMO9000001","mmsi":"1","flag":"--"}}]}`),
			[]string{
				"/route/origin " + place, "/route/destination " + place,
				"/route/legs/0/from " + place, "/route/legs/0/to " + place,
				"/route/legs/0/vessel/imo must be an IMO number of 7 digits", "/route/legs/0/vessel/mmsi must be an MMSI of 9 digits",
				"/route/legs/0/vessel/flag " + country, "/route/final_country " + country,
			},
		},
		"a licence": {
			shipmentWith(`,"authorisations":[{"expires":"31.12.2027"}]`),
			[]string{"/authorisations/0/authority is required", "/authorisations/0/number is required", "/authorisations/0/expires " + date},
		},
		"agents": {
			paymentWith(`,"agents":[{"role":"bank","bic":"ZZZZAEA","lei":"0000SAMPLE000000001X","country":"uk"},{"bic":"ZZZZ00AD"}],"amount":{"amount":"-5","currency":"EURO"}`),
			[]string{
				"/agents/0/role is not a role of an agent", "/agents/0/bic must be a BIC of 8 or 11 characters",
				"/agents/0/lei must be an LEI of 20 characters", "/agents/0/country " + country,
				"/agents/1/role is required", "/agents/1/bic must be a BIC of 8 or 11 characters",
				"/amount/amount must not be negative", "/amount/currency must be an ISO 4217 code of three capital letters",
			},
		},
		"a payment with a shipment's members": {
			paymentWith(`,"goods":[{"hs":"nonsense"}],"route":{"origin":"TRIST"},"end_use":{"statement":true},"authorisations":[{}]`),
			[]string{
				"/goods belongs to a shipment only", "/route belongs to a shipment only",
				"/end_use belongs to a shipment only", "/authorisations belongs to a shipment only",
			},
		},
		"a shipment with a payment's members": {
			shipmentWith(`,"agents":[{}],"amount":{},"remittance":["x"],"purpose":"GDDS"`),
			[]string{
				"/agents belongs to a payment only", "/amount belongs to a payment only",
				"/remittance belongs to a payment only", "/purpose belongs to a payment only",
			},
		},
		"too many parties": {
			shipmentWith(`,"parties":[` + strings.TrimSuffix(strings.Repeat(`{"role":"buyer","name":"X"},`, 201), ",") + `]`),
			[]string{"/parties has more than the 200 elements allowed"},
		},
		"far too many empty parties": {
			shipmentWith(`,"parties":[` + strings.TrimSuffix(strings.Repeat(`{},`, 300_000), ",") + `]`),
			[]string{"/parties has more than the 200 elements allowed"},
		},
		"far too many goods and identifiers": {
			shipmentWith(`,"parties":[{"identifiers":[` + strings.TrimSuffix(strings.Repeat(`null,`, 51), ",") + `]}],"goods":[` +
				strings.TrimSuffix(strings.Repeat(`{"value":{}},`, 20_000), ",") + `]`),
			[]string{"/parties/0/identifiers has more than the 50 elements allowed", "/goods has more than the 2000 elements allowed"},
		},
		"far too many lines": {
			paymentWith(`,"remittance":[` + strings.TrimSuffix(strings.Repeat(`"",`, 20_000), ",") + `]`),
			[]string{"/remittance has more than the 1000 elements allowed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := trade.Decode([]byte(test.text), trade.Limits{})
			decodeError, ok := errors.AsType[*trade.DecodeError](err)
			require.True(t, ok, "%v", err)
			require.True(t, decodeError.Invalid, "%v", err)
			var faults []string
			for _, fault := range decodeError.Faults {
				faults = append(faults, fault.String())
			}
			require.Equal(t, test.want, faults)
		})
	}
}

func TestDecodeErrorNamesTheFirstFaults(t *testing.T) {
	_, err := trade.Decode([]byte(`{"revision":-1,"references":[{},{}]}`), trade.Limits{})
	require.EqualError(t, err, "invalid event: /id is required; /kind is required; /source is required; /time is required; "+
		"/revision must be a whole number from 1 to 1000000000; and 4 more")
}

func TestDecodeLimits(t *testing.T) {
	text := []byte(shipmentWith(`,"references":[{"type":"a","value":"1"},{"type":"b","value":"2"}]`))
	_, err := trade.Decode(text, trade.Limits{References: 2, Bytes: len(text)})
	require.NoError(t, err)
	_, err = trade.Decode(text, trade.Limits{References: 1})
	require.EqualError(t, err, "invalid event: /references has more than the 1 elements allowed")
	_, err = trade.Decode(text, trade.Limits{Bytes: len(text) - 1})
	require.EqualError(t, err, "not JSON of an event: the event is 140 bytes, more than the 139 allowed (at byte 139)")
	_, err = trade.Decode(text, trade.Limits{Depth: 2})
	require.EqualError(t, err, "not JSON of an event: /references/0 nests deeper than 2 levels (at byte 90)")

	_, err = trade.Decode(make([]byte, 1<<20+1), trade.Limits{})
	require.EqualError(t, err, "not JSON of an event: the event is 1048577 bytes, more than the 1048576 allowed (at byte 1048576)")
}

// An event as large as the limits allow goes in.
func TestDecodeLargest(t *testing.T) {
	text := shipmentWith(`,"goods":[` + strings.TrimSuffix(strings.Repeat(`{"hs":"85423110","description":"`+strings.Repeat("x", 300)+
		`","origin":"US","quantity":"1","unit":"PCE","value":{"amount":"1.00","currency":"USD"}},`, 2_000), ",") + `]`)
	event, err := trade.Decode([]byte(text), trade.Limits{})
	require.NoError(t, err)
	require.Len(t, event.Goods, 2_000)
}

func TestDecodeNormalises(t *testing.T) {
	plain, err := trade.Decode([]byte(shipmentWith("")), trade.Limits{})
	require.NoError(t, err)
	require.Equal(t, 1, plain.Revision)
	require.NotNil(t, plain.Shipment)
	require.Nil(t, plain.Payment)
	for name, text := range map[string]string{
		"null":  shipmentWith(`,"revision":null,"status":null,"handler":null,"parties":null,"route":null,"end_use":null,"amount":null,"agents":null`),
		"empty": shipmentWith(`,"revision":0,"status":"","handler":{"rail":""},"parties":[],"route":{"legs":[],"origin":""},"end_use":{},"authorisations":[],"remittance":[]`),
		"zone":  strings.Replace(shipmentWith(""), "08:12:00Z", "10:12:00.000+02:00", 1),
		"order": `{"time":"2026-11-20T08:12:00Z","kind":"shipment" , "source":"tms","id":"\u0053-1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			event, err := trade.Decode([]byte(text), trade.Limits{})
			require.NoError(t, err)
			require.Equal(t, plain, event)
		})
	}
	payment, err := trade.Decode([]byte(paymentWith("")), trade.Limits{})
	require.NoError(t, err)
	require.NotNil(t, payment.Payment)
	require.Nil(t, payment.Shipment)
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/events/*.json")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"id":"S","kind":"payment","source":"s","time":"soon","route":{"legs":[{"arrival":""}]}}`))
	f.Add([]byte(paymentWith(`,"amount":{"amount":"0","currency":"EUR"},"remittance":["",null]`)))
	f.Add([]byte(strings.Repeat("[", 100)))
	limits := trade.Limits{Bytes: 1 << 16, Depth: 10, Parties: 5, References: 5, Goods: 5, Agents: 5, Legs: 5, Remittance: 5, Authorisations: 5}
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := trade.Decode(data, limits)
		if err != nil {
			decodeError, ok := errors.AsType[*trade.DecodeError](err)
			require.True(t, ok)
			require.NotEmpty(t, decodeError.Faults)
			for _, fault := range decodeError.Faults {
				require.NotEmpty(t, fault.Message)
				require.LessOrEqual(t, len(fault.Pointer), 200)
			}
			return
		}
		require.Empty(t, event.Validate())
		canonical, err := trade.Encode(event)
		require.NoError(t, err)
		again, err := trade.Decode(canonical, limits)
		require.NoError(t, err)
		require.Equal(t, event, again)
		twice, err := trade.Encode(again)
		require.NoError(t, err)
		require.Equal(t, string(canonical), string(twice))
	})
}
