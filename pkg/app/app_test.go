package app

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/config"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/internal/natstest"
	"chokepoint/pkg/internal/redistest"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/trade"
)

func TestConfigurationsNameEveryFault(t *testing.T) {
	_, err := config.Decode("screener.yaml", []byte("nats: {url: \"\", replicas: 2}\nadmin_listen: nowhere\nscreener: {workers: 0}\n"), DefaultScreenerConfig())
	for _, fault := range []string{"nats.url: missing", "nats.replicas: 2", "admin_listen", "redis.url is missing", "workers is 0"} {
		require.ErrorContains(t, err, fault)
	}
	_, err = config.Decode("notifier.yaml", []byte("webhooks:\n- {url: \"http://example.org/x\"}\n- {}\n"), DefaultNotifierConfig())
	for _, fault := range []string{"webhooks[0]: ", "webhooks[1]: "} {
		require.ErrorContains(t, err, fault)
	}
	_, err = config.Decode("ingestor.yaml", []byte("burst: 0\n"), DefaultIngestorConfig())
	require.ErrorContains(t, err, "tokens_file is missing")
	require.ErrorContains(t, err, "burst is 0")
}

func testSnapshot(t *testing.T, version string) controllist.Snapshot {
	snapshot, err := controllist.NewSnapshot(version, []controllist.List{{Name: "FIRM", Source: "test"}}, []controllist.Entry{{
		ID: "FIRM/1", List: "FIRM", Names: []controllist.Name{{Value: "Orvantek", Type: controllist.NamePrimary}},
	}})
	require.NoError(t, err)
	return snapshot
}

func openCache(t *testing.T, url string) *cache.Client {
	settings := cache.DefaultConfig()
	settings.URL = url
	client, err := cache.Open(settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// Redis gives the bytes; without them, and when they are not what they should be, LISTS
// does, and Redis is filled again.
func TestListsComeFromTheBusWhenRedisHasLostThem(t *testing.T) {
	connected := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	redis := redistest.Start(t)
	client := openCache(t, redis.URL())
	snapshot := testSnapshot(t, "v1")
	require.NoError(t, PublishSnapshot(t.Context(), NewListStore(connected, client), snapshot))

	reference := screener.ListReference{Version: "v1", Digest: snapshot.Digest}
	read := func(source *listSource) controllist.Snapshot {
		body, err := source.Open(t.Context(), reference)
		require.NoError(t, err)
		defer func() { require.NoError(t, body.Close()) }()
		decoded, err := controllist.DecodeSnapshot(body, controllist.SnapshotLimits{})
		require.NoError(t, err)
		return decoded
	}
	source := func() *listSource { return &listSource{bus: connected, cache: client, logger: zap.NewNop()} }
	require.Equal(t, snapshot.Digest, read(source()).Digest)

	redis.Do("FLUSHALL")
	require.Equal(t, snapshot.Digest, read(source()).Digest)
	_, found, err := cache.NewLists(client).Snapshot(t.Context(), snapshot.Digest)
	require.NoError(t, err)
	require.True(t, found, "Redis is filled again")

	asked := source()
	require.Equal(t, snapshot.Digest, read(asked).Digest)
	redis.Kill()
	require.Equal(t, snapshot.Digest, read(asked).Digest, "who asks again could not read the copy, and gets the record")
}

// The same lists under another version are the same object, and keep the version they
// are in force under.
func TestSameListsCanBePublishedAgain(t *testing.T) {
	connected := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	store := NewListStore(connected, nil)
	for _, version := range []string{"v1", "v2"} {
		snapshot := testSnapshot(t, version)
		require.NoError(t, PublishSnapshot(t.Context(), store, snapshot))
		current, digest, found, err := store.CurrentList(t.Context())
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, version, current)
		opened, err := OpenSnapshot(t.Context(), connected, current, digest)
		require.NoError(t, err)
		require.Equal(t, version, opened.Version)
	}
	err := store.PutObject(t.Context(), "policies/x", strings.NewReader("a"))
	require.NoError(t, err)
	require.ErrorIs(t, store.PutObject(t.Context(), "policies/x", strings.NewReader("b")), bus.ErrConflict)
}

// A gap that was noted by a process that is gone is told to history by the next.
func TestNotedGapOutlivesTheProcess(t *testing.T) {
	connected := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	store, err := history.NewMemory(history.DefaultMemoryConfig())
	require.NoError(t, err)
	require.NoError(t, store.MarkComplete(t.Context()))
	gaps := historyGaps{connected.Bucket(bus.BucketHistory)}
	require.NoError(t, gaps.Note(t.Context()))

	registry := prometheus.NewRegistry()
	require.NoError(t, gaps.Close(t.Context(), store))
	complete, err := store.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, complete)

	// The watch rebuilds what is small enough, and a gap is told once.
	watch := newHistoryWatch(connected, store, false, zap.NewNop(), registry)
	for range 2 {
		watch.lookOnce(t.Context())
		complete, err = store.Complete(t.Context())
		require.NoError(t, err)
		require.True(t, complete)
		require.InDelta(t, 1, testutil.ToFloat64(watch.gauge), 0)
	}
}

func TestCasePartiesAreThoseThatAreScreened(t *testing.T) {
	event, err := trade.Decode([]byte(`{"id":"S-1","kind":"shipment","source":"tms","time":"2026-11-20T08:00:00Z",
	 "parties":[{"role":"consignee","name":"Orvantek","country":"TR"}],
	 "route":{"legs":[{"vessel":{"imo":"9999993"}}]},"end_use":{"end_user":"Somebody"}}`), trade.Limits{})
	require.NoError(t, err)
	subjects := map[string]string{}
	for _, party := range caseParties(&event) {
		subjects[party.Subject] = party.Name
	}
	require.Equal(t, map[string]string{"/parties/0": "Orvantek", "/end_use/end_user": "Somebody", "/route/legs/0/vessel": "9999993"}, subjects)
}

// What a decision names can be read back: that is what verification rests on.
func TestAuditFindsListAndPolicyByDigest(t *testing.T) {
	connected := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	snapshot := testSnapshot(t, "v1")
	require.NoError(t, PublishSnapshot(t.Context(), NewListStore(connected, nil), snapshot))
	rules, err := OpenPolicy("")
	require.NoError(t, err)
	require.NoError(t, connected.PutObject(t.Context(), policyObject(rules.Digest()), bytes.NewReader(rules.Bytes())))
	engine, err := NewAudit(connected).Engine(t.Context(), decision.Inputs{ListVersion: "v1", List: snapshot.Digest, Policy: rules.Digest()})
	require.NoError(t, err)
	require.Equal(t, snapshot.Digest, engine.Inputs().List)
	require.Equal(t, rules.Digest(), engine.Inputs().Policy)
	_, err = NewAudit(connected).Engine(t.Context(), decision.Inputs{ListVersion: "v0", List: strings.Repeat("0", 64), Policy: rules.Digest()})
	require.ErrorIs(t, err, bus.ErrNotFound)
}

func TestWorkerRefusesAFaultyConfiguration(t *testing.T) {
	var output bytes.Buffer
	code := Worker(t.Context(), "screener", []string{"--config", "/nowhere.yaml"}, &output, DefaultScreenerConfig(),
		func(context.Context, ScreenerConfig, io.Writer) error { return nil })
	require.Equal(t, exitUsage, code)
	require.Contains(t, output.String(), "/nowhere.yaml")
}
