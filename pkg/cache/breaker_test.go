package cache

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"chokepoint/pkg/internal/redistest"
)

func TestBreakerStopsAskingARedisThatHangs(t *testing.T) {
	now := time.Unix(1000, 0)
	b := &breaker{clock: func() time.Time { return now }}
	asked := 0
	var answer error
	ask := func() error {
		return b.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { asked++; return answer })(
			t.Context(), []redis.Cmder{redis.NewCmd(t.Context(), "ping")})
	}
	require.NoError(t, ask())

	answer = os.ErrDeadlineExceeded // what a connection says at its read timeout
	require.Error(t, ask())
	require.Equal(t, 2, asked)
	for range 5 {
		require.ErrorIs(t, ask(), errBroken)
	}
	require.Equal(t, 2, asked, "nothing is asked meanwhile")
	require.ErrorIs(t, explain(t.Context(), "ask", errBroken), ErrUnavailable)

	now = now.Add(breakFor)
	require.ErrorIs(t, ask(), os.ErrDeadlineExceeded, "one asks again")
	require.ErrorIs(t, ask(), errBroken)
	require.Equal(t, 3, asked)

	now = now.Add(breakFor)
	answer = errors.New("WRONGTYPE an answer is an answer")
	require.Error(t, ask())
	answer = nil
	require.NoError(t, ask())
	require.Equal(t, 5, asked)
}

// A Redis that hung answers again, though its connections have to be made anew: what
// a connection begins with must get through.
func TestBreakerClosesWhenRedisAnswersAgain(t *testing.T) {
	server := redistest.Start(t)
	config := DefaultConfig()
	config.URL, config.ReadTimeout, config.DialTimeout = server.URL(), 200*time.Millisecond, 200*time.Millisecond
	client, err := Open(config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.NoError(t, client.Ping(t.Context()))

	require.NoError(t, syscall.Kill(server.PID(), syscall.SIGSTOP))
	resume := sync.OnceFunc(func() { _ = syscall.Kill(server.PID(), syscall.SIGCONT) })
	t.Cleanup(resume)
	require.ErrorIs(t, client.Ping(t.Context()), ErrUnavailable)
	require.ErrorIs(t, client.Ping(t.Context()), errBroken)
	resume()
	require.Eventually(t, func() bool { return client.Ping(t.Context()) == nil }, 4*breakFor, 20*time.Millisecond)
}
