package redflag_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

var eventTime = time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC)

// shipment is 1,200 microcontrollers from Taipei to a washing machine maker in
// Istanbul, founded in 1994, who will build them in. Nothing fires but the goods and
// the route.
func shipment(change ...func(*trade.Event)) trade.Event {
	event := trade.Event{
		ID: "S-1", Kind: trade.KindShipment, Source: "tms", Revision: 1, Time: eventTime,
		Parties: []trade.Party{
			{Role: trade.RoleShipper, Name: "Taiwan Fern Semiconductor Co., Ltd.", Country: "TW"},
			{
				Role: trade.RoleConsignee, Name: "Sarıbük Beyaz Eşya Sanayi A.Ş.", Kind: trade.PartyKindOrganization,
				Country: "TR", Incorporated: "1994-03-01", Industry: "2751",
			},
		},
		Shipment: &trade.Shipment{
			Goods:  []trade.Goods{{HS: "85423110", Description: "microcontrollers", Quantity: "1200", Unit: "PCE"}},
			Route:  &trade.Route{Origin: "TWTPE", Destination: "TRIST", FinalCountry: "TR"},
			EndUse: &trade.EndUse{EndUser: "Sarıbük Beyaz Eşya Sanayi A.Ş."},
		},
	}
	for _, each := range change {
		each(&event)
	}
	return event
}

func consignee(event *trade.Event) *trade.Party { return &event.Parties[1] }

func evaluate(event trade.Event, facts ...decision.PartyFacts) []decision.Flag {
	return redflag.Evaluate(redflag.Input{
		Event: event, Facts: decision.Facts{Complete: true, Parties: facts}, Sets: redflag.DefaultSets(),
	})
}

func codes(flags []decision.Flag) []string {
	var list []string
	for _, flag := range flags {
		list = append(list, flag.Code)
	}
	return list
}

func flagOf(t *testing.T, flags []decision.Flag, code string) decision.Flag {
	at := slices.IndexFunc(flags, func(flag decision.Flag) bool { return flag.Code == code })
	require.GreaterOrEqual(t, at, 0, "%s is not among %v", code, codes(flags))
	return flags[at]
}

func places(flag decision.Flag) []string {
	var list []string
	for _, evidence := range flag.Evidence {
		list = append(list, evidence.Place)
	}
	return list
}

func TestTheHonestTwinFiresGoodsAndRouteOnly(t *testing.T) {
	require.Equal(t, []string{redflag.CodeCHPLTier1, redflag.CodeHub}, codes(evaluate(shipment())))
}

func TestPaymentsFireNothingYet(t *testing.T) {
	require.Empty(t, evaluate(trade.Event{
		Kind: trade.KindPayment, Payment: &trade.Payment{},
		Parties: []trade.Party{{Role: trade.RoleDebtor, Name: "x", Country: "TR", Incorporated: "2026-01-01"}},
	}))
}

