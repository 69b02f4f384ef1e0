package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func partyKey(party trade.Party) string {
	text, ok := appendPartyKey(nil, &party)
	if !ok {
		return ""
	}
	return string(text)
}

func TestPartyKeys(t *testing.T) {
	id := func(kind, value, country string) trade.Identifier {
		return trade.Identifier{Type: kind, Value: value, Country: country}
	}
	for name, test := range map[string]struct {
		party trade.Party
		want  string
	}{
		"the strongest identifier": {
			trade.Party{Name: "X", Identifiers: []trade.Identifier{id("tax_id", "123 456 7890", "TR"), id("lei", "5493 00abcd1234567890", "")}},
			"party:id:lei::549300ABCD1234567890",
		},
		"tax number within its country": {
			trade.Party{Name: "X", Country: "DE", Identifiers: []trade.Identifier{id("tax_id", "123-456-7890", "tr")}},
			"party:id:tax_id:TR:1234567890",
		},
		"tax number without country takes the party's": {
			trade.Party{Name: "X", Address: &trade.Address{Country: "tr"}, Identifiers: []trade.Identifier{id("tax_id", "1234567890", "")}},
			"party:id:tax_id:TR:1234567890",
		},
		"a LEI belongs to no country": {
			trade.Party{Country: "TR", Identifiers: []trade.Identifier{id("lei", "549300ABCD1234567890", "TR")}},
			"party:id:lei::549300ABCD1234567890",
		},
		"the bank, not the branch": {
			trade.Party{Name: "X", Identifiers: []trade.Identifier{id("bic", "exmptrisxxx", "")}},
			"party:id:bic::EXMPTRIS",
		},
		"fillers are no identifiers": {
			trade.Party{Name: "Example", Country: "TR", Identifiers: []trade.Identifier{
				id("tax_id", "N/A", ""), id("tax_id", "0000000000", ""), id("registration_number", "UNKNOWN", ""), id("bic", "NOTKNOWN", ""), id("passport", "12", ""),
			}},
			"party:name:TR:example",
		},
		"what many share is no identifier": {
			trade.Party{Name: "Example", Country: "TR", Identifiers: []trade.Identifier{id("website", "example7.com", ""), id("phone", "+902121234567", "")}},
			"party:name:TR:example",
		},
		"an IBAN":          {trade.Party{Name: "X", Country: "AE", Account: "ae07 0331 2345 6789 0123 456"}, "party:account:AE070331234567890123456"},
		"another account":  {trade.Party{Name: "X", Country: "US", Account: "0012-345678"}, "party:account:US:0012345678"},
		"a filled account": {trade.Party{Name: "Example", Country: "US", Account: "NOTPROVIDED"}, "party:name:US:example"},
		"the name": {
			trade.Party{Name: "  Örnek  ELEKTRONİK\tSanayi ve Ticaret A.Ş. ", Country: "TR"},
			"party:name:TR:ornek elektronik sanayi ve ticaret a s",
		},
		"letters without decomposition": {trade.Party{Name: "Łódź Straße Đorđe Işık"}, "party:name::lodz strasse dorde isik"},
		"another script":                {trade.Party{Name: "ООО «Пример»", Country: "RU"}, "party:name:RU:ооо пример"},
		"nothing":                       {trade.Party{Name: "---", Country: "TR"}, ""},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, partyKey(test.party)) })
	}
}

func TestReferenceKeys(t *testing.T) {
	for value, want := range map[string]string{
		"INV-77": "ref:invoice:INV77", " inv 77": "ref:invoice:INV77", "ＩＮＶ７７": "ref:invoice:INV77", "7": "ref:invoice:7",
		"n/a": "", "000": "", "": "", "none": "",
	} {
		text, ok := appendReferenceKey(nil, trade.Reference{Type: "invoice", Value: value})
		require.Equal(t, want != "", ok, value)
		if ok {
			require.Equal(t, want, string(text))
		}
	}
}

