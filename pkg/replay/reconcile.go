package replay

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// Record is one stored message as reconciliation sees it, without its body.
type Record struct {
	// Sequence is the message's place in its own stream.
	Sequence uint64
	// Event is the sequence in EVENTS that a decision or dead letter answers; 0 where
	// it names none.
	Event uint64
	// Identity is which event it is, of events and decisions.
	Identity string
	// Digest is that of an event's content; empty where it is not known.
	Digest string
}

// Ledger is what reconciliation reads. Each scan goes from a sequence to the end
// of the stream as it is at the call, and returns the last sequence of the stream.
type Ledger interface {
	ScanEvents(ctx context.Context, from uint64, visit func(Record) error) (last uint64, err error)
	ScanDecisions(ctx context.Context, from uint64, visit func(Record) error) (last uint64, err error)
	ScanDeadLetters(ctx context.Context, from uint64, visit func(Record) error) (last uint64, err error)
}

// Finder looks up the decision in effect of an event.
type Finder interface {
	LookupDecision(ctx context.Context, event trade.Identity, trigger string) (data []byte, found bool, err error)
}

// manyPending is from how many events without an answer on the decisions are read once
// for all instead of looked up one by one: a look-up reads through a whole shard.
const manyPending = 32

// maxNamed is how many unaccounted events a report names; the count is exact.
const maxNamed = 100

// Reconciliation is what a [Reconciler] found.
type Reconciliation struct {
	// Events is how many events were taken in, Decided how many have a decision
	// under their own sequence, DeadLettered how many a dead letter.
	Events       uint64 `json:"events"`
	Decided      uint64 `json:"decided"`
	DeadLettered uint64 `json:"dead_lettered"`
	// Duplicates are events stored twice whose decision stands under the first.
	Duplicates uint64 `json:"duplicates"`
	// Surplus is how many decisions were stored beyond the one in effect.
	Surplus uint64 `json:"surplus_decisions"`
	// Unaccounted is how many have neither decision nor dead letter.
	Unaccounted uint64 `json:"unaccounted"`
	// Overdue is how many of those were unaccounted for at the last run already.
	Overdue uint64 `json:"overdue"`
	// Missing names the first of them.
	Missing []Unaccounted `json:"missing,omitempty"`
	// LastEvent is the sequence reconciled up to.
	LastEvent uint64 `json:"last_event"`
}

// Unaccounted is an event that nothing answers.
type Unaccounted struct {
	Sequence uint64 `json:"sequence"`
	Event    string `json:"event"`
}

// Reconciler keeps bitmaps and watermarks between runs, so that a run reads only
// what is new. A hundred million events take about 12.5 MB.
type Reconciler struct {
	ledger Ledger
	finder Finder

	mutex sync.Mutex
	// decided and deadLettered are the sequences of events that have an answer.
	decided, deadLettered *roaring64.Bitmap
	// pending are the events read that had none.
	pending map[uint64]pendingEvent
	report  Reconciliation
	// The watermarks are the next sequence to read of each stream.
	nextEvent, nextDecision, nextDeadLetter uint64
}

type pendingEvent struct{ identity, digest string }

// NewReconciler returns a reconciler that has read nothing yet and begins at an event:
// 1 for all, or the first whose decision is still kept.
func NewReconciler(ledger Ledger, finder Finder, firstEvent uint64) *Reconciler {
	return &Reconciler{
		ledger: ledger, finder: finder,
		decided: roaring64.New(), deadLettered: roaring64.New(), pending: make(map[uint64]pendingEvent),
		nextEvent: max(firstEvent, 1), nextDecision: 1, nextDeadLetter: 1,
	}
}

// Run reads what came since the last run and reports on everything since the first.
//
// Answers are read first, so that only events without one need remembering; then
// events; then the answers that came meanwhile, so that an event decided during the
// run is not reported. A run that fails goes on where it was when it is run again.
func (r *Reconciler) Run(ctx context.Context, progress func(read uint64)) (Reconciliation, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	count := counter(progress)
	before := r.report.LastEvent
	if err := r.readAnswers(ctx, count); err != nil {
		return Reconciliation{}, err
	}
	last, err := r.ledger.ScanEvents(ctx, r.nextEvent, func(record Record) error {
		count()
		r.nextEvent = record.Sequence + 1
		r.report.Events++
		if !r.decided.Contains(record.Sequence) && !r.deadLettered.Contains(record.Sequence) {
			r.pending[record.Sequence] = pendingEvent{record.Identity, record.Digest}
		}
		return nil
	})
	if err != nil {
		return Reconciliation{}, fmt.Errorf("reconcile: read events: %w", err)
	}
	r.nextEvent, r.report.LastEvent = last+1, last
	if err := r.readAnswers(ctx, count); err != nil {
		return Reconciliation{}, err
	}
	if err := r.findDuplicates(ctx, before); err != nil {
		return Reconciliation{}, err
	}
	return r.summary(before), nil
}

