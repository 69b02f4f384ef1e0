package app

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/replay"
)

// reconcileEvery is how often it is looked whether every event has an answer.
const reconcileEvery = time.Minute

// startReconciliation looks again and again whether every event has its decision or
// dead letter, and shows the answer as gauges to alarm on. The function it returns
// ends it.
func startReconciliation(connected *bus.Bus, every time.Duration, logger *zap.Logger, registerer prometheus.Registerer) func(context.Context) error {
	factory := promauto.With(registerer)
	overdue := factory.NewGauge(prometheus.GaugeOpts{
		Name: "chokepoint_reconcile_overdue_events",
		Help: "Events that had neither decision nor dead letter at the last two reconciliations. Alarm when above zero.",
	})
	finished := factory.NewGauge(prometheus.GaugeOpts{
		Name: "chokepoint_reconcile_finished_timestamp_seconds", Help: "When a reconciliation was last finished.",
	})
	used := factory.NewGauge(prometheus.GaugeOpts{Name: "chokepoint_events_stream_bytes", Help: "Bytes that the stream of events holds."})
	most := factory.NewGauge(prometheus.GaugeOpts{
		Name: "chokepoint_events_stream_max_bytes", Help: "Bytes that it may hold; beyond, the door answers 503. Alarm before.",
	})
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		var reconciler *replay.Reconciler
		for {
			report, err := reconcileOnce(ctx, connected, &reconciler)
			if bytes, limit, err := connected.EventsRoom(ctx); err == nil {
				used.Set(float64(bytes))
				most.Set(float64(limit))
			}
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				logger.Error("events could not be reconciled with decisions", zap.Error(err))
			default:
				overdue.Set(float64(report.Overdue))
				finished.SetToCurrentTime()
				if report.Overdue > 0 {
					logger.Error("events are without decision and dead letter", zap.Uint64("overdue", report.Overdue),
						zap.Uint64("first_sequence", report.Missing[0].Sequence))
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
	return func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	}
}

// reconcileOnce goes on where the last run ended; the first begins at the first event
// whose decision is still kept.
func reconcileOnce(ctx context.Context, connected *bus.Bus, reconciler **replay.Reconciler) (replay.Reconciliation, error) {
	if *reconciler == nil {
		made, err := NewAudit(connected).Reconciler(ctx)
		if err != nil {
			return replay.Reconciliation{}, err
		}
		*reconciler = made
	}
	return (*reconciler).Run(ctx, nil)
}
