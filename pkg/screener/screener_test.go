package screener_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/trade"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a bus, a list store and a history in memory, each of which can fail.
type world struct {
	mutex     sync.Mutex
	batches   chan batch
	stored    []storedDecision
	answers   map[string][]byte
	failStore error
	// failConsume is what the next attempt to consume ends with.
	failConsume error

	reference screener.ListReference
	snapshots map[string][]byte
	changed   chan struct{}

	history     *history.Memory
	failHistory error
	invalidated int
	gaps        int
	failGaps    error
}

type storedDecision struct {
	event trade.Identity
	data  []byte
}

type batch struct {
	deliveries []screener.Delivery
	verdicts   chan []error
}

func newWorld() *world {
	return &world{
		batches: make(chan batch), answers: map[string][]byte{},
		snapshots: map[string][]byte{}, changed: make(chan struct{}, 1), history: newHistory(),
	}
}

func newHistory() *history.Memory {
	memory, err := history.NewMemory(history.DefaultMemoryConfig())
	if err == nil {
		err = memory.MarkComplete(context.Background())
	}
	if err != nil {
		panic(err)
	}
	return memory
}

func (w *world) Consume(ctx context.Context, handle func(context.Context, []screener.Delivery) []error) error {
	w.mutex.Lock()
	failed := w.failConsume
	w.failConsume = nil
	w.mutex.Unlock()
	if failed != nil {
		return failed
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-w.batches:
			b.verdicts <- handle(ctx, b.deliveries)
		}
	}
}

func (w *world) Publish(_ context.Context, publications []screener.Publication) []screener.Receipt {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	receipts := make([]screener.Receipt, len(publications))
	for i, publication := range publications {
		at := slices.IndexFunc(w.stored, func(one storedDecision) bool { return one.event == publication.Decision.Event })
		switch {
		case w.failStore != nil:
			receipts[i].Err = w.failStore
		case at >= 0:
			receipts[i] = screener.Receipt{Duplicate: true, Sequence: uint64(at + 1)}
		default:
			w.stored = append(w.stored, storedDecision{publication.Decision.Event, publication.Data})
			receipts[i].Sequence = uint64(len(w.stored))
		}
	}
	return receipts
}

func (w *world) At(_ context.Context, sequence uint64) ([]byte, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.stored[sequence-1].data, nil
}

func (w *world) Lookup(_ context.Context, event trade.Identity, _ time.Time) ([]byte, bool, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, one := range w.stored {
		if one.event == event {
			return one.data, true, nil
		}
	}
	return nil, false, nil
}

func (w *world) Answer(subject string, data []byte) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.answers[subject] = data
	return nil
}

func (w *world) Current(context.Context) (screener.ListReference, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.reference, nil
}

func (w *world) Open(_ context.Context, reference screener.ListReference) (io.ReadCloser, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return io.NopCloser(bytes.NewReader(w.snapshots[reference.Digest])), nil
}

func (w *world) Changed(context.Context) (<-chan struct{}, error) { return w.changed, nil }

func (w *world) Observe(ctx context.Context, records []history.Record) ([]history.Observation, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.failHistory != nil {
		return nil, w.failHistory
	}
	return w.history.Observe(ctx, records)
}

func (w *world) Note(context.Context) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.gaps++
	return w.failGaps
}

func (w *world) Close(ctx context.Context, history screener.History) error {
	return history.Invalidate(ctx)
}

func (w *world) Invalidate(ctx context.Context) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.failHistory != nil {
		return w.failHistory
	}
	w.invalidated++
	return w.history.Invalidate(ctx)
}

// publishList makes a list of one company current.
func (w *world) publishList(t *testing.T, version, company string) {
	snapshot, err := controllist.NewSnapshot(version, []controllist.List{{Name: "FIRM", Source: "test", Entries: 1, Names: 1}},
		[]controllist.Entry{{
			ID: "FIRM/1", List: "FIRM", Kind: controllist.KindOrganization, Measures: []controllist.Measure{controllist.MeasureFreeze},
			Names: []controllist.Name{{Value: company, Type: controllist.NamePrimary}},
		}})
	require.NoError(t, err)
	var encoded bytes.Buffer
	require.NoError(t, snapshot.Encode(&encoded))
	w.mutex.Lock()
	w.snapshots[snapshot.Digest] = encoded.Bytes()
	w.reference = screener.ListReference{Version: version, Digest: snapshot.Digest}
	w.mutex.Unlock()
	w.changed <- struct{}{}
}

