package bus_test

import (
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/internal/natstest"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// direct opens the server beside the bus, as an operator would.
func direct(t testing.TB, server *natsserver.Server) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(server.ClientURL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

func TestEnsureIsIdempotent(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 3)))
	require.NoError(t, b.Ensure(t.Context()))
	natstest.Connect(t, server, testConfig())

	js := direct(t, server)
	for _, name := range []string{"EVENTS", "DECISIONS", "CASES", "QUEUES", "DEADLETTERS", "OBJ_LISTS", "KV_CASE_STATE", "KV_NOTIFICATIONS"} {
		stream, err := js.Stream(t.Context(), name)
		require.NoError(t, err, name)
		require.Equal(t, jetstream.DefaultPersistMode, stream.CachedInfo().Config.PersistMode, name)
	}
	stream, err := js.Stream(t.Context(), "EVENTS")
	require.NoError(t, err)
	require.EqualValues(t, 3, stream.CachedInfo().State.Msgs)
	require.Zero(t, stream.CachedInfo().Config.MaxAge)
	require.Equal(t, jetstream.DiscardNew, stream.CachedInfo().Config.Discard)

	// The client library takes our buckets for its own.
	kv, err := js.KeyValue(t.Context(), bus.BucketCaseState)
	require.NoError(t, err)
	_, err = kv.Put(t.Context(), "k", []byte("v"))
	require.NoError(t, err)
}

func TestEnsureAppliesWhatIsHarmless(t *testing.T) {
	server := natstest.New(t)
	natstest.Connect(t, server, testConfig())
	js := direct(t, server)
	stream, err := js.Stream(t.Context(), "EVENTS")
	require.NoError(t, err)
	mine := stream.CachedInfo().Config
	mine.Metadata = map[string]string{"owner": "platform"}
	_, err = js.UpdateStream(t.Context(), mine)
	require.NoError(t, err)

	larger := testConfig()
	larger.EventsMaxBytes *= 2
	larger.DuplicateWindow *= 2
	natstest.Connect(t, server, larger)
	stream, err = js.Stream(t.Context(), "EVENTS")
	require.NoError(t, err)
	require.Equal(t, larger.EventsMaxBytes, stream.CachedInfo().Config.MaxBytes)
	require.Equal(t, larger.DuplicateWindow, stream.CachedInfo().Config.Duplicates)
	require.Equal(t, "platform", stream.CachedInfo().Config.Metadata["owner"])
}

func TestEnsureRefusesWhatIsDestructive(t *testing.T) {
	tests := map[string]struct {
		stream string
		change func(*jetstream.StreamConfig)
		want   string
	}{
		"smaller limit": {"EVENTS", func(s *jetstream.StreamConfig) { s.MaxBytes = 4 << 30 }, "stream EVENTS: max_bytes is 4294967296, want 1073741824"},
		"an age limit":  {"DECISIONS", func(s *jetstream.StreamConfig) { s.MaxAge = 10 * 365 * 24 * time.Hour }, "stream DECISIONS: max_age is 87600h0m0s, want 2160h0m0s"},
		"subjects":      {"CASES", func(s *jetstream.StreamConfig) { s.Subjects = []string{"cases.*", "files.*"} }, "stream CASES: subjects is cases.*,files.*, want cases.*"},
		"discard":       {"EVENTS", func(s *jetstream.StreamConfig) { s.Discard = jetstream.DiscardOld }, "stream EVENTS: discard is DiscardOld, want DiscardNew"},
		"retention":     {"DEADLETTERS", func(s *jetstream.StreamConfig) { s.Retention = jetstream.InterestPolicy }, "stream DEADLETTERS: retention is Interest, want Limits"},
		"message limit": {"QUEUES", func(s *jetstream.StreamConfig) { s.MaxMsgsPerSubject = 5 }, "stream QUEUES: max_msgs_per_subject is 5, want 1"},
		"window":        {"EVENTS", func(s *jetstream.StreamConfig) { s.Duplicates = time.Hour }, "stream EVENTS: duplicate_window is 1h0m0s, want 15m0s"},
		"republish": {"EVENTS", func(s *jetstream.StreamConfig) {
			s.RePublish = &jetstream.RePublish{Source: ">", Destination: "copy.>"}
		}, "stream EVENTS: republish is true, want false"},
		"bucket's history": {"KV_CASE_STATE", func(s *jetstream.StreamConfig) { s.MaxMsgsPerSubject = 9 }, "stream KV_CASE_STATE: max_msgs_per_subject is 9, want 1"},
	}
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	js := direct(t, server)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stream, err := js.Stream(t.Context(), test.stream)
			require.NoError(t, err)
			before := stream.CachedInfo().Config
			changed := before
			test.change(&changed)
			_, err = js.UpdateStream(t.Context(), changed)
			require.NoError(t, err)
			t.Cleanup(func() {
				_, err := js.UpdateStream(t.Context(), before)
				if err != nil { // t.Context has ended in a cleanup of some versions
					t.Log(err)
				}
			})

			err = b.Ensure(t.Context())
			require.ErrorIs(t, err, bus.ErrDifferent)
			require.ErrorContains(t, err, test.want)
			stream, err = js.Stream(t.Context(), test.stream)
			require.NoError(t, err)
			require.Equal(t, changed.MaxBytes, stream.CachedInfo().Config.MaxBytes, "nothing of it may be applied")
			require.Equal(t, changed.Retention, stream.CachedInfo().Config.Retention)
			_, err = js.UpdateStream(t.Context(), before)
			require.NoError(t, err)
		})
	}
	require.NoError(t, b.Ensure(t.Context()))
}

