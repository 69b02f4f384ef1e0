package notifier

import (
	"errors"
	"fmt"
	"time"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
)

// Config are the choices of a notifier.
type Config struct {
	// Routes say which queue a case stands on and who is told.
	Routes escalate.Routes `yaml:"routes"`
	// FlagRisk is the risk from which flags get a case beside that of a hit, in basis
	// points, 0 to 10,000.
	FlagRisk int `yaml:"flag_risk"`
	// Concurrency is how many decisions are worked on at once.
	Concurrency int `yaml:"concurrency"`
	// Conflicts is how often a plan is made anew when other replicas were faster,
	// before the decision is put back for later.
	Conflicts int `yaml:"conflicts"`
	// Dockets is how many dockets are remembered, to spare reading them again.
	Dockets int `yaml:"dockets"`
	// NoticeWorkers is how many notices each receiver is told at once; NoticeBacklog
	// how many may wait for it. What does not fit is found by the next reconciliation.
	NoticeWorkers int `yaml:"notice_workers"`
	NoticeBacklog int `yaml:"notice_backlog"`
	// ReconcileEvery is how often all open cases are gone over.
	ReconcileEvery time.Duration `yaml:"reconcile_every"`
	// StopGrace is how long a notice that is being told at the stop may take.
	StopGrace time.Duration `yaml:"stop_grace"`
}

// DefaultConfig returns the choices to start from: three queues and nobody told.
func DefaultConfig() Config {
	return Config{
		Routes: escalate.DefaultRoutes(), FlagRisk: int(casework.DefaultOptions().FlagRisk),
		Concurrency: 16, Conflicts: 32, Dockets: 10_000, NoticeWorkers: 8, NoticeBacklog: 10_000,
		ReconcileEvery: time.Minute, StopGrace: 3 * time.Second,
	}
}

// Validate reports everything that is wrong with the choices.
func (c Config) Validate() error {
	faults := []error{c.Routes.Validate()}
	for _, count := range []struct {
		name        string
		value, most int
	}{
		{"concurrency", c.Concurrency, 1_024}, {"conflicts", c.Conflicts, 10_000}, {"dockets", c.Dockets, 10_000_000},
		{"notice_workers", c.NoticeWorkers, 1_024}, {"notice_backlog", c.NoticeBacklog, 10_000_000},
	} {
		if count.value < 1 || count.value > count.most {
			faults = append(faults, fmt.Errorf("%s is %d, not 1 to %d", count.name, count.value, count.most))
		}
	}
	if c.FlagRisk < 0 || c.FlagRisk > int(decision.Full) {
		faults = append(faults, fmt.Errorf("flag_risk is %d, not 0 to %d", c.FlagRisk, decision.Full))
	}
	if c.ReconcileEvery < time.Second || c.ReconcileEvery > 24*time.Hour {
		faults = append(faults, fmt.Errorf("reconcile_every is %s, not 1s to 24h", c.ReconcileEvery))
	}
	if c.StopGrace < 0 || c.StopGrace > time.Hour {
		faults = append(faults, fmt.Errorf("stop_grace is %s, not 0 to 1h", c.StopGrace))
	}
	return errors.Join(faults...)
}

func (c Config) options() casework.Options {
	return casework.Options{FlagRisk: decision.BasisPoints(c.FlagRisk)}
}
