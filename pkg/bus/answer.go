package bus

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// AnswerInbox is where the ingestor waits for the decision on one event.
type AnswerInbox struct {
	// Subject goes into [EventMessage.Answer].
	Subject string
	reply   *reply
}

// SubscribeAnswer opens an inbox. Answers are core NATS messages: at most one
// arrives, and one that is lost is only a decision that has to be looked up. Close
// it after use.
func (b *Bus) SubscribeAnswer(context.Context) (*AnswerInbox, error) {
	if err := b.Healthy(); err != nil {
		return nil, fmt.Errorf("open answer inbox: %w", err)
	}
	waiting := b.replies.expect(1)
	return &AnswerInbox{Subject: waiting.subject, reply: waiting}, nil
}

// Wait returns the answer's bytes. Where ctx ends first, the error is ctx's.
func (a *AnswerInbox) Wait(ctx context.Context) ([]byte, error) {
	select {
	case msg := <-a.reply.ch:
		return msg.Data, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close gives the inbox back; an answer that comes later is dropped.
func (a *AnswerInbox) Close() { a.reply.close() }

// Answer sends data to an inbox that came with an event ([Delivery.Answer]). It
// does not wait and cannot know whether anybody still listens. A subject that is
// no inbox is refused with [ErrInvalid]: an event must not choose what we publish to.
func (b *Bus) Answer(subject string, data []byte) error {
	if !strings.HasPrefix(subject, nats.InboxPrefix) || strings.ContainsAny(subject, "*> \t\r\n") {
		return fmt.Errorf("answer subject: %w: no inbox", ErrInvalid)
	}
	if err := b.conn.Publish(subject, data); err != nil {
		return fmt.Errorf("answer: %w", classify(err))
	}
	return nil
}
