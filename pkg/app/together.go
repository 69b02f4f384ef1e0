package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/access"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/history"
	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/notifier"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/telemetry"
)

// TogetherConfig says how all three workers run in one process.
type TogetherConfig struct {
	// Bus is the NATS they share.
	Bus bus.Config
	// Redis is where history and lists are cached; without a URL history is kept in
	// memory and rebuilt from EVENTS at the start.
	Redis Redis
	// Listen is where events are posted and /livez, /readyz and /metrics are served.
	Listen string
	// TokensFile holds the hashed bearer tokens.
	TokensFile string
	// PolicyFile is the policy; empty is the built-in one.
	PolicyFile string
	// HistoryEvery is how often it is looked whether history is whole, and mended;
	// zero is ten seconds.
	HistoryEvery time.Duration
	Ingestor     ingestor.Config
	Screener     screener.Config
	Notifier     NotifierConfig
}

// DefaultTogetherConfig returns the defaults; Bus and TokensFile are to be filled in.
func DefaultTogetherConfig() TogetherConfig {
	return TogetherConfig{
		Bus: bus.DefaultConfig(), Redis: defaultRedis(), Listen: "127.0.0.1:8080",
		Ingestor: ingestor.DefaultConfig(), Screener: screener.DefaultConfig(), Notifier: DefaultNotifierConfig(),
	}
}

// Validate reports every fault at once.
func (c TogetherConfig) Validate() error {
	faults := []error{c.Bus.Validate(), address("listen", c.Listen), c.Ingestor.Validate(), c.Screener.Validate(), c.Notifier.Validate()}
	if c.TokensFile == "" {
		faults = append(faults, errors.New("tokens file is missing: nobody could come in"))
	}
	return errors.Join(faults...)
}

// Together is ingestor, screener and notifier on one bus in one process.
type Together struct {
	config   TogetherConfig
	process  *process
	bus      *bus.Bus
	cache    *cache.Client
	history  historyStore
	screener *screener.Screener
	notifier *notifier.Notifier
	server   *http.Server
	listener net.Listener
}

// NewTogether wires the three workers. It connects and listens, so that what stands
// in the way is known here; it does not serve or screen before Start.
func NewTogether(ctx context.Context, config TogetherConfig, logger *zap.Logger) (*Together, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	t := &Together{config: config, process: &process{logger: logger, registry: telemetry.NewRegistry()}}
	if err := t.wire(ctx); err != nil {
		return nil, t.process.abandon(err)
	}
	return t, nil
}

// wire is one straight line on purpose: it is the list of what the process is made
// of, in the order it is needed.
func (t *Together) wire(ctx context.Context) error {
	p, config := t.process, &t.config
	var err error
	admin := telemetry.DefaultAdminConfig()
	if p.admin, err = telemetry.NewAdmin(admin, p.registry, p.logger); err != nil {
		return err
	}
	if t.bus, err = p.connect(ctx, config.Bus); err != nil {
		return err
	}
	if t.history, err = t.openHistory(); err != nil {
		return err
	}
	rules, err := OpenPolicy(config.PolicyFile)
	if err != nil {
		return err
	}
	if t.screener, err = NewScreener(ctx, ScreenerParts{
		Bus: t.bus, Cache: t.cache, History: t.history, Policy: rules, Config: config.Screener,
		Logger: p.logger.Named("screener"), Registerer: p.registry,
	}); err != nil {
		return err
	}
	var closeReceivers func(context.Context) error
	if t.notifier, closeReceivers, err = newNotifier(ctx, t.bus, config.Notifier, p.logger, p.registry); err != nil {
		return err
	}
	p.stopLater("receivers", closeReceivers)
	p.admin.AddReadiness("screener", func(context.Context) error { return t.screener.Ready() })
	p.admin.AddReadiness("notifier", func(context.Context) error { return t.notifier.Healthy() })
	return t.openDoor(ctx, p.registry)
}