func TestGoodsFlags(t *testing.T) {
	goods := func(lines ...trade.Goods) func(*trade.Event) {
		return func(event *trade.Event) { event.Goods = lines }
	}
	cases := []struct {
		name  string
		lines []trade.Goods
		want  []string
	}{
		{"Alert004 p. 7: processors", []trade.Goods{{HS: "8542.31"}}, []string{redflag.CodeCHPLTier1}},
		{"Alert004 p. 7: tantalum capacitors", []trade.Goods{{HS: "853221"}}, []string{redflag.CodeCHPLTier2}},
		{"tier 3.A", []trade.Goods{{HS: "8504408399"}}, []string{redflag.CodeCHPLTier3A}},
		{"tier 3.B", []trade.Goods{{HS: "84821090"}}, []string{redflag.CodeCHPLTier3B}},
		{"tier 4.A", []trade.Goods{{HS: "903020"}}, []string{redflag.CodeCHPLTier4A}},
		{"tier 4.B", []trade.Goods{{HS: "8457.10.90"}}, []string{redflag.CodeCHPLTier4B}},
		{"each tier once", []trade.Goods{{HS: "854231"}, {HS: "854232"}, {HS: "848210"}}, []string{redflag.CodeCHPLTier1, redflag.CodeCHPLTier3B}},
		{"HS 2017, solar cells perhaps", []trade.Goods{{HS: "85414090"}}, []string{redflag.CodeCHPLPossible}},
		{"HS 2017, renumbered", []trade.Goods{{HS: "880330"}}, []string{redflag.CodeCHPLTier3B}},
		{"Alert003 p. 3: ECCN of concern", []trade.Goods{{HS: "850131", ECCN: "3A991.a.1"}}, []string{redflag.CodeECCN}},
		{"EAR99", []trade.Goods{{HS: "850131", ECCN: "EAR99"}}, nil},
		{"an ECCN nobody named", []trade.Goods{{HS: "850131", ECCN: "1C351"}}, nil},
		{"a memory card is not a memory", []trade.Goods{{HS: "852351"}}, nil},
		{"textiles", []trade.Goods{{HS: "620342"}}, nil},
		{"no code", []trade.Goods{{Description: "parts"}}, nil},
		{"no goods", nil, nil},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			var fired []string
			for _, flag := range evaluate(shipment(goods(test.lines...))) {
				if flag.Group == redflag.GroupGoods {
					fired = append(fired, flag.Code)
				}
			}
			require.Equal(t, test.want, fired)
		})
	}
}

func TestGoodsFlagSaysWhatAndWhere(t *testing.T) {
	flags := evaluate(shipment(func(event *trade.Event) {
		event.Goods = []trade.Goods{{HS: "620342"}, {HS: "85423110"}, {HS: "854239"}}
	}))
	flag := flagOf(t, flags, redflag.CodeCHPLTier1)
	require.Equal(t, "goods line 2, HS 85423110, is on the Common High Priority List, tier 1: integrated circuits: "+
		"processors and controllers (microprocessors, microcontrollers, systems on chip); so is 1 other line", flag.Explanation)
	require.Equal(t, []decision.Evidence{{Place: "/goods/1/hs", Value: "85423110"}, {Place: "/goods/2/hs", Value: "854239"}}, flag.Evidence)
	require.Equal(t, redflag.GroupGoods, flag.Group)
	require.Zero(t, flag.Weight, "weighing is the policy's")
}

func TestEvidenceIsBounded(t *testing.T) {
	flags := evaluate(shipment(func(event *trade.Event) {
		for range 500 {
			event.Goods = append(event.Goods, trade.Goods{HS: "854231"})
		}
	}))
	flag := flagOf(t, flags, redflag.CodeCHPLTier1)
	require.Len(t, flag.Evidence, 12)
	require.Contains(t, flag.Explanation, "so are 500 other lines")
}

