package screener

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Config says how a screener works. Take [DefaultConfig] and change what differs.
type Config struct {
	// Workers is how many batches are screened at once, by whoever consumes for the
	// screener; default one per processor.
	Workers int `yaml:"workers"`
	// LookBack is how far back the decision of an event is looked for that history has
	// seen before and that comes for the first time: a second copy, sent long after the
	// first. It should exceed what history remembers of identities; default 25 hours.
	// Zero is without end, which takes long once there are millions of decisions.
	LookBack time.Duration `yaml:"look_back"`
	// ListRetry is how long to wait before a list that could not be loaded is tried
	// again; default 2 s.
	ListRetry time.Duration `yaml:"list_retry"`
	// MaxSnapshotBytes limits a list snapshot; default 1 GiB.
	MaxSnapshotBytes int64 `yaml:"max_snapshot_bytes"`
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{Workers: runtime.GOMAXPROCS(0), LookBack: 25 * time.Hour, ListRetry: 2 * time.Second, MaxSnapshotBytes: 1 << 30}
}

// Validate reports every fault at once.
func (c Config) Validate() error {
	var faults []error
	if c.Workers < 1 || c.Workers > 1024 {
		faults = append(faults, fmt.Errorf("workers is %d; it must be 1 to 1024", c.Workers))
	}
	if c.LookBack < 0 {
		faults = append(faults, fmt.Errorf("look_back is %s; it must not be negative", c.LookBack))
	}
	if c.ListRetry <= 0 {
		faults = append(faults, fmt.Errorf("list_retry is %s; it must be positive", c.ListRetry))
	}
	if c.MaxSnapshotBytes < 1 {
		faults = append(faults, fmt.Errorf("max_snapshot_bytes is %d; it must be positive", c.MaxSnapshotBytes))
	}
	return errors.Join(faults...)
}
