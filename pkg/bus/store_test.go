package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/internal/natstest"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAppendCase(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	one, err := b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-1", Data: []byte("opened"), ID: "d/1 é"}})
	require.NoError(t, err)
	_, err = b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-1", Data: []byte("opened twice")}})
	require.ErrorIs(t, err, bus.ErrConflict)
	two, err := b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-1", Expected: one[0], Data: []byte("claimed")}})
	require.NoError(t, err)
	_, err = b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-1", Expected: one[0]}})
	require.ErrorIs(t, err, bus.ErrConflict)

	records, err := b.ReadCase(t.Context(), "C-1")
	require.NoError(t, err)
	require.Len(t, records, 2)
	require.Equal(t, "d/1 é", records[0].ID)
	require.Equal(t, "C-1", records[0].Case)
	require.Equal(t, "claimed", string(records[1].Data))
	require.Equal(t, two[0], records[1].Sequence)
	records, err = b.ReadCase(t.Context(), "C-2")
	require.NoError(t, err)
	require.Empty(t, records)
	for _, name := range []string{"", "a.b", "*", "a b", strings.Repeat("x", 129)} {
		_, err = b.AppendCase(t.Context(), []bus.CaseAppend{{Case: name}})
		require.ErrorIs(t, err, bus.ErrInvalid)
		_, err = b.ReadCase(t.Context(), name)
		require.ErrorIs(t, err, bus.ErrInvalid)
	}
	none, err := b.AppendCase(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestAppendCasesAllOrNothing(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	_, err := b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C-2", Data: []byte("there already")}})
	require.NoError(t, err)
	batch := []bus.CaseAppend{{Case: "C-1", Data: []byte("a")}, {Case: "C-2", Data: []byte("b")}, {Case: "C-3", Data: []byte("c")}}
	_, err = b.AppendCase(t.Context(), batch)
	require.ErrorIs(t, err, bus.ErrConflict)
	last, err := b.ScanCases(t.Context(), 0, func(bus.CaseRecord) error { return nil })
	require.NoError(t, err)
	require.EqualValues(t, 1, last, "nothing of the batch is stored")

	batch[1].Expected = 1
	batch = append(batch, bus.CaseAppend{Case: "C-2", Data: []byte("follows in the same batch")})
	sequences, err := b.AppendCase(t.Context(), batch)
	require.NoError(t, err)
	require.Equal(t, []uint64{2, 3, 4, 5}, sequences)
	var found []string
	_, err = b.ScanCases(t.Context(), 2, func(r bus.CaseRecord) error {
		found = append(found, fmt.Sprintf("%d %s %s", r.Sequence, r.Case, r.Data))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"2 C-1 a", "3 C-2 b", "4 C-3 c", "5 C-2 follows in the same batch"}, found)

	_, err = b.AppendCase(t.Context(), make([]bus.CaseAppend, 2))
	require.ErrorIs(t, err, bus.ErrInvalid)
	many := make([]bus.CaseAppend, 1001)
	for i := range many {
		many[i].Case = fmt.Sprintf("M-%d", i)
	}
	_, err = b.AppendCase(t.Context(), many)
	require.ErrorIs(t, err, bus.ErrTooLarge)
	_, err = b.AppendCase(t.Context(), many[:1000])
	require.NoError(t, err)
}

// Whatever two writers do, a case is one chain: every append follows the record its
// writer knew of, and whoever was too late has written nothing.
func TestTwoWritersOfOneCase(t *testing.T) {
	server := natstest.New(t)
	writers := []*bus.Bus{natstest.Connect(t, server, testConfig()), natstest.Connect(t, server, testConfig())}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		cases := []string{fmt.Sprintf("A-%d", run), fmt.Sprintf("B-%d", run)}
		known := [2]map[string]uint64{{}, {}}
		truth := map[string]uint64{}
		for step := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			writer := rapid.IntRange(0, 1).Draw(rt, "writer")
			if rapid.Bool().Draw(rt, "reads first") {
				for _, name := range cases {
					records, err := writers[writer].ReadCase(t.Context(), name)
					require.NoError(rt, err)
					if len(records) > 0 {
						known[writer][name] = records[len(records)-1].Sequence
					}
				}
			}
			touched := cases[:rapid.IntRange(1, 2).Draw(rt, "cases")]
			var appends []bus.CaseAppend
			stale := false
			for _, name := range touched {
				stale = stale || known[writer][name] != truth[name]
				appends = append(appends, bus.CaseAppend{Case: name, Expected: known[writer][name], Data: fmt.Append(nil, step)})
			}
			sequences, err := writers[writer].AppendCase(t.Context(), appends)
			if stale {
				require.ErrorIs(rt, err, bus.ErrConflict)
				continue
			}
			require.NoError(rt, err)
			for i, name := range touched {
				truth[name], known[writer][name] = sequences[i], sequences[i]
			}
		}
	})
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	const writers, each = 4, 25
	var done sync.WaitGroup
	for w := range writers {
		done.Go(func() {
			for n := 0; n < each; {
				records, err := b.ReadCase(t.Context(), "C")
				if err != nil {
					t.Error(err)
					return
				}
				var last uint64
				if len(records) > 0 {
					last = records[len(records)-1].Sequence
				}
				_, err = b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "C", Expected: last, Data: fmt.Append(nil, w, n)}})
				if err == nil {
					n++
				} else if !errors.Is(err, bus.ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	records, err := b.ReadCase(t.Context(), "C")
	require.NoError(t, err)
	require.Len(t, records, writers*each)
}

func TestQueues(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	require.NoError(t, b.EnsureQueue(t.Context(), "sanctions"))
	require.NoError(t, b.EnsureQueue(t.Context(), "sanctions"))
	put := func(queue, severity, name, data string) {
		require.NoError(t, b.PutQueue(t.Context(), queue, severity, name, []byte(data)))
	}
	put("sanctions", "high", "C-1", "first")
	put("sanctions", "high", "C-2", "other")
	put("export", "low", "C-3", "third")
	put("sanctions", "high", "C-1", "replaced")
	items, err := b.ReadQueue(t.Context(), "sanctions", 0)
	require.NoError(t, err)
	require.Len(t, items, 2)
	require.Equal(t, "C-2", items[0].Case)
	require.Equal(t, "replaced", string(items[1].Data))

	put("sanctions", "critical", "C-1", "raised")
	put("export", "critical", "C-2", "moved")
	items, err = b.ReadQueue(t.Context(), "sanctions", 10)
	require.NoError(t, err)
	require.Len(t, items, 1, "a case stands in one place")
	require.Equal(t, "critical", items[0].Severity)
	items, err = b.ReadQueue(t.Context(), "export", 1)
	require.NoError(t, err)
	require.Len(t, items, 1)

	// People take cases with the ordinary client.
	consumer, err := direct(t, server).Consumer(t.Context(), "QUEUES", "queue-sanctions")
	require.NoError(t, err)
	msg, err := consumer.Next(jetstream.FetchMaxWait(5 * time.Second))
	require.NoError(t, err)
	require.Equal(t, "queues.sanctions.critical.C-1", msg.Subject())
	require.Equal(t, "raised", string(msg.Data()))
	require.NoError(t, msg.Ack())

	require.NoError(t, b.RemoveQueue(t.Context(), "C-1"))
	require.NoError(t, b.RemoveQueue(t.Context(), "C-1"))
	items, err = b.ReadQueue(t.Context(), "sanctions", 0)
	require.NoError(t, err)
	require.Empty(t, items)
	require.ErrorIs(t, b.PutQueue(t.Context(), "a.b", "x", "y", nil), bus.ErrInvalid)
	require.ErrorIs(t, b.RemoveQueue(t.Context(), ">"), bus.ErrInvalid)
	require.ErrorIs(t, b.EnsureQueue(t.Context(), ""), bus.ErrInvalid)
}

func TestListObjects(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	content := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	require.NoError(t, b.PutObject(t.Context(), "abc", bytes.NewReader(content)))
	require.NoError(t, b.PutObject(t.Context(), "abc", bytes.NewReader(content)))
	require.ErrorIs(t, b.PutObject(t.Context(), "abc", strings.NewReader("other")), bus.ErrConflict)
	require.ErrorIs(t, b.PutObject(t.Context(), "current", strings.NewReader("")), bus.ErrInvalid)
	for _, name := range []string{"", "a b", "a>", "../x y"} {
		require.ErrorIs(t, b.PutObject(t.Context(), name, strings.NewReader("")), bus.ErrInvalid)
	}
	object, err := b.GetObject(t.Context(), "abc")
	require.NoError(t, err)
	read, err := io.ReadAll(object)
	require.NoError(t, err)
	require.NoError(t, object.Close())
	require.Equal(t, content, read)
	_, err = b.GetObject(t.Context(), "nothing")
	require.ErrorIs(t, err, bus.ErrNotFound)

	torn := io.MultiReader(bytes.NewReader(content), failing{})
	require.ErrorIs(t, b.PutObject(t.Context(), "torn", torn), io.ErrUnexpectedEOF)
	_, err = b.GetObject(t.Context(), "torn")
	require.ErrorIs(t, err, bus.ErrNotFound)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCurrentList(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	_, err := b.CurrentList(t.Context())
	require.ErrorIs(t, err, bus.ErrNoList)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watch, err := b.WatchCurrentList(ctx)
	require.NoError(t, err)
	require.ErrorIs(t, b.SetCurrentList(t.Context(), bus.ListRef{Version: "1", Digest: "abc"}), bus.ErrNotFound, "the snapshot comes first")
	require.ErrorIs(t, b.SetCurrentList(t.Context(), bus.ListRef{}), bus.ErrInvalid)
	for n, digest := range []string{"abc", "def", "abc"} {
		require.NoError(t, b.PutObject(t.Context(), bus.SnapshotObject(digest), strings.NewReader(digest)))
		ref := bus.ListRef{Version: fmt.Sprint(n), Digest: digest}
		require.NoError(t, b.SetCurrentList(t.Context(), ref))
		current, err := b.CurrentList(t.Context())
		require.NoError(t, err)
		require.Equal(t, ref, current)
		eventually(t, func() bool { return <-watch == ref })
	}
	// Whoever comes later gets the current one at once.
	late, err := b.WatchCurrentList(ctx)
	require.NoError(t, err)
	require.Equal(t, bus.ListRef{Version: "2", Digest: "abc"}, <-late)
	cancel()
	for range watch { // closed when the context ends
	}
	for range late {
	}
}

func TestBucket(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	for _, name := range []string{bus.BucketCaseState, bus.BucketNotifications} {
		k := b.Bucket(name)
		_, _, err := k.Get(t.Context(), "C-1")
		require.ErrorIs(t, err, bus.ErrNotFound)
		keys, err := k.Keys(t.Context())
		require.NoError(t, err)
		require.Empty(t, keys)
		revision, err := k.Create(t.Context(), "C-1", []byte("a"))
		require.NoError(t, err)
		_, err = k.Create(t.Context(), "C-1", []byte("b"))
		require.ErrorIs(t, err, bus.ErrConflict)
		_, err = k.Update(t.Context(), "C-1", []byte("c"), revision+7)
		require.ErrorIs(t, err, bus.ErrConflict)
		revision, err = k.Update(t.Context(), "C-1", []byte("d"), revision)
		require.NoError(t, err)
		value, read, err := k.Get(t.Context(), "C-1")
		require.NoError(t, err)
		require.Equal(t, "d", string(value))
		require.Equal(t, revision, read)
		_, err = k.Put(t.Context(), "C-2", []byte("e"))
		require.NoError(t, err)
		keys, err = k.Keys(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"C-1", "C-2"}, keys)
		require.NoError(t, k.Delete(t.Context(), "C-1"))
		require.NoError(t, k.Delete(t.Context(), "C-1"))
		_, _, err = k.Get(t.Context(), "C-1")
		require.ErrorIs(t, err, bus.ErrNotFound)
		_, err = k.Put(t.Context(), "not a key", nil)
		require.ErrorIs(t, err, bus.ErrInvalid)
	}
	_, _, err := b.Bucket("NOTHING").Get(t.Context(), "k")
	require.ErrorIs(t, err, bus.ErrNotFound)
}

func TestScanEndsWhereTheStreamWas(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	last, err := b.ScanEvents(t.Context(), 0, true, func(bus.Delivery) error { return errors.New("nothing to see") })
	require.NoError(t, err)
	require.Zero(t, last)
	requireStored(t, b.PublishEvents(t.Context(), events(0, 3000)))
	ctx, cancel := context.WithCancel(t.Context())
	publishing := make(chan struct{})
	go func() {
		defer close(publishing)
		for n := 3000; ctx.Err() == nil; n += 10 {
			b.PublishEvents(ctx, events(n, n+10))
		}
	}()
	var count, before uint64
	last, err = b.ScanEvents(t.Context(), 0, true, func(d bus.Delivery) error {
		require.Equal(t, before+1, d.Sequence)
		require.Nil(t, d.Data)
		before = d.Sequence
		count++
		return nil
	})
	cancel()
	<-publishing
	require.NoError(t, err)
	require.Equal(t, last, count)
	require.GreaterOrEqual(t, last, uint64(3000))

	// The next scan begins behind it.
	count = 0
	next, err := b.ScanEvents(t.Context(), last+1, false, func(d bus.Delivery) error {
		require.Greater(t, d.Sequence, last)
		require.NotEmpty(t, d.Data)
		count++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, next-last, count)

	stop := errors.New("enough")
	_, err = b.ScanEvents(t.Context(), 5, true, func(bus.Delivery) error { return stop })
	require.ErrorIs(t, err, stop)
	ended, end := context.WithCancel(t.Context())
	_, err = b.ScanEvents(ended, 5, true, func(bus.Delivery) error { end(); return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func TestDeadLetterOfTheLargestMessage(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	require.NoError(t, b.DeadLetter(t.Context(), bus.DeadLetter{
		Component: "screener", Reason: strings.Repeat("ü", 5000), Attempts: 4, OriginalStream: "EVENTS", OriginalSubject: "events.0001.shipment.tms",
		OriginalSequence: 12, EventSequence: 12, Data: bytes.Repeat([]byte{'x'}, 2<<20), Header: bus.Header{"Big": {strings.Repeat("y", 60_000)}},
	}))
	letter, err := b.ShowDeadLetter(t.Context(), 1)
	require.NoError(t, err)
	require.True(t, letter.Omitted)
	require.Empty(t, letter.Data)
	require.Equal(t, strings.Repeat("ü", 1000), letter.Reason)
	require.Equal(t, 4, letter.Attempts)
	require.Equal(t, "events.0001.shipment.tms", letter.OriginalSubject)
	require.EqualValues(t, 12, letter.EventSequence)
	require.ErrorIs(t, b.DeadLetter(t.Context(), bus.DeadLetter{Component: "a.b"}), bus.ErrInvalid)
}
