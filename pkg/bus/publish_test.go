package bus_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/internal/natstest"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
)

// eachDurability runs a test against both ways of publishing.
func eachDurability(t *testing.T, test func(t *testing.T, b *bus.Bus)) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		t.Run(durability.String(), func(t *testing.T) {
			server := natstest.Start(t, natsserver.Options{Dir: t.TempDir(), Port: -1, SyncAlways: durability == bus.DurabilityAlways})
			config := testConfig()
			config.Durability = durability
			test(t, natstest.Connect(t, server, config))
		})
	}
}

func TestDuplicateIsStoredOnce(t *testing.T) {
	eachDurability(t, func(t *testing.T, b *bus.Bus) {
		first := b.PublishEvents(t.Context(), events(0, 20))
		requireStored(t, first)
		again := b.PublishEvents(t.Context(), events(10, 40))
		requireStored(t, again)
		for i, receipt := range again {
			require.Equal(t, i < 10, receipt.Duplicate)
			if receipt.Duplicate {
				require.Equal(t, first[10+i].Sequence, receipt.Sequence)
			}
		}
		// The same identity with other content is no duplicate.
		other := event(0)
		other.Digest = strings.Repeat("f", 64)
		receipts := b.PublishEvents(t.Context(), []bus.EventMessage{other})
		requireStored(t, receipts)
		require.False(t, receipts[0].Duplicate)

		sequences := map[uint64]int{}
		last, err := b.ScanEvents(t.Context(), 0, false, func(d bus.Delivery) error { sequences[d.Sequence]++; return nil })
		require.NoError(t, err)
		require.EqualValues(t, 41, last)
		require.Len(t, sequences, 41)
	})
}

func TestDuplicatesInOneCall(t *testing.T) {
	eachDurability(t, func(t *testing.T, b *bus.Bus) {
		batch := append(events(0, 20), events(0, 20)...)
		receipts := b.PublishEvents(t.Context(), batch)
		requireStored(t, receipts)
		for i := range 20 {
			require.Equal(t, receipts[i].Sequence, receipts[20+i].Sequence)
			require.True(t, receipts[20+i].Duplicate)
		}
	})
}

func TestEventTravelsAsCloudEvent(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	message := event(1)
	message.Identity = trade.Identity{Source: "tms-eu", ID: " №7 50% \"a\" ", Revision: 2}
	message.Answer = "_INBOX.x"
	requireStored(t, b.PublishEvents(t.Context(), []bus.EventMessage{message}))
	d, err := b.EventAt(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, message.Data, d.Data)
	require.Equal(t, "1.0", d.Header.Get("ce-specversion"))
	require.Equal(t, "chokepoint.shipment.v1", d.Header.Get("CE-Type"))
	require.Equal(t, "tms-eu", d.Header.Get("ce-source"))
	require.Equal(t, "2026-11-20T08:12:00Z", d.Header.Get("ce-time"))
	require.Equal(t, "application/json", d.Header.Get("Content-Type"))
	require.Equal(t, "tms-eu/%20%E2%84%967%2050%25%20%22a%22%20/2", d.Header.Get("ce-id"))
	require.Equal(t, message.Digest, d.Digest())
	require.Equal(t, "_INBOX.x", d.Answer)
	require.Regexp(t, `^events\.\d{4}\.shipment\.tms-eu$`, d.Subject)
	read, err := d.Identity()
	require.NoError(t, err)
	require.Equal(t, message.Identity, read)
	require.WithinDuration(t, time.Now(), d.Stored, time.Minute)

	_, err = b.EventAt(t.Context(), 2)
	require.ErrorIs(t, err, bus.ErrNotFound)
	_, err = b.EventAt(t.Context(), 0)
	require.ErrorIs(t, err, bus.ErrNotFound)
}

func TestInvalidMessagesAreRefusedAndTheOthersStored(t *testing.T) {
	eachDurability(t, func(t *testing.T, b *bus.Bus) {
		wrongKind, wrongSource, tooLarge, noDigest := event(1), event(2), event(3), event(4)
		wrongKind.Kind = "parcel"
		wrongSource.Identity.Source = "a.b"
		tooLarge.Data = bytes.Repeat([]byte{'x'}, natsserver.MaxPayload)
		noDigest.Digest = ""
		receipts := b.PublishEvents(t.Context(), []bus.EventMessage{event(0), wrongKind, wrongSource, tooLarge, noDigest, event(5)})
		require.NoError(t, receipts[0].Err)
		require.ErrorIs(t, receipts[1].Err, bus.ErrInvalid)
		require.ErrorIs(t, receipts[2].Err, bus.ErrInvalid)
		require.ErrorIs(t, receipts[3].Err, bus.ErrTooLarge)
		require.ErrorIs(t, receipts[4].Err, bus.ErrInvalid)
		require.NoError(t, receipts[5].Err)

		unknown := decided(1, 1)
		unknown.Outcome = decision.OutcomeUnknown
		noSequence := decided(2, 0)
		noTrigger := decided(3, 1)
		noTrigger.Trigger = ""
		for _, receipt := range b.PublishDecisions(t.Context(), []bus.DecisionMessage{unknown, noSequence, noTrigger}) {
			require.ErrorIs(t, receipt.Err, bus.ErrInvalid)
		}
	})
}

