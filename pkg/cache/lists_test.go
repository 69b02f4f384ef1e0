package cache_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"chokepoint/pkg/cache"

	"github.com/stretchr/testify/require"
)

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// noise returns bytes that do not compress, so that they fill several chunks.
func noise(size int) []byte {
	data := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(data)
	return data
}

func readAll(t *testing.T, lists *cache.Lists, digest string) ([]byte, error) {
	t.Helper()
	snapshot, found, err := lists.Snapshot(t.Context(), digest)
	require.NoError(t, err)
	require.True(t, found)
	defer func() { require.NoError(t, snapshot.Close()) }()
	return io.ReadAll(snapshot)
}

func TestSnapshotRoundTrip(t *testing.T) {
	url, server := miniURL(t)
	lists := cache.NewLists(open(t, configAt(url)))
	_, found, err := lists.Current(t.Context())
	require.NoError(t, err)
	require.False(t, found)
	_, found, err = lists.Snapshot(t.Context(), digest)
	require.NoError(t, err)
	require.False(t, found, "a snapshot that is not there is no error")

	for name, data := range map[string][]byte{
		"several chunks": noise(1_300_000),
		"text":           []byte(strings.Repeat(`{"id":"US-SDN:1","names":[]}`+"\n", 50_000)),
		"empty":          {},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, lists.PutSnapshot(t.Context(), "20261123-1", digest, bytes.NewReader(data)))
			reference, found, err := lists.Current(t.Context())
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, cache.ListReference{Version: "20261123-1", Digest: digest}, reference)
			got, err := readAll(t, lists, digest)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))
		})
	}
	for _, key := range server.Keys() {
		if strings.Contains(key, digest) {
			require.NotZero(t, server.TTL(key), "%s is not kept for ever", key)
		}
	}
}

func TestDamagedSnapshot(t *testing.T) {
	url, server := miniURL(t)
	config := configAt(url)
	lists := cache.NewLists(open(t, config))
	prefix := "cp:" + config.Tenant + ":lists:" + digest
	store := func() {
		require.NoError(t, lists.StoreSnapshot(t.Context(), digest, bytes.NewReader(noise(1_300_000))))
	}
	store()
	_, found, err := lists.Current(t.Context())
	require.NoError(t, err)
	require.False(t, found, "storing does not make it current")

	server.Del(prefix + ":1")
	_, err = readAll(t, lists, digest)
	require.ErrorIs(t, err, cache.ErrIncomplete)
	require.ErrorContains(t, err, "chunk 2 of 3 is missing")
	store()
	require.NoError(t, server.Set(prefix+":1", "junk"))
	_, err = readAll(t, lists, digest)
	require.ErrorIs(t, err, cache.ErrIncomplete)
	store()
	require.NoError(t, server.Set(prefix, `{"chunks":2,"bytes":1300000}`))
	_, err = readAll(t, lists, digest)
	require.ErrorIs(t, err, cache.ErrIncomplete, "a chunk too few")
	require.NoError(t, server.Set(prefix, `{"chunks":3,"bytes":1299999}`))
	_, err = readAll(t, lists, digest)
	require.ErrorIs(t, err, cache.ErrIncomplete, "another size")
	for _, manifest := range []string{"", "{", `{"chunks":0,"bytes":1}`, `{"chunks":9999,"bytes":1}`, `{"chunks":1,"bytes":-1}`, `{"chunks":1,"bytes":1,"x":1}`} {
		require.NoError(t, server.Set(prefix, manifest))
		_, _, err = lists.Snapshot(t.Context(), digest)
		require.ErrorIs(t, err, cache.ErrIncomplete, manifest)
	}
}

func TestSnapshotRefusesNonsense(t *testing.T) {
	url, server := miniURL(t)
	config := configAt(url)
	lists := cache.NewLists(open(t, config))
	require.ErrorContains(t, lists.PutSnapshot(t.Context(), "", "../x", strings.NewReader("")), "version")
	_, _, err := lists.Snapshot(t.Context(), "current")
	require.ErrorContains(t, err, "digest")
	failing := io.MultiReader(strings.NewReader("half"), &failingReader{})
	require.ErrorContains(t, lists.PutSnapshot(t.Context(), "v", digest, failing), "disk on fire")
	_, found, err := lists.Snapshot(t.Context(), digest)
	require.NoError(t, err)
	require.False(t, found, "what was not read to its end is not there")
	require.NoError(t, server.Set("cp:"+config.Tenant+":lists:current", `{"version":"v","digest":"zz"}`))
	_, _, err = lists.Current(t.Context())
	require.ErrorContains(t, err, "read current list")
}