// counter returns a function to call for every message read; it tells progress
// every ten thousandth time.
func counter(progress func(uint64)) func() {
	read := uint64(0)
	return func() {
		if read++; progress != nil && read%10_000 == 0 {
			progress(read)
		}
	}
}

func (r *Reconciler) readAnswers(ctx context.Context, count func()) error {
	last, err := r.ledger.ScanDecisions(ctx, r.nextDecision, func(record Record) error {
		count()
		r.nextDecision = record.Sequence + 1
		if record.Event != 0 && !r.decided.CheckedAdd(record.Event) {
			r.report.Surplus++
		}
		delete(r.pending, record.Event)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reconcile: read decisions: %w", err)
	}
	r.nextDecision = last + 1
	last, err = r.ledger.ScanDeadLetters(ctx, r.nextDeadLetter, func(record Record) error {
		count()
		r.nextDeadLetter = record.Sequence + 1
		if record.Event != 0 {
			r.deadLettered.Add(record.Event)
		}
		delete(r.pending, record.Event)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reconcile: read dead letters: %w", err)
	}
	r.nextDeadLetter = last + 1
	return nil
}

// findDuplicates accounts for events that came a second time after the bus had
// forgotten the first: their decision stands under the first one's sequence. The first
// run looks at all that have no answer, a later one at those that had none at the last
// run already: the others are being decided right now.
func (r *Reconciler) findDuplicates(ctx context.Context, before uint64) error {
	if r.finder == nil {
		return nil
	}
	candidates := make(map[uint64]pendingEvent)
	for sequence, pending := range r.pending {
		if before == 0 || sequence <= before {
			candidates[sequence] = pending
		}
	}
	if len(candidates) > manyPending {
		if err := r.keepDecided(ctx, candidates); err != nil {
			return err
		}
	}
	for sequence, pending := range candidates {
		same, err := r.decidedBefore(ctx, pending)
		if err != nil {
			return err
		}
		if same {
			delete(r.pending, sequence)
			r.report.Duplicates++
		}
	}
	return nil
}

// keepDecided leaves of the candidates those whose identity any decision names.
func (r *Reconciler) keepDecided(ctx context.Context, candidates map[uint64]pendingEvent) error {
	decided := make(map[string]bool, len(candidates))
	for _, pending := range candidates {
		decided[pending.identity] = false
	}
	_, err := r.ledger.ScanDecisions(ctx, 1, func(record Record) error {
		if _, asked := decided[record.Identity]; asked {
			decided[record.Identity] = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reconcile: look for decisions on second copies: %w", err)
	}
	maps.DeleteFunc(candidates, func(_ uint64, pending pendingEvent) bool { return !decided[pending.identity] })
	return nil
}

// decidedBefore says whether there is a decision on the same identity with the same
// content. One on other content decides nothing about this event.
func (r *Reconciler) decidedBefore(ctx context.Context, pending pendingEvent) (bool, error) {
	event, err := trade.ParseIdentity(pending.identity)
	if err != nil {
		return false, nil
	}
	data, found, err := r.finder.LookupDecision(ctx, event, decision.TriggerEvent)
	if err != nil {
		return false, fmt.Errorf("reconcile: look up the decision on %s: %w", event, err)
	}
	if !found || pending.digest == "" {
		return found, nil
	}
	made, err := decision.Decode(data)
	return err == nil && made.EventDigest == pending.digest, nil
}

func (r *Reconciler) summary(before uint64) Reconciliation {
	report := r.report
	report.Decided, report.DeadLettered = r.decided.GetCardinality(), r.deadLettered.GetCardinality()
	report.Unaccounted = uint64(len(r.pending))
	sequences := slices.Sorted(maps.Keys(r.pending))
	overdue, _ := slices.BinarySearch(sequences, before+1)
	report.Overdue = uint64(overdue)
	for _, sequence := range sequences[:min(len(sequences), maxNamed)] {
		report.Missing = append(report.Missing, Unaccounted{Sequence: sequence, Event: r.pending[sequence].identity})
	}
	return report
}
