package cache_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chokepoint/pkg/cache"
	"chokepoint/pkg/history"
	"chokepoint/pkg/history/historytest"
	"chokepoint/pkg/internal/redistest"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
)

func TestHistoryConformance(t *testing.T) {
	t.Run("miniredis", func(t *testing.T) {
		url, _ := miniURL(t)
		historytest.Conformance(t, func(t testing.TB) historytest.Store { return cache.NewHistory(open(t, configAt(url))) })
	})
	t.Run("redis", func(t *testing.T) {
		url, _ := realURL(t)
		historytest.Conformance(t, func(t testing.TB) historytest.Store { return cache.NewHistory(open(t, configAt(url))) })
	})
}

// TestReplicasAgree has several stores on one Redis take in the same stream at the same
// time, with redeliveries, in batches of their own.
func TestReplicasAgree(t *testing.T) {
	url, server := realURL(t)
	config := configAt(url)
	const replicas = 4
	generator := historytest.NewGenerator(5)
	generator.Parties, generator.Carriers = 40, 2
	records := generator.Records(600)
	stores := make([]*cache.History, replicas)
	for i := range stores {
		stores[i] = cache.NewHistory(open(t, config))
	}
	require.NoError(t, stores[0].MarkComplete(t.Context()))
	answers := make([][]history.Observation, replicas)
	errs := make([]error, replicas)
	var done sync.WaitGroup
	for i, store := range stores {
		done.Go(func() {
			for chunk := range slices.Chunk(records, 16*(i+1)) {
				for range 2 {
					observations, err := store.Observe(t.Context(), chunk)
					if err != nil {
						errs[i] = err
						return
					}
					answers[i] = append(answers[i], observations...)
				}
				answers[i] = answers[i][:len(answers[i])-len(chunk)]
			}
		})
	}
	done.Wait()
	first := 0
	for i := range stores {
		require.NoError(t, errs[i])
		for j := range records {
			require.Equal(t, answers[0][j].Facts, answers[i][j].Facts, "replica %d, event %d", i, j)
		}
		for _, answer := range answers[i] {
			if !answer.Seen {
				first++
			}
		}
	}
	require.Equal(t, len(records), first, "each event is new to exactly one replica")

	memory, err := history.NewMemory(history.DefaultMemoryConfig())
	require.NoError(t, err)
	require.NoError(t, memory.MarkComplete(t.Context()))
	_, err = memory.Observe(t.Context(), records)
	require.NoError(t, err)
	probe := generator.Records(100)
	want, err := memory.Observe(t.Context(), probe)
	require.NoError(t, err)
	got, err := stores[1].Observe(t.Context(), probe)
	require.NoError(t, err)
	for i := range probe {
		for j := range want[i].Facts.Parties {
			require.Equal(t, want[i].Facts.Parties[j].Events, got[i].Facts.Parties[j].Events, "nothing was counted twice or lost")
		}
		require.Equal(t, want[i].Facts.Lanes[0].Events, got[i].Facts.Lanes[0].Events)
	}
	require.NotContains(t, server.Do("RANDOMKEY"), "Invented")
}

func TestNothingPersonalInRedis(t *testing.T) {
	url, server := miniURL(t)
	store := cache.NewHistory(open(t, configAt(url)))
	event := historytest.Shipment("S-1", historytest.Epoch,
		trade.Party{Role: trade.RoleConsignee, Name: "Quentin Invented", Country: "TR", Account: "TR330006100519786457841326"},
		historytest.Party(trade.RoleBuyer, 77))
	event.References = []trade.Reference{{Type: "invoice", Value: "INV-4711"}}
	_, err := store.Observe(t.Context(), []history.Record{historytest.RecordOf(event)})
	require.NoError(t, err)
	dump := strings.ToLower(server.Dump())
	for _, secret := range []string{"quentin", "invented", "tr33", "tx000077", "4711"} {
		require.NotContains(t, dump, secret)
	}
	for _, key := range server.Keys() {
		require.Regexp(t, `^cp:t\d+:(\{\d\d\}:(state|[prl]:[0-9a-f]{32})|event:[0-9a-f]{32})$`, key)
	}
}

