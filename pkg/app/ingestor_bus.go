package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/trade"
)

// ingestorBus is what the ingestor sees of the bus.
type ingestorBus struct{ bus *bus.Bus }

var (
	_ ingestor.Publisher = ingestorBus{}
	_ ingestor.Answers   = ingestorBus{}
	_ ingestor.Decisions = ingestorBus{}
	_ ingestor.Inbox     = answerInbox{}
)

// PublishEvents stores events and tells the door which refusals are certain.
func (b ingestorBus) PublishEvents(ctx context.Context, messages []ingestor.Message) []ingestor.Receipt {
	events := make([]bus.EventMessage, len(messages))
	for i, message := range messages {
		events[i] = bus.EventMessage{
			Identity: message.Identity, Kind: message.Kind, Time: message.Time,
			Digest: message.Digest, Data: message.Data, Answer: message.Answer,
		}
	}
	receipts := make([]ingestor.Receipt, len(messages))
	for i, receipt := range b.bus.PublishEvents(ctx, events) {
		err := receipt.Err
		switch {
		case errors.Is(err, bus.ErrFull):
			err = fmt.Errorf("%w: %w", ingestor.ErrFull, err)
		case errors.Is(err, bus.ErrTooLarge):
			err = fmt.Errorf("%w: %w", ingestor.ErrTooLarge, err)
		}
		receipts[i] = ingestor.Receipt{Sequence: receipt.Sequence, Duplicate: receipt.Duplicate, Err: err}
	}
	return receipts
}

// SubscribeAnswer opens an inbox for one decision.
func (b ingestorBus) SubscribeAnswer(ctx context.Context) (ingestor.Inbox, error) {
	inbox, err := b.bus.SubscribeAnswer(ctx)
	if err != nil {
		return nil, err
	}
	return answerInbox{inbox}, nil
}

// answerInbox gives the bus's inbox the method that the door asks for.
type answerInbox struct{ *bus.AnswerInbox }

// Subject is where the answer is sent.
func (i answerInbox) Subject() string { return i.AnswerInbox.Subject }

// lookBacks are how far back decisions are looked for, the nearest first: most of
// those that are asked for were made a moment ago, and the whole stream takes long.
var lookBacks = []time.Duration{15 * time.Minute, 6 * time.Hour, 7 * 24 * time.Hour, 0}

// Lookup finds the decision in effect; of revision 0, that on the highest revision.
func (b ingestorBus) Lookup(ctx context.Context, event trade.Identity) (data []byte, found bool, err error) {
	for _, back := range lookBacks {
		since := time.Time{}
		if back > 0 {
			since = time.Now().Add(-back)
		}
		if event.Revision == 0 {
			data, found, err = b.bus.LatestDecision(ctx, event, decision.TriggerEvent, since)
		} else {
			data, found, err = b.bus.LookupDecisionSince(ctx, event, decision.TriggerEvent, since)
		}
		if found || err != nil {
			break
		}
	}
	return data, found, err
}
