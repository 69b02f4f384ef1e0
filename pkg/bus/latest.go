package bus

import (
	"context"
	"fmt"
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