func TestFullStream(t *testing.T) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		t.Run(durability.String(), func(t *testing.T) {
			config := testConfig()
			config.Durability = durability
			config.EventsMaxBytes = 1 << 20
			b := natstest.Connect(t, natstest.New(t), config)
			var full, stored int
			for from := 0; from < 100 && full == 0; from += 10 {
				batch := events(from, from+10)
				for i := range batch {
					batch[i].Data = bytes.Repeat([]byte{'x'}, 30_000)
				}
				for _, receipt := range b.PublishEvents(t.Context(), batch) {
					if receipt.Err != nil {
						require.ErrorIs(t, receipt.Err, bus.ErrFull)
						full++
					} else {
						stored++
					}
				}
			}
			require.NotZero(t, full)
			require.NotZero(t, stored)
			last, err := b.ScanEvents(t.Context(), 0, true, func(bus.Delivery) error { return nil })
			require.NoError(t, err)
			require.EqualValues(t, stored, last, "a full stream keeps what it has")
		})
	}
}

func TestPublishWithoutServer(t *testing.T) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		t.Run(durability.String(), func(t *testing.T) {
			server := natstest.New(t)
			config := testConfig()
			config.Durability = durability
			config.PublishTimeout = 500 * time.Millisecond
			b := natstest.Connect(t, server, config)
			server.Stop()
			eventually(t, func() bool { return b.Healthy() != nil })
			for _, receipt := range b.PublishEvents(t.Context(), events(0, 20)) {
				require.ErrorIs(t, receipt.Err, bus.ErrUnavailable)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for _, receipt := range b.PublishEvents(ctx, events(0, 20)) {
				require.ErrorIs(t, receipt.Err, bus.ErrUnavailable)
			}
			_, _, err := b.LookupDecision(t.Context(), identity(0), "event")
			require.ErrorIs(t, err, bus.ErrUnavailable)
			_, err = b.SubscribeAnswer(t.Context())
			require.ErrorIs(t, err, bus.ErrUnavailable)
			_, err = b.AppendCase(t.Context(), []bus.CaseAppend{{Case: "A"}, {Case: "B"}})
			require.ErrorIs(t, err, bus.ErrUnavailable)
		})
	}
}

func TestFirstStoredDecisionIsInEffect(t *testing.T) {
	eachDurability(t, func(t *testing.T, b *bus.Bus) {
		since := time.Now()
		requireStored(t, b.PublishDecisions(t.Context(), []bus.DecisionMessage{decided(1, 7)}))
		// Another one that the server does not recognise any more: here because it has
		// forgotten, which a message identifier of another trigger stands for.
		later := decided(1, 7)
		later.Data = []byte("later")
		again := b.PublishDecisions(t.Context(), []bus.DecisionMessage{later})
		requireStored(t, again)
		require.True(t, again[0].Duplicate)

		rescreened := decided(1, 7)
		rescreened.Trigger, rescreened.Data, rescreened.Outcome = "lists 2026-11-21", []byte("rescreened"), decision.OutcomeHold
		requireStored(t, b.PublishDecisions(t.Context(), []bus.DecisionMessage{rescreened}))

		data, found, err := b.LookupDecision(t.Context(), identity(1), decision.TriggerEvent)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, `{"decision":1}`, string(data))
		data, found, err = b.LookupDecisionSince(t.Context(), identity(1), "lists 2026-11-21", since)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "rescreened", string(data))
		_, found, err = b.LookupDecisionSince(t.Context(), identity(1), decision.TriggerEvent, time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.False(t, found)
		_, found, err = b.LookupDecision(t.Context(), identity(2), decision.TriggerEvent)
		require.NoError(t, err)
		require.False(t, found)

		d, err := b.DecisionAt(t.Context(), again[0].Sequence)
		require.NoError(t, err)
		require.Equal(t, `{"decision":1}`, string(d.Data))
		sequence, known := d.EventSequence()
		require.True(t, known)
		require.EqualValues(t, 7, sequence)
		require.Equal(t, decision.TriggerEvent, d.Trigger())
		read, err := d.Identity()
		require.NoError(t, err)
		require.Equal(t, identity(1), read)
	})
}

// Two decisions on one event are stored where the server has forgotten the first.
func TestLookupTakesTheFirstOfTwo(t *testing.T) {
	server := natstest.New(t)
	config := testConfig()
	config.DuplicateWindow = time.Second
	b := natstest.Connect(t, server, config)
	requireStored(t, b.PublishDecisions(t.Context(), []bus.DecisionMessage{decided(1, 7)}))
	later := decided(1, 7)
	later.Data, later.Outcome = []byte("later"), decision.OutcomeHold
	eventually(t, func() bool {
		receipt := b.PublishDecisions(t.Context(), []bus.DecisionMessage{later})[0]
		return receipt.Err == nil && !receipt.Duplicate
	})
	data, found, err := b.LookupDecision(t.Context(), identity(1), decision.TriggerEvent)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, `{"decision":1}`, string(data))
}

func TestAnswers(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	one, err := b.SubscribeAnswer(t.Context())
	require.NoError(t, err)
	defer one.Close()
	two, err := b.SubscribeAnswer(t.Context())
	require.NoError(t, err)
	defer two.Close()
	require.NotEqual(t, one.Subject, two.Subject)
	require.NoError(t, b.Answer(two.Subject, []byte("two")))
	require.NoError(t, b.Answer(one.Subject, []byte("one")))
	require.NoError(t, b.Answer(one.Subject, []byte("once more")))
	data, err := one.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "one", string(data))
	data, err = two.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "two", string(data))

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = two.Wait(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	for _, subject := range []string{"", "events.0001.shipment.tms", "_INBOX.>", "_INBOX.a b"} {
		require.ErrorIs(t, b.Answer(subject, nil), bus.ErrInvalid)
	}
}
