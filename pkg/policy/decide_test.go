package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

var eventTime = time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC)

func shipment(change ...func(*trade.Event)) trade.Event {
	event := trade.Event{
		ID: "S-1", Kind: trade.KindShipment, Source: "tms", Revision: 1, Time: eventTime,
		Parties: []trade.Party{
			{Role: trade.RoleShipper, Name: "Taiwan Fern Semiconductor Co., Ltd.", Country: "TW"},
			{Role: trade.RoleConsignee, Name: "Sarıbük Beyaz Eşya Sanayi A.Ş.", Country: "TR", Incorporated: "1994-03-01"},
		},
		Shipment: &trade.Shipment{
			Goods:  []trade.Goods{{HS: "85423110", Origin: "TW"}},
			Route:  &trade.Route{Origin: "TWTPE", Destination: "TRIST", FinalCountry: "TR"},
			EndUse: &trade.EndUse{EndUser: "Sarıbük Beyaz Eşya Sanayi A.Ş."},
		},
	}
	for _, each := range change {
		each(&event)
	}
	return event
}

func payment(currency string) trade.Event {
	return trade.Event{
		ID: "P-1", Kind: trade.KindPayment, Source: "swift", Revision: 1, Time: eventTime,
		Payment: &trade.Payment{Amount: &trade.Money{Amount: "10.00", Currency: currency}},
	}
}

func usPerson(is bool) func(*trade.Event) {
	return func(event *trade.Event) { event.Handler.USPerson = &is }
}

func goods(lines ...trade.Goods) func(*trade.Event) {
	return func(event *trade.Event) { event.Goods = lines }
}

func founded(date trade.Date) func(*trade.Event) {
	return func(event *trade.Event) { event.Parties[1].Incorporated = date }
}

func noEndUser(event *trade.Event) { event.EndUse = nil }

