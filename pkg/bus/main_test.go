package bus_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// A server that is stopped while an atomic batch is being committed leaves the
// goroutines of that batch's staging files behind (nats-server 2.15.2).
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*msgBlock).flushLoop"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"))
}

// testConfig is small enough for any disk.
func testConfig() bus.Config {
	config := bus.DefaultConfig()
	config.Name = "test"
	config.EventsMaxBytes = 1 << 30
	config.DeadLettersMaxBytes = 64 << 20
	config.ListPoll = 50 * time.Millisecond
	return config
}

func testConsumer(name string) bus.ConsumeConfig {
	config := bus.DefaultConsumeConfig(name)
	config.AckWait = 2 * time.Second
	config.RetryBase = 10 * time.Millisecond
	config.RetryMax = 200 * time.Millisecond
	config.DrainTimeout = 5 * time.Second
	return config
}

func identity(n int) trade.Identity {
	return trade.Identity{Source: "tms-eu", ID: fmt.Sprintf("S-%d", n), Revision: 1}
}

func event(n int) bus.EventMessage {
	return bus.EventMessage{
		Identity: identity(n),
		Kind:     trade.KindShipment,
		Time:     time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC),
		Digest:   fmt.Sprintf("%064x", n),
		Data:     fmt.Appendf(nil, `{"id":"S-%d"}`, n),
	}
}

func events(from, to int) []bus.EventMessage {
	out := make([]bus.EventMessage, 0, to-from)
	for n := from; n < to; n++ {
		out = append(out, event(n))
	}
	return out
}

func decided(n int, sequence uint64) bus.DecisionMessage {
	return bus.DecisionMessage{
		Identity:      identity(n),
		Kind:          trade.KindShipment,
		EventSequence: sequence,
		Trigger:       decision.TriggerEvent,
		Outcome:       decision.OutcomePass,
		Data:          fmt.Appendf(nil, `{"decision":%d}`, n),
	}
}

func requireStored(t testing.TB, receipts []bus.Receipt) {
	t.Helper()
	for _, receipt := range receipts {
		require.NoError(t, receipt.Err)
		require.NotZero(t, receipt.Sequence)
	}
}

// consume runs a consumer until the test says so; the returned function ends it and waits.
func consume(t testing.TB, run func(ctx context.Context) error) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(30 * time.Second):
			require.Fail(t, "the consumer did not end")
		}
	}
	t.Cleanup(end)
	return end
}

// eventually waits for the thing itself.
func eventually(t testing.TB, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 30*time.Second, 5*time.Millisecond)
}
