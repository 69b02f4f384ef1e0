package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/history"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/screener"
)

// historyStore is either of history's two stores.
type historyStore interface {
	screener.History
	replay.HistoryStore
	Complete(ctx context.Context) (bool, error)
}

var (
	_ historyStore = (*history.Memory)(nil)
	_ historyStore = (*cache.History)(nil)
)

// rebuildWhereIncomplete plays EVENTS into a history that has not seen all of them.
func rebuildWhereIncomplete(ctx context.Context, connected *bus.Bus, store historyStore, logger *zap.Logger) error {
	complete, err := store.Complete(ctx)
	if err != nil {
		logger.Error("history does not answer; starting without it", zap.Error(err))
		return nil
	}
	if complete {
		return nil
	}
	began := time.Now()
	observed, err := replay.RebuildHistory(ctx, NewAudit(connected), store, nil)
	if err != nil {
		return err
	}
	logger.Info("history rebuilt", zap.Int("events", observed), zap.Duration("took", time.Since(began)))
	return nil
}
