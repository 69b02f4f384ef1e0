package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/internal/natstest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// seen counts deliveries by sequence.
type seen struct {
	mu    sync.Mutex
	times map[uint64]int
}

func (s *seen) add(d bus.Delivery) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times == nil {
		s.times = map[uint64]int{}
	}
	s.times[d.Sequence]++
	return s.times[d.Sequence]
}

func (s *seen) distinct() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

func (s *seen) of(sequence uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.times[sequence]
}

func TestConsumeGivesEverythingOnce(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 2000)))
	var got seen
	var largest atomic.Int64
	end := consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			largest.Store(max(largest.Load(), int64(len(batch))))
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return got.distinct() == 2000 })
	// One that comes alone is not kept waiting for others.
	requireStored(t, b.PublishEvents(t.Context(), events(2000, 2001)))
	eventually(t, func() bool { return got.of(2001) == 1 })
	end()
	require.Greater(t, largest.Load(), int64(1))
	for sequence := range uint64(2001) {
		require.Equal(t, 1, got.of(sequence+1))
	}
	// What was acknowledged does not come again.
	var again seen
	requireStored(t, b.PublishEvents(t.Context(), events(2001, 2002)))
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			for _, d := range batch {
				again.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return again.of(2002) == 1 })
	require.Equal(t, 1, again.distinct())
}

func TestConsumeDecisionsOfOutcomes(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	var made []bus.DecisionMessage
	for n := range 30 {
		d := decided(n, uint64(n+1))
		d.Outcome = []decision.Outcome{decision.OutcomePass, decision.OutcomeAlert, decision.OutcomeHold}[n%3]
		made = append(made, d)
	}
	requireStored(t, b.PublishDecisions(t.Context(), made))
	var got seen
	config := testConsumer("notifier")
	config.Outcomes = []decision.Outcome{decision.OutcomeHold, decision.OutcomeAlert, decision.OutcomeHold}
	end := consume(t, func(ctx context.Context) error {
		return b.ConsumeDecisions(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return got.distinct() == 20 })
	end()
	for n := range uint64(30) {
		require.Equal(t, min(1, int(n%3)), got.of(n+1))
	}
	require.ErrorIs(t, b.ConsumeEvents(t.Context(), config, nil), bus.ErrInvalid)
}

func TestRetryComesAgainWithoutStoppingTheLine(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 50)))
	var got seen
	var attempts atomic.Int64
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			verdicts := make([]error, len(batch))
			for i, d := range batch {
				if d.Sequence == 3 && d.Attempt < 4 {
					attempts.Store(int64(d.Attempt))
					verdicts[i] = errors.New("redis is away")
					continue
				}
				got.add(d)
			}
			return verdicts
		})
	})
	eventually(t, func() bool { return got.distinct() == 50 })
	require.EqualValues(t, 3, attempts.Load())
}

func TestPermanentBecomesADeadLetter(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	poison := event(2)
	poison.Data = []byte("{broken")
	requireStored(t, b.PublishEvents(t.Context(), []bus.EventMessage{event(0), event(1), poison, event(3)}))
	var got seen
	end := consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			verdicts := make([]error, len(batch))
			for i, d := range batch {
				if got.add(d) > 0 && d.Data[1] == 'b' {
					verdicts[i] = fmt.Errorf("screen: %w", bus.Permanent(errors.New("not JSON at byte 1\r\n")))
				}
			}
			return verdicts
		})
	})
	eventually(t, func() bool { return got.distinct() == 4 })
	var letters []bus.DeadLetter
	eventually(t, func() bool {
		var err error
		letters, err = b.ListDeadLetters(t.Context(), 10)
		return err == nil && len(letters) == 1
	})
	require.Equal(t, "screener", letters[0].Component)
	require.Equal(t, "not JSON at byte 1\r\n", letters[0].Reason)
	require.Equal(t, "EVENTS", letters[0].OriginalStream)
	require.EqualValues(t, 3, letters[0].OriginalSequence)
	require.EqualValues(t, 3, letters[0].EventSequence)
	require.Equal(t, 1, letters[0].Attempts)
	require.Nil(t, letters[0].Data)
	letter, err := b.ShowDeadLetter(t.Context(), letters[0].Sequence)
	require.NoError(t, err)
	require.Equal(t, "{broken", string(letter.Data))
	require.Equal(t, "chokepoint.shipment.v1", letter.Header.Get("ce-type"))
	require.Equal(t, "tms-eu/S-2/1+"+poison.Digest, letter.Header.Get("Nats-Msg-Id"))
	_, err = b.ShowDeadLetter(t.Context(), 99)
	require.ErrorIs(t, err, bus.ErrNotFound)
	end()
	// Terminated: nothing is owed any more.
	consumer, err := direct(t, server).Consumer(t.Context(), "EVENTS", "screener")
	require.NoError(t, err)
	info := consumer.CachedInfo()
	require.Zero(t, info.NumAckPending)
	require.Zero(t, info.NumPending)
	require.Equal(t, 1, got.of(3))
}