func TestEffect(t *testing.T) {
	abroad := usPerson(false)
	textiles := goods(trade.Goods{HS: "620342", Origin: "TR"})
	with := func(event trade.Event, change func(*trade.Event)) trade.Event { change(&event); return event }
	cases := []struct {
		name    string
		measure string
		event   trade.Event
		effect  decision.Outcome
		nexus   []string
		cites   string
	}{
		{"freeze, US person", "freeze", shipment(usPerson(true), textiles), decision.OutcomeHold, []string{"us_person"}, "31 CFR 501.603"},
		{"freeze, nobody said", "freeze", shipment(textiles), decision.OutcomeHold, []string{"us_person_unknown"}, "counts as bound"},
		{"freeze, no US tie at all", "freeze", shipment(abroad, textiles), decision.OutcomeHold, []string{"any"}, "269/2014"},
		{"freeze, processors", "freeze", shipment(abroad), decision.OutcomeHold, []string{"ear_item"}, "744.8"},
		{"freeze, dollars and processors", "freeze", shipment(abroad, goods(trade.Goods{HS: "854231", Value: &trade.Money{Amount: "1", Currency: "USD"}})),
			decision.OutcomeHold, []string{"us_dollar", "ear_item"}, "1705(a)"},
		{"freeze, payment in dollars", "freeze", with(payment("USD"), abroad), decision.OutcomeHold, []string{"us_dollar"}, "1705(a)"},
		{"reject, euros abroad", "reject", with(payment("EUR"), abroad), decision.OutcomeAlert, []string{"any"}, "501.604"},
		{"reject, dollars abroad", "reject", with(payment("USD"), abroad), decision.OutcomeHold, []string{"us_dollar"}, "501.604"},
		{"debt limit is no freeze", "debt_or_equity_limit", shipment(usPerson(true)), decision.OutcomeAlert, []string{"any"}, "13662"},
		{"securities ban forbids no goods", "securities_ban", shipment(usPerson(true)), decision.OutcomePass, []string{"any"}, "13959"},
		{"account limit, dollars", "correspondent_account_limit", with(payment("USD"), abroad), decision.OutcomeHold, []string{"us_dollar"}, "14024"},
		{"account limit, euros", "correspondent_account_limit", with(payment("EUR"), abroad), decision.OutcomeAlert, []string{"any"}, "14024"},
		{"Entity List, processors", "licence_requirement", shipment(abroad), decision.OutcomeHold, []string{"ear_item"}, "744.11"},
		{"Entity List, made in the US", "licence_requirement", shipment(abroad, goods(trade.Goods{HS: "620342", Origin: "US"})), decision.OutcomeHold, []string{"ear_item"}, "744.11"},
		{"Entity List, from the US", "licence_requirement", shipment(abroad, textiles, func(event *trade.Event) { event.Route.Origin = "USLAX" }),
			decision.OutcomeHold, []string{"ear_item"}, "744.11"},
		{"Entity List, EAR99", "licence_requirement", shipment(abroad, goods(trade.Goods{HS: "620342", Origin: "TR", ECCN: "EAR99"})), decision.OutcomeHold, []string{"ear_item"}, "744.11"},
		{"Entity List, Turkish textiles", "licence_requirement", shipment(abroad, textiles), decision.OutcomeAlert, []string{"any"}, "736.2(b)(10)"},
		{"Entity List, textiles of unknown origin", "licence_requirement", shipment(abroad, goods(trade.Goods{HS: "620342"})), decision.OutcomeAlert, []string{"ear_item_unknown"}, "736.2(b)(10)"},
		{"Entity List, payment", "licence_requirement", payment("USD"), decision.OutcomeAlert, []string{"ear_item_unknown"}, "736.2(b)(10)"},
		{"denial order, processors", "denial_order", shipment(), decision.OutcomeHold, []string{"ear_item"}, "736.2(b)(4)"},
		{"denial order, Turkish textiles", "denial_order", shipment(textiles), decision.OutcomeAlert, []string{"any"}, "736.2(b)(10)"},
		{"unverified", "unverified", shipment(usPerson(true)), decision.OutcomeAlert, []string{"any"}, "744.15"},
		{"Annex IV, processors", "export_restriction", shipment(), decision.OutcomeHold, []string{"controlled_goods"}, "833/2014"},
		{"Annex IV, textiles", "export_restriction", shipment(textiles), decision.OutcomeAlert, []string{"any"}, "Annex IV"},
		{"Annex IV may be paid", "export_restriction", payment("EUR"), decision.OutcomeAlert, []string{"any"}, "Annex IV"},
		{"a firm's own list", "internal", payment("EUR"), decision.OutcomeHold, []string{"any"}, "own list"},
		{"no measure recorded", "", payment("EUR"), decision.OutcomeHold, []string{"any"}, "not recorded"},
		{"a measure of the future", "export_tax", payment("EUR"), decision.OutcomeHold, []string{"any"}, "not recorded"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			effect, nexus, citation := policy.Default().Effect(test.measure, test.event)
			require.Equal(t, test.effect, effect)
			require.Equal(t, test.nexus, nexus)
			require.Contains(t, citation, test.cites)
		})
	}
}

func TestEffectFollowsTheFile(t *testing.T) {
	rules, err := policy.Parse([]byte(edited(t, `{nexus: any, effect: hold, citation: "Regulation (EU) 269/2014`, `{nexus: any, effect: alert, citation: "Regulation (EU) 269/2014`)))
	require.NoError(t, err)
	effect, nexus, _ := rules.Effect("freeze", shipment(usPerson(false), goods(trade.Goods{HS: "620342", Origin: "TR"})))
	require.Equal(t, decision.OutcomeAlert, effect)
	require.Equal(t, []string{"any"}, nexus)
	effect, _, _ = rules.Effect("freeze", shipment())
	require.Equal(t, decision.OutcomeHold, effect)
}

