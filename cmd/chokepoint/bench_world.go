package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"chokepoint/pkg/controllist"
)

// The bench's world is invented: names are put together from syllables and trade
// words, with a seed, so that every run measures the same work.
var (
	syllables = strings.Fields("ka ro mi te sul dan ver po li nor bas ti gar el mo ran dek sha vi lun or fa zen qua bir tol ma ne sar ib dro kel")
	trades    = strings.Fields("Elektronik Makina Trading Electronics Components Logistics Tekstil Semiconductor Industrial Lojistik Optik Technology")
	forms     = []string{"Ltd. Şti.", "A.Ş.", "Co., Ltd.", "LLC", "GmbH", "FZE", "Sanayi ve Ticaret A.Ş.", "Trading Limited"}
	places    = []string{"TRIST", "TWTPE", "DEHAM", "AEDXB", "HKHKG", "USLAX", "KZALA", "SGSIN"}
	hsCodes   = []string{"85423110", "85423290", "84821010", "62034231", "85171300", "87089910", "39269097", "85340090"}
)

func inventedWord(random *rand.Rand) string {
	var word strings.Builder
	for range 2 + random.IntN(3) {
		word.WriteString(syllables[random.IntN(len(syllables))])
	}
	text := word.String()
	return strings.ToUpper(text[:1]) + text[1:]
}

func inventedCompany(random *rand.Rand) string {
	return inventedWord(random) + " " + trades[random.IntN(len(trades))] + " " + forms[random.IntN(len(forms))]
}

func inventedPerson(random *rand.Rand) string {
	return inventedWord(random) + " " + inventedWord(random) + " " + inventedWord(random)
}

// inventedParty is a company and the port it ships from.
type inventedParty struct{ name, port string }

func newInventedParty(random *rand.Rand) inventedParty {
	return inventedParty{name: inventedCompany(random), port: places[random.IntN(len(places))]}
}

// inventedSnapshot is a list of so many parties with about two names each.
func inventedSnapshot(parties int) (controllist.Snapshot, error) {
	random := rand.New(rand.NewPCG(1, 1))
	entries := make([]controllist.Entry, parties)
	names := 0
	for i := range entries {
		name, kind := inventedCompany, controllist.KindOrganization
		if i%2 == 0 {
			name, kind = inventedPerson, controllist.KindPerson
		}
		entry := controllist.Entry{
			ID: fmt.Sprintf("BENCH/%06d", i), List: "BENCH", Kind: kind, Countries: []string{places[i%len(places)][:2]},
			Measures: []controllist.Measure{controllist.MeasureFreeze},
			Names:    []controllist.Name{{Value: name(random), Type: controllist.NamePrimary}},
		}
		for range random.IntN(3) {
			entry.Names = append(entry.Names, controllist.Name{Value: name(random), Type: controllist.NameAlias})
		}
		names += len(entry.Names)
		entries[i] = entry
	}
	return controllist.NewSnapshot("bench-1", []controllist.List{{Name: "BENCH", Source: "invented", Entries: parties, Names: names}}, entries)
}

// inventedEvents are shipments with six names each, as canonical events on the wire;
// one event in a hundred names a listed party, so that hits cost what they cost. Of a
// hundred names so many are of companies never seen before; the others are of five
// thousand regular ones. Names that come again cost less to screen.
func inventedEvents(snapshot controllist.Snapshot, count, fresh int) [][]byte {
	random := rand.New(rand.NewPCG(2, 2))
	regulars, ships := make([]inventedParty, 5000), make([]string, 500)
	for i := range regulars {
		regulars[i] = newInventedParty(random)
	}
	for i := range ships {
		ships[i] = inventedWord(random) + " " + inventedWord(random)
	}
	party := func() inventedParty {
		if random.IntN(100) < fresh {
			return newInventedParty(random)
		}
		return regulars[random.IntN(len(regulars))]
	}
	start := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	events := make([][]byte, count)
	for i := range events {
		shipper, consignee, endUser := party(), party(), party()
		if i%100 == 99 {
			consignee.name = snapshot.Entries[random.IntN(len(snapshot.Entries))].Primary()
		}
		from, to := shipper.port, consignee.port
		events[i] = fmt.Appendf(nil, `{"id":"S-%d","kind":"shipment","source":"bench","time":%q,"revision":1,"status":"departed",`+
			`"references":[{"type":"bill_of_lading","value":"BL%d"},{"type":"invoice","value":"INV-%d"}],`+
			`"parties":[{"role":"shipper","name":%q,"country":%q},{"role":"consignee","name":%q,"kind":"organization","country":%q,"incorporated":"2009-03-01"},`+
			`{"role":"notify_party","name":%q},{"role":"freight_forwarder","name":%q}],`+
			`"goods":[{"hs":%q,"description":"parts","quantity":"%d","unit":"PCE","value":{"amount":"%d.00","currency":"EUR"}}],`+
			`"route":{"origin":%q,"destination":%q,"legs":[{"from":%q,"to":%q,"mode":"sea","vessel":{"name":%q}}],"final_country":%q},`+
			`"end_use":{"end_user":%q,"statement":true}}`,
			i, start.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i, i/2, shipper.name, from[:2], consignee.name, to[:2],
			party().name, party().name, hsCodes[random.IntN(len(hsCodes))], 10+random.IntN(5000), 500+random.IntN(90000),
			from, to, from, to, ships[random.IntN(len(ships))], to[:2], endUser.name)
	}
	return events
}
