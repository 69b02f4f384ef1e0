package escalate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Stage is one step on the way of a notice. It answers whether the notice goes on
// to the next stage; an error ends the way for now.
type Stage interface {
	Exec(ctx context.Context, delivery *Delivery) (goOn bool, err error)
}

// Delivery is a notice on its way, and what the stages know of it.
type Delivery struct {
	// Notice is what is told.
	Notice Notice
	// Entry is the ledger's entry as this replica wrote it last, Revision its revision.
	Entry    Entry
	Revision uint64
	// Result is what has come of it so far.
	Result Result
	// Refusal is why the receiver will never accept it.
	Refusal error
}

// Result is what came of a notice.
type Result string

// The results.
const (
	ResultUnknown Result = ""
	// ResultSent was accepted now.
	ResultSent Result = "sent"
	// ResultRefused was refused for good and is a dead letter now.
	ResultRefused Result = "refused"
	// ResultDuplicate was told, or refused, before.
	ResultDuplicate Result = "duplicate"
	// ResultBusy is being told by another replica, or by one that died; ask again later.
	ResultBusy Result = "busy"
	// ResultFailed could not be told so far; ask again later.
	ResultFailed Result = "failed"
)

// Config are the choices of a pipeline.
type Config struct {
	// AttemptTimeout bounds one attempt.
	AttemptTimeout time.Duration `yaml:"attempt_timeout"`
	// FirstPause is the pause after the first failed attempt; each later one is half
	// as long again, up to LongestPause, which also bounds what a receiver can ask for.
	FirstPause   time.Duration `yaml:"first_pause"`
	LongestPause time.Duration `yaml:"longest_pause"`
	// GiveUpAfter bounds all attempts of one [Pipeline.Notify]. The notice stays due.
	GiveUpAfter time.Duration `yaml:"give_up_after"`
	// Margin is how much longer than an attempt and its pause a lease lasts; it
	// covers the clocks of two replicas being apart.
	Margin time.Duration `yaml:"margin"`
}

// DefaultConfig returns the choices for people who are on call.
func DefaultConfig() Config {
	return Config{
		AttemptTimeout: 10 * time.Second, FirstPause: time.Second, LongestPause: time.Minute,
		GiveUpAfter: 5 * time.Minute, Margin: 10 * time.Second,
	}
}

// Validate reports everything that is wrong with the choices.
func (c Config) Validate() error {
	var faults []error
	for _, span := range []struct {
		name  string
		value time.Duration
	}{
		{"attempt_timeout", c.AttemptTimeout}, {"first_pause", c.FirstPause}, {"longest_pause", c.LongestPause},
		{"give_up_after", c.GiveUpAfter}, {"margin", c.Margin},
	} {
		if span.value <= 0 || span.value > 24*time.Hour {
			faults = append(faults, fmt.Errorf("%s is %s, not between 0 and 24h", span.name, span.value))
		}
	}
	if c.LongestPause < c.FirstPause {
		faults = append(faults, fmt.Errorf("longest_pause %s is shorter than first_pause %s", c.LongestPause, c.FirstPause))
	}
	return errors.Join(faults...)
}

// Letter is a notice that was refused for good.
type Letter struct {
	// ID is the notice's key: writing the letter twice is writing it once.
	ID string
	// Notice is what was refused, Reason why.
	Notice Notice
	Reason string
	// Attempts counts how often it was tried, At is when it was refused.
	Attempts int
	At       time.Time
}

// Letters keeps what was refused, where operators look for it.
type Letters interface {
	DeadLetter(ctx context.Context, letter Letter) error
}

// Deps are what a pipeline works with; all but Observe are needed.
type Deps struct {
	// Receivers are known to routes by their names.
	Receivers map[string]Receiver
	// Ledger keeps who was told what, Letters what was refused.
	Ledger  Ledger
	Letters Letters
	// Clock tells the time.
	Clock func() time.Time
	// Holder names this replica in leases; no two replicas share one.
	Holder string
	// Observe is called after every failed attempt that will be repeated, with the
	// pause before the next. It may be nil.
	Observe func(notice Notice, err error, pause time.Duration)
}

// Pipeline tells receivers. It is safe for concurrent use.
type Pipeline struct {
	stages    []Stage
	receivers map[string]Receiver
}

// NewPipeline returns a pipeline, or everything that is wrong with what it is given.
func NewPipeline(config Config, deps Deps) (*Pipeline, error) {
	faults := []error{config.Validate()}
	if deps.Ledger == nil || deps.Letters == nil || deps.Clock == nil {
		faults = append(faults, errors.New("a ledger, dead letters and a clock are needed"))
	}
	if deps.Holder == "" {
		faults = append(faults, errors.New("the replica has no name"))
	}
	for name, receiver := range deps.Receivers {
		if receiver == nil || name == "" {
			faults = append(faults, fmt.Errorf("receiver %q is missing or has no name", name))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("new pipeline: %w", err)
	}
	if deps.Observe == nil {
		deps.Observe = func(Notice, error, time.Duration) {}
	}
	lease := leases{ledger: deps.Ledger, holder: deps.Holder, clock: deps.Clock}
	return &Pipeline{receivers: deps.Receivers, stages: []Stage{
		&dedupStage{leases: lease, length: config.AttemptTimeout + config.Margin},
		&retryStage{leases: lease, config: config, receivers: deps.Receivers, observe: deps.Observe},
		&letterStage{letters: deps.Letters, clock: deps.Clock},
		&recordStage{leases: lease},
	}}, nil
}

// Knows says whether the pipeline has a receiver of that name.
func (p *Pipeline) Knows(receiver string) bool {
	_, known := p.receivers[receiver]
	return known
}

// Notify brings one notice as far as it gets now. The error says why it got no
// further; the notice then stays due, and asking again is right.
func (p *Pipeline) Notify(ctx context.Context, notice Notice) (Result, error) {
	delivery := &Delivery{Notice: notice, Result: ResultFailed}
	for _, stage := range p.stages {
		goOn, err := stage.Exec(ctx, delivery)
		if err != nil {
			return delivery.Result, fmt.Errorf("tell %s of %s: %w", notice.Receiver, notice.Group, err)
		}
		if !goOn {
			break
		}
	}
	return delivery.Result, nil
}
