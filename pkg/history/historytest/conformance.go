package historytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
)

// Store is what the suite tests.
type Store interface {
	Observe(ctx context.Context, records []history.Record) ([]history.Observation, error)
	MarkComplete(ctx context.Context) error
	Complete(ctx context.Context) (bool, error)
	Invalidate(ctx context.Context) error
}

// Open returns an empty, incomplete store of its own. It is called many times.
type Open func(t testing.TB) Store

// Conformance runs the suite.
func Conformance(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Store){
		"incomplete means unknown":       incompleteMeansUnknown,
		"facts are those before":         factsAreThoseBefore,
		"revisions count once":           revisionsCountOnce,
		"controlled goods":               controlledGoods,
		"redelivery repeats the answer":  redeliveryRepeats,
		"other content writes nothing":   otherContent,
		"a batch is in order":            batchInOrder,
		"twice in one batch":             twiceInOneBatch,
		"one party in two roles":         twoRoles,
		"references":                     referencesNameEvents,
		"lanes":                          lanesByCountry,
		"counts stop":                    countsStop,
		"controlled after a long record": controlledAfterLongRecord,
		"invalidate":                     invalidate,
		"an event without keys":          withoutKeys,
		"large event":                    largeEvent,
		"concurrent redelivery":          concurrentRedelivery,
		"cancelled":                      cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	t.Run("agrees with the model", func(t *testing.T) { agreesWithModel(t, open) })
}

func observe(t testing.TB, store Store, events ...trade.Event) []history.Observation {
	t.Helper()
	records := make([]history.Record, len(events))
	for i, event := range events {
		records[i] = RecordOf(event)
	}
	observations, err := store.Observe(t.Context(), records)
	require.NoError(t, err)
	require.Len(t, observations, len(records))
	return observations
}

func observeOne(t testing.TB, store Store, event trade.Event) decision.Facts {
	t.Helper()
	return observe(t, store, event)[0].Facts
}

func complete(t testing.TB, store Store) {
	t.Helper()
	require.NoError(t, store.MarkComplete(t.Context()))
}

func minute(n int) time.Time { return Epoch.Add(time.Duration(n) * time.Minute) }

// revised returns a later revision of an event.
func revised(event trade.Event, revision int) trade.Event {
	event.Revision, event.Time = revision, event.Time.Add(time.Duration(revision)*time.Hour)
	event.Status = fmt.Sprintf("status %d", revision)
	return event
}

// withChips returns the event with goods on the Common High Priority List.
func withChips(event trade.Event) trade.Event {
	shipment := *event.Shipment
	shipment.Goods = []trade.Goods{{HS: ControlledHS + "10", Description: "microcontrollers"}}
	event.Shipment = &shipment
	return event
}

func incompleteMeansUnknown(t *testing.T, store Store) {
	isComplete, err := store.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, isComplete)
	event := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1))
	event.References = []trade.Reference{{Type: "invoice", Value: "INV-7"}}
	facts := observeOne(t, store, event)
	require.Equal(t, decision.Facts{
		Parties:    []decision.PartyFacts{{Subject: "/parties/0"}},
		References: []decision.ReferenceFacts{{Subject: "/references/0"}},
		Lanes:      []decision.LaneFacts{{Lane: "TW-TR:9503"}},
	}, facts)

	complete(t, store)
	isComplete, err = store.Complete(t.Context())
	require.NoError(t, err)
	require.True(t, isComplete)
	second := Shipment("S-2", minute(2), Party(trade.RoleConsignee, 1))
	facts = observeOne(t, store, second)
	require.True(t, facts.Complete)
	require.Equal(t, decision.PartyFacts{Subject: "/parties/0", Available: true, Events: 1, FirstSeen: minute(1)}, facts.Parties[0],
		"what was written while the store was incomplete is there")
	require.Equal(t, decision.Facts{
		Parties:    []decision.PartyFacts{{Subject: "/parties/0"}},
		References: []decision.ReferenceFacts{{Subject: "/references/0"}},
		Lanes:      []decision.LaneFacts{{Lane: "TW-TR:9503"}},
	}, observeOne(t, store, event), "and the first event keeps the answer it got")
}

