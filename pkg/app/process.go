package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/telemetry"
)

// shutdownTimeout bounds the whole drain of a process. It is below the thirty
// seconds that Kubernetes gives by default, so that the end is ours and not a kill.
const shutdownTimeout = 25 * time.Second

// process is one running worker: what it has started, in order, so that it can be
// stopped in the other order, each by its name.
type process struct {
	logger   *zap.Logger
	registry *prometheus.Registry
	admin    *telemetry.Admin
	steps    []step
	// started says that everything is wired: until then the process is not ready,
	// however few checks it has yet.
	started atomic.Bool
}

type step struct {
	name string
	stop func(ctx context.Context) error
}

// begin makes the logger and the registry and starts the admin server, so that the
// process can be asked how it is while the rest starts.
func begin(ctx context.Context, observed Observed, output io.Writer) (*process, error) {
	logger, err := telemetry.NewLogger(observed.Log, output)
	if err != nil {
		return nil, err
	}
	p := &process{logger: logger, registry: telemetry.NewRegistry()}
	config := telemetry.DefaultAdminConfig()
	config.Listen = observed.AdminListen
	if p.admin, err = telemetry.NewAdmin(config, p.registry, p.logger); err != nil {
		return nil, err
	}
	p.admin.AddReadiness("started", func(context.Context) error {
		if !p.started.Load() {
			return errors.New("starting")
		}
		return nil
	})
	if err := p.admin.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the admin server: %w", err)
	}
	p.stopLater("admin server", p.admin.Stop)
	return p, nil
}

func (p *process) stopLater(name string, stop func(ctx context.Context) error) {
	p.steps = append(p.steps, step{name: name, stop: stop})
}

// connect opens the bus and makes its streams what they are to be.
func (p *process) connect(ctx context.Context, config bus.Config) (*bus.Bus, error) {
	connected, err := bus.Connect(ctx, config, p.logger)
	if err != nil {
		return nil, err
	}
	p.stopLater("bus", func(context.Context) error { connected.Close(); return nil })
	if err := connected.Ensure(ctx); err != nil {
		return nil, fmt.Errorf("ensure the streams: %w", err)
	}
	p.admin.AddReadiness("nats", func(context.Context) error { return connected.Healthy() })
	return connected, nil
}

// serve waits for the context to end and then stops everything.
func (p *process) serve(ctx context.Context) error {
	p.started.Store(true)
	p.logger.Info("running", zap.String("admin", p.admin.Addr()))
	<-ctx.Done()
	p.admin.Drain("stopping")
	p.logger.Info("stopping")
	return p.end()
}

// end stops what was started, the last first, within the shutdown timeout.
func (p *process) end() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	var faults []error
	for i := len(p.steps) - 1; i >= 0; i-- {
		if err := p.steps[i].stop(ctx); err != nil {
			faults = append(faults, fmt.Errorf("stop the %s: %w", p.steps[i].name, err))
		}
	}
	p.steps = nil
	_ = p.logger.Sync()
	return errors.Join(faults...)
}

// abandon stops what was started when starting the rest did not succeed.
func (p *process) abandon(err error) error { return errors.Join(err, p.end()) }
