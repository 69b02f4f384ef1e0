package main

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

const demoOpening = `Chokepoint is running in this process: an ingestor, a screener and a notifier around a NATS with
files on disk. Three shipments of the same microcontrollers set out from Taipei to Istanbul. One of
the buyers has bought for years: twenty earlier shipments to it are on record.
Every name and every list in this demo is invented.
`

const demoClosing = `
The third shipment opened no case: the same goods on the same route are no reason to stop an honest
importer. Each decision above names the lists, the policy and the code it was made with, and can be
recomputed from them to the byte.

Next: chokepoint up --lists DIR, with the files of a real publisher (README).
`

// story is one of the demo's events and what is to be seen in it.
type story struct {
	title, text string
	event       trade.Event
	want        decision.Outcome
}

// The demo's companies.
const (
	demoListed = "Orvantek Elektronik ve Dış Tic. Ltd. Şti."
	demoTrader = "Peltek Devre Ticaret Limited Şirketi"
	demoMaker  = "Sarıbük Beyaz Eşya Sanayi A.Ş."
)

func demoStories(now time.Time) []story {
	return []story{
		{
			title: "A listed company under another spelling",
			text:  "The list has it as ORVANTEK ULUSLARARASI ELEKTRONIK VE DIS TICARET LIMITED SIRKETI.",
			event: demoShipment("S-2001", now, trade.Party{
				Role: trade.RoleConsignee, Name: demoListed, Kind: trade.PartyKindOrganization, Country: "TR", Incorporated: "2009-06-02",
			}, &trade.EndUse{EndUser: demoListed, Statement: true}),
			want: decision.OutcomeHold,
		},
		{
			title: "A chip trader in Istanbul, on no list",
			text:  "Nothing here is forbidden. Goods, hub and the age of the company are worth a look together.",
			event: demoShipment("S-2002", now, trade.Party{
				Role: trade.RoleConsignee, Name: demoTrader, Kind: trade.PartyKindOrganization, Country: "TR", Incorporated: "2022-04-11",
			}, nil),
			want: decision.OutcomeAlert,
		},
		{
			title: "Its honest twin: an old maker of washing machines",
			text:  "Same goods, same route. Founded in 1987, uses the chips itself, and has bought them for years.",
			event: demoShipment("S-2003", now, demoMakerParty(),
				&trade.EndUse{EndUser: demoMaker, Statement: true, Purpose: "control boards of washing machines"}),
			want: decision.OutcomePass,
		},
	}
}

func demoMakerParty() trade.Party {
	return trade.Party{
		Role: trade.RoleConsignee, Name: demoMaker, Kind: trade.PartyKindOrganization, Country: "TR",
		Incorporated: "1987-09-14", Industry: "2751",
		Identifiers: []trade.Identifier{{Type: "tax_id", Value: "9990000048", Country: "TR"}},
	}
}

// demoPast are the honest maker's earlier shipments, two months apart.
func demoPast(now time.Time) []trade.Event {
	var events []trade.Event
	for i := range 20 {
		event := demoShipment(fmt.Sprintf("S-%d", 1000+i), now.AddDate(0, -2*(20-i), 0), demoMakerParty(),
			&trade.EndUse{EndUser: demoMaker, Statement: true})
		events = append(events, event)
	}
	return events
}

func demoShipment(id string, at time.Time, consignee trade.Party, endUse *trade.EndUse) trade.Event {
	return trade.Event{
		ID: id, Kind: trade.KindShipment, Source: "demo-forwarder", Time: at.Truncate(time.Second), Revision: 1, Status: "departed",
		References: []trade.Reference{{Type: "bill_of_lading", Value: "DEMO" + strings.TrimPrefix(id, "S-")}},
		Parties: []trade.Party{
			{Role: trade.RoleShipper, Name: "Formosa Lanyu Microsystems Co., Ltd.", Kind: trade.PartyKindOrganization, Country: "TW"},
			consignee,
		},
		Shipment: &trade.Shipment{
			Goods: []trade.Goods{{
				HS: "85423110", Description: "microcontrollers, 32 bit", Origin: "TW", Quantity: "1200", Unit: "PCE",
				Value: &trade.Money{Amount: "18200.00", Currency: "USD"},
			}},
			Route:  &trade.Route{Origin: "TWTPE", Destination: "TRIST", FinalCountry: "TR"},
			EndUse: endUse,
		},
	}
}

// mustSub is a folder of the embedded files, which is there or the program would
// not have been built.
func mustSub(folder string) fs.FS {
	sub, err := fs.Sub(demoFiles, folder)
	if err != nil {
		panic(err)
	}
	return sub
}

// caseTitle is the line a person reads first on a queue.
func caseTitle(data []byte) string {
	var message casework.Message
	if err := json.Unmarshal(data, &message); err != nil {
		return ""
	}
	return message.Title
}
