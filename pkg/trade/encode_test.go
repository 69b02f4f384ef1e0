package trade_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/trade"
)

// events draws valid events in normal form: what Decode may give.
func events() *rapid.Generator[trade.Event] {
	return rapid.Custom(func(t *rapid.T) trade.Event {
		event := trade.Event{
			ID:         rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`).Filter(func(s string) bool { return strings.Trim(s, ".") != "" }).Draw(t, "id"),
			Source:     rapid.StringMatching(`[a-z0-9-]{1,64}`).Draw(t, "source"),
			Time:       moments().Draw(t, "time"),
			Revision:   rapid.IntRange(1, 1_000_000_000).Draw(t, "revision"),
			Status:     texts().Draw(t, "status"),
			Handler:    trade.Handler{Entity: texts().Draw(t, "entity"), Rail: texts().Draw(t, "rail"), USPerson: rapid.Ptr(rapid.Bool(), true).Draw(t, "us")},
			References: several(t, "references", trade.Reference{Type: "invoice", Value: "INV/1"}, trade.Reference{Type: "uetr", Value: "ı-ş"}),
			Parties:    orNil(rapid.SliceOfN(parties(), 0, 3).Draw(t, "parties")),
		}
		if rapid.Bool().Draw(t, "shipment") {
			event.Kind, event.Shipment = trade.KindShipment, shipments().Draw(t, "body")
		} else {
			event.Kind, event.Payment = trade.KindPayment, payments().Draw(t, "body")
		}
		return event
	})
}

func orNil[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}

// several draws some of the given values.
func several[T any](t *rapid.T, label string, values ...T) []T {
	return orNil(rapid.SliceOfN(rapid.SampledFrom(values), 0, 3).Draw(t, label))
}

func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		first, last := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
		return time.Unix(rapid.Int64Range(first.Unix(), last.Unix()-1).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	})
}

func texts() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"", "plain", `"quoted" \ <&>`, "İstanbul, Şişli ığüöç", "深圳示例", "two\nlines\tand tabs", "\u2028 \u200b", "😀"})
}

func countries() *rapid.Generator[string] {
	return rapid.SampledFrom(append(trade.Countries(), ""))
}

func parties() *rapid.Generator[trade.Party] {
	return rapid.Custom(func(t *rapid.T) trade.Party {
		party := trade.Party{
			Role:         rapid.SampledFrom(trade.Roles()).Draw(t, "role"),
			Name:         "Example " + texts().Draw(t, "name"),
			Kind:         rapid.SampledFrom([]trade.PartyKind{"", trade.PartyKindPerson, trade.PartyKindOrganization, trade.PartyKindVessel}).Draw(t, "kind"),
			Country:      countries().Draw(t, "country"),
			Identifiers:  several(t, "identifiers", trade.Identifier{Type: "tax_id", Value: "17", Country: "TR"}),
			Account:      texts().Draw(t, "account"),
			Incorporated: rapid.SampledFrom([]trade.Date{"", "2022", "2022-04", "2024-02-29"}).Draw(t, "incorporated"),
		}
		if rapid.Bool().Draw(t, "address") {
			party.Address = &trade.Address{Lines: several(t, "lines", "a", "", "ş"), City: "X" + texts().Draw(t, "city"), Country: countries().Draw(t, "country")}
		}
		if party.Kind == trade.PartyKindPerson {
			party.BirthDate, party.Nationality = "1980-12-31", countries().Draw(t, "nationality")
		}
		return party
	})
}

func decimals() *rapid.Generator[trade.Decimal] {
	return rapid.Map(rapid.StringMatching(`[0-9]{1,18}(\.[0-9]{1,9})?`), func(s string) trade.Decimal { return trade.Decimal(s) })
}

func money(t *rapid.T) *trade.Money {
	return &trade.Money{Amount: decimals().Draw(t, "amount"), Currency: rapid.StringMatching(`[A-Z]{3}`).Draw(t, "currency")}
}

func shipments() *rapid.Generator[*trade.Shipment] {
	return rapid.Custom(func(t *rapid.T) *trade.Shipment {
		shipment := &trade.Shipment{Authorisations: several(t, "authorisations", trade.Authorisation{Authority: "BIS", Number: "D1", Expires: "2027"})}
		for range rapid.IntRange(0, 3).Draw(t, "goods") {
			shipment.Goods = append(shipment.Goods, trade.Goods{
				HS: rapid.StringMatching(`([0-9]{6,12})?`).Draw(t, "hs"), Description: texts().Draw(t, "description"),
				Origin: countries().Draw(t, "origin"), Quantity: decimals().Draw(t, "quantity"), Value: money(t),
			})
		}
		if rapid.Bool().Draw(t, "route") {
			shipment.Route = &trade.Route{Origin: "TWTPE", FinalCountry: countries().Draw(t, "final")}
			for range rapid.IntRange(0, 3).Draw(t, "legs") {
				leg := trade.Leg{To: "XZ2AZ", Mode: "sea", Departure: moments().Draw(t, "departure")}
				if rapid.Bool().Draw(t, "vessel") {
					leg.Vessel = &trade.Vessel{IMO: "9000001", Flag: countries().Draw(t, "flag"), Name: texts().Draw(t, "name")}
				}
				shipment.Route.Legs = append(shipment.Route.Legs, leg)
			}
		}
		if rapid.Bool().Draw(t, "end use") {
			shipment.EndUse = &trade.EndUse{EndUser: texts().Draw(t, "user"), Statement: true}
		}
		return shipment
	})
}

func payments() *rapid.Generator[*trade.Payment] {
	return rapid.Custom(func(t *rapid.T) *trade.Payment {
		payment := &trade.Payment{
			Agents:     several(t, "agents", trade.Agent{Role: trade.AgentRoleDebtorAgent, BIC: "ZZZZTRIS"}, trade.Agent{Role: trade.AgentRoleCreditorAgent, LEI: "0000SAMPLE0000000017"}),
			Remittance: several(t, "remittance", "INV-1", "", "ş"),
			Purpose:    texts().Draw(t, "purpose"),
		}
		if rapid.Bool().Draw(t, "amount") {
			payment.Amount = money(t)
		}
		return payment
	})
}

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := events().Draw(t, "event")
		require.Empty(t, event.Validate())
		canonical, err := trade.Encode(event)
		require.NoError(t, err)
		again, err := trade.Decode(canonical, trade.Limits{})
		require.NoError(t, err)
		if event.Shipment != nil && event.EndUse != nil && *event.EndUse == (trade.EndUse{}) {
			event.EndUse = nil
		}
		require.Equal(t, event, again)
	})
}

// The same event in another zone is the same event, and is not changed by encoding.
func TestEncodeIgnoresZones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := events().Draw(t, "event")
		canonical, err := trade.Encode(event)
		require.NoError(t, err)

		zone := time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, "hours")*3600+1800)
		moved := event
		moved.Time = event.Time.In(zone)
		var legs []trade.Leg
		if event.Shipment != nil && event.Route != nil {
			shipment, route := *event.Shipment, *event.Route
			route.Legs = slices.Clone(route.Legs)
			for i := range route.Legs {
				route.Legs[i].Departure = route.Legs[i].Departure.In(zone)
			}
			legs = slices.Clone(route.Legs)
			shipment.Route = &route
			moved.Shipment = &shipment
		}
		again, err := trade.Encode(moved)
		require.NoError(t, err)
		require.Equal(t, string(canonical), string(again))
		if moved.Shipment != nil && moved.Route != nil {
			require.Equal(t, legs, orNil(moved.Route.Legs))
		}
	})
}

// Anything changed changes the digest.
func TestDigestSeesEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := events().Draw(t, "one"), events().Draw(t, "other")
		first, err := trade.Encode(one)
		require.NoError(t, err)
		second, err := trade.Encode(other)
		require.NoError(t, err)
		require.Equal(t, string(first) == string(second), trade.Digest(first) == trade.Digest(second))
	})
	require.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", trade.Digest(nil))
}

func TestEncodeRefuses(t *testing.T) {
	_, err := trade.Encode(trade.Event{})
	require.EqualError(t, err, "encode event: its kind is neither shipment nor payment")
	_, err = trade.Encode(trade.Event{Kind: trade.KindPayment, Shipment: &trade.Shipment{}})
	require.EqualError(t, err, "encode event: a payment has the body of another kind")
	_, err = trade.Encode(trade.Event{Kind: trade.KindPayment, ID: "\xff"})
	require.ErrorContains(t, err, "invalid UTF-8")
}

func TestValidateTime(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	event := trade.Event{
		Time: now.Add(24 * time.Hour),
		Parties: []trade.Party{
			{Incorporated: "2026-11-21", BirthDate: "2026-11"},
			{Incorporated: "2026", BirthDate: "nonsense"},
			{},
		},
		Shipment: &trade.Shipment{
			Route:          &trade.Route{Legs: []trade.Leg{{Departure: now.AddDate(0, 3, 0)}}},
			Authorisations: []trade.Authorisation{{Expires: "2099"}},
		},
	}
	require.Empty(t, trade.ValidateTime(event, now))

	event.Time = event.Time.Add(time.Second)
	event.Parties[0].Incorporated, event.Parties[1].BirthDate = "2026-11-22", "2027"
	require.Equal(t, []trade.Fault{
		{Pointer: "/time", Message: "lies in the future"},
		{Pointer: "/parties/0/incorporated", Message: "lies in the future"},
		{Pointer: "/parties/1/birth_date", Message: "lies in the future"},
	}, trade.ValidateTime(event, now))
}

// Validate sees what Decode cannot meet: text that a codec took from another charset.
func TestValidateEncoding(t *testing.T) {
	event := trade.Event{
		ID: "a\xff", Kind: trade.KindPayment, Source: "s", Time: time.Unix(1_800_000_000, 0), Revision: 1, Status: "\xff", Payment: &trade.Payment{},
		Handler: trade.Handler{Entity: "a\u0085"},
	}
	require.Equal(t, []trade.Fault{
		{Pointer: "/id", Message: "must be 1 to 200 printable characters without a space at either end"},
		{Pointer: "/status", Message: "is not valid UTF-8"},
		{Pointer: "/handler/entity", Message: "holds a control character"},
	}, event.Validate())
}

func TestCountries(t *testing.T) {
	require.Len(t, trade.Countries(), 250)
	require.True(t, slices.IsSorted(trade.Countries()))
	for _, code := range trade.Countries() {
		require.True(t, trade.IsCountry(code))
	}
	for _, code := range []string{"", "T", "TUR", "tr", "UK", "EU", "AN", "ZZ", "T1", "Ş"} {
		require.False(t, trade.IsCountry(code), code)
	}
}

func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		identity := events().Draw(t, "event").Identity()
		again, err := trade.ParseIdentity(identity.String())
		require.NoError(t, err)
		require.Equal(t, identity, again)
		require.Less(t, identity.Shard(), trade.Shards)
		require.GreaterOrEqual(t, identity.Shard(), 0)
		later := identity
		later.Revision++
		require.Equal(t, identity.Shard(), later.Shard())
	})
	for _, text := range []string{"", "/", "a", "a/b", "a/1", "a//1", "a/b/", "a/b/0", "a/b/x", "/b/1"} {
		_, err := trade.ParseIdentity(text)
		require.Error(t, err, text)
	}
}

// The shard is part of every subject: these never change.
func TestShardIsForever(t *testing.T) {
	require.Equal(t, "17 786", fmt.Sprint(
		trade.Identity{Source: "tms-eu", ID: "S-1", Revision: 1}.Shard(),
		trade.Identity{Source: "swift", ID: "P-1", Revision: math.MaxInt32}.Shard()))
}
