package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ScanEvents calls fn for every event in EVENTS from a sequence on (0 and 1 are the
// beginning) to the end as it is at the time of the call, in order, and returns
// that end: the next scan begins behind it. With headersOnly payloads are left out.
// An error of fn ends the scan and is returned.
func (b *Bus) ScanEvents(ctx context.Context, from uint64, headersOnly bool, fn func(Delivery) error) (last uint64, err error) {
	return b.scan(ctx, streamEvents, from, headersOnly, fn)
}

// ScanDecisions is [Bus.ScanEvents] for DECISIONS. Of several decisions with one
// identity and trigger, the first is the one in effect.
func (b *Bus) ScanDecisions(ctx context.Context, from uint64, headersOnly bool, fn func(Delivery) error) (last uint64, err error) {
	return b.scan(ctx, streamDecisions, from, headersOnly, fn)
}

// ScanDeadLetters is [Bus.ScanEvents] for DEADLETTERS.
func (b *Bus) ScanDeadLetters(ctx context.Context, from uint64, headersOnly bool, fn func(Delivery) error) (last uint64, err error) {
	return b.scan(ctx, streamDeadLetters, from, headersOnly, fn)
}

// scan reads a stream with an ordered consumer, which notices gaps and begins again
// where it was after a lost connection.
func (b *Bus) scan(ctx context.Context, name string, from uint64, headersOnly bool, fn func(Delivery) error) (uint64, error) {
	stream, err := b.js.Stream(ctx, name)
	if err != nil {
		return 0, fmt.Errorf("scan %s: %w", name, classify(err))
	}
	state := stream.CachedInfo().State
	from = max(from, state.FirstSeq, 1)
	if state.Msgs == 0 || from > state.LastSeq {
		return state.LastSeq, nil
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       from,
		HeadersOnly:       headersOnly,
		InactiveThreshold: time.Minute,
	})
	if err != nil {
		return 0, fmt.Errorf("scan %s: %w", name, classify(err))
	}
	info := consumer.CachedInfo()
	if info != nil && info.NumPending == 0 {
		return state.LastSeq, nil // everything from there on was removed
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(scanAhead))
	if err != nil {
		return 0, fmt.Errorf("scan %s: %w", name, classify(err))
	}
	defer messages.Stop()
	if err := scanMessages(ctx, messages, state.LastSeq, headersOnly, fn); err != nil {
		return 0, fmt.Errorf("scan %s: %w", name, err)
	}
	return state.LastSeq, nil
}

// scanAhead is how many messages a scan has on their way.
const scanAhead = 2000

func scanMessages(ctx context.Context, messages jetstream.MessagesContext, last uint64, headersOnly bool, fn func(Delivery) error) error {
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if errors.Is(err, jetstream.ErrNoHeartbeat) {
			continue // the consumer begins again by itself
		}
		if err != nil {
			return classify(err)
		}
		metadata, err := msg.Metadata()
		if err != nil {
			return err
		}
		if metadata.Sequence.Stream <= last {
			d := delivered(msg, metadata)
			d.Attempt = 1
			if headersOnly {
				d.Data = nil
			}
			if err := fn(d); err != nil {
				return err
			}
		}
		if metadata.Sequence.Stream >= last || metadata.NumPending == 0 {
			return nil
		}
	}
}
