package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

var (
	// ErrUnavailable says that Redis did not answer, or cannot take writes now. Trying
	// again later can help; doing without the cache is the other way.
	ErrUnavailable = errors.New("redis is unavailable")

	// ErrEmptied says that Redis was emptied while history was rebuilt into it.
	ErrEmptied = errors.New("history was emptied while it was rebuilt")

	// ErrIncomplete says that a stored snapshot lacks chunks or is damaged.
	ErrIncomplete = errors.New("the snapshot in redis is incomplete")
)

// temporaryReplies are the error replies of a server that may take the command later.
var temporaryReplies = []string{
	"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "NOREPLICAS", "MISCONF", "BUSY", "MOVED", "ASK",
	"max number of clients",
}

// explain wraps an error of go-redis with what was being done. It says ErrUnavailable
// where trying again can help; a refused password or permission, a wrong type and a
// command the server does not know need a person. An ended context stays what it is.
func explain(ctx context.Context, doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, context.Cause(ctx))
	case temporary(err):
		return fmt.Errorf("%s: %w: %w", doing, ErrUnavailable, err)
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

func temporary(err error) bool {
	var reply redis.Error
	if errors.As(err, &reply) {
		// A script's error carries the inner reply behind a prefix of its own.
		text := strings.TrimPrefix(reply.Error(), "ERR ")
		for _, prefix := range temporaryReplies {
			if strings.HasPrefix(text, prefix) {
				return true
			}
		}
		return false
	}
	if errors.Is(err, redis.ErrClosed) {
		return false
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrPoolExhausted) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "cluster has no nodes")
}

// firstFault returns the first error of a pipeline that is not a missing key.
func firstFault(cmds []redis.Cmder) error {
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

// run sends a pipeline. Missing keys are answers.
func run(ctx context.Context, doing string, pipe redis.Pipeliner) error {
	cmds, err := pipe.Exec(ctx)
	if err == nil {
		return nil
	}
	if fault := firstFault(cmds); fault != nil || !errors.Is(err, redis.Nil) {
		if fault == nil {
			fault = err
		}
		return explain(ctx, doing, fault)
	}
	return nil
}