func TestHubRoute(t *testing.T) {
	route := func(change func(route *trade.Route)) func(*trade.Event) {
		return func(event *trade.Event) { change(event.Route) }
	}
	to := func(country, locode string) func(*trade.Event) {
		return func(event *trade.Event) {
			event.Route.Destination, event.Route.FinalCountry = locode, country
			consignee(event).Country = country
		}
	}
	via := func(locodes ...string) func(*trade.Event) {
		return func(event *trade.Event) {
			for i := range len(locodes) - 1 {
				event.Route.Legs = append(event.Route.Legs, trade.Leg{From: locodes[i], To: locodes[i+1]})
			}
		}
	}
	cases := []struct {
		name   string
		change []func(*trade.Event)
		want   string
	}{
		{"Alert003 note 21: Turkey", nil, redflag.CodeHub},
		{"OTSI August 2025: Vietnam", []func(*trade.Event){to("VN", "VNSGN")}, redflag.CodeHub},
		{"OTSI January 2025: Hong Kong", []func(*trade.Event){to("HK", "HKHKG")}, redflag.CodeHub},
		{"not a hub", []func(*trade.Event){to("MA", "MACAS")}, ""},
		{"within the coalition", []func(*trade.Event){to("DE", "DEHAM")}, ""},
		{"an origin in Taiwan is no passage", []func(*trade.Event){to("JP", "JPTYO"), via("TWTPE", "TWKHH", "JPTYO")}, ""},
		{"Taiwan as destination", []func(*trade.Event){
			route(func(route *trade.Route) { route.Origin = "USLAX" }), to("TW", "TWTPE"),
		}, redflag.CodeHubCoalition},
		{"through Dubai to Germany", []func(*trade.Event){to("DE", "DEHAM"), via("TWTPE", "AEDXB", "DEHAM")}, redflag.CodeHubInTransit},
		{"through Dubai to Morocco", []func(*trade.Event){to("MA", "MACAS"), via("TWTPE", "AEDXB", "MACAS")}, redflag.CodeHub},
		{"only the consignee is in the hub", []func(*trade.Event){to("DE", "DEHAM"), func(event *trade.Event) { consignee(event).Country = "AE" }}, redflag.CodeHub},
		{"only the consignee's address is", []func(*trade.Event){to("DE", "DEHAM"), func(event *trade.Event) {
			consignee(event).Country, consignee(event).Address = "", &trade.Address{Country: "AE"}
		}}, redflag.CodeHub},
		{"only a buyer is: he may sit anywhere", []func(*trade.Event){to("DE", "DEHAM"), func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleBuyer, Name: "b", Country: "SG"})
		}}, ""},
		{"only the last leg says where", []func(*trade.Event){func(event *trade.Event) {
			event.Route = &trade.Route{Legs: []trade.Leg{{From: "TWTPE", To: "KZALA"}}}
			consignee(event).Country = ""
		}}, redflag.CodeHub},
		{"only the final country says where", []func(*trade.Event){to("", ""), func(event *trade.Event) { event.Route.FinalCountry = "KG" }}, redflag.CodeHub},
		{"from a hub, made in the United States", []func(*trade.Event){
			route(func(route *trade.Route) { route.Origin = "HKHKG" }), func(event *trade.Event) { event.Goods[0].Origin = "US" },
		}, redflag.CodeHub},
		{"from a hub, origin unknown", []func(*trade.Event){route(func(route *trade.Route) { route.Origin = "HKHKG" })}, ""},
		{"no route, but shipper and consignee", []func(*trade.Event){func(event *trade.Event) { event.Route = nil }}, redflag.CodeHub},
		{"no route and no countries", []func(*trade.Event){func(event *trade.Event) {
			event.Route, event.Parties[0].Country, event.Parties[1].Country = nil, "", ""
		}}, ""},
		{"textiles to a hub are trade", []func(*trade.Event){func(event *trade.Event) { event.Goods[0] = trade.Goods{HS: "620342", Origin: "DE"} }}, ""},
		{"goods without a code", []func(*trade.Event){func(event *trade.Event) { event.Goods[0] = trade.Goods{Description: "parts"} }}, redflag.CodeHubUnclassified},
		{"no goods at all", []func(*trade.Event){func(event *trade.Event) { event.Goods = nil }}, redflag.CodeHubUnclassified},
		{"goods with an ECCN", []func(*trade.Event){func(event *trade.Event) { event.Goods[0] = trade.Goods{HS: "850131", ECCN: "3A001"} }}, redflag.CodeHub},
		{"within Turkey", []func(*trade.Event){
			route(func(route *trade.Route) { route.Origin = "TRIZM" }), func(event *trade.Event) { event.Goods[0].Origin = "US" },
		}, ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			fired := ""
			for _, flag := range evaluate(shipment(test.change...)) {
				if flag.Group == redflag.GroupRoute {
					require.Empty(t, fired, "one degree only")
					fired = flag.Code
				}
			}
			require.Equal(t, test.want, fired)
		})
	}
}

func TestHubRouteSaysWhichHubAndWhoNamesIt(t *testing.T) {
	flag := flagOf(t, evaluate(shipment()), redflag.CodeHub)
	require.Equal(t, "goods of tier 1 from TW go to TR, a transshipment point on "+
		"BIS_TRANSSHIP_2022, UK_OTSI_2025_01, UK_OTSI_2025_08", flag.Explanation)
	require.Equal(t, []string{"/route/destination", "/route/origin", "/goods/0/hs", "/parties/1/name"}, places(flag))
}

