package bus

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// MinimumServer is the oldest nats-server that does what this package relies on:
// atomic batches came with it.
const MinimumServer = "2.12.0"

// Durability says what an acknowledgement survives. It must agree with the
// server's own sync_interval: here it only chooses how messages are published.
type Durability uint8

// The durabilities. The zero value is unknown and no valid choice.
const (
	DurabilityUnknown Durability = iota
	// DurabilityInterval acknowledges before the disk has it: a message survives the
	// end of the server's process, not of its machine.
	DurabilityInterval
	// DurabilityAlways acknowledges after the disk has it. Messages are gathered into
	// atomic batches, because each acknowledgement costs a flush.
	DurabilityAlways
)

var durabilityNames = [...]string{DurabilityUnknown: "unknown", DurabilityInterval: "interval", DurabilityAlways: "always"}

// String returns interval, always or unknown.
func (d Durability) String() string {
	if int(d) < len(durabilityNames) {
		return durabilityNames[d]
	}
	return fmt.Sprintf("durability(%d)", uint8(d))
}

// MarshalText writes the durability's name; one without a name is an error.
func (d Durability) MarshalText() ([]byte, error) {
	if int(d) >= len(durabilityNames) {
		return nil, fmt.Errorf("durability %d has no name", uint8(d))
	}
	return []byte(durabilityNames[d]), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Durability) UnmarshalText(text []byte) error {
	parsed, err := ParseDurability(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// ParseDurability reads a durability's name.
func ParseDurability(name string) (Durability, error) {
	for durability, known := range durabilityNames {
		if name == known {
			return Durability(durability), nil
		}
	}
	return DurabilityUnknown, fmt.Errorf("durability %q is none of interval, always", name)
}

// InProcess is a server in this process that can be reached without a network.
type InProcess interface {
	InProcessConn() (net.Conn, error)
}

// Config says how to reach NATS and how large the streams may grow. Take
// [DefaultConfig] and change what differs.
type Config struct {
	// URL is the server or servers, comma separated ("nats://nats:4222"). Not needed
	// with InProcess.
	URL string
	// Name names this connection to the server's operator ("screener").
	Name string
	// CredentialsFile is a NATS credentials file; empty is none.
	CredentialsFile string
	// Token is shown to the server; empty is none.
	Token string
	// InProcess is used instead of URL where it is set.
	InProcess InProcess
	// Durability must agree with the server's sync_interval.
	Durability Durability
	// Replicas is how many servers keep each stream: 1, 3 or 5.
	Replicas int
	// EventsMaxBytes is the largest EVENTS may become, in bytes. Then the door answers
	// 503 ([ErrFull]). The server sets the room aside at once.
	EventsMaxBytes int64
	// DeadLettersMaxBytes is the largest DEADLETTERS may become, in bytes. Then what cannot be
	// handled is tried again until somebody makes room.
	DeadLettersMaxBytes int64
	// DecisionsMaxAge is how long decisions stay in DECISIONS.
	DecisionsMaxAge time.Duration
	// DuplicateWindow is how long the server recognises what it has stored before.
	DuplicateWindow time.Duration
	// PublishWindow is how many messages may wait for their acknowledgement, for events
	// and for decisions each.
	PublishWindow int
	// PublishTimeout is how long an acknowledgement may take, waiting for a place in the
	// window included.
	PublishTimeout time.Duration
	// ConnectTimeout is how long [Connect] tries.
	ConnectTimeout time.Duration
	// ListPoll is how often [Bus.WatchCurrentList] looks by itself, in case a
	// notification was missed.
	ListPoll time.Duration
}

// DefaultConfig is a single server on this machine.
func DefaultConfig() Config {
	return Config{
		URL:                 "nats://127.0.0.1:4222",
		Name:                "chokepoint",
		Durability:          DurabilityInterval,
		Replicas:            1,
		EventsMaxBytes:      8 << 30,
		DeadLettersMaxBytes: 1 << 30,
		DecisionsMaxAge:     90 * 24 * time.Hour,
		DuplicateWindow:     15 * time.Minute,
		PublishWindow:       4096,
		PublishTimeout:      10 * time.Second,
		ConnectTimeout:      10 * time.Second,
		ListPoll:            30 * time.Second,
	}
}

// Validate reports every fault of the configuration.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, values ...any) { faults = append(faults, fmt.Errorf(format, values...)) }
	if c.URL == "" && c.InProcess == nil {
		fault("url: missing")
	}
	if c.Durability != DurabilityInterval && c.Durability != DurabilityAlways {
		fault("durability: %v is none of interval, always", c.Durability)
	}
	if c.Replicas != 1 && c.Replicas != 3 && c.Replicas != 5 {
		fault("replicas: %d is none of 1, 3, 5", c.Replicas)
	}
	if c.CredentialsFile != "" {
		if _, err := os.Stat(c.CredentialsFile); err != nil {
			fault("credentials file: %w", err)
		}
	}
	if c.EventsMaxBytes < 1<<20 {
		fault("events max bytes: %d is less than one mebibyte", c.EventsMaxBytes)
	}
	if c.DeadLettersMaxBytes < 1<<20 {
		fault("dead letters max bytes: %d is less than one mebibyte", c.DeadLettersMaxBytes)
	}
	if c.DecisionsMaxAge < time.Hour {
		fault("decisions max age: %v is less than an hour", c.DecisionsMaxAge)
	}
	if c.DuplicateWindow < time.Second || c.DuplicateWindow > 24*time.Hour {
		fault("duplicate window: %v is not one second to a day", c.DuplicateWindow)
	}
	if c.PublishWindow < 1 || c.PublishWindow > 1<<20 {
		fault("publish window: %d is not 1 to %d", c.PublishWindow, 1<<20)
	}
	if c.PublishTimeout <= 0 {
		fault("publish timeout: %v is not positive", c.PublishTimeout)
	}
	if c.ConnectTimeout <= 0 {
		fault("connect timeout: %v is not positive", c.ConnectTimeout)
	}
	if c.ListPoll <= 0 {
		fault("list poll: %v is not positive", c.ListPoll)
	}
	return errors.Join(faults...)
}
