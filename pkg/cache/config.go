package cache

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Config says where Redis is and how long it keeps what.
type Config struct {
	// URL is redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path. One or
	// more ?addr=host:port make it a cluster (?cluster=true one that is found through a
	// single address), ?master_name= a Sentinel. Never log it: it may hold a password.
	URL string
	// Tenant separates firms on one server: [a-z0-9-]{1,40}.
	Tenant string
	// PoolSize bounds the connections to one server, 1 to 1,000. A screener needs one for
	// each batch it handles at the same time, and a few more.
	PoolSize int
	// DialTimeout bounds connecting, ReadTimeout and WriteTimeout one pipeline.
	DialTimeout, ReadTimeout, WriteTimeout time.Duration
	// EventsFor is how long an identity and the answer it got are remembered, at least
	// a minute. It must outlast the redelivery of an event. Each takes about 300 bytes:
	// a million events a day are 300 MB.
	EventsFor time.Duration
	// ReferencesFor is how long the log of a reference is kept from its first event on, at
	// least an hour. Logs of parties and lanes do not expire: forgetting one would make it
	// look new. A party seen once takes about 150 bytes, a busy one 2.5 KB.
	ReferencesFor time.Duration
	// DecisionsFor is how long a decision is remembered, at least a minute.
	DecisionsFor time.Duration
	// SnapshotsFor is how long a list snapshot is kept after it was stored, at least an hour.
	SnapshotsFor time.Duration
	// Poll is how often [Lists.Subscribe] asks for the current snapshot, for messages
	// that did not arrive; 10 milliseconds to an hour.
	Poll time.Duration
}

// DefaultConfig is a Redis on this machine.
func DefaultConfig() Config {
	return Config{
		URL: "redis://localhost:6379", Tenant: "default", PoolSize: 16,
		DialTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		EventsFor: 24 * time.Hour, ReferencesFor: 400 * 24 * time.Hour, DecisionsFor: 15 * time.Minute,
		SnapshotsFor: 7 * 24 * time.Hour, Poll: 5 * time.Second,
	}
}

var tenantPattern = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// Validate names every fault of the configuration.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, values ...any) { faults = append(faults, fmt.Errorf(format, values...)) }
	if _, err := parseURL(c.URL); err != nil {
		fault("url: %w", err)
	}
	if !tenantPattern.MatchString(c.Tenant) {
		fault("tenant: %q is not 1 to 40 of a-z, 0-9 and hyphen", c.Tenant)
	}
	if c.PoolSize < 1 || c.PoolSize > 1000 {
		fault("pool size: %d is not 1 to 1000", c.PoolSize)
	}
	for _, bound := range []struct {
		name           string
		value          time.Duration
		least, longest time.Duration
	}{
		{"dial timeout", c.DialTimeout, time.Millisecond, time.Minute},
		{"read timeout", c.ReadTimeout, time.Millisecond, time.Minute},
		{"write timeout", c.WriteTimeout, time.Millisecond, time.Minute},
		{"events for", c.EventsFor, time.Minute, 10 * 365 * 24 * time.Hour},
		{"references for", c.ReferencesFor, time.Hour, 10 * 365 * 24 * time.Hour},
		{"decisions for", c.DecisionsFor, time.Minute, 10 * 365 * 24 * time.Hour},
		{"snapshots for", c.SnapshotsFor, time.Hour, 10 * 365 * 24 * time.Hour},
		{"poll", c.Poll, 10 * time.Millisecond, time.Hour},
	} {
		if bound.value < bound.least || bound.value > bound.longest {
			fault("%s: %s is not %s to %s", bound.name, bound.value, bound.least, bound.longest)
		}
	}
	return errors.Join(faults...)
}

// parseURL reads the URL of a single server, a cluster or a Sentinel. Its errors never
// repeat the URL, which may hold a password.
func parseURL(text string) (*redis.UniversalOptions, error) {
	address, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("not a URL (it is not repeated here, because it may hold a password)")
	}
	if address.Scheme != "redis" && address.Scheme != "rediss" && address.Scheme != "unix" {
		return nil, fmt.Errorf("scheme %q is not redis, rediss or unix", address.Scheme)
	}
	query := address.Query()
	cluster := query.Has("addr") || query.Get("cluster") == "true"
	query.Del("cluster")
	address.RawQuery = query.Encode()
	switch {
	case query.Has("master_name"):
		options, err := redis.ParseFailoverURL(address.String())
		if err != nil {
			return nil, fmt.Errorf("sentinel: %w", withoutURL(err))
		}
		return &redis.UniversalOptions{
			MasterName: options.MasterName, Addrs: options.SentinelAddrs, DB: options.DB, TLSConfig: options.TLSConfig,
			Username: options.Username, Password: options.Password,
			SentinelUsername: options.SentinelUsername, SentinelPassword: options.SentinelPassword,
		}, nil
	case cluster:
		options, err := redis.ParseClusterURL(address.String())
		if err != nil {
			return nil, fmt.Errorf("cluster: %w", withoutURL(err))
		}
		return &redis.UniversalOptions{
			Addrs: options.Addrs, IsClusterMode: true, TLSConfig: options.TLSConfig,
			Username: options.Username, Password: options.Password,
		}, nil
	default:
		options, err := redis.ParseURL(address.String())
		if err != nil {
			return nil, withoutURL(err)
		}
		return &redis.UniversalOptions{
			Addrs: []string{options.Addr}, DB: options.DB, TLSConfig: options.TLSConfig,
			Username: options.Username, Password: options.Password,
		}, nil
	}
}

func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return errors.New("not a URL")
	}
	return err
}

func (c Config) options() (*redis.UniversalOptions, error) {
	options, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	options.PoolSize = c.PoolSize
	options.PipelinePoolSize = -1 // pipelines are our ordinary traffic: one pool is enough
	options.ReadBufferSize, options.WriteBufferSize = 64<<10, 64<<10
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = c.DialTimeout, c.ReadTimeout, c.WriteTimeout
	options.ContextTimeoutEnabled = true
	// One retry hides a connection that went stale; more would only hide an outage from
	// the caller, who has better answers to it than waiting.
	options.MaxRetries = 1
	options.DialerRetries = 1
	options.ClientName = "chokepoint"
	options.DisableIdentity = true
	// The server of Redis' own cloud announces its maintenance; others answer the request
	// for it with an error on every new connection.
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return options, nil
}
