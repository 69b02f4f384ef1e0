package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/trade"
)

// screenerBus is what the screener sees of the bus.
type screenerBus struct {
	bus     *bus.Bus
	consume bus.ConsumeConfig
	// stored is told of decisions that were just stored; nil is nobody.
	stored func([]screener.Publication)
}

var (
	_ screener.Events    = (*screenerBus)(nil)
	_ screener.Decisions = (*screenerBus)(nil)
	_ screener.Answers   = (*screenerBus)(nil)
)

// Consume hands events to the screener and tells the bus which of its errors are
// for good.
func (b *screenerBus) Consume(ctx context.Context, handle func(context.Context, []screener.Delivery) []error) error {
	return b.bus.ConsumeEvents(ctx, b.consume, func(ctx context.Context, batch []bus.Delivery) []error {
		deliveries := make([]screener.Delivery, len(batch))
		for i, delivery := range batch {
			deliveries[i] = screener.Delivery{
				Data: delivery.Data, Sequence: delivery.Sequence, Attempt: delivery.Attempt,
				Stored: delivery.Stored, Answer: delivery.Answer,
			}
		}
		verdicts := handle(ctx, deliveries)
		for i, err := range verdicts {
			var rejected *screener.RejectedError
			if errors.As(err, &rejected) {
				verdicts[i] = bus.Permanent(err)
			}
		}
		return verdicts
	})
}

// Publish stores decisions and tells the screener which can never be stored.
func (b *screenerBus) Publish(ctx context.Context, publications []screener.Publication) []screener.Receipt {
	messages := make([]bus.DecisionMessage, len(publications))
	for i, publication := range publications {
		messages[i] = bus.DecisionMessage{
			Identity: publication.Decision.Event, Trigger: publication.Decision.Trigger,
			Kind: publication.Decision.Kind, Outcome: publication.Decision.Outcome,
			EventSequence: publication.EventSequence, Data: publication.Data,
		}
	}
	receipts := make([]screener.Receipt, len(publications))
	for i, receipt := range b.bus.PublishDecisions(ctx, messages) {
		err := receipt.Err
		if errors.Is(err, bus.ErrTooLarge) {
			err = fmt.Errorf("%w: %w", screener.ErrTooLarge, err)
		}
		receipts[i] = screener.Receipt{Duplicate: receipt.Duplicate, Sequence: receipt.Sequence, Err: err}
	}
	if b.stored != nil {
		b.stored(publications)
	}
	return receipts
}

// At reads a decision.
func (b *screenerBus) At(ctx context.Context, sequence uint64) ([]byte, error) {
	delivery, err := b.bus.DecisionAt(ctx, sequence)
	return delivery.Data, err
}

// Lookup finds the decision that an event's arrival caused.
func (b *screenerBus) Lookup(ctx context.Context, event trade.Identity, since time.Time) ([]byte, bool, error) {
	return b.bus.LookupDecisionSince(ctx, event, decision.TriggerEvent, since)
}

// Answer tells a waiting door.
func (b *screenerBus) Answer(subject string, data []byte) error {
	return b.bus.Answer(subject, data)
}
