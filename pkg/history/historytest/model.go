package historytest

import (
	"fmt"
	"testing"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// model is history as one would write it down without a thought for size or speed. It
// shares nothing with the stores: no keys, no logs, no encoding. It does not know that
// counts stop, so runs stay below that.
type model struct {
	complete bool
	answers  map[trade.Identity]answer
	seen     map[string][]sighting
}

type answer struct {
	digest string
	facts  decision.Facts
}

// sighting is one thing under one key: its first time there, and its first with controlled goods.
type sighting struct {
	identity          trade.Identity
	first, controlled time.Time
}

func newModel() *model {
	return &model{answers: make(map[trade.Identity]answer), seen: make(map[string][]sighting)}
}

func (m *model) observe(records []history.Record) []history.Observation {
	var observations []history.Observation
	for _, record := range records {
		identity := record.Event.Identity()
		if known, ok := m.answers[identity]; ok {
			observations = append(observations, history.Observation{Facts: known.facts, Seen: true, Digest: known.digest})
			continue
		}
		facts := m.facts(record.Event)
		m.write(record.Event)
		m.answers[identity] = answer{record.Digest, facts}
		observations = append(observations, history.Observation{Facts: facts})
	}
	return observations
}

// keysOf names the keys of an event by what the generator put in it.
func keysOf(event trade.Event) (parties, references, lanes []string) {
	for _, party := range event.Parties {
		parties = append(parties, "party "+party.Identifiers[0].Value)
	}
	for _, reference := range event.References {
		references = append(references, "reference "+reference.Value)
	}
	if event.Shipment != nil {
		route := event.Shipment.Route
		for _, line := range event.Shipment.Goods {
			lanes = append(lanes, route.Origin[:2]+"-"+route.Destination[:2]+":"+line.HS[:4])
		}
	}
	return parties, references, lanes
}

func isControlled(event trade.Event) bool {
	return event.Shipment != nil && event.Shipment.Goods[0].HS[:6] == ControlledHS
}

func (m *model) facts(event trade.Event) decision.Facts {
	facts := decision.Facts{Complete: m.complete}
	parties, references, lanes := keysOf(event)
	for i, key := range parties {
		party := decision.PartyFacts{Subject: fmt.Sprintf("/parties/%d", i), Available: m.complete}
		if m.complete {
			for _, other := range m.others(key, event) {
				party.Events++
				party.FirstSeen = earlier(party.FirstSeen, other.first)
				if !other.controlled.IsZero() {
					party.ControlledEvents++
					party.FirstControlled = earlier(party.FirstControlled, other.controlled)
				}
			}
		}
		facts.Parties = append(facts.Parties, party)
	}
	for i, key := range references {
		reference := decision.ReferenceFacts{Subject: fmt.Sprintf("/references/%d", i), Available: m.complete}
		if m.complete {
			for _, other := range m.others(key, event) {
				if len(reference.Events) < history.MaxReferenceEvents {
					reference.Events = append(reference.Events, other.identity)
				}
			}
		}
		facts.References = append(facts.References, reference)
	}
	for _, key := range lanes {
		lane := decision.LaneFacts{Lane: key, Available: m.complete}
		if m.complete {
			for _, other := range m.others(key, event) {
				lane.Events++
				lane.FirstSeen = earlier(lane.FirstSeen, other.first)
			}
		}
		facts.Lanes = append(facts.Lanes, lane)
	}
	if len(parties)+len(references)+len(lanes) == 0 {
		facts.Complete = true
	}
	return facts
}

func (m *model) others(key string, event trade.Event) (others []sighting) {
	for _, s := range m.seen[key] {
		if s.identity.Source != event.Source || s.identity.ID != event.ID {
			others = append(others, s)
		}
	}
	return others
}

func (m *model) write(event trade.Event) {
	parties, references, lanes := keysOf(event)
	for _, keys := range [][]string{parties, references, lanes} {
		for _, key := range keys {
			m.writeKey(key, event)
		}
	}
}

func (m *model) writeKey(key string, event trade.Event) {
	at := -1
	for i, s := range m.seen[key] {
		if s.identity.Source == event.Source && s.identity.ID == event.ID {
			at = i
		}
	}
	if at < 0 {
		m.seen[key] = append(m.seen[key], sighting{identity: event.Identity(), first: event.Time})
		at = len(m.seen[key]) - 1
	}
	if s := &m.seen[key][at]; isControlled(event) && s.controlled.IsZero() {
		s.controlled = event.Time
	}
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// agreesWithModel runs random sequences of batches, redeliveries, revisions,
// contradictions, invalidations and completions against the store and the model.
func agreesWithModel(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		store, m := open(t), newModel()
		var past []trade.Event
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				require.NoError(rt, store.Invalidate(t.Context()))
				m.complete = false
			case 1, 2:
				require.NoError(rt, store.MarkComplete(t.Context()))
				m.complete = true
			default:
				var records []history.Record
				for range rapid.IntRange(1, 12).Draw(rt, "records") {
					event := drawEvent(rt, past)
					past = append(past, event)
					records = append(records, RecordOf(event))
				}
				got, err := store.Observe(t.Context(), records)
				require.NoError(rt, err)
				require.Equal(rt, m.observe(records), got)
			}
		}
	})
}

// drawEvent draws a new event, or one of the past again: as it was, as a later revision,
// or with other content under the same identity.
func drawEvent(rt *rapid.T, past []trade.Event) trade.Event {
	event := freshEvent(rt, len(past))
	if len(past) == 0 || rapid.Bool().Draw(rt, "fresh") {
		return event
	}
	old := rapid.SampledFrom(past).Draw(rt, "old")
	switch rapid.IntRange(0, 3).Draw(rt, "again") {
	case 0:
		event.Source, event.ID, event.Revision, event.Kind = old.Source, old.ID, old.Revision, old.Kind
		event.Shipment, event.Payment = old.Shipment, old.Payment
		return event
	case 1, 2:
		event.Source, event.ID = old.Source, old.ID
		event.Revision = rapid.IntRange(1, 5).Draw(rt, "revision")
		return event
	default:
		return old
	}
}

func freshEvent(rt *rapid.T, number int) trade.Event {
	event := trade.Event{
		ID: fmt.Sprintf("E-%d", number), Kind: trade.KindPayment, Revision: 1,
		Source:  rapid.SampledFrom([]string{"tms", "erp"}).Draw(rt, "source"),
		Time:    Epoch.Add(time.Duration(rapid.IntRange(0, 10_000).Draw(rt, "second")) * time.Second),
		Payment: &trade.Payment{},
	}
	for range rapid.IntRange(0, 3).Draw(rt, "parties") {
		event.Parties = append(event.Parties, Party(trade.RoleBuyer, rapid.IntRange(0, 4).Draw(rt, "party")))
	}
	for i := range rapid.IntRange(0, 2).Draw(rt, "references") {
		event.References = append(event.References, trade.Reference{
			Type: "invoice", Value: fmt.Sprintf("INV%d", 10*i+rapid.IntRange(1, 3).Draw(rt, "reference")),
		})
	}
	if rapid.Bool().Draw(rt, "shipment") {
		event.Kind, event.Payment = trade.KindShipment, nil
		event.Shipment = &trade.Shipment{
			Goods: []trade.Goods{{HS: rapid.SampledFrom([]string{ControlledHS, "950300"}).Draw(rt, "hs")}},
			Route: &trade.Route{Origin: "TWTPE", Destination: rapid.SampledFrom([]string{"TRIST", "AEDXB"}).Draw(rt, "to")},
		}
	}
	return event
}
