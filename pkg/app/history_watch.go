package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/replay"
)

const (
	// historyWatchEvery is how often it is asked whether history is whole.
	historyWatchEvery = 10 * time.Second
	// replayedAfterRestart is how many events are played again when Redis was
	// restarted or a replica took over: it may have lost its last writes. A Redis with
	// an append-only file loses seconds.
	replayedAfterRestart = 1_000_000
)

// historyWatch looks whether history is whole, says so as a gauge, and mends what it
// may: recent events after a restart of Redis, and everything where rebuild is set.
type historyWatch struct {
	bus     *bus.Bus
	store   historyStore
	rebuild bool
	every   time.Duration
	gaps    historyGaps
	logger  *zap.Logger
	gauge   prometheus.Gauge
	told    bool
}

// newHistoryWatch wires a watch. With rebuild a history that is incomplete is rebuilt
// from all events, which suits one process on one machine; without it that is the
// operator's to start.
func newHistoryWatch(connected *bus.Bus, store historyStore, rebuild bool, logger *zap.Logger, registerer prometheus.Registerer) *historyWatch {
	watch := &historyWatch{
		bus: connected, store: store, rebuild: rebuild, every: historyWatchEvery, logger: logger, gaps: historyGaps{connected.Bucket(bus.BucketHistory)},
	}
	watch.gauge = promauto.With(registerer).NewGauge(prometheus.GaugeOpts{
		Name: "chokepoint_history_complete",
		Help: "1 while history knows every event, 0 while its facts are unknown. Alarm when 0.",
	})
	return watch
}

// start watches until the function it returns is called.
func (w *historyWatch) start() func(context.Context) error {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(w.every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				w.lookOnce(ctx)
			}
		}
	})
	return func(context.Context) error {
		cancel()
		done.Wait()
		return nil
	}
}

// lookOnce looks, and says in log and gauge what it found.
func (w *historyWatch) lookOnce(ctx context.Context) {
	if err := w.look(ctx); err != nil && ctx.Err() == nil {
		w.gauge.Set(0)
		w.logger.Error("history is not whole", zap.Error(err))
	}
}

func (w *historyWatch) look(ctx context.Context) error {
	if err := w.gaps.Close(ctx, w.store); err != nil {
		return err
	}
	complete, err := w.store.Complete(ctx)
	if err != nil {
		return err
	}
	if !complete {
		return w.incomplete(ctx)
	}
	w.told = false
	w.gauge.Set(1)
	server, ok := w.store.(interface {
		ServerChanged(ctx context.Context) (bool, error)
	})
	if !ok {
		return nil
	}
	changed, err := server.ServerChanged(ctx)
	if err != nil || !changed {
		return err
	}
	return w.replayRecent(ctx)
}

// rebuiltUnasked is how many events are played into an incomplete history without
// being asked: some seconds' work. It heals a small installation, and one that took in
// its first events before its first screener was up.
const rebuiltUnasked = 100_000

// incomplete rebuilds, or says once that somebody must.
func (w *historyWatch) incomplete(ctx context.Context) error {
	w.gauge.Set(0)
	last, err := w.bus.LastEvent(ctx)
	if err != nil {
		return err
	}
	if w.rebuild || last <= rebuiltUnasked {
		if err := rebuildWhereIncomplete(ctx, w.bus, w.store, w.logger); err != nil {
			return err
		}
		w.gauge.Set(1)
		return nil
	}
	if !w.told {
		w.logger.Warn("history is incomplete: its facts are unknown until `chokepoint history rebuild` has run", zap.Uint64("events", last))
		w.told = true
	}
	return nil
}

// replayRecent plays the latest events again. Meanwhile facts are unknown.
func (w *historyWatch) replayRecent(ctx context.Context) error {
	last, err := w.bus.LastEvent(ctx)
	if err != nil {
		return err
	}
	from := uint64(1)
	if last > replayedAfterRestart {
		from = last - replayedAfterRestart
	}
	if err := w.store.Invalidate(ctx); err != nil {
		return err
	}
	observed, err := replay.RebuildHistory(ctx, eventsFrom{bus: w.bus, from: from}, w.store, nil)
	if err != nil {
		return fmt.Errorf("play recent events after a restart of Redis: %w", err)
	}
	w.logger.Warn("Redis was restarted; recent events were played into history again", zap.Int("events", observed))
	return nil
}

// eventsFrom are the events from a sequence on.
type eventsFrom struct {
	bus  *bus.Bus
	from uint64
}

// Events visits them in order.
func (e eventsFrom) Events(ctx context.Context, visit func([]byte) error) error {
	_, err := e.bus.ScanEvents(ctx, e.from, false, func(delivery bus.Delivery) error { return visit(delivery.Data) })
	return err
}