func TestFlushMakesFactsUnavailable(t *testing.T) {
	url, server := realURL(t)
	store := cache.NewHistory(open(t, configAt(url)))
	require.NoError(t, store.MarkComplete(t.Context()))
	past := historytest.NewGenerator(1).Records(300)
	generator := historytest.NewGenerator(2)
	_, err := store.Observe(t.Context(), past)
	require.NoError(t, err)

	server.Do("FLUSHALL")
	require.Empty(t, newAgain(t, store, past[:1]), "an identity observed before the flush is not remembered")
	for _, observation := range mustObserve(t, store, renamed(generator.Records(40), "A")) {
		require.False(t, observation.Facts.Complete)
		for _, party := range observation.Facts.Parties {
			require.False(t, party.Available)
			require.Zero(t, party.Events)
		}
		for _, lane := range observation.Facts.Lanes {
			require.False(t, lane.Available)
		}
	}
	complete, err := store.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, complete)

	require.NoError(t, store.BeginRebuild(t.Context()))
	_, err = store.Observe(t.Context(), past)
	require.NoError(t, err)
	require.NoError(t, store.MarkComplete(t.Context()))
	probe := renamed(historytest.NewGenerator(1).Records(20), "B")
	for _, observation := range mustObserve(t, store, probe) {
		require.True(t, observation.Facts.Complete)
		for _, party := range observation.Facts.Parties {
			require.NotZero(t, party.Events, "nobody looks new after the rebuild")
		}
	}
}

// newAgain observes records and returns those that were Seen.
func newAgain(t *testing.T, store *cache.History, records []history.Record) (seen []history.Observation) {
	for _, observation := range mustObserve(t, store, records) {
		if observation.Seen {
			seen = append(seen, observation)
		}
	}
	return seen
}

func mustObserve(t testing.TB, store historytest.Store, records []history.Record) []history.Observation {
	t.Helper()
	observations, err := store.Observe(t.Context(), records)
	require.NoError(t, err)
	return observations
}

// renamed gives records other identities.
func renamed(records []history.Record, prefix string) []history.Record {
	for i := range records {
		records[i].Event.ID = prefix + records[i].Event.ID
	}
	return records
}

// TestFlushWhileObserving flushes again and again while events flow: a fact is either
// unavailable or what it would be without any flush, never smaller.
func TestFlushWhileObserving(t *testing.T) {
	url, server := realURL(t)
	config := configAt(url)
	store := cache.NewHistory(open(t, config))
	const known = 30
	var past []history.Record
	for i := range known {
		past = append(past, historytest.RecordOf(historytest.Shipment(fmt.Sprintf("P-%d", i), historytest.Epoch, historytest.Party(trade.RoleBuyer, 1))))
	}
	rebuild := func() {
		for {
			require.NoError(t, store.BeginRebuild(t.Context()))
			mustObserve(t, store, past)
			if err := store.MarkComplete(t.Context()); err == nil {
				return
			}
		}
	}
	rebuild()
	ctx, cancel := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	var mutex sync.Mutex
	available, unavailable, fault := 0, 0, error(nil)
	for worker := range 3 {
		other := cache.NewHistory(open(t, config))
		workers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				event := historytest.Shipment(fmt.Sprintf("N-%d-%d", worker, i), historytest.Epoch, historytest.Party(trade.RoleBuyer, 1))
				observations, err := other.Observe(t.Context(), []history.Record{historytest.RecordOf(event)})
				mutex.Lock()
				switch {
				case err != nil:
					fault = err
				case !observations[0].Facts.Parties[0].Available:
					unavailable++
				case observations[0].Facts.Parties[0].Events < known:
					fault = fmt.Errorf("%d events where there are at least %d", observations[0].Facts.Parties[0].Events, known)
				default:
					available++
				}
				mutex.Unlock()
			}
		})
	}
	for range 40 {
		server.Do("FLUSHALL")
		rebuild()
	}
	cancel()
	workers.Wait()
	require.NoError(t, fault)
	require.Positive(t, available)
	t.Logf("%d answers with facts, %d without", available, unavailable)
}

