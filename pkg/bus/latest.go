package bus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"chokepoint/pkg/trade"
)

// LatestDecision returns the decision in effect on the highest revision of an event
// that has one under the trigger, among those stored since a time; the zero time is
// ever. Identity's own revision is not looked at.
func (b *Bus) LatestDecision(ctx context.Context, identity trade.Identity, trigger string, since time.Time) (data []byte, found bool, err error) {
	wantTrigger := encodeHeader(trigger)
	highest := 0
	err = b.readFrom(ctx, streamDecisions, decisionsSince(identity, since), func(d Delivery) error {
		if d.Header.Get(HeaderTrigger) != wantTrigger {
			return nil
		}
		event, err := d.Identity()
		if err != nil || event.Source != identity.Source || event.ID != identity.ID || event.Revision <= highest {
			return nil
		}
		highest, data, found = event.Revision, d.Data, true
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("look up the latest decision on an event: %w", err)
	}
	return data, found, nil
}

// LastEvent returns the sequence of the last event stored; 0 where there was none.
func (b *Bus) LastEvent(ctx context.Context) (uint64, error) {
	stream, err := b.js.Stream(ctx, streamEvents)
	if err != nil {
		return 0, fmt.Errorf("ask for the last event: %w", classify(err))
	}
	return stream.CachedInfo().State.LastSeq, nil
}

// FirstEventSince returns the sequence of the first event stored at or after a time;
// where there is none it is one behind the last.
func (b *Bus) FirstEventSince(ctx context.Context, since time.Time) (uint64, error) {
	start := since.UTC()
	found, _, err := b.readPage(ctx, streamEvents, pageRequest{Start: &start, Next: "events.>", Batch: 1, MaxBytes: pageBytes})
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && len(found) == 0:
		last, err := b.LastEvent(ctx)
		return last + 1, err
	case err != nil:
		return 0, fmt.Errorf("find the first event since %s: %w", start.Format(time.RFC3339), err)
	default:
		return found[0].Sequence, nil
	}
}

// EventsRoom returns how many bytes EVENTS holds and how many it may hold.
func (b *Bus) EventsRoom(ctx context.Context) (used, most int64, err error) {
	stream, err := b.js.Stream(ctx, streamEvents)
	if err != nil {
		return 0, 0, fmt.Errorf("ask how full EVENTS is: %w", classify(err))
	}
	info := stream.CachedInfo()
	return int64(min(info.State.Bytes, math.MaxInt64)), info.Config.MaxBytes, nil
}
