package casework_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// build makes a decision about one event, to be filled by the options.
func build(t require.TestingT, event string, options ...func(*decision.Decision)) decision.Decision {
	identity, err := trade.ParseIdentity(event)
	require.NoError(t, err)
	d := decision.Decision{
		Event: identity, EventDigest: "e", Kind: trade.KindShipment, Trigger: decision.TriggerEvent, Time: noon,
		Outcome: decision.OutcomeAlert, Inputs: decision.Inputs{ListVersion: "2026-11-20", PolicyName: "built-in"}, Engine: "test",
	}
	for _, option := range options {
		option(&d)
	}
	sealed, _, err := d.Seal()
	require.NoError(t, err)
	return sealed
}

func held(d *decision.Decision) { d.Outcome = decision.OutcomeHold }

// hit adds a match of the consignee, and a prohibition unless effect is unknown.
func hit(name, entry, measure string, effect decision.Outcome) func(*decision.Decision) {
	return func(d *decision.Decision) {
		subject := fmt.Sprintf("/parties/%d", len(d.Hits))
		d.Hits = append(d.Hits, decision.Match{
			Subject: subject, Role: "consignee", Name: name, Basis: decision.BasisName, MatchedName: "EXEMPLAR TRADING",
			NameType: "primary", Score: 9_350, Explanation: "exemplar = EXEMPLAR",
			Entry: decision.MatchedEntry{ID: entry, List: "US-SDN", Name: "EXEMPLAR TRADING", Measures: []string{measure}, Programs: []string{"TEST-1"}},
		})
		if effect != decision.OutcomeUnknown {
			d.Prohibitions = append(d.Prohibitions, decision.Prohibition{
				Rule: "listed_party", Measure: measure, Nexus: []string{"us_dollar"}, Subject: subject, Entry: entry,
				Effect: effect, Explanation: "consignee is named as EXEMPLAR TRADING", Citation: "31 CFR 589",
			})
		}
		d.Outcome = max(d.Outcome, effect)
	}
}

// flag adds a red flag about the first party.
func flag(code, group string, weight decision.BasisPoints) func(*decision.Decision) {
	return func(d *decision.Decision) {
		d.Flags = append(d.Flags, decision.Flag{
			Code: code, Group: group, Weight: weight, Explanation: "it was seen that " + code, Citation: "FIN-2023-Alert004",
			Evidence: []decision.Evidence{{Place: "/parties/0/incorporated", Value: "2023-01-01"}},
		})
		d.Risk = max(d.Risk, weight)
	}
}

// consignee is the party most tests are about.
func consignee(name, country string) casework.Party {
	return casework.Party{Subject: "/parties/0", Role: "consignee", Name: name, Country: country}
}

func touches(d decision.Decision, parties ...casework.Party) []casework.Touch {
	return casework.Touches(casework.Input{Decision: d, Parties: parties}, casework.DefaultOptions())
}

// store plans, encodes and applies a touch, and returns what was stored.
func store(t require.TestingT, docket *casework.Docket, touch casework.Touch, now time.Time) []byte {
	records := docket.Plan(touch, now)
	if len(records) == 0 {
		return nil
	}
	data, err := docket.Encode(records)
	require.NoError(t, err)
	require.NoError(t, docket.Apply(data))
	return data
}

func only(t *testing.T, list []casework.Touch) casework.Touch {
	t.Helper()
	require.Len(t, list, 1)
	return list[0]
}