func TestRebuildNoticesAFlush(t *testing.T) {
	url, server := realURL(t)
	config := configAt(url)
	store, screener := cache.NewHistory(open(t, config)), cache.NewHistory(open(t, config))
	records := historytest.NewGenerator(1).Records(20)
	require.NoError(t, store.BeginRebuild(t.Context()))
	mustObserve(t, store, records[:10])
	server.Do("FLUSHALL")
	mustObserve(t, screener, records[15:])
	mustObserve(t, store, records[10:])
	require.ErrorIs(t, store.MarkComplete(t.Context()), cache.ErrEmptied)
	complete, err := store.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, complete)

	require.NoError(t, store.BeginRebuild(t.Context()))
	require.NoError(t, screener.Invalidate(t.Context()))
	require.ErrorIs(t, store.MarkComplete(t.Context()), cache.ErrEmptied, "invalidating ends a rebuild as well")
	require.NoError(t, store.BeginRebuild(t.Context()))
	require.NoError(t, store.MarkComplete(t.Context()))
}

// TestARememberedEventRefillsAnEmptiedShard: a cluster can lose a shard's logs and keep
// the replies, which lie elsewhere.
func TestARememberedEventRefillsAnEmptiedShard(t *testing.T) {
	url, server := miniURL(t)
	store := cache.NewHistory(open(t, configAt(url)))
	require.NoError(t, store.MarkComplete(t.Context()))
	event := historytest.RecordOf(historytest.Shipment("S-1", historytest.Epoch, historytest.Party(trade.RoleBuyer, 1)))
	first := mustObserve(t, store, []history.Record{event})[0]
	for _, key := range server.Keys() {
		if strings.Contains(key, "{") {
			server.Del(key)
		}
	}
	again := mustObserve(t, store, []history.Record{event})[0]
	require.True(t, again.Seen)
	require.Equal(t, first.Facts, again.Facts)
	require.NoError(t, store.MarkComplete(t.Context()))
	next := historytest.RecordOf(historytest.Shipment("S-2", historytest.Epoch, historytest.Party(trade.RoleBuyer, 1)))
	require.Equal(t, 1, mustObserve(t, store, []history.Record{next})[0].Facts.Parties[0].Events)
}

func TestRememberedRepliesExpire(t *testing.T) {
	url, server := miniURL(t)
	config := configAt(url)
	store := cache.NewHistory(open(t, config))
	require.NoError(t, store.MarkComplete(t.Context()))
	event := historytest.Shipment("S-1", historytest.Epoch, historytest.Party(trade.RoleBuyer, 1))
	event.References = []trade.Reference{{Type: "invoice", Value: "INV-1"}}
	record := historytest.RecordOf(event)
	mustObserve(t, store, []history.Record{record})
	for _, key := range server.Keys() {
		switch {
		case strings.Contains(key, ":event:"):
			require.Equal(t, config.EventsFor, server.TTL(key))
		case strings.Contains(key, "}:r:"):
			require.Equal(t, config.ReferencesFor, server.TTL(key))
		default:
			require.Zero(t, server.TTL(key), "%s stays", key)
		}
	}
	server.FastForward(config.EventsFor + time.Second)
	again := mustObserve(t, store, []history.Record{record})[0]
	require.False(t, again.Seen)
	require.Zero(t, again.Facts.Parties[0].Events, "it still does not count itself")
	other := historytest.RecordOf(historytest.Shipment("S-2", historytest.Epoch, historytest.Party(trade.RoleBuyer, 1)))
	require.Equal(t, 1, mustObserve(t, store, []history.Record{other})[0].Facts.Parties[0].Events, "nor twice")
}

func TestDamagedLogsDoNoHarm(t *testing.T) {
	url, server := miniURL(t)
	store := cache.NewHistory(open(t, configAt(url)))
	require.NoError(t, store.MarkComplete(t.Context()))
	event := historytest.Shipment("S-1", historytest.Epoch, historytest.Party(trade.RoleBuyer, 1))
	event.References = []trade.Reference{{Type: "invoice", Value: "INV-1"}}
	mustObserve(t, store, []history.Record{historytest.RecordOf(event)})
	for _, key := range server.Keys() {
		if strings.Contains(key, "}:") && !strings.HasSuffix(key, "state") {
			require.NoError(t, server.Set(key, "\xff\xff"+strings.Repeat("x", 9001)))
		}
	}
	event.ID = "S-2"
	mustObserve(t, store, []history.Record{historytest.RecordOf(event)})
	for _, key := range server.Keys() {
		if strings.Contains(key, ":event:") {
			require.NoError(t, server.Set(key, "junk"))
		}
	}
	_, err := store.Observe(t.Context(), []history.Record{historytest.RecordOf(event)})
	require.ErrorContains(t, err, "recall what tms/S-2/1 was answered")
}

