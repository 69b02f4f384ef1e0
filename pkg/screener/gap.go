package screener

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// historyGap is the time in which events are decided that history does not see.
type historyGap struct {
	mutex sync.Mutex
	isOn  bool
}

// open notes on the bus that history will miss events, before they are decided: this
// process may end before history answers again. Where even that cannot be noted, the
// events must wait.
func (g *historyGap) open(ctx context.Context, gaps Gaps) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.isOn {
		return nil
	}
	if err := gaps.Note(ctx); err != nil {
		return fmt.Errorf("note that history misses events: %w", err)
	}
	g.isOn = true
	return nil
}

// close tells history what it missed, if it did and answers.
func (g *historyGap) close(ctx context.Context, history History) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.isOn && history.Invalidate(ctx) == nil {
		g.isOn = false
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