func (w *world) deliver(t *testing.T, deliveries ...screener.Delivery) []error {
	b := batch{deliveries: deliveries, verdicts: make(chan []error, 1)}
	select {
	case w.batches <- b:
		return <-b.verdicts
	case <-time.After(20 * time.Second):
		t.Fatal("nobody consumes")
		return nil
	}
}

func (w *world) decision(t *testing.T, id string) decision.Decision {
	data, found, err := w.Lookup(context.Background(), trade.Identity{Source: "tms", ID: id, Revision: 1}, time.Time{})
	require.NoError(t, err)
	require.True(t, found, "no decision on %s", id)
	made, err := decision.Decode(data)
	require.NoError(t, err)
	return made
}

func start(t *testing.T, w *world) (*screener.Screener, *prometheus.Registry) {
	registry := prometheus.NewRegistry()
	config := screener.DefaultConfig()
	config.Workers, config.ListRetry = 1, time.Hour
	made, err := screener.New(config, screener.Dependencies{
		Events: w, Decisions: w, Answers: w, History: w, Gaps: w, Lists: w, Policy: policy.Default(),
		Clock: func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }, Logger: zap.NewNop(), Registerer: registry,
	})
	require.NoError(t, err)
	require.NoError(t, made.Start(context.Background()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		require.NoError(t, made.Stop(ctx))
	})
	return made, registry
}

func delivery(t *testing.T, id, company string, attempt int) screener.Delivery {
	event, err := trade.Decode(fmt.Appendf(nil, `{"id":%q,"kind":"shipment","source":"tms","time":"2026-11-20T08:00:00Z",
	 "parties":[{"role":"consignee","name":%q,"country":"TR"}]}`, id, company), trade.Limits{})
	require.NoError(t, err)
	data, err := trade.Encode(event)
	require.NoError(t, err)
	return screener.Delivery{Data: data, Sequence: 1, Attempt: attempt, Answer: "answer." + id}
}

const listed = "Orvantek Uluslararasi Elektronik Limited Sirketi"

func TestNothingIsScreenedBeforeAListIsLoaded(t *testing.T) {
	w := newWorld()
	s, _ := start(t, w)
	require.ErrorContains(t, s.Ready(), "no control list")
	w.publishList(t, "v1", listed)
	require.NoError(t, w.deliver(t, delivery(t, "a", listed, 1))[0])
	require.NoError(t, s.Ready())
	require.Equal(t, decision.OutcomeHold, w.decision(t, "a").Outcome)
	require.NotEmpty(t, w.answers["answer.a"])
}

// NATS is restarted in the moment in which the consumer is asked for.
func TestConsumingBeginsAgain(t *testing.T) {
	w := newWorld()
	w.failConsume = errors.New("no responders")
	s, _ := start(t, w)
	w.publishList(t, "v1", listed)
	require.Eventually(t, func() bool {
		err := s.Ready()
		return err != nil && strings.Contains(err.Error(), "no responders")
	}, 20*time.Second, time.Millisecond)
	require.NoError(t, w.deliver(t, delivery(t, "a", listed, 1))[0])
	require.NoError(t, s.Ready())
}

func TestDamagedListLeavesTheRunningOne(t *testing.T) {
	w := newWorld()
	s, _ := start(t, w)
	w.publishList(t, "v1", listed)
	w.deliver(t)
	w.mutex.Lock()
	w.reference = screener.ListReference{Version: "v2", Digest: strings.Repeat("0", 64)}
	w.snapshots[w.reference.Digest] = []byte("{\"half\":")
	w.mutex.Unlock()
	w.changed <- struct{}{}
	w.publishList(t, "v3", "Another Company")
	require.Eventually(t, func() bool { return s.Engine().Inputs().ListVersion == "v3" }, 20*time.Second, time.Millisecond,
		"a damaged list does not stop newer ones")
}

func TestRedeliveredEventKeepsItsDecision(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	require.NoError(t, w.deliver(t, delivery(t, "a", listed, 1))[0])
	first := w.decision(t, "a")
	verdicts := w.deliver(t, delivery(t, "a", listed, 2), delivery(t, "a", listed, 1))
	require.Equal(t, []error{nil, nil}, verdicts)
	require.Len(t, w.stored, 1)
	require.Equal(t, first, w.decision(t, "a"))
}

func TestSameEventTwiceInOneBatchHasOneDecision(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	verdicts := w.deliver(t, delivery(t, "a", listed, 1), delivery(t, "a", listed, 1))
	require.Equal(t, []error{nil, nil}, verdicts)
	require.Len(t, w.stored, 1)
}