func factsAreThoseBefore(t *testing.T, store Store) {
	complete(t, store)
	facts := observeOne(t, store, Shipment("S-1", minute(5), Party(trade.RoleConsignee, 1)))
	require.Equal(t, decision.Facts{
		Complete: true,
		Parties:  []decision.PartyFacts{{Subject: "/parties/0", Available: true}},
		Lanes:    []decision.LaneFacts{{Lane: "TW-TR:9503", Available: true}},
	}, facts, "the event itself does not count")
	facts = observeOne(t, store, Shipment("S-2", minute(9), Party(trade.RoleShipper, 2), Party(trade.RoleConsignee, 1)))
	require.Equal(t, decision.Facts{
		Complete: true,
		Parties: []decision.PartyFacts{
			{Subject: "/parties/0", Available: true},
			{Subject: "/parties/1", Available: true, Events: 1, FirstSeen: minute(5)},
		},
		Lanes: []decision.LaneFacts{{Lane: "TW-TR:9503", Available: true, Events: 1, FirstSeen: minute(5)}},
	}, facts)
	facts = observeOne(t, store, Shipment("S-3", minute(1), Party(trade.RoleConsignee, 1)))
	require.Equal(t, 2, facts.Parties[0].Events)
	require.Equal(t, minute(5), facts.Parties[0].FirstSeen)
	facts = observeOne(t, store, Shipment("S-4", minute(20), Party(trade.RoleConsignee, 1)))
	require.Equal(t, minute(1), facts.Parties[0].FirstSeen, "first is by the events' own times, not by arrival")
}

func revisionsCountOnce(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1))
	observeOne(t, store, event)
	for revision := 2; revision <= 5; revision++ {
		facts := observeOne(t, store, revised(event, revision))
		require.Equal(t, decision.PartyFacts{Subject: "/parties/0", Available: true}, facts.Parties[0],
			"revision %d does not see the earlier ones of its own", revision)
		require.Zero(t, facts.Lanes[0].Events)
	}
	facts := observeOne(t, store, Shipment("S-2", minute(2), Party(trade.RoleConsignee, 1)))
	require.Equal(t, 1, facts.Parties[0].Events, "five revisions are one event")
	require.Equal(t, minute(1), facts.Parties[0].FirstSeen)
	require.Equal(t, 1, facts.Lanes[0].Events)
	facts = observeOne(t, store, revised(event, 6))
	require.Equal(t, 1, facts.Parties[0].Events, "a late revision sees the other event")
	require.Equal(t, minute(2), facts.Parties[0].FirstSeen)
	other := event
	other.Source = "erp"
	require.Equal(t, 2, observeOne(t, store, other).Parties[0].Events, "the same id of another source is another event")
}

func controlledGoods(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1))
	observeOne(t, store, event)
	facts := observeOne(t, store, withChips(Shipment("S-2", minute(2), Party(trade.RoleConsignee, 1))))
	require.Equal(t, decision.PartyFacts{Subject: "/parties/0", Available: true, Events: 1, FirstSeen: minute(1)}, facts.Parties[0])
	facts = observeOne(t, store, Shipment("S-3", minute(3), Party(trade.RoleConsignee, 1)))
	require.Equal(t, 1, facts.Parties[0].ControlledEvents)
	require.Equal(t, minute(2), facts.Parties[0].FirstControlled)
	observeOne(t, store, revised(withChips(event), 2))
	facts = observeOne(t, store, Shipment("S-4", minute(4), Party(trade.RoleConsignee, 1)))
	require.Equal(t, 3, facts.Parties[0].Events)
	require.Equal(t, 2, facts.Parties[0].ControlledEvents, "a revision that adds controlled goods makes its event one")
	facts = observeOne(t, store, revised(event, 3))
	require.Equal(t, 1, facts.Parties[0].ControlledEvents, "not counting its own earlier revision")
	require.Equal(t, minute(2), facts.Parties[0].FirstControlled)
}

