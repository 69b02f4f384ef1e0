package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// EventMessage is an event on its way in.
type EventMessage struct {
	// Identity and Kind choose the subject.
	Identity trade.Identity
	Kind     trade.Kind
	// Time is the event's own time.
	Time time.Time
	// Digest is the digest of Data. The same identity with another digest is another
	// message, not a duplicate.
	Digest string
	// Data is the event's canonical JSON.
	Data []byte
	// Answer is the subject of an [AnswerInbox] where somebody waits; empty otherwise.
	Answer string
}

// PublishEvents stores events in EVENTS and returns one receipt for each, in order,
// when all are acknowledged, refused or given up. The same identity and digest
// within [Config.DuplicateWindow] is stored once.
func (b *Bus) PublishEvents(ctx context.Context, events []EventMessage) []Receipt {
	msgs, receipts := make([]*nats.Msg, len(events)), make([]Receipt, len(events))
	for i, event := range events {
		msg, err := eventMsg(event)
		if err == nil {
			err = b.checkSize(msg)
		}
		if err != nil {
			receipts[i].Err = fmt.Errorf("publish event: %w", err)
			continue
		}
		msgs[i] = msg
	}
	b.events.publish(ctx, msgs, receipts)
	return receipts
}

func eventMsg(event EventMessage) (*nats.Msg, error) {
	subject, err := eventSubject(event.Identity, event.Kind)
	if err != nil {
		return nil, err
	}
	if event.Digest == "" || encodeHeader(event.Digest) != event.Digest {
		return nil, fmt.Errorf("digest %q: %w: not hexadecimal", event.Digest, ErrInvalid)
	}
	identity := encodeHeader(event.Identity.String())
	return newMsg(subject, event.Data,
		jetstream.MsgIDHeader, identity+"+"+event.Digest,
		HeaderSpecVersion, "1.0",
		HeaderID, identity,
		HeaderSource, event.Identity.Source,
		HeaderType, "chokepoint."+string(event.Kind)+".v1",
		HeaderTime, event.Time.UTC().Format(time.RFC3339Nano),
		HeaderContentType, contentTypeJSON,
		HeaderDigest, event.Digest,
		HeaderAnswer, encodeHeader(event.Answer)), nil
}

// checkSize refuses what the server would answer by cutting the connection.
func (b *Bus) checkSize(msg *nats.Msg) error {
	// Room for the headers of an atomic batch.
	if limit := b.conn.MaxPayload(); limit > 0 && int64(msg.Size())+256 > limit {
		return fmt.Errorf("%w: %d bytes with headers, limit %d", ErrTooLarge, msg.Size(), limit)
	}
	return nil
}

// EventAt returns the event at a place in EVENTS, [ErrNotFound] where there is none.
func (b *Bus) EventAt(ctx context.Context, sequence uint64) (Delivery, error) {
	return b.messageAt(ctx, streamEvents, sequence)
}

// DecisionAt returns the decision at a place in DECISIONS, [ErrNotFound] where
// there is none. With the receipt of a duplicate it reads what was stored before.
func (b *Bus) DecisionAt(ctx context.Context, sequence uint64) (Delivery, error) {
	return b.messageAt(ctx, streamDecisions, sequence)
}

// DecisionMessage is a decision on its way into DECISIONS.
type DecisionMessage struct {
	// Identity is the event decided about, Kind its kind, EventSequence its place in EVENTS.
	Identity      trade.Identity
	Kind          trade.Kind
	EventSequence uint64
	// Trigger is what caused the decision.
	Trigger string
	// Outcome is part of the subject.
	Outcome decision.Outcome
	// Data is the decision's canonical JSON.
	Data []byte
}

// PublishDecisions stores decisions and returns one receipt for each, in order,
// when all are acknowledged, refused or given up. The same identity and trigger
// within [Config.DuplicateWindow] is stored once, whatever the decision says: the
// first stored is the decision.
func (b *Bus) PublishDecisions(ctx context.Context, decisions []DecisionMessage) []Receipt {
	msgs, receipts := make([]*nats.Msg, len(decisions)), make([]Receipt, len(decisions))
	for i, made := range decisions {
		msg, err := decisionMsg(made)
		if err == nil {
			err = b.checkSize(msg)
		}
		if err != nil {
			receipts[i].Err = fmt.Errorf("publish decision: %w", err)
			continue
		}
		msgs[i] = msg
	}
	b.decisions.publish(ctx, msgs, receipts)
	return receipts
}

func decisionMsg(made DecisionMessage) (*nats.Msg, error) {
	subject, err := decisionSubject(made.Identity, made.Kind, made.Outcome)
	if err != nil {
		return nil, err
	}
	if made.Trigger == "" {
		return nil, fmt.Errorf("trigger: %w: missing", ErrInvalid)
	}
	if made.EventSequence == 0 {
		return nil, fmt.Errorf("event sequence: %w: missing", ErrInvalid)
	}
	identity, trigger := encodeHeader(made.Identity.String()), encodeHeader(made.Trigger)
	return newMsg(subject, made.Data,
		jetstream.MsgIDHeader, identity+"+"+trigger,
		HeaderIdentity, identity,
		HeaderTrigger, trigger,
		HeaderEventSequence, strconv.FormatUint(made.EventSequence, 10),
		HeaderContentType, contentTypeJSON), nil
}

// errStop ends a reading early.
var errStop = errors.New("stop")

// LookupDecision returns the decision in effect for an event and trigger: the one
// of all stored that was stored first. It reads through the event's shard from the
// beginning, which takes about a quarter of a second for each million decisions
// stored: where it is known since when there may be a decision, ask
// [Bus.LookupDecisionSince].
func (b *Bus) LookupDecision(ctx context.Context, identity trade.Identity, trigger string) (data []byte, found bool, err error) {
	return b.LookupDecisionSince(ctx, identity, trigger, time.Time{})
}

// LookupDecisionSince is [Bus.LookupDecision] among the decisions stored since a
// time: for an event that was delivered before, [Delivery.Stored]. Clocks of servers
// may differ by a minute. It takes about half a millisecond where that is recent.
func (b *Bus) LookupDecisionSince(ctx context.Context, identity trade.Identity, trigger string, since time.Time) (data []byte, found bool, err error) {
	wantIdentity, wantTrigger := encodeHeader(identity.String()), encodeHeader(trigger)
	err = b.readFrom(ctx, streamDecisions, decisionsSince(identity, since), func(d Delivery) error {
		if d.Header.Get(HeaderIdentity) == wantIdentity && d.Header.Get(HeaderTrigger) == wantTrigger {
			data, found = d.Data, true
			return errStop
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("look up the decision on an event: %w", err)
	}
	return data, found, nil
}

// decisionsSince asks for the decisions of an event's shard that were stored since a
// time, less a minute for clocks that differ; the zero time is ever.
func decisionsSince(identity trade.Identity, since time.Time) pageRequest {
	request := pageRequest{Sequence: 1, Next: "decisions." + shardToken(identity) + ".>"}
	if !since.IsZero() {
		start := since.Add(-time.Minute).UTC()
		request.Sequence, request.Start = 0, &start
	}
	return request
}
