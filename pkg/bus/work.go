package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
)

// work hands batches to the handler until ctx ends. The handler's own context comes
// from working, which lives a little longer.
func (c *consumption) work(ctx, working context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
		}
		select {
		case first := <-c.in:
			c.process(working, c.collect(first))
		case <-ctx.Done():
			return
		}
	}
}

// collect takes what waits behind first, without waiting for more.
func (c *consumption) collect(first *held) []*held {
	batch := append(make([]*held, 0, c.config.Batch), first)
	for len(batch) < c.config.Batch {
		select {
		case next := <-c.in:
			batch = append(batch, next)
			continue
		default:
		}
		break
	}
	c.room.Release(int64(len(batch)))
	return batch
}

// process handles a batch and settles each of its messages. Where the handler
// panics nobody knows over which message, so each is then handled by itself.
func (c *consumption) process(ctx context.Context, batch []*held) {
	verdicts, panicked := c.call(ctx, batch)
	if panicked == nil {
		c.settleAll(ctx, batch, verdicts)
		return
	}
	for _, one := range batch {
		alone := []*held{one}
		verdicts, panicked := verdicts, panicked
		if len(batch) > 1 {
			verdicts, panicked = c.call(ctx, alone)
		}
		if panicked != nil {
			verdicts = []error{c.judgePanic(one, panicked)}
		}
		c.settleAll(ctx, alone, verdicts)
	}
}

// errPanic is a panic of the handler.
var errPanic = errors.New("handler panicked")

// judgePanic makes a panic over one message a failure, and a permanent one when it
// happened often enough.
func (c *consumption) judgePanic(h *held, panicked error) error {
	c.mu.Lock()
	c.panics[h.delivery.Sequence]++
	times := c.panics[h.delivery.Sequence]
	c.mu.Unlock()
	if times >= c.config.MaxPanics {
		return Permanent(fmt.Errorf("%w (%d times)", panicked, times))
	}
	return panicked
}

// call runs the handler over a batch.
func (c *consumption) call(ctx context.Context, batch []*held) (verdicts []error, panicked error) {
	deliveries := make([]Delivery, len(batch))
	deadline := time.Now().Add(c.config.HandleTimeout)
	c.mu.Lock()
	for i, h := range batch {
		deliveries[i] = h.delivery
		h.deadline = deadline
	}
	c.mu.Unlock()
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			panicked = fmt.Errorf("%w: %v", errPanic, value)
			// The value may quote a message, and goes into the dead letter only.
			c.logger.Error("handler panicked", zap.Int("messages", len(batch)), zap.Uint64("first", deliveries[0].Sequence),
				zap.ByteString("stack", debug.Stack()))
		}
	}()
	verdicts = c.handle(ctx, deliveries)
	if verdicts != nil && len(verdicts) != len(batch) {
		fault := fmt.Errorf("handler returned %d verdicts on %d messages", len(verdicts), len(batch))
		verdicts = make([]error, len(batch))
		for i := range verdicts {
			verdicts[i] = fault
		}
	}
	return verdicts, nil
}

// settleAll carries out the verdicts on a batch.
func (c *consumption) settleAll(ctx context.Context, batch []*held, verdicts []error) {
	var retried int
	var firstRetry error
	for i, h := range batch {
		var verdict error
		if verdicts != nil {
			verdict = verdicts[i]
		}
		switch {
		case verdict == nil:
			c.finish(h, h.msg.Ack())
		case IsPermanent(verdict):
			c.bury(ctx, h, verdict)
		default:
			if retried++; firstRetry == nil {
				firstRetry = verdict
			}
			c.retry(h)
		}
	}
	if retried > 0 {
		if errors.Is(firstRetry, errPanic) {
			firstRetry = errPanic // what it panicked with may quote a message
		}
		c.logger.Warn("messages will be tried again", zap.Int("messages", retried), zap.Uint64("first", batch[0].delivery.Sequence), zap.Error(firstRetry))
	}
}

// finish settles a message for good.
func (c *consumption) finish(h *held, err error) {
	c.mu.Lock()
	delete(c.panics, h.delivery.Sequence)
	c.mu.Unlock()
	c.settle(h, err)
}

// retry gives a message back, to come again after a delay.
func (c *consumption) retry(h *held) {
	delay := RetryDelay(h.delivery.Sequence, h.delivery.Attempt, c.config.RetryBase, c.config.RetryMax)
	c.settle(h, h.msg.NakWithDelay(delay))
}

// bury makes a message a dead letter, and ends it only once that is stored. Until
// it can be stored, the message is tried again like any other.
func (c *consumption) bury(ctx context.Context, h *held, verdict error) {
	if err := c.bus.DeadLetter(ctx, deadLetterOf(c.stream, c.config.Name, h.delivery, verdict)); err != nil {
		c.logger.Error("dead letter cannot be stored, the message will be tried again",
			zap.Uint64("sequence", h.delivery.Sequence), zap.Int("attempt", h.delivery.Attempt), zap.Error(err))
		c.retry(h)
		return
	}
	c.logger.Error("message became a dead letter", zap.Uint64("sequence", h.delivery.Sequence), zap.Int("attempt", h.delivery.Attempt))
	c.finish(h, h.msg.TermWithReason("dead letter of "+c.config.Name))
}

// RetryDelay is how long a message waits before it comes again after its attempt-th
// attempt (from 1): base, doubled each time up to most, less up to a fifth, which
// depends on sequence and attempt alone and keeps messages that failed together
// from coming back together.
func RetryDelay(sequence uint64, attempt int, base, most time.Duration) time.Duration {
	delay := most
	if shift := max(attempt, 1) - 1; shift < 40 && base<<shift>>shift == base && base<<shift < most {
		delay = base << shift
	}
	mixed := (sequence*0x9E3779B97F4A7C15 + uint64(attempt)) * 0xBF58476D1CE4E5B9
	return delay - time.Duration(mixed>>40)*(delay/5)/(1<<24)
}
