package notifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/escalate"
)

// settleRounds bounds how often a projection is looked at again. Every round but
// the last had something to write; more than a few mean that many replicas write
// the same case, and the decision is better put back.
const settleRounds = 16

// errUnsettled says that a queue did not come to rest.
var errUnsettled = errors.New("queue is being changed by others")

// settle makes the queues what the records of a locked docket say, and hands over
// the notices its last case is due. Of the earlier cases only the one before the
// last can still stand on a queue, when the crash came between closing it and
// taking it off.
//
// changed says that records were appended just now: then the first round writes
// without looking. The last round always reads the records and the queues and
// finds nothing to write.
func (n *Notifier) settle(ctx context.Context, one *heldDocket, changed bool) error {
	for round := range settleRounds {
		blind := changed && round == 0
		if !blind {
			if err := n.dockets.refresh(ctx, one); err != nil {
				return err
			}
		}
		cases := one.docket.Cases()
		if len(cases) == 0 {
			return nil
		}
		last := cases[len(cases)-1]
		if blind {
			if err := n.write(ctx, last); err != nil {
				return err
			}
			continue
		}
		rest := true
		for _, state := range cases[max(0, len(cases)-2):] {
			right, err := n.isRight(ctx, state)
			if err != nil {
				return fmt.Errorf("look for case %s on the queues: %w", state.ID, err)
			}
			if right {
				continue
			}
			rest = false
			if err := n.write(ctx, state); err != nil {
				return err
			}
		}
		if rest {
			n.dispatch(last)
			return nil
		}
	}
	return fmt.Errorf("docket %s: %w", one.id, errUnsettled)
}

// isRight says whether the queues show of a case what they should.
func (n *Notifier) isRight(ctx context.Context, state casework.State) (bool, error) {
	placed, err := n.deps.Queues.Read(ctx, state.ID)
	if err != nil {
		return false, err
	}
	if !state.Queued() {
		return len(placed) == 0, nil
	}
	wanted, err := n.placing(state)
	if err != nil {
		return false, err
	}
	return len(placed) == 1 && placed[0].Queue == wanted.Queue && placed[0].Severity == wanted.Severity &&
		bytes.Equal(placed[0].Data, wanted.Data), nil
}

// write makes the queues show a case as it is in this state.
func (n *Notifier) write(ctx context.Context, state casework.State) error {
	if !state.Queued() {
		n.metrics.queueWrites.WithLabelValues("remove").Inc()
		if err := n.deps.Queues.Remove(ctx, state.ID); err != nil {
			return fmt.Errorf("take case %s off the queues: %w", state.ID, err)
		}
		return nil
	}
	wanted, err := n.placing(state)
	if err != nil {
		return err
	}
	n.metrics.queueWrites.WithLabelValues("put").Inc()
	if err := n.deps.Queues.Put(ctx, state.ID, wanted); err != nil {
		return fmt.Errorf("put case %s on its queue: %w", state.ID, err)
	}
	return nil
}

// placing is where and what a case stands on a queue.
func (n *Notifier) placing(state casework.State) (Placed, error) {
	data, err := casework.MessageOf(state).Encode()
	if err != nil {
		return Placed{}, permanent(err)
	}
	return Placed{Queue: n.config.Routes.Route(state).Queue, Severity: state.Severity.String(), Data: data}, nil
}

// due are the notices a case owes now.
func (n *Notifier) due(state casework.State) []escalate.Notice {
	return escalate.Due(state, n.config.Routes.Route(state))
}

func lastCase(docket *casework.Docket) (casework.State, bool) {
	cases := docket.Cases()
	if len(cases) == 0 {
		return casework.State{}, false
	}
	return cases[len(cases)-1], true
}