// While a dead letter cannot be stored the message stays, and the line goes on.
func TestDeadLetterThatCannotBeStored(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	js := direct(t, server)
	stream, err := js.Stream(t.Context(), "DEADLETTERS")
	require.NoError(t, err)
	roomy := stream.CachedInfo().Config
	full := roomy
	full.MaxMsgs = 1
	_, err = js.UpdateStream(t.Context(), full)
	require.NoError(t, err)
	require.NoError(t, b.DeadLetter(t.Context(), bus.DeadLetter{Component: "test", Reason: "fills the stream"}))
	require.ErrorIs(t, b.DeadLetter(t.Context(), bus.DeadLetter{Component: "test"}), bus.ErrFull)

	requireStored(t, b.PublishEvents(t.Context(), events(0, 10)))
	var got seen
	config := testConsumer("screener")
	config.MaxPanics = 1000
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
			verdicts := make([]error, len(batch))
			for i, d := range batch {
				got.add(d)
				if d.Sequence == 4 {
					verdicts[i] = bus.Permanent(errors.New("poison"))
				}
			}
			return verdicts
		})
	})
	eventually(t, func() bool { return got.distinct() == 10 && got.of(4) >= 3 })
	_, err = js.UpdateStream(t.Context(), roomy)
	require.NoError(t, err)
	eventually(t, func() bool {
		letters, err := b.ListDeadLetters(t.Context(), 0)
		return err == nil && len(letters) == 2 && letters[0].OriginalSequence == 4 && letters[1].Component == "test"
	})
	for sequence := uint64(1); sequence <= 10; sequence++ {
		if sequence != 4 {
			require.Equal(t, 1, got.of(sequence))
		}
	}
}

func TestPanicHurtsOneMessageAlone(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 30)))
	var got, panicked seen
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			for _, d := range batch {
				if d.Sequence == 7 || d.Sequence == 9 && d.Attempt == 1 {
					if len(batch) == 1 {
						panicked.add(d)
					}
					panic("no such tariff code")
				}
			}
			for _, d := range batch {
				got.add(d)
			}
			return make([]error, len(batch))
		})
	})
	var letters []bus.DeadLetter
	eventually(t, func() bool {
		var err error
		letters, err = b.ListDeadLetters(t.Context(), 0)
		return err == nil && len(letters) == 1 && got.distinct() == 29
	})
	require.EqualValues(t, 7, letters[0].OriginalSequence)
	require.Equal(t, "handler panicked: no such tariff code (3 times)", letters[0].Reason)
	require.Equal(t, 3, panicked.of(7))
	require.Equal(t, 1, got.of(9))
}

func TestWrongNumberOfVerdictsLosesNothing(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 5)))
	var got seen
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			if batch[0].Attempt == 1 {
				return make([]error, len(batch)+1)
			}
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return got.distinct() == 5 })
}

// A slow handler keeps its messages, those that wait for it included.
func TestSlowHandlerKeepsItsMessages(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 12)))
	config := testConsumer("screener")
	config.AckWait = 400 * time.Millisecond
	config.Batch, config.Workers = 4, 1
	var got seen
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
			<-time.After(700 * time.Millisecond) // the work takes longer than AckWait
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return got.distinct() == 12 })
	js := direct(t, server)
	eventually(t, func() bool {
		consumer, err := js.Consumer(t.Context(), "EVENTS", "screener")
		return err == nil && consumer.CachedInfo().NumAckPending == 0
	})
	for sequence := uint64(1); sequence <= 12; sequence++ {
		require.Equal(t, 1, got.of(sequence))
	}
}

