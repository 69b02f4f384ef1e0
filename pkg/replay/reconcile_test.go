package replay_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/trade"
)

// ledger is three streams in memory; meanwhile runs once, when events were read.
type ledger struct {
	events, decisions, deadLetters []replay.Record
	// failAfter is how many more records can be read before a scan fails; 0 is no end.
	failAfter     int
	meanwhile     func(*ledger)
	read, lookUps int
}

func (l *ledger) scan(stream *[]replay.Record, from uint64, visit func(replay.Record) error) (uint64, error) {
	for _, record := range *stream {
		if record.Sequence >= from {
			l.read++
			if l.failAfter > 0 {
				if l.failAfter--; l.failAfter == 0 {
					return 0, errors.New("connection lost")
				}
			}
			if err := visit(record); err != nil {
				return 0, err
			}
		}
	}
	return uint64(len(*stream)), nil
}

func (l *ledger) ScanEvents(_ context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	last, err := l.scan(&l.events, from, visit)
	if l.meanwhile != nil {
		l.meanwhile(l)
		l.meanwhile = nil
	}
	return last, err
}

func (l *ledger) ScanDecisions(_ context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	return l.scan(&l.decisions, from, visit)
}

func (l *ledger) ScanDeadLetters(_ context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	return l.scan(&l.deadLetters, from, visit)
}

func (l *ledger) arrive(id string) uint64 {
	sequence := uint64(len(l.events) + 1)
	l.events = append(l.events, replay.Record{Sequence: sequence, Identity: "src/" + id + "/1"})
	return sequence
}

func (l *ledger) decide(event uint64) {
	l.decisions = append(l.decisions, replay.Record{
		Sequence: uint64(len(l.decisions) + 1), Event: event, Identity: l.events[event-1].Identity,
	})
}

func (l *ledger) bury(event uint64) {
	l.deadLetters = append(l.deadLetters, replay.Record{Sequence: uint64(len(l.deadLetters) + 1), Event: event})
}

// LookupDecision finds the decision of any event with the identity.
func (l *ledger) LookupDecision(_ context.Context, event trade.Identity, _ string) ([]byte, bool, error) {
	l.lookUps++
	for _, decided := range l.decisions {
		if first := l.events[decided.Event-1]; first.Identity == event.String() {
			_, data, err := decision.Decision{Event: event, EventDigest: first.Digest, Outcome: decision.OutcomePass}.Seal()
			return data, true, err
		}
	}
	return nil, false, nil
}

func run(t *testing.T, reconciler *replay.Reconciler) replay.Reconciliation {
	report, err := reconciler.Run(context.Background(), nil)
	require.NoError(t, err)
	return report
}

func TestReconcileNamesWhatIsMissing(t *testing.T) {
	l := &ledger{}
	l.decide(l.arrive("a"))
	l.bury(l.arrive("b"))
	l.arrive("c")
	report := run(t, replay.NewReconciler(l, l, 1))
	require.Equal(t, replay.Reconciliation{
		Events: 3, Decided: 1, DeadLettered: 1, Unaccounted: 1, LastEvent: 3,
		Missing: []replay.Unaccounted{{Sequence: 3, Event: "src/c/1"}},
	}, report)
}

func TestReconcileReadsOnlyWhatIsNew(t *testing.T) {
	l := &ledger{}
	l.decide(l.arrive("a"))
	late := l.arrive("b")
	reconciler := replay.NewReconciler(l, l, 1)
	require.EqualValues(t, 1, run(t, reconciler).Unaccounted)

	l.read = 0
	l.decide(late)
	report := run(t, reconciler)
	require.EqualValues(t, 0, report.Unaccounted)
	require.EqualValues(t, 2, report.Decided)
	require.Equal(t, 1, l.read, "one new decision is all there was to read")
}

func TestReconcileIsNotFooledByWhatHappensMeanwhile(t *testing.T) {
	l := &ledger{}
	waiting := l.arrive("a")
	l.meanwhile = func(l *ledger) {
		l.decide(waiting)
		l.decide(l.arrive("b"))
	}
	reconciler := replay.NewReconciler(l, l, 1)
	require.EqualValues(t, 0, run(t, reconciler).Unaccounted)
	require.EqualValues(t, 2, run(t, reconciler).Events)
}

func TestReconcileCountsSecondCopiesApart(t *testing.T) {
	l := &ledger{}
	first := l.arrive("a")
	l.decide(first)
	l.decide(first)
	l.arrive("a")
	report := run(t, replay.NewReconciler(l, l, 1))
	require.EqualValues(t, 1, report.Duplicates)
	require.EqualValues(t, 1, report.Surplus)
	require.EqualValues(t, 0, report.Unaccounted)
}

// The same identity with other content is no second copy: nobody has decided on it.
func TestReconcileTellsOtherContentFromSecondCopies(t *testing.T) {
	l := &ledger{}
	for range 40 {
		l.arrive(fmt.Sprint("in flight ", len(l.events)))
	}
	first := l.arrive("a")
	l.decide(first)
	l.events[first-1].Digest = "11"
	l.events[l.arrive("a")-1].Digest = "11"
	l.events[l.arrive("a")-1].Digest = "22"
	report := run(t, replay.NewReconciler(l, l, 1))
	require.EqualValues(t, 1, report.Duplicates)
	require.EqualValues(t, 41, report.Unaccounted)
	require.Equal(t, 2, l.lookUps, "what is only in flight is not looked up one by one")
}

// A lost connection in the middle counts nothing twice.
func TestReconcileGoesOnAfterAFailure(t *testing.T) {
	for fail := 1; fail <= 12; fail++ {
		l := &ledger{failAfter: fail}
		l.decide(l.arrive("a"))
		l.decide(l.arrive("b"))
		l.decide(2)
		l.bury(l.arrive("c"))
		l.arrive("d")
		reconciler := replay.NewReconciler(l, nil, 1)
		for {
			if report, err := reconciler.Run(context.Background(), nil); err == nil {
				require.EqualValues(t, []uint64{4, 2, 1, 1, 1}, []uint64{
					report.Events, report.Decided, report.DeadLettered, report.Surplus, report.Unaccounted,
				})
				break
			}
		}
	}
}

// Whatever the order of arrivals, answers and runs: events are decided, buried,
// duplicates or unaccounted for, and nothing is counted twice.
func TestReconcileAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := &ledger{}
		reconciler := replay.NewReconciler(l, l, 1)
		answered := map[uint64]bool{}
		for step := range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				l.arrive(fmt.Sprint(step))
			case 1, 2:
				if len(l.events) > 0 {
					event := uint64(rapid.IntRange(1, len(l.events)).Draw(rt, "event"))
					if !answered[event] {
						answered[event] = true
						if rapid.Bool().Draw(rt, "decided") {
							l.decide(event)
						} else {
							l.bury(event)
						}
					}
				}
			case 3:
				_, err := reconciler.Run(context.Background(), nil)
				require.NoError(rt, err)
			}
		}
		report, err := reconciler.Run(context.Background(), nil)
		require.NoError(rt, err)
		require.EqualValues(rt, len(l.events), report.Events)
		require.EqualValues(rt, len(l.events)-len(answered), report.Unaccounted)
		require.Equal(rt, report.Events, report.Decided+report.DeadLettered+report.Duplicates+report.Unaccounted)
	})
}
