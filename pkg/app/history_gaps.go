package app

import (
	"context"
	"errors"
	"fmt"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/screener"
)

// historyGaps notes on the bus that history missed events: a screener that decided
// them may be gone when Redis answers again.
type historyGaps struct{ bucket *bus.Bucket }

var _ screener.Gaps = historyGaps{}

const (
	gapKey   = "gap"
	gapOpen  = "open"
	gapTaken = "taken"
)

// Note says that events will be decided which history does not see.
func (g historyGaps) Note(ctx context.Context) error {
	_, err := g.bucket.Put(ctx, gapKey, []byte(gapOpen))
	return err
}

// Close tells the store of a gap that was noted, and takes the note back. A gap that
// is noted meanwhile has another revision, and stays.
func (g historyGaps) Close(ctx context.Context, store screener.History) error {
	value, revision, err := g.bucket.Get(ctx, gapKey)
	if errors.Is(err, bus.ErrNotFound) || err == nil && string(value) == gapTaken {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask whether history missed events: %w", err)
	}
	if err := store.Invalidate(ctx); err != nil {
		return fmt.Errorf("tell history that it missed events: %w", err)
	}
	if _, err := g.bucket.Update(ctx, gapKey, []byte(gapTaken), revision); err != nil && !errors.Is(err, bus.ErrConflict) {
		return fmt.Errorf("note that history knows what it missed: %w", err)
	}
	return nil
}