// A handler that hangs loses its messages to others.
func TestHangingHandlerLosesItsMessages(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 1)))
	config := testConsumer("screener")
	config.AckWait, config.HandleTimeout, config.Workers = 200*time.Millisecond, 300*time.Millisecond, 2
	var got seen
	hang := make(chan struct{})
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
			if batch[0].Attempt == 1 {
				<-hang
				return nil
			}
			got.add(batch[0])
			return nil
		})
	})
	eventually(t, func() bool { return got.of(1) == 1 })
	close(hang)
}

// Ending a consumer lets the handler finish and gives back the rest at once.
func TestEndGivesBackWhatNobodyHandled(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 100)))
	config := testConsumer("screener")
	config.AckWait = time.Minute
	config.Batch, config.Workers = 10, 1
	entered, leave := make(chan struct{}), make(chan struct{})
	var got seen
	end := consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, config, func(ctx context.Context, batch []bus.Delivery) []error {
			entered <- struct{}{}
			<-leave
			if ctx.Err() != nil {
				t.Error("the handler's context ended too early")
			}
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	<-entered
	go func() {
		defer close(leave)
		<-time.After(50 * time.Millisecond) // until after the end was asked for
	}()
	end()
	handled := got.distinct()
	require.Positive(t, handled)
	require.LessOrEqual(t, handled, 10)

	var rest seen
	start := time.Now()
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
			for _, d := range batch {
				rest.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return rest.distinct() == 100-handled })
	require.Less(t, time.Since(start), 30*time.Second, "they must not wait for AckWait")
}

func TestConsumerThatIsDeletedIsMadeAgain(t *testing.T) {
	server := natstest.New(t)
	b := natstest.Connect(t, server, testConfig())
	requireStored(t, b.PublishEvents(t.Context(), events(0, 5)))
	var got seen
	consume(t, func(ctx context.Context) error {
		return b.ConsumeEvents(ctx, testConsumer("screener"), func(_ context.Context, batch []bus.Delivery) []error {
			for _, d := range batch {
				got.add(d)
			}
			return nil
		})
	})
	eventually(t, func() bool { return got.distinct() == 5 })
	require.NoError(t, direct(t, server).DeleteConsumer(t.Context(), "EVENTS", "screener"))
	requireStored(t, b.PublishEvents(t.Context(), events(5, 10)))
	eventually(t, func() bool { return got.distinct() == 10 })
}

func TestTwoConsumersShareTheWork(t *testing.T) {
	server := natstest.New(t)
	one, two := natstest.Connect(t, server, testConfig()), natstest.Connect(t, server, testConfig())
	var got, byOne, byTwo seen
	start := func(b *bus.Bus, mine *seen) {
		config := testConsumer("screener")
		config.Batch = 5
		consume(t, func(ctx context.Context) error {
			return b.ConsumeEvents(ctx, config, func(_ context.Context, batch []bus.Delivery) []error {
				for _, d := range batch {
					got.add(d)
					mine.add(d)
				}
				return nil
			})
		})
	}
	start(one, &byOne)
	start(two, &byTwo)
	eventually(t, func() bool {
		n := got.distinct()
		requireStored(t, one.PublishEvents(t.Context(), events(n, n+100)))
		return byOne.distinct() > 0 && byTwo.distinct() > 0
	})
}

func TestRetryDelayGrowsAndIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "base"))
		most := base + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		sequence := rapid.Uint64().Draw(t, "sequence")
		attempt := rapid.IntRange(-1, 10_000).Draw(t, "attempt")
		delay := bus.RetryDelay(sequence, attempt, base, most)
		require.Equal(t, delay, bus.RetryDelay(sequence, attempt, base, most))
		require.LessOrEqual(t, delay, most)
		require.GreaterOrEqual(t, delay, base-base/5)
		later := bus.RetryDelay(sequence, attempt+2, base, most)
		require.GreaterOrEqual(t, later+most/4, delay)
	})
}

func TestPermanent(t *testing.T) {
	cause := errors.New("cause")
	require.NoError(t, bus.Permanent(nil))
	err := fmt.Errorf("outer: %w", bus.Permanent(cause))
	require.True(t, bus.IsPermanent(err))
	require.ErrorIs(t, err, cause)
	require.EqualError(t, err, "outer: cause")
	require.False(t, bus.IsPermanent(cause))
	require.False(t, bus.IsPermanent(nil))
}