// openHistory opens Redis where there is one, and memory where there is none.
func (t *Together) openHistory() (historyStore, error) {
	if t.config.Redis.URL == "" {
		return history.NewMemory(history.DefaultMemoryConfig())
	}
	opened, err := cache.Open(t.config.Redis.cacheConfig())
	if err != nil {
		return nil, err
	}
	t.cache = opened
	t.process.stopLater("redis", func(context.Context) error { return opened.Close() })
	return cache.NewHistory(opened), nil
}

func (t *Together) openDoor(ctx context.Context, registerer prometheus.Registerer) error {
	tokens, err := access.Open(t.config.TokensFile)
	if err != nil {
		return fmt.Errorf("open the tokens: %w", err)
	}
	settings := t.config.Ingestor
	settings.Listen = ""
	door, err := ingestor.New(settings, ingestor.Dependencies{
		Publisher: ingestorBus{t.bus}, Answers: ingestorBus{t.bus}, Decisions: ingestorBus{t.bus},
		Tokens: tokens, Clock: time.Now, Logger: t.process.logger, Registerer: registerer,
	})
	if err != nil {
		return err
	}
	if err := door.Start(ctx); err != nil {
		return err
	}
	t.process.stopLater("door", door.Stop)
	if t.listener, err = net.Listen("tcp", t.config.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	paths := http.NewServeMux()
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		paths.Handle(path, t.process.admin.Handler())
	}
	paths.Handle("/", door.Handler())
	t.server = &http.Server{
		Handler: paths, ReadHeaderTimeout: settings.HeaderTimeout, ReadTimeout: settings.ReadTimeout,
		WriteTimeout: settings.WriteTimeout, IdleTimeout: settings.IdleTimeout,
	}
	return nil
}

// Start rebuilds history where it is incomplete, starts the workers and serves. It
// returns when all have begun; [Together.Ready] tells when events are screened.
func (t *Together) Start(ctx context.Context) error {
	if err := t.start(ctx); err != nil {
		return t.process.abandon(err)
	}
	return nil
}

func (t *Together) start(ctx context.Context) error {
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := t.server.Serve(t.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.process.logger.Error("serving ended", zap.Error(err))
		}
	}()
	err := t.startWorkers(ctx)
	// Serving begins first, to answer /readyz, and ends first, while those who wait for
	// a decision can still get it.
	t.process.stopLater("http server", func(ctx context.Context) error {
		err := t.server.Shutdown(ctx)
		<-served
		return err
	})
	return err
}

func (t *Together) startWorkers(ctx context.Context) error {
	p := t.process
	if err := rebuildWhereIncomplete(ctx, t.bus, t.history, p.logger); err != nil {
		return err
	}
	watch := newHistoryWatch(t.bus, t.history, true, p.logger, p.registry)
	if t.config.HistoryEvery > 0 {
		watch.every = t.config.HistoryEvery
	}
	watch.lookOnce(ctx)
	if err := t.screener.Start(ctx); err != nil {
		return err
	}
	p.stopLater("screener", t.screener.Stop)
	if err := t.notifier.Start(ctx); err != nil {
		return err
	}
	p.stopLater("notifier", t.notifier.Stop)
	p.stopLater("history watch", watch.start())
	p.stopLater("reconciliation", startReconciliation(t.bus, reconcileEvery, p.logger, p.registry))
	return nil
}

// Stop ends everything in good order.
func (t *Together) Stop() error {
	t.process.admin.Drain("stopping")
	return t.process.end()
}

// Address is where it listens, with the real port.
func (t *Together) Address() string { return t.listener.Addr().String() }

// Ready returns nil when events are being screened and cases kept, else why not.
func (t *Together) Ready() error { return errors.Join(t.screener.Ready(), t.notifier.Healthy()) }

// Bus is the connection that the workers share.
func (t *Together) Bus() *bus.Bus { return t.bus }

// Lists is where to publish list snapshots to.
func (t *Together) Lists() ListStore { return NewListStore(t.bus, t.cache) }