func TestYoungConsignee(t *testing.T) {
	founded := func(date trade.Date) func(*trade.Event) {
		return func(event *trade.Event) { consignee(event).Incorporated = date }
	}
	cases := []struct {
		name   string
		change []func(*trade.Event)
		want   string
	}{
		{"Alert004 red flag 2: founded after the invasion", []func(*trade.Event){founded("2022-04-11")}, redflag.CodeYoungOver3},
		{"two years old", []func(*trade.Event){founded("2024-11-19")}, redflag.CodeYoungUnder3},
		{"three years old today", []func(*trade.Event){founded("2023-11-20")}, redflag.CodeYoungOver3},
		{"three years old tomorrow", []func(*trade.Event){founded("2023-11-21")}, redflag.CodeYoungUnder3},
		{"months old", []func(*trade.Event){founded("2026-06-01")}, redflag.CodeYoungUnder1},
		{"founded after the event", []func(*trade.Event){founded("2027-01-01")}, redflag.CodeYoungUnder1},
		{"founded that very day", []func(*trade.Event){founded("2022-02-24")}, ""},
		{"founded the day after", []func(*trade.Event){founded("2022-02-25")}, redflag.CodeYoungOver3},
		{"founded in March 2022", []func(*trade.Event){founded("2022-03")}, redflag.CodeYoungOver3},
		{"founded in February 2022", []func(*trade.Event){founded("2022-02")}, redflag.CodeYoungPossible},
		{"founded in 2022", []func(*trade.Event){founded("2022")}, redflag.CodeYoungPossible},
		{"founded in 2021", []func(*trade.Event){founded("2021")}, ""},
		{"founded in 1994", nil, ""},
		{"founding unknown", []func(*trade.Event){founded("")}, ""},
		{"founding unreadable", []func(*trade.Event){founded("long ago")}, ""},
		{"inside the coalition", []func(*trade.Event){founded("2024-01-01"), func(event *trade.Event) { consignee(event).Country = "DE" }}, ""},
		{"country unknown", []func(*trade.Event){founded("2024-01-01"), func(event *trade.Event) { consignee(event).Country = "" }}, ""},
		{"textiles", []func(*trade.Event){founded("2024-01-01"), func(event *trade.Event) { event.Goods[0].HS = "620342" }}, ""},
		{"the buyer, not the consignee", []func(*trade.Event){func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleBuyer, Name: "Yeni Devre Ltd", Country: "AE", Incorporated: "2025-01-01"})
		}}, redflag.CodeYoungUnder3},
		{"the shipper", []func(*trade.Event){func(event *trade.Event) { event.Parties[0].Country, event.Parties[0].Incorporated = "HK", "2025-01-01" }}, ""},
		{"the gravest of two", []func(*trade.Event){founded("2022-04-11"), func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleEndUser, Name: "Yeni Devre Ltd", Country: "AE", Incorporated: "2026-10-01"})
		}}, redflag.CodeYoungUnder1},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			var fired []string
			for _, flag := range evaluate(shipment(test.change...)) {
				if strings.HasPrefix(flag.Code, "young_consignee") {
					fired = append(fired, flag.Code)
				}
			}
			if test.want == "" {
				require.Empty(t, fired)
			} else {
				require.Equal(t, []string{test.want}, fired)
			}
		})
	}
}

func TestYoungConsigneeSaysHowYoung(t *testing.T) {
	flags := evaluate(shipment(func(event *trade.Event) { consignee(event).Incorporated = "2022-04-11" }))
	flag := flagOf(t, flags, redflag.CodeYoungOver3)
	require.Equal(t, `consignee "Sarıbük Beyaz Eşya Sanayi A.Ş." was incorporated on 2022-04-11, 46 days after 2022-02-24, `+
		`in TR, outside the coalition, and receives goods of tier 1 at the age of 4 years`, flag.Explanation)
	require.Equal(t, []string{"/parties/1/incorporated", "/parties/1/country", "/goods/0/hs"}, places(flag))
	flags = evaluate(shipment(func(event *trade.Event) { consignee(event).Incorporated = "2022" }))
	require.Contains(t, flagOf(t, flags, redflag.CodeYoungPossible).Explanation, "the date does not say")
}

