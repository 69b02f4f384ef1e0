package casework_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
)

func TestTouchesAndSeverity(t *testing.T) {
	const name = "Exemplar Ticaret"
	for _, test := range []struct {
		name     string
		options  []func(*decision.Decision)
		kinds    []casework.KeyKind
		severity casework.Severity
	}{
		{"a freeze that holds is critical", []func(*decision.Decision){hit(name, "L/1", "freeze", decision.OutcomeHold)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityCritical},
		{"another listing that holds is high", []func(*decision.Decision){hit(name, "L/1", "denial_order", decision.OutcomeHold)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityHigh},
		{"a freeze that binds nobody here is high", []func(*decision.Decision){hit(name, "L/1", "freeze", decision.OutcomeAlert)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityHigh},
		{"an unverified party is medium", []func(*decision.Decision){hit(name, "L/1", "unverified", decision.OutcomeAlert)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityMedium},
		{"a note beside flags makes no case", []func(*decision.Decision){hit(name, "L/1", "unverified", decision.OutcomeUnknown), flag("hub", "route", 6_000)}, []casework.KeyKind{casework.KeyFlags}, casework.SeverityMedium},
		{"a note alone still makes one", []func(*decision.Decision){hit(name, "L/1", "unverified", decision.OutcomeUnknown)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityLow},
		{"weak flags alone make a low case", []func(*decision.Decision){flag("hub", "route", 100)}, []casework.KeyKind{casework.KeyFlags}, casework.SeverityLow},
		{"strong flags a high one", []func(*decision.Decision){flag("hub", "route", 9_000)}, []casework.KeyKind{casework.KeyFlags}, casework.SeverityHigh},
		{"flags that hold are high", []func(*decision.Decision){held, flag("hub", "route", 100)}, []casework.KeyKind{casework.KeyFlags}, casework.SeverityHigh},
		{"weak flags ride with a hit", []func(*decision.Decision){hit(name, "L/1", "freeze", decision.OutcomeHold), flag("hub", "route", 100)}, []casework.KeyKind{casework.KeyEntry}, casework.SeverityCritical},
		{"nothing known but held", []func(*decision.Decision){held}, []casework.KeyKind{casework.KeyEvent}, casework.SeverityHigh},
		{"nothing known but alerted", nil, []casework.KeyKind{casework.KeyEvent}, casework.SeverityLow},
	} {
		t.Run(test.name, func(t *testing.T) {
			var kinds []casework.KeyKind
			var severity casework.Severity
			for _, touch := range touches(build(t, "tms/S-1/1", test.options...), consignee(name, "TR")) {
				kinds = append(kinds, touch.Key.Kind)
				severity = max(severity, touch.Occurrence.Severity)
			}
			require.ElementsMatch(t, test.kinds, kinds)
			require.Equal(t, test.severity, severity)
		})
	}
}

func TestStrongFlagsBesideAHitHaveTheirOwnCase(t *testing.T) {
	all := touches(build(t, "tms/S-1/1", hit("Exemplar", "L/1", "freeze", decision.OutcomeHold),
		flag("hub", "route", 4_000), flag("chpl_goods", "goods", 6_000)), consignee("Exemplar", "TR"))
	require.Len(t, all, 2)
	for _, touch := range all {
		if touch.Key.Kind == casework.KeyFlags {
			require.Equal(t, "goods", touch.Key.Of, "the heaviest group is the key")
			require.Equal(t, casework.SeverityMedium, touch.Occurrence.Severity, "the hit holds, not the flags")
			require.Empty(t, touch.Occurrence.Matches)
		}
		require.Len(t, touch.Occurrence.Flags, 2, "each case shows all flags")
		require.Equal(t, "chpl_goods", touch.Occurrence.Flags[0].Code)
	}
}

func TestKeysDoNotDependOnHowANameIsTyped(t *testing.T) {
	key := func(name, country string) string {
		return only(t, touches(build(t, "tms/S-1/1", hit(name, "L/1", "freeze", decision.OutcomeHold)), consignee(name, country))).Docket()
	}
	same := key("Örnek Dış Ticaret A.Ş.", "TR")
	for _, typed := range []string{"ORNEK DIS TICARET AS", "Örnek  Dış-Ticaret, AŞ", "örnek dış ticaret a.ş.", "Örnek Dış Ticaret A.Ş."} {
		require.Equal(t, same, key(typed, "tr"), typed)
	}
	require.NotEqual(t, same, key("Örnek Dış Ticaret A.Ş.", "AE"), "another country is another party")
	require.NotEqual(t, same, key("Örnek İç Ticaret A.Ş.", "TR"))
	require.NotContains(t, same, "ornek")
	require.NotEqual(t, key("!!!", "TR"), key("???", "TR"), "a name without letters is taken as it is")
}

func TestRevisionsOfAnEventWithoutNamesShareAKey(t *testing.T) {
	first := only(t, touches(build(t, "tms/S-1/1", flag("hub", "route", 9_000))))
	second := only(t, touches(build(t, "tms/S-1/2", flag("hub", "route", 9_000))))
	other := only(t, touches(build(t, "tms/S-2/1", flag("hub", "route", 9_000))))
	require.Equal(t, first.Docket(), second.Docket())
	require.NotEqual(t, first.Docket(), other.Docket())
}

func TestProhibitionWithoutAListing(t *testing.T) {
	d := build(t, "tms/S-1/1", held, func(d *decision.Decision) {
		d.Prohibitions = []decision.Prohibition{{Rule: "embargoed_destination", Subject: "/route", Effect: decision.OutcomeHold, Explanation: "controlled goods to an embargoed place"}}
	})
	touch := only(t, touches(d))
	require.Equal(t, casework.KeyRule, touch.Key.Kind)
	require.Equal(t, "embargoed_destination", touch.Key.Of)
	require.Equal(t, casework.SeverityHigh, touch.Occurrence.Severity)
}

func TestFlagsAboutAPartyKnownByItsFacts(t *testing.T) {
	d := build(t, "tms/S-1/1", flag("first_controlled", "history", 6_000), func(d *decision.Decision) {
		d.Flags[0].Evidence = []decision.Evidence{{Place: "/goods/0/hs", Value: "85423110"}, {Place: "facts:/parties/0/first_controlled", Value: ""}}
		d.Facts.Parties = []decision.PartyFacts{{Subject: "/parties/3", Available: true}}
	})
	buyer := casework.Party{Subject: "/parties/3", Role: "buyer", Name: "Buyer", Country: "TR"}
	require.Equal(t, buyer, only(t, touches(d, consignee("Somebody", "TR"), buyer)).Occurrence.Party)
	for _, place := range []string{"facts:/parties/9/x", "facts:/parties/x", "facts:/lanes/0", "/parties", "", "facts:/parties/99999999999999999999"} {
		d.Flags[0].Evidence = []decision.Evidence{{Place: place}}
		require.Equal(t, "Somebody", only(t, touches(d, consignee("Somebody", "TR"))).Occurrence.Party.Name, "goods are the consignee's affair")
	}
}

// Every decision that is not to pass touches something, nothing twice, and always
// the same.
func TestNoDecisionGoesMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDecision(t)
		all := touches(d)
		if d.Outcome == decision.OutcomePass {
			require.Empty(t, all)
			return
		}
		require.NotEmpty(t, all)
		require.Equal(t, all, touches(d))
		seen := map[string]bool{}
		for _, touch := range all {
			require.False(t, seen[touch.Docket()])
			seen[touch.Docket()] = true
			require.NotEqual(t, casework.SeverityUnknown, touch.Occurrence.Severity)
			require.LessOrEqual(t, touch.Occurrence.Severity, casework.SeverityCritical)
			docket := casework.NewDocket(touch.Docket())
			require.NotEmpty(t, store(t, docket, touch, noon))
		}
	})
}

func drawDecision(t *rapid.T) decision.Decision {
	names := rapid.SampledFrom([]string{"Alpha", "alpha", "Beta Ltd", "Γάμμα", ""})
	options := []func(*decision.Decision){func(d *decision.Decision) {
		d.Outcome = rapid.SampledFrom([]decision.Outcome{decision.OutcomePass, decision.OutcomeAlert, decision.OutcomeHold}).Draw(t, "outcome")
	}}
	pass := false
	for range rapid.IntRange(0, 3).Draw(t, "hits") {
		options = append(options, func(d *decision.Decision) {
			if pass = d.Outcome == decision.OutcomePass; !pass {
				hit(names.Draw(t, "name"), rapid.SampledFrom([]string{"L/1", "L/2"}).Draw(t, "entry"),
					rapid.SampledFrom([]string{"freeze", "unverified"}).Draw(t, "measure"),
					rapid.SampledFrom([]decision.Outcome{decision.OutcomeUnknown, decision.OutcomeAlert, decision.OutcomeHold}).Draw(t, "effect"))(d)
			}
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "flags") {
		options = append(options, flag("code", rapid.SampledFrom([]string{"goods", "route"}).Draw(t, "group"), decision.BasisPoints(rapid.IntRange(0, 10_000).Draw(t, "weight"))))
	}
	return build(t, "tms/S-1/1", options...)
}

// A record can be stored whatever an event holds: one that is too long would be a
// case that is never opened.
func TestMonstrousDecisionFits(t *testing.T) {
	long := strings.Repeat("\u0001ş", 1_500)
	d := build(t, "tms/S-1/1", func(d *decision.Decision) {
		for range 40 {
			hit(long, "L/1", "freeze", decision.OutcomeHold)(d)
			flag("hub", "route", 9_000)(d)
		}
		for i := range d.Hits {
			d.Hits[i].Subject = "/parties/0"
			d.Prohibitions[i].Subject, d.Prohibitions[i].Explanation, d.Prohibitions[i].Measure = "/parties/0", long, strings.Repeat("m", i)
			d.Hits[i].Explanation, d.Hits[i].MatchedName, d.Hits[i].Entry.Name = long, long, long
			for range 100 {
				d.Hits[i].Alignment = append(d.Hits[i].Alignment, decision.Alignment{Query: decision.Span{Text: "word"}})
				d.Hits[i].Entry.Programs = append(d.Hits[i].Entry.Programs, long[:100])
			}
			d.Flags[i].Explanation = long
			d.Reasons, d.Unknown = append(d.Reasons, long), append(d.Unknown, long)
		}
	})
	for _, touch := range touches(d, consignee(long, "TR")) {
		docket := casework.NewDocket(touch.Docket())
		data := store(t, docket, touch, noon)
		require.Less(t, len(data), casework.MaxRecordBytes)
		state, open := docket.Open()
		require.True(t, open)
		message, err := casework.MessageOf(state).Encode()
		require.NoError(t, err)
		require.Less(t, len(message), casework.MaxRecordBytes)
	}
}

func TestCaseID(t *testing.T) {
	docket := strings.Repeat("a7", 10)
	got, n, err := casework.ParseCaseID(casework.CaseID(docket, 12))
	require.NoError(t, err)
	require.Equal(t, docket, got)
	require.Equal(t, 12, n)
	for _, bad := range []string{"", "C-", "C-" + docket, "C-" + docket + "-0", "C-" + docket + "-01", "C-" + docket + "-1x", "D-" + docket + "-1", "C-" + docket + "-9999999999", "C-*-1", "C-" + docket + ".>-1"} {
		_, _, err := casework.ParseCaseID(bad)
		require.Error(t, err, bad)
	}
}

func TestSeverityText(t *testing.T) {
	for _, severity := range append(casework.Severities(), casework.SeverityUnknown) {
		text, err := severity.MarshalText()
		require.NoError(t, err)
		require.Equal(t, severity.String(), string(text))
		var back casework.Severity
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, severity, back)
	}
	_, err := casework.Severity(9).MarshalText()
	require.Error(t, err)
	require.Error(t, new(casework.Severity).UnmarshalText([]byte("severe")))
	require.Equal(t, "severity(9)", casework.Severity(9).String())
}
