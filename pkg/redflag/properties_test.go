package redflag_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

// anyEvent draws shipments with odd values in every field that rules read.
func anyEvent() *rapid.Generator[trade.Event] {
	return rapid.Custom(func(t *rapid.T) trade.Event {
		country := rapid.SampledFrom([]string{"", "TW", "US", "TR", "AE", "RU", "DE", "HK", "xx"})
		locode := rapid.SampledFrom([]string{"", "TWTPE", "USLAX", "TRIST", "AEDXB", "DEHAM", "T", "12345", "UASVP"})
		event := trade.Event{Kind: trade.KindShipment, Time: eventTime, Shipment: &trade.Shipment{}}
		for range rapid.IntRange(0, 4).Draw(t, "parties") {
			event.Parties = append(event.Parties, trade.Party{
				Role:         rapid.SampledFrom(trade.Roles()).Draw(t, "role"),
				Name:         rapid.SampledFrom([]string{"A", "Öz Lojistik", "Yıldız Bankası", "TO ORDER", "\xff", ""}).Draw(t, "name"),
				Country:      country.Draw(t, "country"),
				Incorporated: trade.Date(rapid.SampledFrom([]string{"", "2022", "2022-02", "2024-05-06", "9999-99-99", "x"}).Draw(t, "incorporated")),
				Industry:     rapid.SampledFrom([]string{"", "5229", "H52.29", "....", "6419", "bank"}).Draw(t, "industry"),
			})
		}
		for range rapid.IntRange(0, 3).Draw(t, "goods") {
			event.Goods = append(event.Goods, trade.Goods{
				HS:     rapid.SampledFrom([]string{"", "854231", "8541.40", "620342", "84", "::"}).Draw(t, "hs"),
				ECCN:   rapid.SampledFrom([]string{"", "3A991", "EAR99", "1C351", "?"}).Draw(t, "eccn"),
				Origin: country.Draw(t, "origin"),
			})
		}
		if rapid.Bool().Draw(t, "route") {
			event.Route = &trade.Route{Origin: locode.Draw(t, "from"), Destination: locode.Draw(t, "to"), FinalCountry: country.Draw(t, "final")}
			for range rapid.IntRange(0, 3).Draw(t, "legs") {
				event.Route.Legs = append(event.Route.Legs, trade.Leg{From: locode.Draw(t, "leg from"), To: locode.Draw(t, "leg to")})
			}
		}
		return event
	})
}

func TestEvaluateProperties(t *testing.T) {
	known := map[string]redflag.Rule{}
	for _, rule := range redflag.Rules() {
		known[rule.Code] = rule
	}
	rapid.Check(t, func(t *rapid.T) {
		event := anyEvent().Draw(t, "event")
		facts := make([]decision.PartyFacts, 0, len(event.Parties))
		for i := range event.Parties {
			facts = append(facts, decision.PartyFacts{
				Subject: fmt.Sprintf("/parties/%d", i), Available: rapid.Bool().Draw(t, "available"),
				Events: rapid.IntRange(0, 40).Draw(t, "events"), ControlledEvents: rapid.IntRange(0, 9).Draw(t, "controlled"),
				FirstSeen: eventTime.AddDate(0, 0, -rapid.IntRange(0, 800).Draw(t, "days")),
			})
		}
		flags := evaluate(event, facts...)
		require.Equal(t, flags, evaluate(event, facts...), "the same input, the same flags")
		for i, flag := range flags {
			rule, ok := known[flag.Code]
			require.True(t, ok, flag.Code)
			require.Equal(t, rule.Group, flag.Group)
			require.Equal(t, rule.Citation, flag.Citation)
			require.Zero(t, flag.Weight)
			require.NotEmpty(t, flag.Explanation)
			require.NotEmpty(t, flag.Evidence)
			require.LessOrEqual(t, len(flag.Evidence), 12)
			for _, evidence := range flag.Evidence {
				require.NotEmpty(t, evidence.Place)
			}
			if i > 0 {
				require.Less(t, flags[i-1].Code, flag.Code, "sorted, each once")
			}
		}
	})
}