func TestForwarderFinal(t *testing.T) {
	named := func(name string) func(*trade.Event) {
		return func(event *trade.Event) {
			consignee(event).Name, consignee(event).Industry, event.EndUse = name, "", nil
		}
	}
	industry := func(code string) func(*trade.Event) {
		return func(event *trade.Event) { consignee(event).Industry, event.EndUse = code, nil }
	}
	reference := func(kinds ...string) func(*trade.Event) {
		return func(event *trade.Event) {
			for _, kind := range kinds {
				event.References = append(event.References, trade.Reference{Type: kind, Value: "1"})
			}
		}
	}
	cases := []struct {
		name   string
		change []func(*trade.Event)
		want   string
	}{
		{"Alert003 p. 6: the forwarder of the shipment is consignee", []func(*trade.Event){named("Deniz Yolu A.Ş."), func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleFreightForwarder, Name: "DENİZ YOLU A.S."})
		}}, "also the shipment's freight forwarder"},
		{"the carrier is", []func(*trade.Event){named("Deniz Yolu"), func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleCarrier, Name: "Deniz Yolu"})
		}}, "also the shipment's carrier"},
		{"ISIC forwarding", []func(*trade.Event){industry("5229")}, "forwarder by its industry (5229)"},
		{"NACE with section and dots", []func(*trade.Event){industry("H52.29")}, "forwarder by its industry"},
		{"national extension", []func(*trade.Event){industry("52.29.01")}, "forwarder by its industry"},
		{"six digits of ISIC in Turkey", []func(*trade.Event){industry("522903")}, "forwarder by its industry"},
		{"NAICS forwarding", []func(*trade.Event){industry("488510")}, "forwarder by its industry"},
		{"Alert004 red flag 7: a bank", []func(*trade.Event){industry("6419")}, "bank by its industry"},
		{"NAICS bank", []func(*trade.Event){industry("522110")}, "bank by its industry"},
		{"Alert004 red flag 7: a mail centre", []func(*trade.Event){industry("5320")}, "mail centre by its industry"},
		{"industry in words", []func(*trade.Event){industry("international freight forwarding")}, "forwarder by its industry"},
		{"Turkish name", []func(*trade.Event){named("Öz Anadolu Lojistik ve Dış Tic. Ltd. Şti.")}, `forwarder by its name ("lojistik")`},
		{"Turkish capitals", []func(*trade.Event){named("ULUSLARARASI TAŞIMACILIK A.Ş.")}, `("tasimacilik")`},
		{"Russian name", []func(*trade.Event){named("ООО «Северная Логистика»")}, "forwarder by its name"},
		{"Chinese name", []func(*trade.Event){named("深圳市远航国际物流有限公司")}, "forwarder by its name"},
		{"German name", []func(*trade.Event){named("Muster Spedition GmbH")}, "forwarder by its name"},
		{"Arabic name", []func(*trade.Event){named("شركة النور للشحن")}, "forwarder by its name"},
		{"bank by name", []func(*trade.Event){named("Yıldız Yatırım Bankası A.Ş.")}, "bank by its name"},
		{"mail centre by name", []func(*trade.Event){named("Mail Boxes of Dubai LLC")}, "mail centre by its name"},
		{"house bill under a master bill", []func(*trade.Event){industry("5229"), reference("master_bill_of_lading", "house_bill_of_lading")}, "forwarder"},
		{"no code: nobody knows the goods", []func(*trade.Event){industry("5229"), func(event *trade.Event) { event.Goods[0].HS = "" }}, "forwarder"},
		{"the end user is the forwarder itself", []func(*trade.Event){named("Oz Lojistik"), func(event *trade.Event) { event.EndUse = &trade.EndUse{EndUser: "ÖZ LOJİSTİK"} }}, "forwarder"},

		{"a maker of washing machines", nil, ""},
		{"a carrier buys for itself", []func(*trade.Event){industry("5110")}, ""},
		{"NAICS real estate is not ISIC post", []func(*trade.Event){industry("531110")}, ""},
		{"master bill", []func(*trade.Event){industry("5229"), reference("master_air_waybill")}, ""},
		{"to the order of a bank", []func(*trade.Event){named("TO THE ORDER OF YILDIZ BANKASI")}, ""},
		{"somebody else is end user", []func(*trade.Event){industry("5229"), func(event *trade.Event) { event.EndUse = &trade.EndUse{EndUser: "Sarıbük Motor"} }}, ""},
		{"an end user is a party", []func(*trade.Event){industry("5229"), func(event *trade.Event) {
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleEndUser, Name: "Sarıbük Motor"})
		}}, ""},
		{"a signed statement is on file", []func(*trade.Event){industry("5229"), func(event *trade.Event) { event.EndUse = &trade.EndUse{Statement: true} }}, ""},
		{"textiles", []func(*trade.Event){industry("5229"), func(event *trade.Event) { event.Goods[0].HS = "620342" }}, ""},
		{"a person named Bank", []func(*trade.Event){named("Eva Bank"), func(event *trade.Event) { consignee(event).Kind = trade.PartyKindPerson }}, ""},
		{"power banks", []func(*trade.Event){named("Istanbul Power Bank Elektronik")}, ""},
		{"a river bank", []func(*trade.Event){named("South Bank Electronics Ltd")}, ""},
		{"logistics software", []func(*trade.Event){named("Bosphorus Logistics Software A.S.")}, ""},
		{"only the notify party is a forwarder", []func(*trade.Event){func(event *trade.Event) {
			event.EndUse = nil
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleNotifyParty, Name: "Oz Lojistik"})
		}}, ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			flags := evaluate(shipment(test.change...))
			if test.want == "" {
				require.NotContains(t, codes(flags), redflag.CodeForwarderFinal)
				return
			}
			flag := flagOf(t, flags, redflag.CodeForwarderFinal)
			require.Contains(t, flag.Explanation, test.want)
			require.Contains(t, flag.Explanation, "nobody is named as end user")
			require.Equal(t, "/parties/1/name", flag.Evidence[0].Place)
		})
	}
}