func TestEmbargoes(t *testing.T) {
	to := func(country string) func(*trade.Event) {
		return func(event *trade.Event) { event.Route.Destination, event.Route.FinalCountry = "", country }
	}
	at := func(country, city string, lines ...string) func(*trade.Event) {
		return func(event *trade.Event) {
			event.Parties[1].Country = country
			event.Parties[1].Address = &trade.Address{City: city, Lines: lines}
		}
	}
	licence := func(expires trade.Date) func(*trade.Event) {
		return func(event *trade.Event) {
			event.Authorisations = []trade.Authorisation{{Authority: "BIS", Number: "D123456", Expires: expires}}
		}
	}
	textiles := goods(trade.Goods{HS: "620342"})
	undescribed := goods(trade.Goods{Description: "parts"})
	cases := []struct {
		name   string
		change []func(*trade.Event)
		effect decision.Outcome
		says   string
	}{
		{"processors to Turkey", nil, decision.OutcomePass, ""},
		{"processors to Russia", []func(*trade.Event){to("RU")}, decision.OutcomeHold, "goods line 1 (HS 854231, listed, tier 1) goes to RU (/route/final_country), an embargoed destination (russia_belarus), and no authorisation in force is named"},
		{"processors to Belarus", []func(*trade.Event){to("BY")}, decision.OutcomeHold, "BY"},
		{"processors to a receiver in Russia", []func(*trade.Event){func(event *trade.Event) { event.Parties[1].Country = "RU" }}, decision.OutcomeHold, "a receiver in RU (/parties/1/country)"},
		{"an ECCN to Russia", []func(*trade.Event){to("RU"), goods(trade.Goods{HS: "850131", ECCN: "1C351"})}, decision.OutcomeHold, "ECCN 1C351"},
		{"textiles to Russia", []func(*trade.Event){to("RU"), textiles}, decision.OutcomePass, ""},
		{"undescribed goods to Russia", []func(*trade.Event){to("RU"), undescribed}, decision.OutcomeAlert, "without a code"},
		{"no goods to Russia", []func(*trade.Event){to("RU"), goods()}, decision.OutcomeAlert, "goods that nothing describes go to RU"},
		{"solar cells, perhaps, to Russia", []func(*trade.Event){to("RU"), goods(trade.Goods{HS: "854140"})}, decision.OutcomeAlert, "possibly listed"},
		{"the gravest line is told", []func(*trade.Event){to("RU"), goods(trade.Goods{HS: "620342"}, trade.Goods{}, trade.Goods{HS: "854231"})}, decision.OutcomeHold, "goods line 3"},
		{"processors through Russia to Turkey", []func(*trade.Event){func(event *trade.Event) {
			event.Route.Legs = []trade.Leg{{From: "TWTPE", To: "RUVVO"}, {From: "RUVVO", To: "TRIST"}}
		}}, decision.OutcomeAlert, "passes RU (/route/legs/0/to)"},
		{"processors to Russia with a licence", []func(*trade.Event){to("RU"), licence("2027-01-31")}, decision.OutcomeAlert, "under the authorisation BIS D123456, which nobody has checked"},
		{"licence of unknown end", []func(*trade.Event){to("RU"), licence("")}, decision.OutcomeAlert, "D123456"},
		{"licence of this month", []func(*trade.Event){to("RU"), licence("2026-11")}, decision.OutcomeAlert, "D123456"},
		{"licence that ends today", []func(*trade.Event){to("RU"), licence("2026-11-20")}, decision.OutcomeAlert, "D123456"},
		{"licence that ended yesterday", []func(*trade.Event){to("RU"), licence("2026-11-19")}, decision.OutcomeHold, "no authorisation in force"},
		{"licence without a number", []func(*trade.Event){to("RU"), func(event *trade.Event) { event.Authorisations = []trade.Authorisation{{Authority: "BIS"}} }}, decision.OutcomeHold, "no authorisation"},
		{"processors to Iran", []func(*trade.Event){to("IR")}, decision.OutcomeHold, "IR"},
		{"textiles to Iran", []func(*trade.Event){to("IR"), textiles}, decision.OutcomeAlert, "IR"},
		{"textiles to Cuba", []func(*trade.Event){to("CU"), textiles}, decision.OutcomeAlert, "CU"},
		{"undescribed goods to North Korea", []func(*trade.Event){to("KP"), undescribed}, decision.OutcomeHold, "KP"},
		{"processors to Syria", []func(*trade.Event){to("SY")}, decision.OutcomeHold, "SY"},
		{"textiles to Syria", []func(*trade.Event){to("SY"), textiles}, decision.OutcomePass, ""},
		{"processors to Kyiv", []func(*trade.Event){to("UA"), at("UA", "Kyiv", "vul. Sevastopolska 3")}, decision.OutcomePass, ""},
		{"processors to Sevastopol", []func(*trade.Event){to("UA"), at("UA", "Севастополь")}, decision.OutcomeHold, "Севастополь"},
		{"processors to Simferopol, Crimea, country unknown", []func(*trade.Event){to(""), at("", "", "Simferopol, Republic of Crimea")}, decision.OutcomeHold, "Crimea"},
		{"textiles to Crimea", []func(*trade.Event){to("UA"), at("UA", "Yalta"), textiles}, decision.OutcomeAlert, "Yalta"},
		{"a port of Crimea on the route", []func(*trade.Event){func(event *trade.Event) { event.Route.Destination, event.Route.FinalCountry = "UASVP", "UA" }}, decision.OutcomeHold, "UASVP (/route/destination)"},
		{"Crimea Street in Ankara", []func(*trade.Event){at("TR", "Ankara", "Kırım Caddesi 5")}, decision.OutcomePass, ""},
		{"Donetsk", []func(*trade.Event){to("UA"), at("UA", "Donetsk")}, decision.OutcomeHold, "Donetsk"},
		{"a free city of the Donetsk region", []func(*trade.Event){to("UA"), at("UA", "Kramatorsk", "Donetsk region")}, decision.OutcomeAlert, "Donetsk"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			prohibitions := policy.Default().Embargoes(shipment(test.change...))
			worst := decision.OutcomePass
			said := false
			for _, prohibition := range prohibitions {
				require.Equal(t, policy.RuleEmbargo, prohibition.Rule)
				require.Greater(t, prohibition.Effect, decision.OutcomePass)
				require.NotEmpty(t, prohibition.Citation)
				require.NotEmpty(t, prohibition.Subject)
				worst = max(worst, prohibition.Effect)
				said = said || prohibition.Effect == test.effect && strings.Contains(prohibition.Explanation, test.says)
			}
			require.Equal(t, test.effect, worst)
			require.True(t, said || test.says == "", "%+v", prohibitions)
		})
	}
	require.Empty(t, policy.Default().Embargoes(payment("USD")))
}

