package history_test

import (
	"fmt"
	"testing"

	"chokepoint/pkg/history"
	"chokepoint/pkg/history/historytest"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
)

func openMemory(t testing.TB) historytest.Store {
	t.Helper()
	store, err := history.NewMemory(history.DefaultMemoryConfig())
	require.NoError(t, err)
	return store
}

func TestMemoryConformance(t *testing.T) {
	historytest.Conformance(t, openMemory)
}

func TestMemoryConfigNamesEveryFault(t *testing.T) {
	_, err := history.NewMemory(history.MemoryConfig{})
	require.ErrorContains(t, err, "log bytes")
	require.ErrorContains(t, err, "reply bytes")
}

func TestMemoryForgetsTheOldestAndSaysSo(t *testing.T) {
	store, err := history.NewMemory(history.MemoryConfig{LogBytes: 1 << 20, ReplyBytes: 64 << 10})
	require.NoError(t, err)
	require.NoError(t, store.MarkComplete(t.Context()))
	observe := func(id string, party int) history.Observation {
		t.Helper()
		event := historytest.Shipment(id, historytest.Epoch, historytest.Party(trade.RoleConsignee, party))
		observations, err := store.Observe(t.Context(), []history.Record{historytest.RecordOf(event)})
		require.NoError(t, err)
		return observations[0]
	}
	observe("S-old", 0)
	const parties = 20_000
	for i := 1; i <= parties; i++ {
		observe(fmt.Sprintf("S-%d", i), i)
		if i%50 == 0 {
			observe(fmt.Sprintf("K-%d", i), parties+1)
		}
	}
	size := store.Size()
	require.LessOrEqual(t, size.Bytes, int64(1<<20+64<<10+1<<16))
	require.Greater(t, size.Forgotten, parties/2)

	gone := observe("S-again", 0).Facts
	require.False(t, gone.Complete)
	require.False(t, gone.Parties[0].Available, "a forgotten party is unknown, not new")
	require.Zero(t, gone.Parties[0].Events)
	require.False(t, observe("S-again-2", 0).Facts.Parties[0].Available, "and stays unknown: what it had is lost")
	require.True(t, observe("K-last", parties+1).Facts.Parties[0].Available, "what is used stays")
	known := 0
	for i := range 100 {
		if facts := observe(fmt.Sprintf("N-%d", i), parties+100+i).Facts; facts.Parties[0].Available {
			known++
		}
	}
	require.Greater(t, known, 90, "who is new is still known to be new")

	again := observe("S-old", 0)
	require.False(t, again.Seen, "its reply was forgotten")
}

func BenchmarkMemory(b *testing.B) {
	for _, batch := range []int{64, 256} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			store := openMemory(b)
			require.NoError(b, store.MarkComplete(b.Context()))
			records := historytest.NewGenerator(1).Records(b.N + batch)
			b.ReportAllocs()
			b.ResetTimer()
			for at := 0; at < b.N; at += batch {
				_, err := store.Observe(b.Context(), records[at:at+batch])
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