func TestSameIdentityWithOtherContentIsRejected(t *testing.T) {
	for _, gone := range []error{nil, errors.New("history is gone")} {
		w := newWorld()
		start(t, w)
		w.publishList(t, "v1", listed)
		require.NoError(t, w.deliver(t, delivery(t, "a", listed, 1))[0])
		w.mutex.Lock()
		w.failHistory = gone
		w.mutex.Unlock()
		var rejected *screener.RejectedError
		require.ErrorAs(t, w.deliver(t, delivery(t, "a", "Harmless Company", 1))[0], &rejected)
		require.Equal(t, "contradiction", rejected.Reason)
		require.Len(t, w.stored, 1)
	}
}

func TestMalformedEventIsRejectedAndItsNeighboursGoOn(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	verdicts := w.deliver(t, delivery(t, "a", listed, 1), screener.Delivery{Data: []byte(`{"id":`), Attempt: 1}, delivery(t, "b", "Somebody", 1))
	require.NoError(t, verdicts[0])
	require.NoError(t, verdicts[2])
	var rejected *screener.RejectedError
	require.ErrorAs(t, verdicts[1], &rejected)
	require.Equal(t, "malformed", rejected.Reason)
}

func TestDecisionThatCannotBeStoredIsRetried(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	w.mutex.Lock()
	w.failStore = errors.New("stream is full")
	w.mutex.Unlock()
	err := w.deliver(t, delivery(t, "a", listed, 1))[0]
	require.ErrorContains(t, err, "stream is full")
	var rejected *screener.RejectedError
	require.NotErrorAs(t, err, &rejected, "trying again helps")
	w.mutex.Lock()
	w.failStore = nil
	w.mutex.Unlock()
	require.NoError(t, w.deliver(t, delivery(t, "a", listed, 2))[0])
	require.Equal(t, decision.OutcomeHold, w.decision(t, "a").Outcome)
}

func TestDecisionTooLargeToStoreIsRejected(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	w.mutex.Lock()
	w.failStore = fmt.Errorf("%w: 2 MB", screener.ErrTooLarge)
	w.mutex.Unlock()
	var rejected *screener.RejectedError
	require.ErrorAs(t, w.deliver(t, delivery(t, "a", listed, 1))[0], &rejected)
	require.Equal(t, "too_large", rejected.Reason)
}

func TestHistoryGoneIsUnknownNotZero(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	require.NoError(t, w.deliver(t, delivery(t, "a", "Somebody", 1))[0])
	require.True(t, w.decision(t, "a").Facts.Complete)

	w.mutex.Lock()
	w.failHistory = errors.New("connection refused")
	w.mutex.Unlock()
	require.NoError(t, w.deliver(t, delivery(t, "b", listed, 1))[0])
	require.Equal(t, decision.OutcomeHold, w.decision(t, "b").Outcome, "lists are screened without history")
	require.Contains(t, w.decision(t, "b").Unknown, "history")

	w.mutex.Lock()
	w.failHistory = nil
	w.mutex.Unlock()
	require.NoError(t, w.deliver(t, delivery(t, "c", "Somebody", 1))[0])
	require.Equal(t, 1, w.invalidated)
	require.False(t, w.decision(t, "c").Facts.Complete, "history missed an event, and says so")
}

// The process may end before history answers again, so the gap is noted before any
// event in it is decided, once.
func TestGapIsNotedBeforeEventsAreDecided(t *testing.T) {
	w := newWorld()
	start(t, w)
	w.publishList(t, "v1", listed)
	w.mutex.Lock()
	w.failHistory, w.failGaps = errors.New("connection refused"), errors.New("the bus is away")
	w.mutex.Unlock()
	require.ErrorContains(t, w.deliver(t, delivery(t, "a", "Somebody", 1))[0], "the bus is away")
	require.Empty(t, w.stored)

	w.mutex.Lock()
	w.failGaps = nil
	w.mutex.Unlock()
	require.NoError(t, w.deliver(t, delivery(t, "a", "Somebody", 2))[0])
	require.NoError(t, w.deliver(t, delivery(t, "b", "Somebody", 1))[0])
	require.Equal(t, 3, w.gaps, "for each batch anew: history may have been rebuilt in between")
	require.Len(t, w.stored, 2)
}

func TestMetricsAreWellFormed(t *testing.T) {
	w := newWorld()
	_, registry := start(t, w)
	w.publishList(t, "v1", listed)
	w.deliver(t, delivery(t, "a", listed, 1))
	families, err := registry.Gather()
	require.NoError(t, err)
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}