// judged is the risk of a shipment under the default policy.
func judged(event trade.Event, parties ...decision.PartyFacts) ([]decision.Flag, decision.BasisPoints) {
	rules := policy.Default()
	facts := decision.Facts{Complete: true, Parties: parties}
	return rules.Weigh(redflag.Evaluate(redflag.Input{Event: event, Facts: facts, Sets: rules.Sets()}), facts)
}

func TestDefaultWeights(t *testing.T) {
	forwarder := func(event *trade.Event) { event.Parties[1].Industry, event.EndUse = "5229", nil }
	tier := func(hs string) func(*trade.Event) { return goods(trade.Goods{HS: hs}) }
	first := []decision.PartyFacts{{Subject: "/parties/1", Available: true}}
	long := []decision.PartyFacts{{
		Subject: "/parties/1", Available: true, Events: 143, ControlledEvents: 12, FirstSeen: eventTime.AddDate(-2, 0, 0),
	}}
	cases := []struct {
		name   string
		change []func(*trade.Event)
		facts  []decision.PartyFacts
		risk   decision.BasisPoints
	}{
		{"tier 1, hub, old consignee, end user", nil, nil, 4000},
		{"tier 1, hub, old consignee, no end user", []func(*trade.Event){noEndUser}, nil, 4480},
		{"tier 1, hub, old consignee, no end user, first time", []func(*trade.Event){noEndUser}, first, 4866},
		{"tier 1, hub, old consignee, end user, first time", nil, first, 4420},
		{"tier 1, hub, founded after the invasion, four years old", []func(*trade.Event){founded("2022-04-11")}, nil, 5320},
		{"tier 1, hub, two years old", []func(*trade.Event){founded("2024-04-11")}, nil, 5680},
		{"tier 1, hub, months old", []func(*trade.Event){founded("2026-06-11")}, nil, 6100},
		{"tier 1, hub, founded in 2022, no month", []func(*trade.Event){founded("2022")}, nil, 4720},
		{"tier 1, hub, forwarder", []func(*trade.Event){forwarder}, nil, 5500},
		{"tier 2, hub, forwarder", []func(*trade.Event){tier("853221"), forwarder}, nil, 5200},
		{"tier 3.A, hub, forwarder", []func(*trade.Event){tier("850440"), forwarder}, nil, 4720},
		{"tier 2, hub, four years old", []func(*trade.Event){tier("853221"), founded("2022-04-11")}, nil, 5008},
		{"tier 3.A, hub, four years old", []func(*trade.Event){tier("850440"), founded("2022-04-11")}, nil, 4508},
		{"tier 3.A, hub, months old", []func(*trade.Event){tier("850440"), founded("2026-06-11")}, nil, 5424},
		{"tier 4.B, hub, two years old", []func(*trade.Event){tier("845710"), founded("2024-04-11")}, nil, 5104},
		{"textiles, hub, months old, forwarder", []func(*trade.Event){tier("620342"), founded("2026-06-11"), forwarder}, nil, 0},
		{"goods without a code, hub, forwarder", []func(*trade.Event){tier(""), forwarder}, nil, 2875},
		{"all reasons at once", []func(*trade.Event){founded("2026-06-11"), forwarder}, first, 6373},
		{"a long record: four years old", []func(*trade.Event){founded("2022-04-11")}, long, 4735},
		{"a long record does not carry months", []func(*trade.Event){founded("2026-06-11")}, long, 5612},
		{"a long record and a forwarder", []func(*trade.Event){forwarder}, long, 4937},
	}
	alert, _ := policy.Default().RiskThresholds()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			flags, risk := judged(shipment(test.change...), test.facts...)
			require.Equal(t, test.risk, risk, "%+v", flags)
			want := decision.OutcomePass
			if test.risk >= alert {
				want = decision.OutcomeAlert
			}
			require.Equal(t, want, policy.Default().OutcomeOf(risk))
		})
	}
}

