package cache_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"chokepoint/pkg/cache"
	"chokepoint/pkg/history/historytest"
	"chokepoint/pkg/internal/redistest"

	"github.com/stretchr/testify/require"
)

// startCluster starts two masters with half of the slots each.
func startCluster(t *testing.T) (url string, nodes []*redistest.Server) {
	t.Helper()
	for range 2 {
		nodes = append(nodes, redistest.Start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))
	}
	require.Equal(t, "+OK", nodes[0].Do("CLUSTER", "ADDSLOTSRANGE", "0", "8191"))
	require.Equal(t, "+OK", nodes[1].Do("CLUSTER", "ADDSLOTSRANGE", "8192", "16383"))
	require.Equal(t, "+OK", nodes[1].Do("CLUSTER", "SET-CONFIG-EPOCH", "2"))
	host, port, _ := strings.Cut(nodes[1].Addr(), ":")
	require.Equal(t, "+OK", nodes[0].Do("CLUSTER", "MEET", host, port))
	for _, node := range nodes {
		require.Eventually(t, func() bool {
			info := node.Do("CLUSTER", "INFO")
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(len(nodes)))
		}, 20*time.Second, 10*time.Millisecond)
	}
	return nodes[0].URL() + "?cluster=true", nodes
}

func TestCluster(t *testing.T) {
	url, nodes := startCluster(t)
	t.Run("conformance", func(t *testing.T) {
		historytest.Conformance(t, func(t testing.TB) historytest.Store { return cache.NewHistory(open(t, configAt(url))) })
	})
	t.Run("a node that comes back empty", func(t *testing.T) {
		store := cache.NewHistory(open(t, configAt(url)))
		require.NoError(t, store.MarkComplete(t.Context()))
		records := historytest.NewGenerator(3).Records(100)
		before := mustObserve(t, store, records)
		nodes[1].Do("FLUSHALL")
		known, unknown := 0, 0
		probe := renamed(historytest.NewGenerator(3).Records(100), "X")
		for _, observation := range mustObserve(t, store, probe) {
			for _, party := range observation.Facts.Parties {
				if !party.Available {
					unknown++
					continue
				}
				known++
				require.NotZero(t, party.Events, "a part that is available is not empty")
			}
		}
		require.Positive(t, known)
		require.Positive(t, unknown)

		require.NoError(t, store.BeginRebuild(t.Context()))
		again := mustObserve(t, store, records)
		for i := range records {
			if again[i].Seen {
				require.Equal(t, before[i].Facts, again[i].Facts)
			}
		}
		require.NoError(t, store.MarkComplete(t.Context()))
		for _, observation := range mustObserve(t, store, renamed(historytest.NewGenerator(3).Records(100), "Y")) {
			require.True(t, observation.Facts.Complete)
			for _, party := range observation.Facts.Parties {
				require.NotZero(t, party.Events)
			}
		}
	})
	t.Run("lists and decisions", func(t *testing.T) {
		client := open(t, configAt(url))
		lists := cache.NewLists(client)
		changes := lists.Subscribe(t.Context())
		require.NoError(t, lists.PutSnapshot(t.Context(), "1", digest, strings.NewReader(string(noise(1_300_000)))))
		require.Equal(t, "1", (<-changes).Version)
		data, err := readAll(t, lists, digest)
		require.NoError(t, err)
		require.Len(t, data, 1_300_000)
		decisions := cache.NewDecisions(client)
		require.NoError(t, decisions.RememberDecisions(t.Context(), []cache.DecisionEntry{{"a/1/1", []byte("x")}, {"a/2/1", []byte("y")}}))
		found, err := decisions.Decisions(t.Context(), []string{"a/2/1", "a/3/1", "a/1/1"})
		require.NoError(t, err)
		require.Equal(t, [][]byte{[]byte("y"), nil, []byte("x")}, found)
		server, err := client.Server(t.Context())
		require.NoError(t, err)
		require.Len(t, strings.Fields(server.Identity), 2)
	})
}