type failingReader struct{}

func (*failingReader) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestSubscribe(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{
		"miniredis": func(t testing.TB) string { url, _ := miniURL(t); return url },
		"redis":     func(t testing.TB) string { url, _ := realURL(t); return url },
	} {
		t.Run(name, func(t *testing.T) {
			config := configAt(url(t))
			config.Poll = time.Hour
			lists := cache.NewLists(open(t, config))
			first := cache.ListReference{Version: "1", Digest: digest}
			require.NoError(t, lists.SetCurrent(t.Context(), first))
			ctx, cancel := context.WithCancel(t.Context())
			changes := lists.Subscribe(ctx)
			require.Equal(t, first, <-changes, "the current one comes at once")
			second := cache.ListReference{Version: "2", Digest: strings.Repeat("ab", 32)}
			require.NoError(t, cache.NewLists(open(t, config)).SetCurrent(t.Context(), second))
			require.Equal(t, second, <-changes, "without waiting for the poll")
			cancel()
			_, more := <-changes
			require.False(t, more)
		})
	}
}

func TestSubscribePollsForMissedMessages(t *testing.T) {
	url, server := miniURL(t)
	config := configAt(url)
	lists := cache.NewLists(open(t, config))
	changes := lists.Subscribe(t.Context())
	require.NoError(t, server.Set("cp:"+config.Tenant+":lists:current", `{"version":"7","digest":"`+digest+`"}`))
	require.Equal(t, cache.ListReference{Version: "7", Digest: digest}, <-changes)
	server.FlushAll()
	require.NoError(t, server.Set("cp:"+config.Tenant+":lists:current", `{"version":"8","digest":"`+digest+`"}`))
	require.Equal(t, "8", (<-changes).Version)
}

func TestSubscribeOutlivesARestart(t *testing.T) {
	_, server := realURL(t)
	lists := cache.NewLists(open(t, configAt(server.URL())))
	require.NoError(t, lists.SetCurrent(t.Context(), cache.ListReference{Version: "1", Digest: digest}))
	changes := lists.Subscribe(t.Context())
	require.Equal(t, "1", (<-changes).Version)
	server.Kill()
	server.Restart()
	require.Eventually(t, func() bool {
		return lists.SetCurrent(t.Context(), cache.ListReference{Version: "2", Digest: digest}) == nil
	}, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, "2", (<-changes).Version)
}

func TestDecisions(t *testing.T) {
	url, server := miniURL(t)
	config := configAt(url)
	decisions := cache.NewDecisions(open(t, config))
	_, found, err := decisions.Decision(t.Context(), "tms/S-1/1")
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, decisions.RememberDecision(t.Context(), "tms/S-1/1", []byte(`{"outcome":"hold"}`)))
	require.NoError(t, decisions.RememberDecision(t.Context(), "tms/S-1/1", []byte(`{"outcome":"pass"}`)))
	data, found, err := decisions.Decision(t.Context(), "tms/S-1/1")
	require.NoError(t, err)
	require.True(t, found)
	require.JSONEq(t, `{"outcome":"hold"}`, string(data), "the first stays")
	require.NoError(t, decisions.RememberDecisions(t.Context(), []cache.DecisionEntry{
		{Identity: "tms/S-2/1", Data: []byte("two")}, {Identity: "tms/S-3/1", Data: make([]byte, 2<<20)}, {Identity: "tms/S-4/1"},
	}))
	require.NoError(t, decisions.RememberDecisions(t.Context(), nil))
	all, err := decisions.Decisions(t.Context(), []string{"tms/S-3/1", "tms/S-2/1", "tms/S-4/1", "tms/S-1/1"})
	require.NoError(t, err)
	require.Equal(t, [][]byte{nil, []byte("two"), nil, []byte(`{"outcome":"hold"}`)}, all)
	server.FastForward(config.DecisionsFor + time.Second)
	_, found, err = decisions.Decision(t.Context(), "tms/S-1/1")
	require.NoError(t, err)
	require.False(t, found)
	server.Close()
	_, _, err = decisions.Decision(t.Context(), "tms/S-1/1")
	require.ErrorIs(t, err, cache.ErrUnavailable)
	require.ErrorIs(t, decisions.RememberDecision(t.Context(), "x/y/1", []byte("z")), cache.ErrUnavailable)
}