func TestMissingEndUser(t *testing.T) {
	cases := []struct {
		name   string
		change func(*trade.Event)
		fires  bool
	}{
		{"Alert004 red flag 5: nobody is named", func(event *trade.Event) { event.EndUse = nil }, true},
		{"an empty statement", func(event *trade.Event) { event.EndUse = &trade.EndUse{Purpose: "resale"} }, true},
		{"named", func(*trade.Event) {}, false},
		{"a signed statement", func(event *trade.Event) { event.EndUse = &trade.EndUse{Statement: true} }, false},
		{"an end user is a party", func(event *trade.Event) {
			event.EndUse = nil
			event.Parties = append(event.Parties, trade.Party{Role: trade.RoleEndUser, Name: "x"})
		}, false},
		{"textiles", func(event *trade.Event) { event.EndUse, event.Goods[0].HS = nil, "620342" }, false},
		{"to the coalition", func(event *trade.Event) {
			event.EndUse, event.Route.Destination, event.Route.FinalCountry = nil, "DEHAM", "DE"
			consignee(event).Country = "DE"
		}, false},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			fired := slices.Contains(codes(evaluate(shipment(test.change))), redflag.CodeMissingEndUser)
			require.Equal(t, test.fires, fired)
		})
	}
}

func TestFirstControlled(t *testing.T) {
	known := decision.PartyFacts{Subject: "/parties/1", Available: true, Events: 12, FirstSeen: eventTime.AddDate(-1, 0, 0)}
	cases := []struct {
		name   string
		facts  []decision.PartyFacts
		change func(*trade.Event)
		want   string
	}{
		{"Alert004 pattern 1: never seen", []decision.PartyFacts{{Subject: "/parties/1", Available: true}}, nil, "no earlier event on record names"},
		{"Alert004 pattern 2: seen, but never with such goods", []decision.PartyFacts{known}, nil, "12 earlier events since 2025-11-20, none of them with listed goods"},
		{"history is unavailable", []decision.PartyFacts{{Subject: "/parties/1"}}, nil, ""},
		{"history knows no such party", nil, nil, ""},
		{"it had such goods before", []decision.PartyFacts{{Subject: "/parties/1", Available: true, Events: 12, ControlledEvents: 1}}, nil, ""},
		{"facts of the shipper only", []decision.PartyFacts{{Subject: "/parties/0", Available: true}}, nil, ""},
		{"inside the coalition", []decision.PartyFacts{{Subject: "/parties/1", Available: true}}, func(event *trade.Event) { consignee(event).Country = "DE" }, ""},
		{"textiles", []decision.PartyFacts{{Subject: "/parties/1", Available: true}}, func(event *trade.Event) { event.Goods[0].HS = "620342" }, ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			change := test.change
			if change == nil {
				change = func(*trade.Event) {}
			}
			flags := evaluate(shipment(change), test.facts...)
			if test.want == "" {
				require.NotContains(t, codes(flags), redflag.CodeFirstControlled)
				return
			}
			flag := flagOf(t, flags, redflag.CodeFirstControlled)
			require.Contains(t, flag.Explanation, test.want)
			require.Equal(t, "facts:/parties/0/controlled_events", flag.Evidence[1].Place)
		})
	}
}

