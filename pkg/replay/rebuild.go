package replay

import (
	"context"
	"fmt"

	"chokepoint/pkg/history"
	"chokepoint/pkg/trade"
)

// EventLog visits the canonical JSON of every event, the first first, to the end of
// the stream as it is at the call.
type EventLog interface {
	Events(ctx context.Context, visit func(data []byte) error) error
}

// HistoryStore is what a rebuild writes to.
type HistoryStore interface {
	Observe(ctx context.Context, records []history.Record) ([]history.Observation, error)
	MarkComplete(ctx context.Context) error
}

// rebuildBatch is how many events are observed at once: enough to make round trips
// cheap, few enough to keep one batch's memory small.
const rebuildBatch = 256

// RebuildHistory plays every stored event into a history store and then marks it
// complete. A store that can be emptied meanwhile has a BeginRebuild, and then refuses
// to be marked. Observing is idempotent, so it may run beside screeners and be run
// again. Events that cannot be read are skipped: they were dead letters.
func RebuildHistory(ctx context.Context, log EventLog, store HistoryStore, progress func(observed int)) (int, error) {
	if beginner, ok := store.(interface{ BeginRebuild(context.Context) error }); ok {
		if err := beginner.BeginRebuild(ctx); err != nil {
			return 0, fmt.Errorf("rebuild history: %w", err)
		}
	}
	batch := make([]history.Record, 0, rebuildBatch)
	observed := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if _, err := store.Observe(ctx, batch); err != nil {
			return fmt.Errorf("observe events: %w", err)
		}
		observed += len(batch)
		batch = batch[:0]
		if progress != nil {
			progress(observed)
		}
		return nil
	}
	err := log.Events(ctx, func(data []byte) error {
		event, err := trade.Decode(data, trade.Limits{})
		if err != nil {
			return nil
		}
		batch = append(batch, history.Record{Event: event, Digest: trade.Digest(data)})
		if len(batch) == rebuildBatch {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return observed, fmt.Errorf("rebuild history: %w", err)
	}
	if err := store.MarkComplete(ctx); err != nil {
		return observed, fmt.Errorf("rebuild history: mark it complete: %w", err)
	}
	return observed, nil
}
