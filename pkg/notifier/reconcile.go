package notifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/casework"
)

// openDockets are the dockets to go over, as far as the stream was read: those with
// an open case, and those whose last case was closed lately.
type openDockets struct {
	open map[string]bool // false: closed lately
	last uint64
}

// closedLately is how long ago a case may have been closed for its queue to be
// looked at once more. A message is left behind there only when both who claimed
// and who closed crashed in the same instant of their work.
const closedLately = 24 * time.Hour

// reconcileLoop goes over all open cases now and then. The first pass repairs what
// the last process left; the others what another replica left that died.
func (n *Notifier) reconcileLoop(ctx context.Context) {
	seen := &openDockets{open: map[string]bool{}}
	for {
		open, err := n.reconcile(ctx, seen)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			n.metrics.reconciliation.WithLabelValues("failed").Inc()
			n.logger.Error("reconciliation is not complete; it is tried again", zap.Error(err))
		default:
			n.metrics.reconciliation.WithLabelValues("done").Inc()
			n.reconciled.Store(true)
			n.logger.Debug("open cases gone over", zap.Int("open", open))
		}
		select {
		case <-time.After(n.config.ReconcileEvery):
		case <-ctx.Done():
			return
		}
	}
}

// reconcile puts every open case on its queue as it should be, and hands over what
// it owes. One case that fails does not keep the others from it.
func (n *Notifier) reconcile(ctx context.Context, seen *openDockets) (int, error) {
	if err := n.scan(ctx, seen); err != nil {
		return 0, err
	}
	var faults []error
	counts := map[casework.Severity]int{}
	for _, id := range sortedKeys(seen.open) {
		state, found, err := n.settleDocket(ctx, id)
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		switch {
		case errors.Is(err, casework.ErrRecord):
			// An altered docket needs a person, and stays so at every pass. It must not
			// make the replica look as if it did not work.
			n.metrics.broken.Inc()
			n.logger.Error("docket does not verify", zap.String("docket", id), zap.Error(err))
		case err != nil && len(faults) < 10:
			faults = append(faults, err)
		}
		switch {
		case found && state.Status != casework.StatusClosed:
			counts[state.Severity]++
		case err == nil && !seen.open[id]:
			delete(seen.open, id)
		}
	}
	for _, severity := range casework.Severities() {
		n.metrics.openCases.WithLabelValues(severity.String()).Set(float64(counts[severity]))
	}
	return len(seen.open), errors.Join(faults...)
}

// scan learns which dockets have an open case from what was stored since the last
// look. Chains are verified when the dockets are read, not here; what cannot be
// read counts as open, so that it is noticed there.
func (n *Notifier) scan(ctx context.Context, seen *openDockets) error {
	lately := n.deps.Clock().Add(-closedLately)
	last, err := n.deps.Cases.Scan(ctx, seen.last+1, func(message CaseMessage) error {
		for _, glimpse := range casework.Glance(message.Data) {
			switch {
			case glimpse.Type == casework.RecordOpened || glimpse.Type == casework.RecordUnknown:
				seen.open[message.Docket] = true
			case glimpse.Type == casework.RecordClosed && glimpse.Time.After(lately):
				seen.open[message.Docket] = false
			case glimpse.Type == casework.RecordClosed:
				delete(seen.open, message.Docket)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("scan cases: %w", err)
	}
	seen.last = max(seen.last, last)
	return nil
}

func (n *Notifier) settleDocket(ctx context.Context, id string) (casework.State, bool, error) {
	held, err := n.dockets.acquire(ctx, []string{id})
	if err != nil {
		return casework.State{}, false, err
	}
	defer n.dockets.release(held)
	if err := n.settle(ctx, held[0], false); err != nil {
		return casework.State{}, false, err
	}
	state, found := lastCase(held[0].docket)
	return state, found, nil
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
