package screener

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// historyGap is the time in which events are decided that history does not see.
type historyGap struct {
	gaps Gaps
	isOn atomic.Bool
}

// open notes on the bus that history will miss events, before they are decided: this
// process may end before history answers again. It is noted for each batch anew,
// because somebody may have rebuilt history since the last one. Where it cannot be
// noted, the events must wait.
func (g *historyGap) open(ctx context.Context) error {
	if err := g.gaps.Note(ctx); err != nil {
		return fmt.Errorf("note that history misses events: %w", err)
	}
	g.isOn.Store(true)
	return nil
}

// close sees to it that history knows what it missed, once it answers.
func (g *historyGap) close(ctx context.Context, history History) {
	if g.isOn.Swap(false) && g.gaps.Close(ctx, history) != nil {
		g.isOn.Store(true)
	}
}

// affordableLookBack is how long looking back for one decision may take on average.
// It is a fraction of a millisecond in a small stream and 0.3 s for each million of
// decisions, which no stream of payments can wait for.
const affordableLookBack = 5 * time.Millisecond

// lookBacks keeps in mind what looking back has cost lately.
type lookBacks struct {
	average atomic.Int64
	refused atomic.Uint64
}

// spent takes in what one look took.
func (l *lookBacks) spent(took time.Duration) {
	l.average.Store((3*l.average.Load() + int64(took)) / 4)
}

// affordable says whether to look. Where it is too dear, one event in 256 is looked up
// all the same, so that it is noticed when it is not any more.
func (l *lookBacks) affordable() bool {
	return time.Duration(l.average.Load()) <= affordableLookBack || l.refused.Add(1)%256 == 0
}
