package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

const (
	// fetchWait is how long a request waits at the server. It is also how long the end of
	// an idle consumer takes, and about half of what a lost request costs.
	fetchWait = time.Second
	// fetchBytes bounds one request: large messages come in smaller numbers.
	fetchBytes = 32 << 20
	// After a failure fetching pauses, from the first to the last of these.
	fetchPause, fetchPauseMax = 50 * time.Millisecond, 2 * time.Second
)

// fetch asks for messages again and again until ctx ends. Each request waits at the
// server and brings messages as they are stored; what it brings goes to the
// handlers' channel at once.
func (c *consumption) fetch(ctx context.Context, consumer jetstream.Consumer) {
	pause := fetchPause
	for ctx.Err() == nil {
		reconnected := c.bus.connected.wait()
		got, err := c.fetchOnce(ctx, consumer)
		if ctx.Err() != nil {
			return
		}
		if err == nil || got > 0 {
			pause = fetchPause
		}
		if err == nil {
			continue
		}
		c.logger.Debug("fetching paused", zap.Error(err), zap.Duration("pause", pause))
		if consumerGone(err) {
			consumer = c.restore(ctx, consumer)
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, fetchPauseMax)
		case <-reconnected:
		case <-ctx.Done():
		}
	}
}

// consumerGone says whether somebody deleted the consumer.
func consumerGone(err error) bool {
	return errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrConsumerNotFound) || isUnavailable(err)
}

// restore makes the consumer again where it is gone. It then begins at the
// beginning of the stream: messages come twice rather than never.
func (c *consumption) restore(ctx context.Context, consumer jetstream.Consumer) jetstream.Consumer {
	if _, err := consumer.Info(ctx); !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return consumer
	}
	restored, err := c.bus.ensureConsumer(ctx, c.stream, c.wanted)
	if err != nil {
		c.logger.Error("consumer is gone and cannot be made again", zap.Error(err))
		return consumer
	}
	c.logger.Warn("consumer was gone and begins again at the beginning")
	return restored
}

// fetchOnce sends one request and takes what it brings until it is filled or has
// expired. It is never broken off: the server would count what is on its way as
// delivered, and others would wait for it as long as AckWait.
func (c *consumption) fetchOnce(ctx context.Context, consumer jetstream.Consumer) (got int, err error) {
	if err := c.room.Acquire(ctx, int64(c.config.Batch)); err != nil {
		return 0, err
	}
	// What was brought keeps its room until a worker takes it.
	defer func() { c.room.Release(int64(c.config.Batch - got)) }()
	batch, err := consumer.Fetch(c.config.Batch, jetstream.FetchMaxWait(fetchWait), jetstream.FetchMaxBytes(fetchBytes))
	if err != nil {
		return 0, err
	}
	for msg := range batch.Messages() {
		if c.take(msg) {
			got++
		}
	}
	return got, fetchFailure(batch.Error())
}

// fetchFailure leaves out what only says that a request is over.
func fetchFailure(err error) error {
	if errors.Is(err, jetstream.ErrBatchCompleted) || errors.Is(err, jetstream.ErrMaxBytesExceeded) {
		return nil
	}
	return err
}

// take puts a message where a worker finds it.
func (c *consumption) take(msg jetstream.Msg) bool {
	metadata, err := msg.Metadata()
	if err != nil {
		c.logger.Error("message without metadata", zap.Error(err))
		return false
	}
	h := &held{msg: msg, delivery: delivered(msg, metadata), alive: time.Now()}
	c.mu.Lock()
	c.held[h] = struct{}{}
	c.mu.Unlock()
	c.in <- h
	return true
}
