package notifier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
)

// handle works on a batch, several decisions at once, and answers each.
func (n *Notifier) handle(ctx context.Context, batch []Incoming) []error {
	answers := make([]error, len(batch))
	slots := make(chan struct{}, n.config.Concurrency)
	var group sync.WaitGroup
	for i := range batch {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			answers[i] = n.guarded(ctx, batch[i])
		})
	}
	group.Wait()
	return answers
}

// maxPanics is how often a decision may panic before it is given up.
const maxPanics = 3

// guarded turns a panic into an error of its decision alone: it must not end the
// process, and every replica after it. What a panic says may hold party data, so it
// goes to the dead letter and not to the log.
func (n *Notifier) guarded(ctx context.Context, incoming Incoming) (err error) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		n.logger.Error("a decision could not be handled: panic", zap.Uint64("sequence", incoming.Sequence), zap.ByteString("stack", debug.Stack()))
		if err = fmt.Errorf("decision at sequence %d: panic", incoming.Sequence); incoming.Attempt >= maxPanics {
			err = permanent(fmt.Errorf("%w: %v", err, value))
		}
	}()
	return n.answer(ctx, incoming)
}

// answer handles one decision, and counts what became of it.
func (n *Notifier) answer(ctx context.Context, incoming Incoming) error {
	started := time.Now()
	result, err := n.decide(ctx, incoming)
	if err == nil {
		n.metrics.decisions.WithLabelValues(result).Inc()
		n.metrics.handling.Observe(time.Since(started).Seconds())
		return nil
	}
	err = fmt.Errorf("decision at sequence %d: %w", incoming.Sequence, err)
	var final *PermanentError
	if errors.As(err, &final) {
		n.metrics.decisions.WithLabelValues(decisionPermanent).Inc()
		return permanent(err)
	}
	if errors.Is(err, casework.ErrRecord) {
		// The docket was altered. No decision can join it until somebody has looked,
		// and waiting would only fill the line behind it.
		n.metrics.broken.Inc()
		n.metrics.decisions.WithLabelValues(decisionPermanent).Inc()
		return permanent(err)
	}
	n.metrics.decisions.WithLabelValues(decisionRetried).Inc()
	return err
}

// decide takes one decision to its cases.
func (n *Notifier) decide(ctx context.Context, incoming Incoming) (result string, err error) {
	decided, err := decision.Decode(incoming.Data)
	if err != nil {
		return "", permanent(err)
	}
	digest, found, err := n.deps.Effect.InEffect(ctx, &decided)
	if err != nil {
		return "", fmt.Errorf("look up the decision in effect: %w", err)
	}
	if found && digest != decided.Digest {
		n.logger.Warn("decision ignored: another one is in effect",
			zap.Uint64("sequence", incoming.Sequence), zap.String("digest", decided.Digest), zap.String("in_effect", digest))
		return decisionNoEffect, nil
	}
	input := casework.Input{Decision: decided}
	if n.deps.Parties != nil && decided.Outcome != decision.OutcomePass {
		if input.Parties, err = n.deps.Parties.Parties(ctx, &decided, incoming.EventSequence); err != nil {
			return "", fmt.Errorf("look up the parties of the event: %w", err)
		}
	}
	touches := casework.Touches(input, n.config.options())
	if len(touches) == 0 {
		return decisionPassed, nil
	}
	return n.take(ctx, touches)
}

// take brings the touches of one decision into their dockets, and what follows
// from them onto the queues and to the receivers.
func (n *Notifier) take(ctx context.Context, touches []casework.Touch) (string, error) {
	byDocket := make(map[string]casework.Touch, len(touches))
	ids := make([]string, 0, len(touches))
	for _, touch := range touches {
		byDocket[touch.Docket()] = touch
		ids = append(ids, touch.Docket())
	}
	held, err := n.dockets.acquire(ctx, ids)
	if err != nil {
		return "", err
	}
	defer n.dockets.release(held)
	appended, err := n.commit(ctx, held, func(docket *casework.Docket) ([]casework.Record, error) {
		return docket.Plan(byDocket[docket.ID()], n.deps.Clock()), nil
	})
	if err != nil {
		return "", err
	}
	for _, one := range held {
		if err := n.settle(ctx, one, appended > 0); err != nil {
			return "", err
		}
	}
	if appended == 0 {
		return decisionReplayed, nil
	}
	return decisionHandled, nil
}

// commit plans on locked dockets and appends what the plan says, all or nothing,
// until no other writer was faster. It returns how many records were appended.
//
// The first plan is made on what is remembered: when that is not the end of what is
// stored, the compare-and-set says so, and reading comes then. A plan that asks for
// nothing has no such witness, so it counts only on dockets just read.
func (n *Notifier) commit(ctx context.Context, held []*heldDocket,
	plan func(*casework.Docket) ([]casework.Record, error),
) (int, error) {
	read := false
	for range n.config.Conflicts {
		appends, records, err := n.plan(ctx, held, read, plan)
		if !read && (err != nil || len(appends) == 0) {
			appends, records, err = n.plan(ctx, held, true, plan)
		}
		if err != nil || len(appends) == 0 {
			return 0, err
		}
		read = true
		sequences, err := n.deps.Cases.Append(ctx, appends)
		if errors.Is(err, ErrConflict) {
			n.metrics.conflicts.Inc()
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("append to cases: %w", err)
		}
		for _, record := range records {
			n.metrics.records.WithLabelValues(string(record.Type)).Inc()
		}
		return len(records), applyOwn(held, appends, sequences)
	}
	return 0, fmt.Errorf("other writers were faster %d times: %w", n.config.Conflicts, ErrConflict)
}

// plan makes the messages to append. It reads the dockets on first when it is told
// to, and those of which nothing is remembered in any case.
func (n *Notifier) plan(ctx context.Context, held []*heldDocket, read bool,
	plan func(*casework.Docket) ([]casework.Record, error),
) ([]CaseAppend, []casework.Record, error) {
	var appends []CaseAppend
	var all []casework.Record
	for _, one := range held {
		if read || one.last == 0 {
			if err := n.dockets.refresh(ctx, one); err != nil {
				return nil, nil, err
			}
		}
		records, err := plan(one.docket)
		if err != nil {
			return nil, nil, err
		}
		if len(records) == 0 {
			continue
		}
		data, err := one.docket.Encode(records)
		if err != nil {
			return nil, nil, permanent(err)
		}
		sum := sha256.Sum256(data)
		appends = append(appends, CaseAppend{Docket: one.id, Expected: one.last, Data: data, ID: hex.EncodeToString(sum[:])})
		all = append(all, records...)
	}
	return appends, all, nil
}

// applyOwn folds what was just appended into the dockets, so that it need not be
// read back.
func applyOwn(held []*heldDocket, appends []CaseAppend, sequences []uint64) error {
	if len(sequences) != len(appends) {
		for _, one := range held {
			one.reset()
		}
		return fmt.Errorf("append to cases: %d messages got %d sequences", len(appends), len(sequences))
	}
	for i, appended := range appends {
		for _, one := range held {
			if one.id != appended.Docket {
				continue
			}
			if err := one.apply(appended.Data, sequences[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
