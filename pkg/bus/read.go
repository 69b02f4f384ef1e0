package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// Reading by pages: one request brings up to pageMessages messages or pageBytes
// bytes, without a consumer on the server.
const (
	pageMessages = 256
	pageBytes    = 4 << 20
)

// pageRequest is the server's request for several messages at once (NATS ADR-31).
type pageRequest struct {
	Sequence uint64 `json:"seq,omitempty"`
	Next     string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
	// Start is instead of Sequence.
	Start *time.Time `json:"start_time,omitempty"`
}

// The headers of the server's answer.
const (
	headerSubject  = "Nats-Subject"
	headerSequence = "Nats-Sequence"
	headerStored   = "Nats-Time-Stamp"
	headerPending  = "Nats-Num-Pending"
	headerStatus   = "Status"
	statusEnd      = "204"
	statusNotFound = "404"
)

// messageAt returns one message of a stream.
func (b *Bus) messageAt(ctx context.Context, stream string, sequence uint64) (Delivery, error) {
	if sequence == 0 {
		return Delivery{}, fmt.Errorf("read %s at 0: %w", stream, ErrNotFound)
	}
	msgs, _, err := b.readPage(ctx, stream, pageRequest{Sequence: sequence})
	if err != nil {
		return Delivery{}, fmt.Errorf("read %s at %d: %w", stream, sequence, err)
	}
	return msgs[0], nil
}

// readAll reads the messages of a stream that match filter, from a sequence on to
// the end, until fn returns an error; errStop ends it without one.
func (b *Bus) readAll(ctx context.Context, stream, filter string, from uint64, fn func(Delivery) error) error {
	return b.readFrom(ctx, stream, pageRequest{Sequence: from, Next: filter}, fn)
}

// readFrom is readAll with the first request given.
func (b *Bus) readFrom(ctx context.Context, stream string, request pageRequest, fn func(Delivery) error) error {
	request.Batch, request.MaxBytes = pageMessages, pageBytes
	for {
		msgs, more, err := b.readPage(ctx, stream, request)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", stream, err)
		}
		for _, msg := range msgs {
			if err := fn(msg); err != nil {
				if errors.Is(err, errStop) {
					return nil
				}
				return err
			}
			request.Sequence, request.Start = msg.Sequence+1, nil
		}
		if !more || len(msgs) == 0 {
			return nil
		}
	}
}

// readPage asks for messages and says whether there are more behind them.
func (b *Bus) readPage(ctx context.Context, stream string, request pageRequest) ([]Delivery, bool, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := b.publishTimeout(ctx)
	defer cancel()
	answers := b.replies.expect(max(request.Batch, 1) + 1)
	defer answers.close()
	if err := b.conn.PublishRequest("$JS.API.DIRECT.GET."+stream, answers.subject, body); err != nil {
		return nil, false, classify(err)
	}
	var msgs []Delivery
	for {
		select {
		case msg := <-answers.ch:
			if status := msg.Header.Get(headerStatus); status != "" {
				return endOfPage(msg, status, msgs)
			}
			d, err := readDelivery(msg)
			if err != nil {
				return nil, false, err
			}
			msgs = append(msgs, d)
			if request.Batch == 0 {
				return msgs, false, nil
			}
		case <-ctx.Done():
			return nil, false, classify(ctx.Err())
		}
	}
}

// endOfPage reads the message that ends an answer.
func endOfPage(msg *nats.Msg, status string, msgs []Delivery) ([]Delivery, bool, error) {
	switch status {
	case statusEnd:
		return msgs, msg.Header.Get(headerPending) != "0", nil
	case statusNotFound:
		return nil, false, ErrNotFound
	case "503":
		return nil, false, fmt.Errorf("%w: %w", ErrUnavailable, nats.ErrNoResponders)
	}
	return nil, false, fmt.Errorf("server answered status %s %s", status, msg.Header.Get("Description"))
}

// readDelivery takes the place of a message from the headers that the server added.
func readDelivery(msg *nats.Msg) (Delivery, error) {
	sequence, err := strconv.ParseUint(msg.Header.Get(headerSequence), 10, 64)
	if err != nil {
		return Delivery{}, fmt.Errorf("message without a sequence: %w", err)
	}
	stored, err := time.Parse(time.RFC3339Nano, msg.Header.Get(headerStored))
	if err != nil {
		return Delivery{}, fmt.Errorf("message %d without a time: %w", sequence, err)
	}
	header := Header(msg.Header)
	return Delivery{
		Subject:  msg.Header.Get(headerSubject),
		Data:     msg.Data,
		Header:   header,
		Sequence: sequence,
		Attempt:  1,
		Stored:   stored,
		Answer:   header.first(HeaderAnswer),
	}, nil
}
