package ingestor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Ingestor is the HTTP door. Make one with [New]; [Ingestor.Handler] serves without
// [Ingestor.Start], but only Start reads the tokens again and opens a listener.
type Ingestor struct {
	config    Config
	publisher Publisher
	answers   Answers
	decisions Decisions
	tokens    Tokens
	clock     func() time.Time
	logger    *zap.Logger
	requestID func() string
	metrics   *metrics

	memory *memory
	rates  *rates
	bodies *bodies
	places chan struct{}
	mux    *http.ServeMux

	// stopping ends when Stop is called; it cuts short what only waits.
	stopping context.Context
	stop     context.CancelFunc

	server   *http.Server
	listener net.Listener
	running  sync.WaitGroup
}

// New makes an ingestor. The error names everything that is wrong with the choices
// and the dependencies.
func New(config Config, dependencies Dependencies) (*Ingestor, error) {
	if err := errors.Join(config.Validate(), dependencies.validate()); err != nil {
		return nil, fmt.Errorf("new ingestor: %w", err)
	}
	i := &Ingestor{
		config: config, publisher: dependencies.Publisher, answers: dependencies.Answers, decisions: dependencies.Decisions,
		tokens: dependencies.Tokens, clock: dependencies.Clock, logger: dependencies.Logger.Named("ingestor"),
		requestID: dependencies.RequestID, metrics: newMetrics(dependencies.Registerer),
		memory: newMemory(config.MemoryEntries, config.MemoryWindow), rates: newRates(config.Rate, config.Burst),
		bodies: newBodies(config.MaxBodyBytes), places: make(chan struct{}, config.MaxConcurrent),
	}
	// What the server says of connections is about clients, and not for the log.
	connections, err := zap.NewStdLogAt(i.logger, zap.DebugLevel)
	if err != nil {
		return nil, fmt.Errorf("new ingestor: %w", err)
	}
	if i.requestID == nil {
		i.requestID = randomID
	}
	i.stopping, i.stop = context.WithCancel(context.Background())
	i.mux = http.NewServeMux()
	i.mux.Handle("/v1/events", i.handler(endpoint{route: "events", methods: []string{http.MethodPost}, serve: i.serveEvents}))
	read := []string{http.MethodGet, http.MethodHead}
	i.mux.Handle("/v1/decisions/{source}/{id}", i.handler(endpoint{route: "decisions", methods: read, serve: i.serveDecision}))
	i.mux.Handle(problemPath+"{name}", i.handler(endpoint{route: "problems", methods: read, open: true, serve: i.serveProblem}))
	i.mux.Handle("/", i.handler(endpoint{route: "other", open: true, serve: func(*exchange) *problem {
		return newProblem(problemNotFound, "")
	}}))
	i.server = &http.Server{
		Handler:           i.mux,
		ReadHeaderTimeout: config.HeaderTimeout,
		// The time for a body is set for each request: a request that waits for its
		// decision must not be cut by it.
		WriteTimeout:   config.WriteTimeout,
		IdleTimeout:    config.IdleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       connections,
	}
	return i, nil
}

// Handler returns the door as a handler.
func (i *Ingestor) Handler() http.Handler { return i.mux }

// Start opens the listener, if there is one, and keeps the tokens fresh until
// [Ingestor.Stop]. It returns when requests can come; ctx bounds only that.
func (i *Ingestor) Start(ctx context.Context) error {
	if i.config.Listen != "" {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", i.config.Listen)
		if err != nil {
			return fmt.Errorf("start ingestor: %w", err)
		}
		i.listener = listener
		i.running.Go(func() {
			if err := i.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				i.logger.Error("listener ended", zap.Error(err))
			}
		})
	}
	i.running.Go(i.refreshTokens)
	return nil
}

// Addr returns the address that Start listens at, nil where it does not.
func (i *Ingestor) Addr() net.Addr {
	if i.listener == nil {
		return nil
	}
	return i.listener.Addr()
}

// Stop takes no more requests, answers those that wait for a decision with 202, and
// waits for the rest until ctx ends; then they are cut. It may be called more than once.
func (i *Ingestor) Stop(ctx context.Context) error {
	i.stop()
	err := i.server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("stop ingestor: %w", errors.Join(err, i.server.Close()))
	}
	i.running.Wait()
	return err
}

// refreshTokens reads the tokens again and again. A failure is logged when it is new,
// not every time.
func (i *Ingestor) refreshTokens() {
	ticker := time.NewTicker(i.config.RefreshTokens)
	defer ticker.Stop()
	failure := ""
	for {
		select {
		case <-i.stopping.Done():
			return
		case <-ticker.C:
		}
		i.metrics.remembered.Set(float64(i.memory.size()))
		changed, err := i.tokens.Refresh()
		switch {
		case err != nil:
			i.metrics.tokenRefreshes.WithLabelValues("failed").Inc()
			if err.Error() != failure {
				i.logger.Error("tokens not refreshed; those read before stay good", zap.Error(err))
			}
			failure = err.Error()
			continue
		case changed:
			i.metrics.tokenRefreshes.WithLabelValues("changed").Inc()
			i.logger.Info("tokens changed")
		default:
			i.metrics.tokenRefreshes.WithLabelValues("unchanged").Inc()
		}
		failure = ""
	}
}
