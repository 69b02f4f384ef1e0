package escalate_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/escalate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger is a key-value store in memory with compare-and-set.
type ledger struct {
	mutex    sync.Mutex
	values   map[string][]byte
	revision map[string]uint64
	fail     error
}

func newLedger() *ledger {
	return &ledger{values: map[string][]byte{}, revision: map[string]uint64{}}
}

func (l *ledger) Get(_ context.Context, key string) ([]byte, uint64, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.fail != nil {
		return nil, 0, l.fail
	}
	if l.revision[key] == 0 {
		return nil, 0, escalate.ErrAbsent
	}
	return l.values[key], l.revision[key], nil
}

func (l *ledger) Create(ctx context.Context, key string, value []byte) (uint64, error) {
	return l.Update(ctx, key, value, 0)
}

func (l *ledger) Update(_ context.Context, key string, value []byte, revision uint64) (uint64, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.fail != nil {
		return 0, l.fail
	}
	if l.revision[key] != revision {
		return 0, escalate.ErrTaken
	}
	l.values[key] = value
	l.revision[key]++
	return l.revision[key], nil
}

func (l *ledger) entry(t *testing.T, key string) escalate.Entry {
	t.Helper()
	value, _, err := l.Get(t.Context(), key)
	require.NoError(t, err)
	entry, err := escalate.DecodeEntry(value)
	require.NoError(t, err)
	return entry
}

// receiver answers what it is told to, one after the other, the last for ever.
type receiver struct {
	answers []error
	hang    bool
	told    []time.Time
	keys    []string
}

func (r *receiver) Notify(ctx context.Context, notice escalate.Notice) error {
	r.told, r.keys = append(r.told, time.Now()), append(r.keys, notice.Key)
	if r.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	return answer
}

type letters struct {
	written []escalate.Letter
	fail    error
}

func (l *letters) DeadLetter(_ context.Context, letter escalate.Letter) error {
	if l.fail != nil {
		return l.fail
	}
	l.written = append(l.written, letter)
	return nil
}

type bench struct {
	ledger   *ledger
	letters  *letters
	receiver *receiver
}

func (b *bench) pipeline(t *testing.T, holder string) *escalate.Pipeline {
	t.Helper()
	pipeline, err := escalate.NewPipeline(escalate.DefaultConfig(), escalate.Deps{
		Receivers: map[string]escalate.Receiver{"duty": b.receiver}, Ledger: b.ledger, Letters: b.letters,
		Clock: time.Now, Holder: holder,
	})
	require.NoError(t, err)
	return pipeline
}

func newBench(answers ...error) *bench {
	return &bench{ledger: newLedger(), letters: &letters{}, receiver: &receiver{answers: answers}}
}

var notice = escalate.Notice{Key: "k1", Group: "C-x-1", Step: "severity:high", Receiver: "duty", Type: escalate.NoticeOpened}

var errDown = errors.New("answered 500")

func TestToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(nil)
		result, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultSent, result)
		result, err = b.pipeline(t, "two").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultDuplicate, result)
		require.Len(t, b.receiver.told, 1)
		entry := b.ledger.entry(t, "k1")
		require.Equal(t, escalate.EntrySent, entry.Status)
		require.Equal(t, "one", entry.Holder)
		require.Equal(t, 1, entry.Attempts)
		require.True(t, entry.Until.IsZero())
	})
}

func TestRetriedUntilAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(errDown, errDown, escalate.RetryAfter(errDown, 20*time.Second), nil)
		result, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultSent, result)
		require.Equal(t, []string{"k1", "k1", "k1", "k1"}, b.receiver.keys, "one key for all attempts")
		require.Equal(t, 20*time.Second, b.receiver.told[3].Sub(b.receiver.told[2]), "Retry-After is kept")
		require.Equal(t, 4, b.ledger.entry(t, "k1").Attempts)
	})
}

func TestRetryAfterIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(escalate.RetryAfter(errDown, 24*time.Hour), nil)
		_, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.DefaultConfig().LongestPause, b.receiver.told[1].Sub(b.receiver.told[0]))
	})
}

func TestGivenUpForNowStaysDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(errDown)
		started := time.Now()
		result, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.ErrorIs(t, err, errDown)
		require.Equal(t, escalate.ResultFailed, result)
		require.LessOrEqual(t, time.Since(started), escalate.DefaultConfig().GiveUpAfter)
		require.Greater(t, len(b.receiver.told), 3)
		require.Empty(t, b.letters.written, "what may still be accepted is no dead letter")
		b.receiver.answers = []error{nil}
		result, err = b.pipeline(t, "one").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultSent, result, "its own lease does not stand in its way")
	})
}

func TestHangingReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(nil)
		b.receiver.hang = true
		_, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Greater(t, len(b.receiver.told), 1, "each attempt has its own time limit")
	})
}

func TestRefusedBecomesADeadLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(errDown, escalate.Permanent(errors.New("answered 410")))
		b.letters.fail = errors.New("stream is full")
		_, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.ErrorIs(t, err, b.letters.fail, "without the letter it is not settled")
		require.Equal(t, escalate.EntrySending, b.ledger.entry(t, "k1").Status)
		b.letters.fail = nil
		result, err := b.pipeline(t, "one").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultRefused, result)
		require.Len(t, b.letters.written, 1)
		require.Equal(t, "k1", b.letters.written[0].ID)
		require.Equal(t, "answered 410", b.letters.written[0].Reason)
		result, err = b.pipeline(t, "two").Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultDuplicate, result)
		require.Len(t, b.letters.written, 1)
	})
}

func TestUnknownReceiverIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(nil)
		lost := notice
		lost.Receiver = "nobody"
		result, err := b.pipeline(t, "one").Notify(t.Context(), lost)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultRefused, result)
		require.Len(t, b.letters.written, 1)
	})
}

// While one replica tells, and pauses, the other leaves it alone; when it dies in
// between, the other takes over after the lease.
func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(errDown)
		ctx, kill := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := b.pipeline(t, "one").Notify(ctx, notice)
			done <- err
		}()
		time.Sleep(time.Minute) // virtual: several attempts and pauses
		other := b.pipeline(t, "two")
		result, err := other.Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultBusy, result)
		kill()
		require.ErrorIs(t, <-done, context.Canceled)
		b.receiver.answers = []error{nil}
		config := escalate.DefaultConfig()
		time.Sleep(2*config.LongestPause + config.AttemptTimeout + config.Margin)
		result, err = other.Notify(t.Context(), notice)
		require.NoError(t, err)
		require.Equal(t, escalate.ResultSent, result)
		require.Equal(t, "two", b.ledger.entry(t, "k1").Holder)
	})
}

func TestLostLeaseEndsTheAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(errDown)
		done := make(chan escalate.Result)
		go func() {
			result, _ := b.pipeline(t, "one").Notify(t.Context(), notice)
			done <- result
		}()
		synctest.Wait()
		b.ledger.mutex.Lock()
		b.ledger.revision["k1"]++ // another replica has taken it
		b.ledger.mutex.Unlock()
		require.Equal(t, escalate.ResultBusy, <-done)
		require.LessOrEqual(t, len(b.receiver.told), 2)
	})
}

func TestLedgerDown(t *testing.T) {
	b := newBench(nil)
	b.ledger.fail = errors.New("no quorum")
	result, err := b.pipeline(t, "one").Notify(t.Context(), notice)
	require.ErrorIs(t, err, b.ledger.fail)
	require.Equal(t, escalate.ResultFailed, result)
	require.Empty(t, b.receiver.told, "who cannot know whether it was told does not tell")
}

func TestNewPipelineReportsEverything(t *testing.T) {
	_, err := escalate.NewPipeline(escalate.Config{FirstPause: time.Second}, escalate.Deps{Receivers: map[string]escalate.Receiver{"x": nil}})
	for _, part := range []string{"attempt_timeout", "longest_pause", "give_up_after", "margin", "a clock", "no name", `receiver "x"`} {
		require.ErrorContains(t, err, part)
	}
}

func TestRoutes(t *testing.T) {
	routes := escalate.DefaultRoutes("duty")
	require.NoError(t, routes.Validate())
	require.Equal(t, []string{"compliance", "diversion", "sanctions"}, routes.Queues())
	require.Equal(t, []string{"duty"}, routes.Receivers())
	for _, test := range []struct {
		state casework.State
		queue string
	}{
		{casework.State{Key: casework.Key{Kind: casework.KeyEntry}, Measures: []string{"freeze"}}, "sanctions"},
		{casework.State{Key: casework.Key{Kind: casework.KeyEntry}, Measures: []string{"unverified"}}, "compliance"},
		{casework.State{Key: casework.Key{Kind: casework.KeyFlags}}, "diversion"},
		{casework.State{Key: casework.Key{Kind: casework.KeyEvent}}, "compliance"},
	} {
		require.Equal(t, test.queue, routes.Route(test.state).Queue)
	}
	bad := escalate.Routes{Rules: []escalate.Rule{
		{Route: escalate.Route{Queue: "a.b"}},
		{Kinds: []casework.KeyKind{"enrty"}, Route: escalate.Route{Queue: "ok", Receivers: []string{""}}},
	}}
	err := bad.Validate()
	for _, part := range []string{"default: queue", "rules[0] asks for nothing", `rules[0]: queue "a.b"`, `kind "enrty"`, "has no name"} {
		require.ErrorContains(t, err, part)
	}
}

func TestDue(t *testing.T) {
	opened := time.Date(2026, 11, 20, 2, 10, 0, 0, time.UTC)
	state := casework.State{ID: "C-x-1", Status: casework.StatusOpen, Severity: casework.SeverityMedium, Opened: opened, SeveritySince: opened}
	route := escalate.Route{Queue: "q", Receivers: []string{"duty", "chief"}}
	first := escalate.Due(state, route)
	require.Len(t, first, 2)
	require.Equal(t, escalate.NoticeOpened, first[0].Type)
	require.NotEqual(t, first[0].Key, first[1].Key)
	require.Equal(t, first, escalate.Due(state, route), "the same state owes the same")

	state.Severity, state.SeveritySince = casework.SeverityHigh, opened.Add(time.Minute)
	raised := escalate.Due(state, route)
	require.Equal(t, escalate.NoticeRaised, raised[0].Type)
	require.NotEqual(t, first[0].Key, raised[0].Key)

	state.Status, state.ClaimedSeverity = casework.StatusClaimed, casework.SeverityHigh
	require.Empty(t, escalate.Due(state, route), "who claimed it knows")
	state.Severity = casework.SeverityCritical
	require.Len(t, escalate.Due(state, route), 2, "but not of what came after")
	state.Status = casework.StatusClosed
	require.Empty(t, escalate.Due(state, route))
	route.NotifyFrom = casework.SeverityHigh
	require.Empty(t, escalate.Due(casework.State{Status: casework.StatusOpen, Severity: casework.SeverityMedium}, route))
}

func TestPermanentOfNothingIsNothing(t *testing.T) {
	require.NoError(t, escalate.Permanent(nil))
	require.NoError(t, escalate.RetryAfter(nil, time.Second))
}