func redeliveryRepeats(t *testing.T, store Store) {
	complete(t, store)
	var events []trade.Event
	for i := range 8 {
		event := Shipment(fmt.Sprintf("S-%d", i), minute(i), Party(trade.RoleConsignee, 1), Party(trade.RoleShipper, i))
		event.References = []trade.Reference{{Type: "invoice", Value: "INV-1"}}
		events = append(events, event)
	}
	first := observe(t, store, events...)
	for _, observation := range first {
		require.False(t, observation.Seen)
		require.Empty(t, observation.Digest)
	}
	slices.Reverse(events)
	again := observe(t, store, events...)
	slices.Reverse(again)
	slices.Reverse(events)
	for i := range again {
		require.True(t, again[i].Seen)
		require.Equal(t, RecordOf(events[i]).Digest, again[i].Digest)
		require.Equal(t, first[i].Facts, again[i].Facts)
	}
	require.Equal(t, 8, observeOne(t, store, Shipment("S-9", minute(9), Party(trade.RoleConsignee, 1))).Parties[0].Events)
}

func otherContent(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1))
	first := observe(t, store, event)[0]
	changed := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 2))
	observation := observe(t, store, changed)[0]
	require.True(t, observation.Seen)
	require.Equal(t, RecordOf(event).Digest, observation.Digest)
	require.NotEqual(t, RecordOf(changed).Digest, observation.Digest)
	require.Equal(t, first.Facts, observation.Facts)
	facts := observeOne(t, store, Shipment("S-2", minute(2), Party(trade.RoleConsignee, 2)))
	require.Zero(t, facts.Parties[0].Events, "a contradiction is not written")
}

func batchInOrder(t *testing.T, store Store) {
	complete(t, store)
	var events []trade.Event
	for i := range 70 {
		events = append(events, Shipment(fmt.Sprintf("S-%d", i), minute(i), Party(trade.RoleConsignee, i%2)))
	}
	for i, observation := range observe(t, store, events...) {
		require.Equal(t, i/2, observation.Facts.Parties[0].Events, "record %d", i)
		require.Equal(t, i, observation.Facts.Lanes[0].Events, "record %d", i)
	}
}

func twiceInOneBatch(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1))
	changed := Shipment("S-1", minute(1), Party(trade.RoleConsignee, 2))
	later := Shipment("S-2", minute(2), Party(trade.RoleConsignee, 1), Party(trade.RoleBuyer, 2))
	observations := observe(t, store, event, event, changed, later, revised(event, 2), event)
	for i, seen := range []bool{false, true, true, false, false, true} {
		require.Equal(t, seen, observations[i].Seen, "record %d", i)
		if seen {
			require.Equal(t, observations[0].Facts, observations[i].Facts)
			require.Equal(t, RecordOf(event).Digest, observations[i].Digest)
		}
	}
	require.Equal(t, 1, observations[3].Facts.Parties[0].Events)
	require.Zero(t, observations[3].Facts.Parties[1].Events)
	require.Equal(t, 1, observations[4].Facts.Parties[0].Events)
}

func twoRoles(t *testing.T, store Store) {
	complete(t, store)
	both := func(id string, n int) trade.Event {
		return Shipment(id, minute(n), Party(trade.RoleConsignee, 1), Party(trade.RoleNotifyParty, 1))
	}
	observeOne(t, store, both("S-1", 1))
	facts := observeOne(t, store, both("S-2", 2))
	require.Equal(t, []decision.PartyFacts{
		{Subject: "/parties/0", Available: true, Events: 1, FirstSeen: minute(1)},
		{Subject: "/parties/1", Available: true, Events: 1, FirstSeen: minute(1)},
	}, facts.Parties)
}

