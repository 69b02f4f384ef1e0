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

const (
	// lookBackShare is the part of time that looking back for decisions may take while
	// history cannot say what came before: a quarter. One look takes a fraction of a
	// millisecond in a small stream and 0.3 s for each million of decisions.
	lookBackShare = 4
	// lookBackCredit is how much of it can be saved up.
	lookBackCredit = time.Second
)

// lookBacks keeps the account of what looking back costs.
type lookBacks struct {
	mutex  sync.Mutex
	credit time.Duration
	since  time.Time
}

// spent takes in what one look took.
func (l *lookBacks) spent(took time.Duration) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.credit -= took
}

// affordable says whether there is time for another look.
func (l *lookBacks) affordable() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := time.Now()
	if l.since.IsZero() {
		l.credit = lookBackCredit
	} else {
		l.credit = min(l.credit+now.Sub(l.since)/lookBackShare, lookBackCredit)
	}
	l.since = now
	return l.credit > 0
}