func TestLongRecord(t *testing.T) {
	long := decision.PartyFacts{
		Subject: "/parties/1", Available: true, Events: 143, ControlledEvents: 12, FirstSeen: eventTime.AddDate(-2, 0, 0),
	}
	with := func(change func(*decision.PartyFacts)) decision.PartyFacts {
		facts := long
		change(&facts)
		return facts
	}
	record := func(event trade.Event, facts ...decision.PartyFacts) string {
		text, _ := redflag.LongRecord(flagOf(t, evaluate(event, facts...), redflag.CodeHub))
		return text
	}
	require.Equal(t, "143 events since 2024-11-20, 12 with listed goods", record(shipment(), long))
	require.Empty(t, record(shipment()))
	require.Empty(t, record(shipment(), with(func(facts *decision.PartyFacts) { facts.Available = false })))
	require.Empty(t, record(shipment(), with(func(facts *decision.PartyFacts) { facts.Events = 19 })), "too few")
	require.Empty(t, record(shipment(), with(func(facts *decision.PartyFacts) { facts.ControlledEvents = 4 })), "of other goods")
	require.Empty(t, record(shipment(), with(func(facts *decision.PartyFacts) { facts.FirstSeen = eventTime.AddDate(0, 0, -364) })), "too short")
	require.NotEmpty(t, record(shipment(), with(func(facts *decision.PartyFacts) { facts.FirstSeen = eventTime.AddDate(0, 0, -365) })))

	buyer := shipment(func(event *trade.Event) {
		event.Parties = append(event.Parties, trade.Party{Role: trade.RoleBuyer, Name: "Yeni Devre Ltd", Country: "TR"})
	})
	require.Empty(t, record(buyer, long), "a new buyer does not hide behind an old consignee")
	require.NotEmpty(t, record(buyer, long, with(func(facts *decision.PartyFacts) { facts.Subject = "/parties/2" })))

	flags := evaluate(shipment(), long)
	_, onGoods := redflag.LongRecord(flagOf(t, flags, redflag.CodeCHPLTier1))
	require.False(t, onGoods, "a record says nothing of the goods")
	_, forged := redflag.LongRecord(decision.Flag{Evidence: []decision.Evidence{{Place: "/parties/1/name", Value: "long record: 9 events"}}})
	require.False(t, forged, "a name is not a record")
}

