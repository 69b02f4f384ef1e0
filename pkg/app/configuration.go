package app

import (
	"errors"
	"fmt"
	"net"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/telemetry"
)

// NATS says how a worker reaches NATS. Who it is comes from the credentials file.
type NATS struct {
	URL             string         `yaml:"url"`
	CredentialsFile string         `yaml:"credentials_file"`
	Durability      bus.Durability `yaml:"durability"`
	// Replicas is how many servers keep each stream: 1, 3 or 5.
	Replicas int `yaml:"replicas"`
	// EventsMaxBytes is the largest EVENTS may become.
	EventsMaxBytes int64 `yaml:"events_max_bytes"`
}

// Redis says how a worker reaches Redis.
type Redis struct {
	// URL is redis://, rediss:// or empty for none.
	URL string `yaml:"url"`
	// Tenant is the part of every key that keeps tenants apart.
	Tenant string `yaml:"tenant"`
	// EventsFor is how long an event's identity is remembered, so that a second copy,
	// or the same identity with other content, is recognised. Each takes about 300
	// bytes. Zero is a day.
	EventsFor time.Duration `yaml:"events_for"`
}

func defaultNATS() NATS {
	config := bus.DefaultConfig()
	return NATS{URL: config.URL, Durability: config.Durability, Replicas: config.Replicas, EventsMaxBytes: config.EventsMaxBytes}
}

// busConfig is the bus's own configuration for a worker of this name.
func (n NATS) busConfig(name string) bus.Config {
	config := bus.DefaultConfig()
	config.URL, config.CredentialsFile, config.Name = n.URL, n.CredentialsFile, name
	config.Durability, config.Replicas, config.EventsMaxBytes = n.Durability, n.Replicas, n.EventsMaxBytes
	return config
}

// validate checks everything but that the credentials exist: a configuration is
// checked where it is written, and connecting names a missing file.
func (n NATS) validate() error {
	config := n.busConfig("validate")
	config.CredentialsFile = ""
	return within("nats.", config.Validate())
}

// within puts a prefix before each of the joined faults.
func within(prefix string, err error) error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s%w", prefix, err)
	}
	var faults []error
	for _, fault := range joined.Unwrap() {
		faults = append(faults, within(prefix, fault))
	}
	return errors.Join(faults...)
}

// Observed is what every worker says of its own health.
type Observed struct {
	// AdminListen is where /livez, /readyz and /metrics are served.
	AdminListen string              `yaml:"admin_listen"`
	Log         telemetry.LogConfig `yaml:"log"`
}

func defaultObserved() Observed {
	return Observed{AdminListen: telemetry.DefaultAdminConfig().Listen, Log: telemetry.DefaultLogConfig()}
}

func (o Observed) validate() error {
	return errors.Join(address("admin_listen", o.AdminListen), o.Log.Validate())
}

// ScreenerConfig is a screener's configuration file.
type ScreenerConfig struct {
	NATS     NATS  `yaml:"nats"`
	Redis    Redis `yaml:"redis"`
	Observed `yaml:",inline"`
	// PolicyFile is the policy; empty is the built-in one.
	PolicyFile string          `yaml:"policy_file"`
	Screener   screener.Config `yaml:"screener"`
}

// DefaultScreenerConfig returns the defaults.
func DefaultScreenerConfig() ScreenerConfig {
	return ScreenerConfig{NATS: defaultNATS(), Redis: defaultRedis(), Observed: defaultObserved(), Screener: screener.DefaultConfig()}
}

// Validate reports every fault at once.
func (c ScreenerConfig) Validate() error {
	faults := []error{c.NATS.validate(), c.Observed.validate(), c.Screener.Validate()}
	if c.Redis.URL == "" {
		faults = append(faults, errors.New("redis.url is missing: screeners share history through Redis"))
	}
	return errors.Join(faults...)
}

func defaultRedis() Redis { return Redis{Tenant: "default"} }

// address checks a listening address.
func address(name, value string) error {
	if _, _, err := net.SplitHostPort(value); err != nil {
		return fmt.Errorf("%s %q is not HOST:PORT: %w", name, value, err)
	}
	return nil
}
