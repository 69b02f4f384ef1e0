package crashtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"

	"chokepoint/pkg/trade"
)

// Everybody here is invented.

// listed is a party on the invented list, and how events write its name.
type listed struct{ entry, list, event, country string }

var listedParties = []listed{
	{"CRASH/1", "QUILVANTEC ELEKTRONIK ANONIM SIRKETI", "Quilvantec Elektronik A.Ş.", "TR"},
	{"CRASH/2", "OBSHCHESTVO S OGRANICHENNOY OTVETSTVENNOSTYU DROBNIKOPRIBOR", "ООО Дробникоприбор", "RU"},
	{"CRASH/3", "Zephradine Maritime Holdings Limited", "ZEPHRADINE MARITIME HOLDINGS LTD.", "AE"},
	{"CRASH/4", "Wolmerstadt Feinmechanik Gesellschaft mit beschraenkter Haftung", "Wolmerstadt Feinmechanik GmbH", "DE"},
	{"CRASH/5", "Tarquemont Aeroparts FZE", "Tarquemont Aero-Parts FZE", "AE"},
	{"CRASH/6", "Korlandis Mikroelektronika JSC", "Korlandis Mikroelectronika, JSC", "RU"},
	{"CRASH/7", "Bexlowind Semiconductor Trading Company Limited", "Bexlowind Semiconductor Trading Co., Ltd", "HK"},
	{"CRASH/8", "Yurtavmash Zavod Otkrytoe Aktsionernoe Obshchestvo", "Yurtavmash Zavod OAO", "RU"},
}

// listFile is the invented list in the format of a firm's own, with more names at its end.
func listFile(more ...string) []byte {
	var text bytes.Buffer
	for _, party := range listedParties {
		fmt.Fprintf(&text, `{"id":%q,"list":"CRASH","kind":"organization","names":[{"value":%q,"type":"primary"}],"countries":[%q],"programs":["CRASH-TEST"],"measures":["freeze"]}`+"\n",
			party.entry, party.list, party.country)
	}
	for i := range 200 {
		fmt.Fprintf(&text, `{"id":"CRASH/%d","list":"CRASH","kind":"organization","names":[{"value":%q,"type":"primary"}],"countries":["RU"],"measures":["freeze"]}`+"\n",
			100+i, "Gorvex "+syllables(uint64(i)+9_000, 4)+" "+syllables(uint64(i)+19_000, 3)+" kombinat")
	}
	for i, name := range more {
		fmt.Fprintf(&text, `{"id":"CRASH/%d","list":"CRASH","kind":"organization","names":[{"value":%q,"type":"primary"}],"countries":["RU"],"measures":["freeze"]}`+"\n", 900+i, name)
	}
	return text.Bytes()
}

// syllables makes a word that belongs to nobody.
func syllables(seed uint64, n int) string {
	random := rand.New(rand.NewPCG(seed, 77))
	var word []byte
	for range n {
		word = append(word, "bdfgklmnprstvz"[random.IntN(14)], "aeiou"[random.IntN(5)])
	}
	word[0] -= 'a' - 'A'
	return string(word)
}

// honest is the name of the n-th party on no list.
func honest(n int) string {
	return syllables(uint64(n), 3) + " " + syllables(uint64(n)+50_000, 4) + " Textilhandel"
}

const (
	source       = "crash-feed"
	honestNumber = 150
	perListed    = 6
)

// shipment is an ordinary shipment of shirts: nothing but a listed party can stop it.
func shipment(id string, consignee trade.Party) trade.Event {
	return trade.Event{
		ID: id, Kind: trade.KindShipment, Source: source, Time: time.Now().Add(-time.Hour).UTC().Truncate(time.Second),
		Revision: 1, Status: "departed",
		References: []trade.Reference{{Type: "bill_of_lading", Value: "BL" + id}},
		Parties: []trade.Party{
			{Role: trade.RoleShipper, Name: honest(1_000 + len(id)%7), Kind: trade.PartyKindOrganization, Country: "PT", Incorporated: "1971-03-02"},
			consignee,
		},
		Shipment: &trade.Shipment{
			Goods: []trade.Goods{{HS: "61091000", Description: "cotton shirts", Origin: "PT", Quantity: "400", Unit: "PCE",
				Value: &trade.Money{Amount: "3100.00", Currency: "EUR"}}},
			Route: &trade.Route{Origin: "PTLEI", Destination: "DEHAM", FinalCountry: "DE"},
		},
	}
}

func honestParty(n int) trade.Party {
	return trade.Party{Role: trade.RoleConsignee, Name: honest(n), Kind: trade.PartyKindOrganization, Country: "DE", Incorporated: "1988-10-01"}
}

func listedParty(n int) trade.Party {
	return trade.Party{
		Role: trade.RoleConsignee, Name: listedParties[n].event, Kind: trade.PartyKindOrganization,
		Country: listedParties[n].country, Incorporated: "1988-10-01",
	}
}

// posting is one event to post.
type posting struct {
	event trade.Event
	body  []byte
	// listed is the listed party in it, or -1; again says that it was posted before.
	listed int
	again  bool
}

// plan is what is posted, in order: honest shipments, shipments of listed parties
// spread over them, and now and then an event that was posted before.
func plan(events int) []posting {
	random := rand.New(rand.NewPCG(5, 8))
	postings := make([]posting, 0, events+events/30)
	planted := len(listedParties) * perListed
	every := events / planted
	for i := range events {
		one := posting{listed: -1}
		if number := i / every; i%every == every/2 && number < planted {
			one.listed = number % len(listedParties)
			one.event = shipment(fmt.Sprintf("L-%06d", i), listedParty(one.listed))
		} else {
			one.event = shipment(fmt.Sprintf("E-%06d", i), honestParty(random.IntN(honestNumber)))
		}
		one.body = encoded(one.event)
		postings = append(postings, one)
		if i%30 == 29 {
			// A sender that is not sure sends again: at once, or much later.
			earlier := postings[len(postings)-1-random.IntN(min(len(postings), 1+random.IntN(2)*events))]
			earlier.again = true
			postings = append(postings, earlier)
		}
	}
	return postings
}

func encoded(event trade.Event) []byte {
	body, err := trade.Encode(event)
	if err != nil {
		panic(err) // an event of this file
	}
	return body
}

// poisons are payloads no screener can read.
func poisons() [][]byte {
	return [][]byte{
		[]byte(`{"id":"broken`),
		{},
		{0xff, 0xfe, 0x00, 0x80},
		[]byte(`{"id":"x","kind":"shipment","source":"crash-feed","time":"2026-01-01T00:00:00Z","no_such_member":1}`),
		[]byte(`{"id":"x","id":"y","kind":"shipment","source":"crash-feed","time":"2026-01-01T00:00:00Z"}`),
		bytes.Repeat([]byte{'['}, 100_000),
		[]byte(`{"id":"amount","kind":"payment","source":"crash-feed","time":"2026-01-01T00:00:00Z","parties":[],"amount":{"amount":"-1.00","currency":"USD"}}`),
		bytes.Repeat([]byte("x"), 1<<20+1),
	}
}
