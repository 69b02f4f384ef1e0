package screener

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/screen"
)

// Dependencies are what a screener works with.
type Dependencies struct {
	Events    Events
	Decisions Decisions
	Answers   Answers
	History   History
	Gaps      Gaps
	Lists     Lists
	// Memory may be nil: every look-up then goes to the bus.
	Memory Memory
	// Compile makes an engine of a snapshot; nil is [screen.New] with Policy.
	Compile func(controllist.Snapshot) (Engine, error)
	Policy  *policy.Policy
	// Clock gives the time of decisions.
	Clock      func() time.Time
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Screener screens events. Make one with [New].
type Screener struct {
	config  Config
	deps    Dependencies
	metrics *metrics

	engine atomic.Pointer[Engine]
	// gap is open while history misses events; lookBacks is what looking for decisions
	// costs.
	gap       historyGap
	lookBacks lookBacks
	// consuming says that events are being taken.
	consuming atomic.Bool

	cancel context.CancelFunc
	done   sync.WaitGroup
	// down is why events are not taken now; nil while they are, or will be.
	down atomic.Pointer[error]
}

// New wires a screener and checks its configuration; nothing runs yet.
func New(config Config, deps Dependencies) (*Screener, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("screener configuration: %w", err)
	}
	if deps.Events == nil || deps.Decisions == nil || deps.Answers == nil || deps.History == nil || deps.Gaps == nil || deps.Lists == nil ||
		deps.Policy == nil || deps.Clock == nil || deps.Logger == nil || deps.Registerer == nil {
		return nil, errors.New("screener: only Memory may be missing from the dependencies")
	}
	if deps.Compile == nil {
		deps.Compile = func(snapshot controllist.Snapshot) (Engine, error) { return screen.New(snapshot, deps.Policy) }
	}
	return &Screener{config: config, deps: deps, metrics: newMetrics(deps.Registerer), gap: historyGap{gaps: deps.Gaps}}, nil
}

// Start begins to load lists and, when the first is in place, to screen. It
// returns at once; [Screener.Ready] tells when screening has begun.
func (s *Screener) Start(context.Context) error {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.done.Go(func() { s.run(ctx) })
	return nil
}

// Stop ends consumption, lets the batches at work finish, and returns when they
// have, or with ctx's error.
func (s *Screener) Stop(ctx context.Context) error {
	if s.cancel == nil {
		return nil
	}
	s.cancel()
	finished := make(chan struct{})
	go func() { s.done.Wait(); close(finished) }()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the screener: %w", ctx.Err())
	}
}

// Ready returns nil when events are being screened, else why not.
func (s *Screener) Ready() error {
	if down := s.down.Load(); down != nil {
		return *down
	}
	if s.Engine() == nil {
		return errors.New("no control list is loaded: nothing is screened until one is (lists sync)")
	}
	if !s.consuming.Load() {
		return errors.New("not yet consuming events")
	}
	return nil
}

// Engine returns the engine in use, or nil before the first list is loaded.
func (s *Screener) Engine() Engine {
	if running := s.engine.Load(); running != nil {
		return *running
	}
	return nil
}

func (s *Screener) run(ctx context.Context) {
	changed, watching := s.watch(ctx)
	if !watching || !s.loadFirst(ctx, changed) {
		return
	}
	var consuming sync.WaitGroup
	consuming.Go(func() { s.consume(ctx) })
	s.follow(ctx, changed)
	consuming.Wait()
}

// watch asks for signals of changed lists until it gets them. It says false when ctx
// ended first.
func (s *Screener) watch(ctx context.Context) (changed <-chan struct{}, watching bool) {
	for {
		changed, err := s.deps.Lists.Changed(ctx)
		if err == nil {
			s.down.Store(nil)
			return changed, true
		}
		if !s.pause(ctx, fmt.Errorf("watch the lists: %w", err)) {
			return nil, false
		}
	}
}

// consume takes events until ctx ends, whatever happens in between.
func (s *Screener) consume(ctx context.Context) {
	for {
		s.down.Store(nil)
		s.consuming.Store(true)
		err := s.deps.Events.Consume(ctx, s.handle)
		s.consuming.Store(false)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("the stream ended")
		}
		if !s.pause(ctx, fmt.Errorf("consume events: %w", err)) {
			return
		}
	}
}

// againAfter is the pause before something is begun again that did not begin.
const againAfter = 2 * time.Second

// pause tells readiness and the log why nothing is screened, and waits before it is
// tried again. It says false when ctx ended first.
func (s *Screener) pause(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	s.down.Store(&err)
	s.deps.Logger.Error("nothing is screened; trying again", zap.Error(err))
	select {
	case <-time.After(againAfter):
		return true
	case <-ctx.Done():
		return false
	}
}