func TestCountrySetsHoldWhatTheirSourcesSay(t *testing.T) {
	counts := map[string]int{
		redflag.SetBISTransshipment2022: 18, redflag.SetCoalition: 39, redflag.SetUKOTSI202501: 16, redflag.SetUKOTSI202508: 12,
	}
	sets := redflag.CountrySets()
	require.Len(t, sets, len(counts))
	for _, set := range sets {
		require.Len(t, set.Countries, counts[set.Name], set.Name)
		require.NotEmpty(t, set.Source)
		require.NotEmpty(t, set.Published)
		require.True(t, slices.IsSorted(set.Countries))
		require.Len(t, slices.Compact(slices.Clone(set.Countries)), len(set.Countries), "twice in %s", set.Name)
		for _, country := range set.Countries {
			require.Len(t, country, 2)
		}
	}
	coalition, _ := redflag.CountrySetNamed(redflag.SetCoalition)
	bis, _ := redflag.CountrySetNamed(redflag.SetBISTransshipment2022)
	var both []string
	for _, country := range bis.Countries {
		if coalition.Has(country) {
			both = append(both, country)
		}
	}
	require.Equal(t, []string{"TW"}, both)
	for _, country := range []string{"TR", "AE", "RU", "BY", "CN", "HK"} {
		require.False(t, coalition.Has(country))
	}
	_, ok := redflag.CountrySetNamed("NATO")
	require.False(t, ok)
}

func TestRulesAreDistinctAndCited(t *testing.T) {
	rules := redflag.Rules()
	seen := map[string]bool{}
	for i, rule := range rules {
		require.False(t, seen[rule.Code], rule.Code)
		seen[rule.Code] = true
		require.NotEmpty(t, rule.Citation)
		require.NotEmpty(t, rule.Meaning)
		require.NotEmpty(t, rule.Group)
		if i > 0 {
			require.Less(t, rules[i-1].Code, rule.Code)
		}
	}
}

func TestDestinations(t *testing.T) {
	event := shipment(func(event *trade.Event) {
		event.Route.Legs = []trade.Leg{{From: "TWKHH", To: "TWTPE"}, {From: "TWTPE", To: "AEDXB"}, {From: "AEJEA", To: "TRIST"}}
	})
	var list []string
	for _, place := range redflag.Destinations(event) {
		list = append(list, fmt.Sprintf("%s %s %v", place.Pointer, place.Country, place.Transit))
	}
	require.Equal(t, []string{
		"/route/legs/1/to AE true", "/route/legs/2/from AE true", "/route/legs/2/to TR false",
		"/route/destination TR false", "/route/final_country TR false", "/parties/1/country TR false",
	}, list)
	require.Empty(t, redflag.Destinations(trade.Event{Payment: &trade.Payment{}}))
}

func TestNamesPlace(t *testing.T) {
	places := []string{"Sevastopol", "Севастополь", "Donetsk People's Republic"}
	for _, test := range []struct {
		address  *trade.Address
		anywhere bool
		want     bool
	}{
		{&trade.Address{City: "SEVASTOPOL"}, false, true},
		{&trade.Address{City: "г. Севастополь"}, true, true},
		{&trade.Address{City: "г. Севастополь"}, false, false},
		{&trade.Address{Lines: []string{"ul. Lenina 1, Sevastopol, 299011"}}, true, true},
		{&trade.Address{Lines: []string{"ul. Lenina 1, Sevastopol, 299011"}}, false, false},
		{&trade.Address{Lines: []string{"Makiivka", "Donetsk People’s Republic"}}, true, true},
		{&trade.Address{City: "Kyiv", Lines: []string{"vul. Sevastopolska 3"}}, true, false},
		{nil, true, false},
	} {
		_, ok := redflag.NamesPlace(test.address, places, test.anywhere)
		require.Equal(t, test.want, ok, "%+v", test.address)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	event := shipment(func(event *trade.Event) { consignee(event).Incorporated, event.EndUse = "2022-04-11", nil })
	in := redflag.Input{Event: event, Sets: redflag.DefaultSets()}
	b.ReportAllocs()
	for b.Loop() {
		redflag.Evaluate(in)
	}
}
