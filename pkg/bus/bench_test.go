package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/internal/natstest"

	"github.com/stretchr/testify/require"
)

func benchBus(b *testing.B, durability bus.Durability) *bus.Bus {
	server := natstest.Start(b, natsserver.Options{Dir: b.TempDir(), Port: -1, SyncAlways: durability == bus.DurabilityAlways})
	config := testConfig()
	config.Durability = durability
	return natstest.Connect(b, server, config)
}

// sized is an event of about a kilobyte.
func sized(n int) bus.EventMessage {
	message := event(n)
	message.Data = bytes.Repeat([]byte{'x'}, 1000)
	return message
}

func BenchmarkPublishEvents(b *testing.B) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		for _, size := range []int{1, 100, 500} {
			b.Run(fmt.Sprintf("%v/call=%d", durability, size), func(b *testing.B) {
				connected := benchBus(b, durability)
				var next atomic.Int64
				// Many callers at once, as at a door.
				var callers sync.WaitGroup
				b.ResetTimer()
				for range 64 {
					callers.Go(func() {
						for {
							end := int(next.Add(int64(size)))
							if end-size >= b.N {
								return
							}
							batch := make([]bus.EventMessage, 0, size)
							for n := end - size; n < min(end, b.N); n++ {
								batch = append(batch, sized(n))
							}
							for _, receipt := range connected.PublishEvents(context.Background(), batch) {
								if receipt.Err != nil {
									b.Error(receipt.Err)
									return
								}
							}
						}
					})
				}
				callers.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
			})
		}
	}
}

// BenchmarkPlumbing is the line without screening: events in, one decision each out.
func BenchmarkPlumbing(b *testing.B) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		for _, workers := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%v/workers=%d", durability, workers), func(b *testing.B) {
				connected := benchBus(b, durability)
				for from := 0; from < b.N; from += 5000 {
					batch := make([]bus.EventMessage, 0, 5000)
					for n := from; n < min(from+5000, b.N); n++ {
						batch = append(batch, sized(n))
					}
					requireStored(b, connected.PublishEvents(b.Context(), batch))
				}
				config := bus.DefaultConsumeConfig("screener")
				config.Workers = workers
				var count, calls atomic.Int64
				done := make(chan struct{})
				ctx, cancel := context.WithCancel(b.Context())
				b.ResetTimer()
				go func() {
					<-done
					cancel()
				}()
				err := connected.ConsumeEvents(ctx, config, func(ctx context.Context, batch []bus.Delivery) []error {
					made := make([]bus.DecisionMessage, len(batch))
					for i, d := range batch {
						id, err := d.Identity()
						if err != nil {
							b.Error(err)
						}
						made[i] = decided(0, d.Sequence)
						made[i].Identity = id
						made[i].Data = d.Data
					}
					verdicts := make([]error, len(batch))
					for i, receipt := range connected.PublishDecisions(ctx, made) {
						verdicts[i] = receipt.Err
					}
					calls.Add(1)
					if count.Add(int64(len(batch))) == int64(b.N) {
						close(done)
					}
					return verdicts
				})
				b.StopTimer()
				require.NoError(b, err)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
				b.ReportMetric(float64(b.N)/float64(calls.Load()), "msgs/call")
			})
		}
	}
}

func BenchmarkLookupDecision(b *testing.B) {
	connected := benchBus(b, bus.DurabilityInterval)
	const stored = 50_000
	for from := 0; from < stored; from += 5000 {
		made := make([]bus.DecisionMessage, 0, 5000)
		for n := from; n < from+5000; n++ {
			d := decided(n, uint64(n+1))
			d.Data = bytes.Repeat([]byte{'x'}, 2000)
			made = append(made, d)
		}
		requireStored(b, connected.PublishDecisions(b.Context(), made))
	}
	b.Run("all", func(b *testing.B) {
		for n := range b.N {
			_, found, err := connected.LookupDecision(b.Context(), identity(n*7919%stored), "event")
			require.NoError(b, err)
			require.True(b, found)
		}
	})
	b.Run("since", func(b *testing.B) {
		since := time.Now().Add(time.Minute)
		requireStored(b, connected.PublishDecisions(b.Context(), []bus.DecisionMessage{decided(stored, 1)}))
		for range b.N {
			_, _, err := connected.LookupDecisionSince(b.Context(), identity(stored), "event", since)
			require.NoError(b, err)
		}
	})
}

func BenchmarkScanEventsHeaders(b *testing.B) {
	connected := benchBus(b, bus.DurabilityInterval)
	for from := 0; from < b.N; from += 5000 {
		batch := make([]bus.EventMessage, 0, 5000)
		for n := from; n < min(from+5000, b.N); n++ {
			batch = append(batch, sized(n))
		}
		requireStored(b, connected.PublishEvents(b.Context(), batch))
	}
	b.ResetTimer()
	count := 0
	_, err := connected.ScanEvents(b.Context(), 0, true, func(bus.Delivery) error { count++; return nil })
	b.StopTimer()
	require.NoError(b, err)
	require.Equal(b, b.N, count)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}
