package cache

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// breakFor is how long nothing is asked of a Redis that did not answer in time.
// Without it every batch of events would wait for its timeouts one after the other,
// and screening would go at the pace of a Redis that hangs.
const breakFor = 2 * time.Second

// errBroken is what is answered meanwhile. It is temporary, as a timeout is.
var errBroken = fmt.Errorf("redis did not answer a moment ago: %w", context.DeadlineExceeded)

// breaker is a hook of the Redis library. After a timeout it fails commands at once
// for [breakFor]; then it lets one through, and all of them when that one is answered.
type breaker struct {
	// until is when to ask again, in nanoseconds of the clock; 0 is closed.
	until atomic.Int64
	clock func() time.Time
}

var _ redis.Hook = (*breaker)(nil)

// DialHook leaves connecting alone: that has a timeout and a back-off of its own.
func (b *breaker) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook guards single commands.
func (b *breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, admitted := b.admit(ctx)
		if !admitted {
			cmd.SetErr(errBroken)
			return errBroken
		}
		err := next(ctx, cmd)
		b.learn(ctx, err)
		return err
	}
}

// ProcessPipelineHook guards pipelines.
func (b *breaker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, admitted := b.admit(ctx)
		if !admitted {
			for _, cmd := range cmds {
				cmd.SetErr(errBroken)
			}
			return errBroken
		}
		err := next(ctx, cmds)
		b.learn(ctx, err)
		return err
	}
}

// probing marks the context of the one that asks whether Redis answers again: the
// commands that its connection begins with come through the same hook.
type probing struct{}

// admit says whether to ask. Of those who come when the time is up, one may.
func (b *breaker) admit(ctx context.Context) (context.Context, bool) {
	until := b.until.Load()
	if until == 0 || ctx.Value(probing{}) != nil {
		return ctx, true
	}
	now := b.clock().UnixNano()
	if now < until || !b.until.CompareAndSwap(until, now+int64(breakFor)) {
		return ctx, false
	}
	return context.WithValue(ctx, probing{}, true), true
}

// learn opens the breaker at a timeout and closes it at any answer, an error reply
// included. A caller whose own time was up says nothing about Redis.
func (b *breaker) learn(ctx context.Context, err error) {
	var network net.Error
	switch {
	case ctx.Err() != nil:
	case errors.As(err, &network) && network.Timeout():
		b.until.Store(b.clock().Add(breakFor).UnixNano())
	default:
		if b.until.Load() != 0 {
			b.until.Store(0)
		}
	}
}