func TestLanesNeedARoute(t *testing.T) {
	event := trade.Event{Shipment: &trade.Shipment{Goods: []trade.Goods{{HS: "854231"}}}}
	require.Empty(t, lanesOf(event))
	event.Shipment.Route = &trade.Route{Destination: "TRIST"}
	require.Empty(t, lanesOf(event))
	event.Shipment.Route = &trade.Route{Origin: "twtpe", FinalCountry: "TR"}
	require.Equal(t, []string{"TW-TR:8542"}, lanesOf(event))
	event.Shipment.Route = &trade.Route{Origin: "1WTPE", Destination: "TRI"}
	require.Empty(t, lanesOf(event))
	require.Empty(t, lanesOf(trade.Event{Payment: &trade.Payment{}}))
}

func TestKeysSpreadOverShards(t *testing.T) {
	var counts [Shards]int
	for i := range 6400 {
		event := trade.Event{Parties: []trade.Party{{Name: fmt.Sprintf("Invented %d", i)}}}
		d := Derive(event)
		require.Regexp(t, `^p:[0-9a-f]{32}$`, d.Keys[0].String())
		counts[d.Keys[0].Shard()]++
	}
	require.Greater(t, slices.Min(counts[:]), 50)
	require.Less(t, slices.Max(counts[:]), 160)
}

func TestEntryTimes(t *testing.T) {
	require.Equal(t, int64(1), entryTime(time.Time{}))
	require.Equal(t, int64(1), entryTime(time.Unix(0, 0)))
	require.Equal(t, int64(maxEntryTime), entryTime(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)))
	at := time.Date(2026, 11, 20, 8, 12, 0, 123e6, time.FixedZone("", 3600))
	require.Equal(t, at.UTC(), timeOf(entryTime(at)))
}

// TestConcurrentAppendsCountOnce has an entry stand twice, as two processes leave it.
func TestConcurrentAppendsCountOnce(t *testing.T) {
	event := func(id string, minute int) *Derivation {
		d := Derive(trade.Event{
			ID: id, Source: "tms", Revision: 1, Time: time.Unix(int64(60*minute), 0), Parties: []trade.Party{{Name: "Invented"}},
			References: []trade.Reference{{Type: "invoice", Value: "1"}},
		})
		return &d
	}
	one, two, three := event("1", 1), event("2", 2), event("3", 3)
	for key := range 2 {
		log := slices.Concat(one.Entry(key), two.Entry(key), one.Entry(key))
		require.False(t, one.Wants(key, log))
		require.True(t, three.Wants(key, log))
		require.Zero(t, one.Position(key, log))
		require.Equal(t, len(one.Entry(key)), two.Position(key, log))
		require.Equal(t, len(log), three.Position(key, log))
		facts := three.Facts([]Log{{log, true}, {log, true}})
		require.Equal(t, 2, facts.Parties[0].Events)
		if key == 1 {
			require.Len(t, facts.References[0].Events, 2)
		}
	}
}

func FuzzLogs(f *testing.F) {
	d := Derive(trade.Event{
		ID: "1", Source: "tms", Revision: 1, Parties: []trade.Party{{Name: "Invented"}},
		References: []trade.Reference{{Type: "invoice", Value: "1"}},
	})
	f.Add(d.Entry(0))
	f.Add(d.Entry(1))
	f.Add([]byte(strings.Repeat("\x00\x04a/b/", 10)))
	f.Fuzz(func(t *testing.T, log []byte) {
		for i := range d.Keys {
			log := log[:min(len(log), LogBytes(d.Keys[i].Kind))]
			d.Wants(i, log)
			require.LessOrEqual(t, d.Position(i, log), len(log))
		}
		bounded := log[:min(len(log), tallyBytes)]
		facts := d.Facts([]Log{{bounded, true}, {log, true}})
		require.LessOrEqual(t, facts.Parties[0].Events, MaxCount)
		require.LessOrEqual(t, len(facts.References[0].Events), MaxReferenceEvents)
		checkReply(t, facts)
	})
}

func TestKeysDependOnContentOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		event := trade.Event{ID: "1", Source: "a", Revision: 1, Parties: []trade.Party{{Name: name, Country: "TR"}}}
		loud := event
		loud.Parties = []trade.Party{{Name: " " + name + " ", Country: "tr", Role: trade.RoleBuyer}}
		require.Equal(t, Derive(event).Keys, Derive(loud).Keys)
	})
}
