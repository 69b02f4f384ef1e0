package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/screener"
)

// RunScreener runs a screener until ctx ends. Logs go to output.
func RunScreener(ctx context.Context, config ScreenerConfig, output io.Writer) error {
	p, err := begin(ctx, config.Observed, output)
	if err != nil {
		return err
	}
	connected, err := p.connect(ctx, config.NATS.busConfig("screener"))
	if err != nil {
		return p.abandon(err)
	}
	rules, err := OpenPolicy(config.PolicyFile)
	if err != nil {
		return p.abandon(err)
	}
	redis, err := cache.Open(config.Redis.cacheConfig())
	if err != nil {
		return p.abandon(err)
	}
	p.stopLater("redis", func(context.Context) error { return redis.Close() })
	store := cache.NewHistory(redis)
	watch := newHistoryWatch(connected, store, false, p.logger, p.registry)
	watch.lookOnce(ctx)
	made, err := NewScreener(ctx, ScreenerParts{
		Bus: connected, Cache: redis, History: store, Policy: rules, Config: config.Screener,
		Logger: p.logger.Named("screener"), Registerer: p.registry,
	})
	if err != nil {
		return p.abandon(err)
	}
	p.admin.AddReadiness("screener", func(context.Context) error { return made.Ready() })
	if err := made.Start(ctx); err != nil {
		return p.abandon(err)
	}
	p.stopLater("screener", made.Stop)
	p.stopLater("history watch", watch.start())
	return p.serve(ctx)
}

// screenerAckWait is after how long without a sign of life an event that a screener
// took is given to another: what a payment waits at most when a screener is killed.
const screenerAckWait = 4 * time.Second

// ScreenerParts are what a screener is wired from.
type ScreenerParts struct {
	Bus *bus.Bus
	// Cache may be nil: lists then come from LISTS, and decisions are looked up there.
	Cache   *cache.Client
	History screener.History
	Policy  *policy.Policy
	Config  screener.Config
	// Compile makes an engine of a snapshot; nil is the real one.
	Compile func(controllist.Snapshot) (screener.Engine, error)
	// Stored is told of decisions that were just stored; it may be nil. It is there to
	// measure.
	Stored     func([]screener.Publication)
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// NewScreener wires a screener on a connected bus and keeps its policy in LISTS, so
// that its decisions can be recomputed.
func NewScreener(ctx context.Context, parts ScreenerParts) (*screener.Screener, error) {
	if err := parts.Bus.PutObject(ctx, policyObject(parts.Policy.Digest()), bytes.NewReader(parts.Policy.Bytes())); err != nil {
		return nil, fmt.Errorf("keep the policy: %w", err)
	}
	consume := bus.DefaultConsumeConfig("screener")
	consume.Workers, consume.AckWait = parts.Config.Workers, screenerAckWait
	onBus := &screenerBus{bus: parts.Bus, consume: consume, stored: parts.Stored}
	deps := screener.Dependencies{
		Events: onBus, Decisions: onBus, Answers: onBus, History: parts.History,
		Gaps:    historyGaps{parts.Bus.Bucket(bus.BucketHistory)},
		Lists:   &listSource{bus: parts.Bus, cache: parts.Cache, logger: parts.Logger},
		Compile: parts.Compile, Policy: parts.Policy, Clock: time.Now, Logger: parts.Logger, Registerer: parts.Registerer,
	}
	if parts.Cache != nil {
		deps.Memory = decisionMemory{cache.NewDecisions(parts.Cache)}
	}
	return screener.New(parts.Config, deps)
}

// OpenPolicy reads a policy file; an empty path is the built-in policy.
func OpenPolicy(path string) (*policy.Policy, error) {
	if path == "" {
		return policy.Default(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open the policy: %w", err)
	}
	rules, err := policy.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	return rules, nil
}