func referencesNameEvents(t *testing.T, store Store) {
	complete(t, store)
	with := func(id string, n int) trade.Event {
		event := Shipment(id, minute(n))
		event.References = []trade.Reference{{Type: "booking", Value: "n/a"}, {Type: "invoice", Value: "INV 77"}}
		return event
	}
	for i := range 12 {
		event := with(fmt.Sprintf("a/b-%d", i), i)
		if i%2 == 1 {
			event.References[1].Value = "inv-77"
		}
		facts := observeOne(t, store, event)
		require.Len(t, facts.References, 1, "a filler is no reference")
		require.Equal(t, "/references/1", facts.References[0].Subject)
		require.Len(t, facts.References[0].Events, min(i, history.MaxReferenceEvents))
		for j, identity := range facts.References[0].Events {
			require.Equal(t, trade.Identity{Source: "tms", ID: fmt.Sprintf("a/b-%d", j), Revision: 1}, identity)
		}
	}
	facts := observeOne(t, store, revised(with("a/b-0", 0), 2))
	require.Len(t, facts.References[0].Events, history.MaxReferenceEvents)
	require.Equal(t, "a/b-1", facts.References[0].Events[0].ID, "not its own earlier revision")
	payment := trade.Event{
		ID: "P-1", Kind: trade.KindPayment, Source: "swift", Time: minute(30), Revision: 1, Payment: &trade.Payment{},
		References: []trade.Reference{{Type: "invoice", Value: "INV-77"}},
	}
	facts = observeOne(t, store, payment)
	require.Equal(t, "a/b-0", facts.References[0].Events[0].ID, "a payment finds the shipments of its invoice")
}

func lanesByCountry(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment("S-1", minute(1))
	event.Shipment.Goods = []trade.Goods{{HS: "9503.00"}, {HS: ControlledHS}, {HS: "85423290"}, {HS: "junk"}}
	event.Shipment.Route.FinalCountry = "KZ"
	lanes := func(facts decision.Facts) (names []string) {
		for _, lane := range facts.Lanes {
			names = append(names, fmt.Sprintf("%s=%d", lane.Lane, lane.Events))
		}
		return names
	}
	require.Equal(t, []string{"TW-TR:9503=0", "TW-KZ:9503=0", "TW-TR:8542=0", "TW-KZ:8542=0"}, lanes(observeOne(t, store, event)))
	require.Equal(t, []string{"TW-TR:9503=1"}, lanes(observeOne(t, store, Shipment("S-2", minute(2)))))
	event.ID = "S-3"
	require.Equal(t, []string{"TW-TR:9503=2", "TW-KZ:9503=1", "TW-TR:8542=1", "TW-KZ:8542=1"}, lanes(observeOne(t, store, event)))
}

func countsStop(t *testing.T, store Store) {
	complete(t, store)
	var events []trade.Event
	for i := range history.MaxCount + 50 {
		event := Shipment(fmt.Sprintf("S-%d", i), minute(i), Party(trade.RoleCarrier, 1))
		if i%2 == 0 {
			event = withChips(event)
		}
		events = append(events, event)
	}
	var seen []history.Observation
	for chunk := range slices.Chunk(events, 40) {
		seen = append(seen, observe(t, store, chunk...)...)
	}
	for i, observation := range seen {
		require.Equal(t, min(i, history.MaxCount), observation.Facts.Parties[0].Events, "record %d", i)
		require.Equal(t, min((i+1)/2, history.MaxCount), observation.Facts.Parties[0].ControlledEvents, "record %d", i)
	}
	facts := observeOne(t, store, revised(events[0], 2))
	require.Equal(t, history.MaxCount, facts.Parties[0].Events, "one of the first hundred, again")
	require.Equal(t, minute(1), facts.Parties[0].FirstSeen)
	require.Equal(t, minute(0), observeOne(t, store, revised(events[140], 2)).Parties[0].FirstSeen)
}

func controlledAfterLongRecord(t *testing.T, store Store) {
	complete(t, store)
	var events []trade.Event
	for i := range 2 * history.MaxCount {
		events = append(events, Shipment(fmt.Sprintf("S-%d", i), minute(i), Party(trade.RoleCarrier, 1)))
	}
	observe(t, store, events...)
	facts := observeOne(t, store, withChips(Shipment("C-1", minute(300), Party(trade.RoleCarrier, 1))))
	require.Equal(t, history.MaxCount, facts.Parties[0].Events)
	require.Zero(t, facts.Parties[0].ControlledEvents)
	facts = observeOne(t, store, withChips(Shipment("C-2", minute(301), Party(trade.RoleCarrier, 1))))
	require.Equal(t, 1, facts.Parties[0].ControlledEvents, "a long record leaves room for the first controlled goods")
	require.Equal(t, minute(300), facts.Parties[0].FirstControlled)
}

