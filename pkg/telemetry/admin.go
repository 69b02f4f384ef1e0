package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// AdminConfig says where the admin server listens.
type AdminConfig struct {
	// Listen is the address, such as ":9090" or "127.0.0.1:0". It serves reasons
	// and metrics without asking who wants them, so a network policy or a loopback
	// address keeps strangers out.
	Listen string
	// CheckTimeout bounds one round of checks. It must be below the timeout of
	// whoever probes. Default 800 ms; Kubernetes gives up after 1 s by default.
	CheckTimeout time.Duration
}

// DefaultAdminConfig listens on port 9090 of every interface.
func DefaultAdminConfig() AdminConfig {
	return AdminConfig{Listen: ":9090", CheckTimeout: 800 * time.Millisecond}
}

// Validate reports every fault.
func (c AdminConfig) Validate() error {
	var faults []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults = append(faults, fmt.Errorf("admin listen: %w", err))
	}
	if c.CheckTimeout <= 0 || c.CheckTimeout > time.Minute {
		faults = append(faults, fmt.Errorf("admin check timeout: %s is not above zero and at most 1m", c.CheckTimeout))
	}
	return errors.Join(faults...)
}

// Admin serves /livez, /readyz and /metrics. Make it with [NewAdmin], add checks,
// then Start it first of all parts and Stop it last, so that a program can be asked
// how it is while it starts and while it drains.
type Admin struct {
	config   AdminConfig
	gatherer prometheus.Gatherer
	logger   *zap.Logger

	liveness, readiness checkSet
	draining            atomic.Pointer[string]

	mutex    sync.Mutex
	server   *http.Server
	listener net.Listener
	done     chan struct{}
}

// NewAdmin returns an admin server that is not listening yet. A zero CheckTimeout
// means the default.
func NewAdmin(config AdminConfig, gatherer prometheus.Gatherer, logger *zap.Logger) (*Admin, error) {
	if config.CheckTimeout == 0 {
		config.CheckTimeout = DefaultAdminConfig().CheckTimeout
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	return &Admin{config: config, gatherer: gatherer, logger: logger}, nil
}

// AddLiveness adds a check whose failing means that only a restart helps.
func (a *Admin) AddLiveness(name string, check Check) {
	a.liveness.add(name, check)
}

// AddReadiness adds a check whose failing means that no work should be sent here.
func (a *Admin) AddReadiness(name string, check Check) {
	a.readiness.add(name, check)
}

// Drain makes /readyz answer 503 with this reason from now on, whatever the checks
// say. Call it when stopping begins, before doors close, so that balancers look
// elsewhere first.
func (a *Admin) Drain(reason string) {
	a.draining.Store(&reason)
}

// Handler serves the three paths, for embedding in a server that exists already.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(writer http.ResponseWriter, request *http.Request) {
		results, ok := a.liveness.run(request.Context(), a.config.CheckTimeout)
		a.answer(writer, results, ok)
	})
	mux.HandleFunc("GET /readyz", func(writer http.ResponseWriter, request *http.Request) {
		results, ok := a.readiness.run(request.Context(), a.config.CheckTimeout)
		if reason := a.draining.Load(); reason != nil {
			results = append(results, checkResult{Name: "draining", Reason: printable(*reason)})
			ok = false
		}
		a.answer(writer, results, ok)
	})
	mux.Handle("GET /metrics", MetricsHandler(a.gatherer))
	return mux
}

// healthAnswer is the body of /livez and /readyz.
type healthAnswer struct {
	Status string        `json:"status"`
	Checks []checkResult `json:"checks"`
}

func (a *Admin) answer(writer http.ResponseWriter, results []checkResult, ok bool) {
	answer, status := healthAnswer{Status: "ok", Checks: results}, http.StatusOK
	if !ok {
		answer.Status, status = "unavailable", http.StatusServiceUnavailable
	}
	body, err := json.Marshal(answer)
	if err != nil {
		// A name can hold bytes that are not UTF-8. The status is what counts.
		body = []byte(`{"status":"` + answer.Status + `","checks":[]}`)
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.Header().Set("Cache-Control", "no-store")
	writer.WriteHeader(status)
	_, _ = writer.Write(append(body, '\n'))
}

// Start listens and serves in the background until [Admin.Stop]. An address that
// cannot be listened on is an error here, not later. It may be called once.
func (a *Admin) Start(ctx context.Context) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.server != nil {
		return errors.New("start admin server: it was started before")
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("start admin server: %w", err)
	}
	a.listener = listener
	a.server = &http.Server{
		Handler:           a.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          zap.NewStdLog(a.logger.Named("admin")),
	}
	a.done = make(chan struct{})
	go func() {
		defer close(a.done)
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.logger.Error("admin server ended", zap.Error(err))
		}
	}()
	return nil
}

// Addr returns the address that is listened on, with the real port where Listen
// said 0, and the empty string before [Admin.Start].
func (a *Admin) Addr() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.listener == nil {
		return ""
	}
	return a.listener.Addr().String()
}

// Stop lets answers under way finish until ctx ends, then cuts them off, and
// returns when nothing is served any more. Stopping what was never started does
// nothing.
func (a *Admin) Stop(ctx context.Context) error {
	a.mutex.Lock()
	server, done := a.server, a.done
	a.mutex.Unlock()
	if server == nil {
		return nil
	}
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("stop admin server: %w", err), server.Close())
	}
	<-done
	return err
}
