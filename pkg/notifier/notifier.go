package notifier

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/casework"
)

// Notifier is the worker. It is made by [New], works from [Notifier.Start] to
// [Notifier.Stop], and is safe for concurrent use.
type Notifier struct {
	config  Config
	deps    Deps
	logger  *zap.Logger
	metrics *metrics
	dockets *dockets
	errands map[string]*errands // by receiver

	reconciled atomic.Bool
	down       atomic.Pointer[error] // why decisions are not consumed now

	running  sync.WaitGroup // consuming and reconciling
	telling  sync.WaitGroup
	stopWork context.CancelFunc
	stopTell context.CancelFunc
	started  atomic.Bool
}

// New returns a notifier that does nothing yet, or everything that is wrong with
// what it is given.
func New(config Config, deps Deps) (*Notifier, error) {
	faults := []error{config.Validate(), deps.validate()}
	if known, asks := deps.Notices.(interface{ Knows(receiver string) bool }); asks {
		for _, receiver := range config.Routes.Receivers() {
			if !known.Knows(receiver) {
				faults = append(faults, fmt.Errorf("routes name the receiver %q, which does not exist", receiver))
			}
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("new notifier: %w", err)
	}
	n := &Notifier{
		config: config, deps: deps, logger: deps.Logger.Named("notifier"), metrics: newMetrics(deps.Registerer),
		dockets: newDockets(deps.Cases, config.Dockets), errands: map[string]*errands{},
	}
	for _, receiver := range config.Routes.Receivers() {
		n.errands[receiver] = newErrands(config.NoticeBacklog)
	}
	return n, nil
}

// Start begins to work and returns at once. The context bounds nothing but the
// start; [Notifier.Stop] ends the work.
func (n *Notifier) Start(ctx context.Context) error {
	if !n.started.CompareAndSwap(false, true) {
		return errors.New("start notifier: it was started before")
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	tell, stopTell := context.WithCancel(context.WithoutCancel(ctx))
	n.stopWork, n.stopTell = stopWork, stopTell
	n.running.Go(func() { n.consumeLoop(work) })
	n.running.Go(func() { n.reconcileLoop(work) })
	for _, errands := range n.errands {
		for range n.config.NoticeWorkers {
			n.telling.Go(func() { n.tell(tell, errands) })
		}
	}
	return nil
}

// Stop ends the work: decisions in hand are finished or given back, and notices
// being told are given [Config.StopGrace] to be accepted. What is not told stays
// due. It returns when everything has ended, or with the context's error.
func (n *Notifier) Stop(ctx context.Context) error {
	if !n.started.Load() {
		return nil
	}
	n.stopWork()
	for _, errands := range n.errands {
		errands.stop()
	}
	grace := time.AfterFunc(n.config.StopGrace, n.stopTell)
	defer grace.Stop()
	ended := make(chan struct{})
	go func() {
		n.running.Wait()
		n.telling.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		n.stopTell()
		return nil
	case <-ctx.Done():
		n.stopTell()
		return fmt.Errorf("stop notifier: %w", context.Cause(ctx))
	}
}

// Healthy says why the notifier does not do its work: decisions do not come in, or
// the open cases have not been gone over since the start. Nil means that it does.
func (n *Notifier) Healthy() error {
	switch reason := n.down.Load(); {
	case !n.started.Load():
		return errors.New("not started")
	case reason != nil:
		return fmt.Errorf("decisions do not come in: %w", *reason)
	case !n.reconciled.Load():
		return errors.New("open cases have not been gone over yet")
	default:
		return nil
	}
}

// consumeAgainAfter is the pause before decisions are asked for again after the
// stream failed.
const consumeAgainAfter = 2 * time.Second

// consumeLoop consumes until the stop, whatever happens in between.
func (n *Notifier) consumeLoop(ctx context.Context) {
	for {
		n.down.Store(nil)
		err := n.deps.Decisions.Consume(ctx, n.handle)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("the stream ended")
		}
		n.down.Store(&err)
		n.logger.Error("decisions do not come in; they are asked for again", zap.Error(err))
		select {
		case <-time.After(consumeAgainAfter):
		case <-ctx.Done():
			return
		}
	}
}

// Case returns a case as it is now. The error is [casework.ErrNoCase] where there
// is none.
func (n *Notifier) Case(ctx context.Context, caseID string) (casework.State, error) {
	return n.command(ctx, caseID, func(*casework.Docket) ([]casework.Record, error) { return nil, nil })
}

// Claim takes a case for somebody, off its queue. Claiming what one has is no
// error; what another has is a [casework.ClaimedError] that says who.
func (n *Notifier) Claim(ctx context.Context, caseID string, by casework.Actor) (casework.State, error) {
	return n.command(ctx, caseID, func(docket *casework.Docket) ([]casework.Record, error) {
		return docket.Claim(caseID, by, n.deps.Clock())
	})
}

// Close ends a case that the actor has claimed. The next decision on its key opens
// another one.
func (n *Notifier) Close(ctx context.Context, caseID string, by casework.Actor, comment string) (casework.State, error) {
	return n.command(ctx, caseID, func(docket *casework.Docket) ([]casework.Record, error) {
		return docket.Close(caseID, by, comment, n.deps.Clock())
	})
}

// command changes one case. When its record is stored and only the queue could not
// be put right, the error says so; asking again is harmless.
func (n *Notifier) command(ctx context.Context, caseID string,
	plan func(*casework.Docket) ([]casework.Record, error),
) (casework.State, error) {
	id, _, err := casework.ParseCaseID(caseID)
	if err != nil {
		return casework.State{}, fmt.Errorf("%w: %w", casework.ErrNoCase, err)
	}
	held, err := n.dockets.acquire(ctx, []string{id})
	if err != nil {
		return casework.State{}, err
	}
	defer n.dockets.release(held)
	appended, err := n.commit(ctx, held, plan)
	if err != nil {
		return casework.State{}, err
	}
	state, found := held[0].docket.Case(caseID)
	if !found {
		return casework.State{}, fmt.Errorf("case %s: %w", caseID, casework.ErrNoCase)
	}
	if err := n.settle(ctx, held[0], appended > 0); err != nil {
		return state, fmt.Errorf("the record is stored: %w", err)
	}
	return state, nil
}