func TestEnsureRefusesAsynchronousPersistence(t *testing.T) {
	server := natstest.New(t)
	js := direct(t, server)
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "EVENTS", Subjects: []string{"events.*.*.*"}, PersistMode: jetstream.AsyncPersistMode})
	require.NoError(t, err)
	b, err := bus.Connect(t.Context(), busConfig(server), nil)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	require.ErrorContains(t, b.Ensure(t.Context()), "stream EVENTS: persist_mode is true, want false")
}

func TestConsumerThatDiffersIsRefused(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	js := direct(t, server)
	_, err := js.CreateConsumer(t.Context(), "EVENTS", jetstream.ConsumerConfig{Durable: "screener", FilterSubject: "events.0001.>", AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	err = b.ConsumeEvents(t.Context(), testConsumer("screener"), nil)
	require.ErrorIs(t, err, bus.ErrDifferent)
	require.ErrorContains(t, err, "filter_subjects")
}

func TestCasesCannotBeDeleted(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	_, err := b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-1", Data: []byte("opened")}})
	require.NoError(t, err)
	stream, err := direct(t, server).Stream(t.Context(), "CASES")
	require.NoError(t, err)
	require.Error(t, stream.DeleteMsg(t.Context(), 1))
	require.Error(t, stream.Purge(t.Context()))
	records, err := b.ReadCase(t.Context(), "C-1")
	require.NoError(t, err)
	require.Len(t, records, 1)
}

func TestConfigReportsEveryFault(t *testing.T) {
	err := bus.Config{CredentialsFile: "/does/not/exist"}.Validate()
	for _, fault := range []string{"url:", "durability:", "replicas:", "credentials file:", "events max bytes:", "dead letters max bytes:",
		"decisions max age:", "duplicate window:", "publish window:", "publish timeout:", "connect timeout:", "list poll:"} {
		require.ErrorContains(t, err, fault)
	}
	require.NoError(t, bus.DefaultConfig().Validate())
	err = bus.ConsumeConfig{Name: "a.b"}.Validate()
	for _, fault := range []string{"name", "batch:", "workers:", "max in flight:", "max panics:", "ack wait:", "handle timeout:", "retry base:", "drain timeout:"} {
		require.ErrorContains(t, err, fault)
	}
	require.NoError(t, bus.DefaultConsumeConfig("screener").Validate())
}

func TestConnectSaysWhyNot(t *testing.T) {
	config := testConfig()
	config.URL = "nats://127.0.0.1:1"
	config.ConnectTimeout = 300 * time.Millisecond
	_, err := bus.Connect(t.Context(), config, nil)
	require.ErrorIs(t, err, bus.ErrUnavailable)

	server := natstest.Start(t, natsserver.Options{Dir: t.TempDir(), Port: -1, Token: "right"})
	config = busConfig(server)
	config.Token = "wrong"
	_, err = bus.Connect(t.Context(), config, nil)
	require.ErrorIs(t, err, nats.ErrAuthorization)
	config.Token = "right"
	b, err := bus.Connect(t.Context(), config, nil)
	require.NoError(t, err)
	require.NoError(t, b.Healthy())
	b.Close()
	b.Close()
	require.ErrorIs(t, b.Healthy(), bus.ErrUnavailable)
}

func busConfig(server *natsserver.Server) bus.Config {
	config := testConfig()
	config.URL = server.ClientURL()
	return config
}