func TestUnavailable(t *testing.T) {
	server := redistest.Start(t)
	store := cache.NewHistory(open(t, configAt(server.URL())))
	require.NoError(t, store.MarkComplete(t.Context()))
	server.Kill()
	records := historytest.NewGenerator(1).Records(3)
	_, err := store.Observe(t.Context(), records)
	require.ErrorIs(t, err, cache.ErrUnavailable)
	_, err = store.Complete(t.Context())
	require.ErrorIs(t, err, cache.ErrUnavailable)
	require.ErrorIs(t, store.MarkComplete(t.Context()), cache.ErrUnavailable)
	_, err = store.ServerChanged(t.Context())
	require.ErrorIs(t, err, cache.ErrUnavailable)
	server.Restart()
	var observations []history.Observation
	// After failed connections the pool itself waits up to a second before the next.
	require.Eventually(t, func() bool {
		observations, err = store.Observe(t.Context(), records)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	require.False(t, observations[0].Facts.Complete, "without persistence everything is lost, and not zero")
}

func TestFullRedisIsUnavailable(t *testing.T) {
	server := redistest.Start(t)
	store := cache.NewHistory(open(t, configAt(server.URL())))
	require.NoError(t, store.MarkComplete(t.Context()))
	require.Equal(t, "+OK", server.Do("CONFIG", "SET", "maxmemory", "1"))
	_, err := store.Observe(t.Context(), historytest.NewGenerator(1).Records(3))
	require.ErrorIs(t, err, cache.ErrUnavailable)
	require.Equal(t, "+OK", server.Do("CONFIG", "SET", "maxmemory", "0"))
	mustObserve(t, store, historytest.NewGenerator(1).Records(3))
}

func TestRestartIsNoticed(t *testing.T) {
	server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	client := open(t, configAt(server.URL()))
	store := cache.NewHistory(client)
	changed, err := store.ServerChanged(t.Context())
	require.NoError(t, err)
	require.False(t, changed, "what was never marked has not changed")
	require.NoError(t, store.MarkComplete(t.Context()))
	records := historytest.NewGenerator(1).Records(50)
	before := mustObserve(t, store, records)
	changed, err = store.ServerChanged(t.Context())
	require.NoError(t, err)
	require.False(t, changed)

	server.Kill()
	server.Restart()
	changed, err = store.ServerChanged(t.Context())
	require.NoError(t, err)
	require.True(t, changed)
	again := mustObserve(t, store, records)
	for i := range records {
		require.True(t, again[i].Seen)
		require.Equal(t, before[i].Facts, again[i].Facts)
	}
	require.NoError(t, store.MarkComplete(t.Context()))
	changed, err = store.ServerChanged(t.Context())
	require.NoError(t, err)
	require.False(t, changed)
	about, err := client.Server(t.Context())
	require.NoError(t, err)
	require.Equal(t, "noeviction", about.Eviction)
	require.Len(t, about.Identity, 40)
}

func TestTenantsAreApart(t *testing.T) {
	url, _ := miniURL(t)
	one, two := cache.NewHistory(open(t, configAt(url))), cache.NewHistory(open(t, configAt(url)))
	require.NoError(t, one.MarkComplete(t.Context()))
	records := historytest.NewGenerator(1).Records(3)
	mustObserve(t, one, records)
	require.False(t, mustObserve(t, two, records)[0].Seen)
	complete, err := two.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, complete)
}

func BenchmarkHistory(b *testing.B) {
	for _, size := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			server := redistest.Start(b)
			store := cache.NewHistory(open(b, configAt(server.URL())))
			require.NoError(b, store.MarkComplete(b.Context()))
			records := historytest.NewGenerator(1).Records(b.N + size)
			clientBefore, serverBefore := processCPU(b, 0), processCPU(b, server.PID())
			b.ReportAllocs()
			b.ResetTimer()
			for at := 0; at < b.N; at += size {
				if _, err := store.Observe(b.Context(), records[at:at+size]); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64((processCPU(b, 0)-clientBefore).Microseconds())/float64(b.N), "client-µs/event")
			b.ReportMetric(float64((processCPU(b, server.PID())-serverBefore).Microseconds())/float64(b.N), "server-µs/event")
		})
	}
}