func TestRecordIsSaidAndChangesNothingElse(t *testing.T) {
	rules := policy.Default()
	facts := decision.Facts{Parties: []decision.PartyFacts{{
		Subject: "/parties/1", Available: true, Events: 143, ControlledEvents: 12, FirstSeen: eventTime.AddDate(-2, 0, 0),
	}}}
	flags := redflag.Evaluate(redflag.Input{Event: shipment(), Facts: facts, Sets: rules.Sets()})
	before := slices.Clone(flags)
	weighted, _ := rules.Weigh(flags, facts)
	require.Equal(t, before, flags, "the argument is left alone")
	hub := weighted[1]
	require.Equal(t, redflag.CodeHub, hub.Code)
	require.Equal(t, decision.BasisPoints(1000), hub.Weight)
	require.True(t, strings.HasSuffix(hub.Explanation, "; it weighs less because of a long record (143 events since 2024-11-20, 12 with listed goods)"))
	require.Equal(t, decision.BasisPoints(2500), weighted[0].Weight, "goods are what they are")
}

func TestHistoryThatIsUnavailableMakesNobodyNew(t *testing.T) {
	unavailable := decision.PartyFacts{Subject: "/parties/1"}
	_, risk := judged(shipment(noEndUser), unavailable)
	_, without := judged(shipment(noEndUser))
	require.Equal(t, without, risk)
	rules, err := policy.Parse([]byte(edited(t, "unavailable: note", "unavailable: alert")))
	require.NoError(t, err)
	require.Equal(t, decision.OutcomeAlert, rules.UnavailableHistory())
}

