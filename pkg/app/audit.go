package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

// Audit reads the streams for reconciliation, verification and rebuilding.
type Audit struct{ bus *bus.Bus }

var (
	_ replay.Ledger   = Audit{}
	_ replay.Finder   = Audit{}
	_ replay.Archive  = Audit{}
	_ replay.EventLog = Audit{}
)

// NewAudit reads from a connected bus.
func NewAudit(connected *bus.Bus) Audit { return Audit{bus: connected} }

// Reconciler returns a reconciler of all events whose decisions are still kept.
// Decisions leave DECISIONS after a time, events do not: older ones would look lost.
func (a Audit) Reconciler(ctx context.Context) (*replay.Reconciler, error) {
	first, err := a.bus.FirstEventSince(ctx, time.Now().Add(-bus.DefaultConfig().DecisionsMaxAge+time.Hour))
	if err != nil {
		return nil, err
	}
	return replay.NewReconciler(a, a, first), nil
}

// ScanEvents visits the events without their bodies.
func (a Audit) ScanEvents(ctx context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	return a.bus.ScanEvents(ctx, from, true, func(delivery bus.Delivery) error {
		return visit(replay.Record{Sequence: delivery.Sequence, Identity: identityOf(delivery), Digest: delivery.Digest()})
	})
}

// ScanDecisions visits the decisions that events' arrival caused. Rescreening answers
// no event a second time.
func (a Audit) ScanDecisions(ctx context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	return a.bus.ScanDecisions(ctx, from, true, func(delivery bus.Delivery) error {
		if trigger := delivery.Trigger(); trigger != decision.TriggerEvent {
			return nil
		}
		answer := answerRecord(delivery)
		answer.Identity = identityOf(delivery)
		return visit(answer)
	})
}

// ScanDeadLetters visits the dead letters.
func (a Audit) ScanDeadLetters(ctx context.Context, from uint64, visit func(replay.Record) error) (uint64, error) {
	return a.bus.ScanDeadLetters(ctx, from, true, func(delivery bus.Delivery) error {
		return visit(answerRecord(delivery))
	})
}

func answerRecord(delivery bus.Delivery) replay.Record {
	event, _ := delivery.EventSequence()
	return replay.Record{Sequence: delivery.Sequence, Event: event}
}

// identityOf is the event that headers name; empty where they name none.
func identityOf(delivery bus.Delivery) string {
	named, err := delivery.Identity()
	if err != nil {
		return ""
	}
	return named.String()
}

// LookupDecision finds the decision in effect.
func (a Audit) LookupDecision(ctx context.Context, event trade.Identity, trigger string) ([]byte, bool, error) {
	return a.bus.LookupDecision(ctx, event, trigger)
}

// Events visits the canonical JSON of every event.
func (a Audit) Events(ctx context.Context, visit func([]byte) error) error {
	_, err := a.bus.ScanEvents(ctx, 1, false, func(delivery bus.Delivery) error { return visit(delivery.Data) })
	return err
}

// Decisions visits every stored decision.
func (a Audit) Decisions(ctx context.Context, visit func(replay.Stored) error) error {
	_, err := a.bus.ScanDecisions(ctx, 1, false, func(delivery bus.Delivery) error {
		event, _ := delivery.EventSequence()
		return visit(replay.Stored{Event: event, Data: delivery.Data})
	})
	return err
}

// Event returns the canonical JSON of the event at a sequence.
func (a Audit) Event(ctx context.Context, sequence uint64) ([]byte, error) {
	delivery, err := a.bus.EventAt(ctx, sequence)
	return delivery.Data, err
}

// Engine makes an engine of the snapshot and the policy that a decision names. Both
// are kept in LISTS under their digests.
func (a Audit) Engine(ctx context.Context, inputs decision.Inputs) (*screen.Engine, error) {
	snapshot, err := OpenSnapshot(ctx, a.bus, inputs.ListVersion, inputs.List)
	if err != nil {
		return nil, err
	}
	text, err := readObject(ctx, a.bus, policyObject(inputs.Policy))
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", inputs.PolicyName, err)
	}
	rules, err := policy.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", inputs.PolicyName, err)
	}
	return screen.New(snapshot, rules)
}

// policyObject is the name in LISTS of the policy with a digest.
func policyObject(digest string) string { return "policies/" + digest }

// maxPolicyBytes limits a policy read back.
const maxPolicyBytes = 4 << 20

func readObject(ctx context.Context, connected *bus.Bus, name string) ([]byte, error) {
	body, err := connected.GetObject(ctx, name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(body, maxPolicyBytes))
	return data, errors.Join(err, body.Close())
}

// RebuildHistory plays every event into a Redis and marks its history complete. A gap
// that was noted is told first: the events it is about are among those played.
func (a Audit) RebuildHistory(ctx context.Context, redis *cache.Client, progress func(observed int)) (int, error) {
	store := cache.NewHistory(redis)
	if err := (historyGaps{a.bus.Bucket(bus.BucketHistory)}).Close(ctx, store); err != nil {
		return 0, err
	}
	return replay.RebuildHistory(ctx, a, store, progress)
}
