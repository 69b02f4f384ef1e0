package ingestor

import (
	"errors"
	"fmt"
	"net"
	"time"

	"chokepoint/pkg/trade"
)

// Config are the choices of an ingestor.
type Config struct {
	// Listen is the address to listen at, host:port. Empty opens no listener: the
	// handler is then served by somebody else, who sets the timeouts of the server.
	Listen string `yaml:"listen"`
	// MaxEventBytes is the largest body of one event: 1 MiB.
	MaxEventBytes int `yaml:"max_event_bytes"`
	// MaxConcurrent is how many requests are served at once, those that wait for a
	// decision included. What comes beyond is answered 503: 1,024.
	MaxConcurrent int `yaml:"max_concurrent"`
	// MaxBodyBytes is how many bytes of bodies are in memory at once: 128 MiB. A body
	// whose length is not announced counts as the largest.
	MaxBodyBytes int64 `yaml:"max_body_bytes"`
	// MaxWait is the longest ?wait=: 30 s.
	MaxWait time.Duration `yaml:"max_wait"`
	// HeaderTimeout (5 s) and ReadTimeout (15 s) are how long a client may take for its
	// headers and its body, WriteTimeout (75 s) how long a request may take from its headers
	// to the end of the answer, IdleTimeout (2 min) how long a connection may rest.
	HeaderTimeout time.Duration `yaml:"header_timeout"`
	ReadTimeout   time.Duration `yaml:"read_timeout"`
	WriteTimeout  time.Duration `yaml:"write_timeout"`
	IdleTimeout   time.Duration `yaml:"idle_timeout"`
	// PublishTimeout is how long the stream may take to say that it has an event: 5 s.
	PublishTimeout time.Duration `yaml:"publish_timeout"`
	// LookupTimeout is how long one look-up of a decision may take: 5 s.
	LookupTimeout time.Duration `yaml:"lookup_timeout"`
	// Rate and Burst hold for tokens that have none: 1,000 events a second in the long
	// run and 2,000 at once.
	Rate  float64 `yaml:"rate"`
	Burst int     `yaml:"burst"`
	// MemoryEntries (262,144, some 50 MB when full) and MemoryWindow (15 min) bound what the
	// door remembers in order to refuse the same identity with other content.
	MemoryEntries int           `yaml:"memory_entries"`
	MemoryWindow  time.Duration `yaml:"memory_window"`
	// RefreshTokens is how often the tokens are read again: 10 s.
	RefreshTokens time.Duration `yaml:"refresh_tokens"`
}

// DefaultConfig returns the choices to start from.
func DefaultConfig() Config {
	return Config{
		Listen:        "127.0.0.1:8080",
		MaxEventBytes: trade.DefaultLimits().Bytes, MaxConcurrent: 1_024, MaxBodyBytes: 128 << 20,
		MaxWait:       30 * time.Second,
		HeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 75 * time.Second, IdleTimeout: 2 * time.Minute,
		PublishTimeout: 5 * time.Second, LookupTimeout: 5 * time.Second,
		Rate: 1_000, Burst: 2_000,
		MemoryEntries: 1 << 18, MemoryWindow: 15 * time.Minute,
		RefreshTokens: 10 * time.Second,
	}
}

// Validate reports everything that is wrong with the choices.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, values ...any) { faults = append(faults, fmt.Errorf(format, values...)) }
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			fault("listen %q is not host:port: %w", c.Listen, err)
		}
	}
	for _, number := range []struct {
		name               string
		value, least, most int64
	}{
		{"max_event_bytes", int64(c.MaxEventBytes), 1 << 10, 16 << 20},
		{"max_concurrent", int64(c.MaxConcurrent), 1, 100_000},
		{"max_body_bytes", c.MaxBodyBytes, 1 << 20, 1 << 40},
		{"burst", int64(c.Burst), 1, 1_000_000},
		{"memory_entries", int64(c.MemoryEntries), 1, 16_777_216},
	} {
		if number.value < number.least || number.value > number.most {
			fault("%s is %d, not %d to %d", number.name, number.value, number.least, number.most)
		}
	}
	for _, period := range []struct {
		name        string
		value, most time.Duration
	}{
		{"max_wait", c.MaxWait, 5 * time.Minute},
		{"header_timeout", c.HeaderTimeout, time.Minute},
		{"read_timeout", c.ReadTimeout, 10 * time.Minute},
		{"write_timeout", c.WriteTimeout, time.Hour},
		{"idle_timeout", c.IdleTimeout, time.Hour},
		{"publish_timeout", c.PublishTimeout, time.Minute},
		{"lookup_timeout", c.LookupTimeout, time.Minute},
		{"memory_window", c.MemoryWindow, 24 * time.Hour},
		{"refresh_tokens", c.RefreshTokens, time.Hour},
	} {
		if period.value <= 0 || period.value > period.most {
			fault("%s is %s, not above 0 and up to %s", period.name, period.value, period.most)
		}
	}
	if !(c.Rate > 0 && c.Rate <= 1_000_000) {
		fault("rate is %v, not above 0 and up to 1000000", c.Rate)
	}
	if c.MaxBodyBytes < int64(c.MaxEventBytes) {
		fault("max_body_bytes is %d, less than max_event_bytes, %d: no event could come in", c.MaxBodyBytes, c.MaxEventBytes)
	}
	// An answer that the server cuts off is an event whose sender knows nothing.
	if longest := c.longest(); c.WriteTimeout < longest {
		fault("write_timeout is %s; read_timeout, two publish_timeouts, max_wait and lookup_timeout make %s together", c.WriteTimeout, longest)
	}
	return errors.Join(faults...)
}

// longest is how long the slowest request may take by the other choices: to be read,
// to subscribe and publish, to wait, and to look up.
func (c Config) longest() time.Duration {
	return c.ReadTimeout + 2*c.PublishTimeout + c.MaxWait + c.LookupTimeout
}

func (c Config) limits() trade.Limits { return trade.Limits{Bytes: c.MaxEventBytes} }