func TestNoRiskHolds(t *testing.T) {
	for risk := decision.BasisPoints(0); risk <= decision.Full; risk += 100 {
		require.LessOrEqual(t, policy.Default().OutcomeOf(risk), decision.OutcomeAlert)
	}
	require.Equal(t, decision.OutcomePass, policy.Default().OutcomeOf(4999))
	require.Equal(t, decision.OutcomeAlert, policy.Default().OutcomeOf(5000))
}

// anyFlags draws flags of the policy's codes in random groups.
func anyFlags() *rapid.Generator[[]decision.Flag] {
	var codes []string
	for _, rule := range redflag.Rules() {
		codes = append(codes, rule.Code)
	}
	codes = append(codes, "unheard_of")
	return rapid.Custom(func(t *rapid.T) []decision.Flag {
		var flags []decision.Flag
		for i := range rapid.IntRange(0, 12).Draw(t, "flags") {
			flags = append(flags, decision.Flag{
				Code:  rapid.SampledFrom(codes).Draw(t, "code"),
				Group: fmt.Sprintf("group-%d", rapid.IntRange(0, 6).Draw(t, "group")), Explanation: fmt.Sprint(i),
			})
		}
		return flags
	})
}

func TestWeighProperties(t *testing.T) {
	rules := policy.Default()
	rapid.Check(t, func(t *rapid.T) {
		flags := anyFlags().Draw(t, "flags")
		weighted, risk := rules.Weigh(flags, decision.Facts{})
		require.Len(t, weighted, len(flags))
		require.GreaterOrEqual(t, risk, decision.BasisPoints(0), "bounded below")
		require.LessOrEqual(t, risk, decision.Full, "bounded above")
		strongest, groups := decision.BasisPoints(0), map[string]decision.BasisPoints{}
		for _, flag := range weighted {
			strongest = max(strongest, flag.Weight)
			groups[flag.Group] = max(groups[flag.Group], flag.Weight)
		}
		sum := decision.BasisPoints(0)
		for _, weight := range groups {
			sum += weight
		}
		require.GreaterOrEqual(t, risk, strongest, "at least the strongest")
		require.LessOrEqual(t, risk, sum, "at most all together")

		shuffled := slices.Clone(flags)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		_, again := rules.Weigh(shuffled, decision.Facts{})
		require.Equal(t, risk, again, "the order does not matter")

		if len(flags) > 0 {
			_, fewer := rules.Weigh(flags[1:], decision.Facts{})
			require.LessOrEqual(t, fewer, risk, "one reason more never weighs less")
			_, doubled := rules.Weigh(append(slices.Clone(flags), flags[0]), decision.Facts{})
			require.Equal(t, risk, doubled, "the same reason twice counts once")
		}
	})
}

func BenchmarkWeighAndEmbargoes(b *testing.B) {
	rules, event := policy.Default(), shipment(founded("2022-04-11"))
	flags := redflag.Evaluate(redflag.Input{Event: event, Sets: rules.Sets()})
	b.ReportAllocs()
	for b.Loop() {
		rules.Weigh(flags, decision.Facts{})
		rules.Embargoes(event)
	}
}