func invalidate(t *testing.T, store Store) {
	complete(t, store)
	observeOne(t, store, Shipment("S-1", minute(1), Party(trade.RoleConsignee, 1)))
	require.NoError(t, store.Invalidate(t.Context()))
	isComplete, err := store.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, isComplete)
	facts := observeOne(t, store, Shipment("S-2", minute(2), Party(trade.RoleConsignee, 1)))
	require.False(t, facts.Complete)
	require.Equal(t, decision.PartyFacts{Subject: "/parties/0"}, facts.Parties[0])
	complete(t, store)
	facts = observeOne(t, store, Shipment("S-3", minute(3), Party(trade.RoleConsignee, 1)))
	require.True(t, facts.Complete)
	require.Equal(t, 2, facts.Parties[0].Events)
}

func withoutKeys(t *testing.T, store Store) {
	complete(t, store)
	none, err := store.Observe(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
	bare := trade.Event{ID: "S-1", Kind: trade.KindShipment, Source: "tms", Time: minute(1), Revision: 1, Shipment: &trade.Shipment{}}
	observation := observe(t, store, bare)[0]
	require.Equal(t, history.Observation{Facts: decision.Facts{Complete: true}}, observation)
	require.True(t, observe(t, store, bare)[0].Seen)
}

func largeEvent(t *testing.T, store Store) {
	complete(t, store)
	event := Shipment(strings.Repeat("x", 200), minute(1))
	for i := range 200 {
		event.Parties = append(event.Parties, Party(trade.RoleConsignee, i))
	}
	for i := range 100 {
		event.References = append(event.References, trade.Reference{Type: "invoice", Value: fmt.Sprintf("INV-%d", i+1)})
	}
	for i := range 2000 {
		event.Shipment.Goods = append(event.Shipment.Goods, trade.Goods{HS: fmt.Sprintf("%02d%02d10", i%60+1, i%90+1)})
	}
	facts := observeOne(t, store, event)
	require.Len(t, facts.Parties, 200)
	require.Len(t, facts.References, 100)
	require.Len(t, facts.Lanes, history.MaxLanes)
	second := event
	second.ID = "S-2"
	facts = observeOne(t, store, second)
	for i := range facts.Parties {
		require.Equal(t, 1, facts.Parties[i].Events)
	}
	require.Equal(t, []trade.Identity{event.Identity()}, facts.References[99].Events)
	require.Equal(t, facts, observeOne(t, store, second))
}

// concurrentRedelivery has eight workers take in the same events in batches of different
// sizes. Whoever is first decides the answer; all must give it, and nothing counts twice.
func concurrentRedelivery(t *testing.T, store Store) {
	complete(t, store)
	const workers, events = 8, 96
	var records []history.Record
	for i := range events {
		event := Shipment(fmt.Sprintf("S-%d", i), minute(i), Party(trade.RoleConsignee, i%7), Party(trade.RoleCarrier, 50))
		event.References = []trade.Reference{{Type: "invoice", Value: fmt.Sprintf("INV-%d", i%5+1)}}
		records = append(records, RecordOf(event))
	}
	answers := make([][]history.Observation, workers)
	errs := make([]error, workers)
	var done sync.WaitGroup
	for worker := range workers {
		done.Go(func() {
			for chunk := range slices.Chunk(records, 5+3*worker) {
				observations, err := store.Observe(t.Context(), chunk)
				errs[worker] = err
				answers[worker] = append(answers[worker], observations...)
			}
		})
	}
	done.Wait()
	for worker := range workers {
		require.NoError(t, errs[worker])
		for i := range records {
			require.Equal(t, answers[0][i].Facts, answers[worker][i].Facts, "event %d, worker %d", i, worker)
		}
	}
	facts := observeOne(t, store, Shipment("S-last", minute(200), Party(trade.RoleCarrier, 50), Party(trade.RoleConsignee, 0)))
	require.Equal(t, events, facts.Parties[0].Events)
	require.Equal(t, minute(0), facts.Parties[0].FirstSeen)
	require.Equal(t, (events+6)/7, facts.Parties[1].Events)
}

func cancelled(t *testing.T, store Store) {
	complete(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Observe(ctx, []history.Record{RecordOf(Shipment("S-1", minute(1)))})
	require.ErrorIs(t, err, context.Canceled)
}
