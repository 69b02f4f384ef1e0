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
	// gap says that events were decided which history never saw.
	gap atomic.Bool
	// consuming says that events are being taken.
	consuming atomic.Bool

	cancel context.CancelFunc
	done   sync.WaitGroup
	failed atomic.Pointer[error]
}

// New wires a screener and checks its configuration; nothing runs yet.
func New(config Config, deps Dependencies) (*Screener, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("screener configuration: %w", err)
	}
	if deps.Events == nil || deps.Decisions == nil || deps.Answers == nil || deps.History == nil || deps.Lists == nil ||
		deps.Policy == nil || deps.Clock == nil || deps.Logger == nil || deps.Registerer == nil {
		return nil, errors.New("screener: only Memory may be missing from the dependencies")
	}
	if deps.Compile == nil {
		deps.Compile = func(snapshot controllist.Snapshot) (Engine, error) { return screen.New(snapshot, deps.Policy) }
	}
	return &Screener{config: config, deps: deps, metrics: newMetrics(deps.Registerer)}, nil
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
	if failed := s.failed.Load(); failed != nil {
		return *failed
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
	changed, err := s.deps.Lists.Changed(ctx)
	if err != nil {
		s.fail(fmt.Errorf("watch the lists: %w", err))
		return
	}
	if !s.loadFirst(ctx, changed) {
		return
	}
	var consuming sync.WaitGroup
	consuming.Go(func() { s.consume(ctx) })
	s.follow(ctx, changed)
	consuming.Wait()
}

func (s *Screener) consume(ctx context.Context) {
	s.consuming.Store(true)
	defer s.consuming.Store(false)
	if err := s.deps.Events.Consume(ctx, s.handle); err != nil && ctx.Err() == nil {
		s.fail(fmt.Errorf("consume events: %w", err))
	}
}

// fail records why screening stopped; readiness tells it, so that the platform
// restarts the worker.
func (s *Screener) fail(err error) {
	s.failed.CompareAndSwap(nil, &err)
	s.deps.Logger.Error("screening stopped", zap.Error(err))
}
