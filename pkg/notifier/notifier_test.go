package notifier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
)

// script is what happens in the tests of crashes: two parties, a case that rises and
// changes its queue, a decision with two cases, a late revision, and a claim.
func script(w *world) {
	for _, i := range []invent{
		{event: "tms/S-1/1", name: "First", entry: "L/1", measure: "unverified", effect: decision.OutcomeAlert},
		{event: "tms/S-2/2", name: "First", entry: "L/1", measure: "freeze", effect: decision.OutcomeHold},
		{event: "tms/S-2/1", name: "First", entry: "L/1", measure: "freeze", effect: decision.OutcomeHold},
		{event: "tms/S-3/1", name: "Second", entry: "L/2", measure: "freeze", effect: decision.OutcomeHold, flags: map[string]decision.BasisPoints{"goods": 9_000}},
		{event: "tms/S-4/1", name: "Second", flags: map[string]decision.BasisPoints{"goods": 6_000}},
	} {
		w.parties[i.event] = party(i.name, "TR")
		w.publish(i.decision(w.t))
	}
}

// work is what one process does with the script until it dies, or is done.
func work(t *testing.T, r *replica, n *Notifier) error {
	r.deliver(n)
	for _, docket := range r.fold() {
		if state, open := docket.Open(); open && state.Leading.Party.Name == "First" {
			who := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
			if _, err := n.Claim(t.Context(), state.ID, who); err != nil {
				return err
			}
		}
	}
	_, err := n.reconcile(t.Context(), &openDockets{open: map[string]bool{}})
	n.tellWaiting(t.Context())
	return err
}

// outcome is what must be the same whatever crashed.
func outcome(w *world) (cases []casework.State, queues map[string][]Placed, told []string) {
	for _, docket := range w.fold() {
		cases = append(cases, docket.Cases()...)
	}
	for _, notice := range w.told {
		told = append(told, notice.Key)
	}
	slices.Sort(told)
	return cases, w.queues, slices.Compact(told)
}

// The process dies at each of its calls in turn, before or after the call has done
// its work, and another one takes over: the outcome is always the same.
func TestCrashAtEveryStep(t *testing.T) {
	reference := newWorld(t)
	script(reference)
	require.NoError(t, work(t, &replica{world: reference, name: "r"}, (&replica{world: reference, name: "r"}).notifier(nil)))
	reference.check()
	wantCases, wantQueues, wantTold := outcome(reference)
	require.Len(t, wantCases, 3)

	dead := errors.New("the replica is dead")
	crashes := 0
	for at := 1; ; at++ {
		reached := false
		for _, doneFirst := range []bool{false, true} {
			w := newWorld(t)
			script(w)
			calls := 0
			first := &replica{world: w, name: "one", gate: func(string) (before, after error) {
				calls++
				switch {
				case calls > at || calls == at && !doneFirst:
					return dead, nil
				case calls == at:
					return nil, dead
				}
				return nil, nil
			}}
			err := work(t, first, first.notifier(nil))
			reached = reached || calls >= at
			require.True(t, err == nil || errors.Is(err, dead), "%v", err)
			w.now = w.now.Add(time.Hour) // beyond every lease
			second := &replica{world: w, name: "two"}
			require.NoError(t, work(t, second, second.notifier(func(c *Config) { c.Dockets = 1 })))
			w.check()
			cases, queues, told := outcome(w)
			require.Equal(t, withoutTimes(wantCases), withoutTimes(cases), "call %d, done first: %v", at, doneFirst)
			require.Equal(t, places(wantQueues), places(queues))
			require.Subset(t, told, keysOf(wantTold, cases))
			require.LessOrEqual(t, len(w.told), len(wantTold)+1, "one crash doubles one notice at most")
			crashes++
		}
		if !reached {
			break
		}
	}
	require.Greater(t, crashes, 100)
	t.Logf("%d crashes", crashes)
}

// keysOf leaves out the notices that nobody is due any more once the case is
// claimed: a crash before telling may well skip them.
func keysOf(told []string, cases []casework.State) []string {
	var due []string
	for _, state := range cases {
		for _, notice := range escalate.Due(state, escalate.DefaultRoutes("duty").Route(state)) {
			if slices.Contains(told, notice.Key) {
				due = append(due, notice.Key)
			}
		}
	}
	return due
}

func withoutTimes(states []casework.State) []casework.State {
	states = slices.Clone(states)
	for i := range states {
		states[i].SeveritySince, states[i].Opened, states[i].Updated, states[i].ClaimedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	}
	return states
}

func places(queues map[string][]Placed) []string {
	var all []string
	for caseID, placed := range queues {
		for _, one := range placed {
			all = append(all, one.Queue+"."+one.Severity+"."+caseID)
		}
	}
	slices.Sort(all)
	return all
}

// Two notifiers share the work, both fail now and then, some appends are stored
// though they seemed to fail, and people claim and close meanwhile.
func TestTwoReplicasRace(t *testing.T) {
	w := newWorld(t)
	const things, keys = 150, 5
	random := rand.New(rand.NewPCG(1, 2))
	for i := range things {
		one := invent{
			event: fmt.Sprintf("tms/S-%d/%d", i/2, 1+i%2), name: fmt.Sprintf("Party %d", i%keys), entry: "L/1",
			measure: []string{"unverified", "freeze"}[random.IntN(2)], effect: decision.OutcomeHold,
		}
		w.parties[one.event] = party(one.name, "TR")
		w.publish(one.decision(t))
	}
	transient := errors.New("timeout")
	gate := func(random *rand.Rand) func(string) (error, error) {
		return func(call string) (before, after error) {
			if strings.HasPrefix(call, "ledger") || call == "receiver" || call == "letter" || random.IntN(40) > 0 {
				return nil, nil
			}
			if random.IntN(2) == 0 {
				return transient, nil
			}
			return nil, transient
		}
	}
	var notifiers []*Notifier
	for i, name := range []string{"one", "two"} {
		r := &replica{world: w, name: name, gate: gate(rand.New(rand.NewPCG(3, uint64(i))))}
		n := r.notifier(func(c *Config) { c.ReconcileEvery, c.Dockets = time.Second, 3 })
		require.NoError(t, n.Start(t.Context()))
		notifiers = append(notifiers, n)
	}
	ann := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
	w.wait(func() bool { return len(w.cases) >= 20 })
	w.mutex.Lock()
	claimed := casework.CaseID(w.cases[0].Docket, 1)
	w.mutex.Unlock()
	for { // what fails is asked again, as people do
		if _, err := notifiers[0].Claim(t.Context(), claimed, ann); err == nil {
			break
		}
	}
	for {
		_, err := notifiers[1].Close(t.Context(), claimed, ann, "done")
		if err == nil || errors.Is(err, casework.ErrClosed) {
			break
		}
	}
	w.wait(func() bool {
		return !slices.ContainsFunc(w.decisions, func(one *stored) bool { return !one.acked })
	})
	w.wait(func() bool {
		due, told := 0, map[string]bool{}
		for _, notice := range w.told {
			told[notice.Key] = true
		}
		for _, docket := range w.fold() {
			if state, open := docket.Open(); open {
				for _, notice := range escalate.Due(state, escalate.DefaultRoutes("duty").Route(state)) {
					if !told[notice.Key] {
						due++
					}
				}
			}
		}
		return due == 0
	})
	for _, n := range notifiers {
		require.NoError(t, n.Stop(t.Context()))
	}
	w.mutex.Lock()
	for _, one := range w.decisions {
		require.NoError(t, one.dead)
	}
	taken := 0
	for _, docket := range w.fold() {
		for _, state := range docket.Cases() {
			taken += state.Occurrences + state.Noted
		}
	}
	require.Equal(t, things, taken, "each decision in exactly one record")
	times := map[string]int{}
	for _, notice := range w.told {
		times[notice.Key]++
		require.Equal(t, 1, times[notice.Key], "while both live, nobody is told twice")
	}
	w.mutex.Unlock()

	// A crash of the claiming call may leave its queue to the pass over open cases.
	last := &replica{world: w, name: "three"}
	n := last.notifier(nil)
	_, err := n.reconcile(t.Context(), &openDockets{open: map[string]bool{}})
	require.NoError(t, err)
	w.check()
}

// Between a replica's look at the queue and its write, another one changes the
// case: the queue shows the last state all the same, without anybody coming back.
func TestOvertakenBetweenLookAndWrite(t *testing.T) {
	ann := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
	for _, call := range []string{"case_append", "queue_put", "queue_purge", "case_read", "queue_read"} {
		for name, meanwhile := range map[string]func(w *world, other *Notifier) error{
			"joined": func(w *world, other *Notifier) error {
				return other.handle(t.Context(), []Incoming{{Data: w.decisions[2].data}})[0]
			},
			"claimed": func(w *world, other *Notifier) error {
				_, err := other.Claim(t.Context(), casework.CaseID(w.cases[0].Docket, 1), ann)
				return err
			},
			"closed": func(w *world, other *Notifier) error {
				id := casework.CaseID(w.cases[0].Docket, 1)
				_, err := other.Claim(t.Context(), id, ann)
				_, closing := other.Close(t.Context(), id, ann, "done")
				return errors.Join(err, closing)
			},
		} {
			w := newWorld(t)
			for i, measure := range []string{"unverified", "freeze", "freeze"} {
				one := invent{event: fmt.Sprintf("tms/S-%d/1", i), name: "First", entry: "L/1", measure: measure, effect: decision.OutcomeHold}
				w.parties[one.event] = party(one.name, "TR")
				w.publish(one.decision(t))
				w.decisions[i].acked = true
			}
			other := (&replica{world: w, name: "two"}).notifier(nil)
			slow := &replica{world: w, name: "one"}
			n := slow.notifier(nil)
			require.NoError(t, n.handle(t.Context(), []Incoming{{Data: w.decisions[0].data}})[0])
			overtaken := false
			slow.pause = func(at string) {
				if at == call && !overtaken {
					overtaken = true
					require.NoError(t, meanwhile(w, other), "%s at %s", name, call)
				}
			}
			require.NoError(t, n.handle(t.Context(), []Incoming{{Data: w.decisions[1].data}})[0], "%s at %s", name, call)
			require.True(t, overtaken)
			n.tellWaiting(t.Context())
			other.tellWaiting(t.Context())
			w.check()
		}
	}
}

// wait blocks until the world is as asked.
func (w *world) wait(until func() bool) {
	w.t.Helper()
	late := false
	timer := time.AfterFunc(time.Minute, func() {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		late = true
		w.changed.Broadcast()
	})
	defer timer.Stop()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for !until() {
		require.False(w.t, late, "the world did not become as asked")
		w.changed.Wait()
	}
}

// Any order of deliveries and duplicates, over any number of replicas that each
// remember what they remember: one open case per key, each decision taken in once.
func TestAnyOrderOfDeliveries(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		n := rapid.IntRange(1, 8).Draw(rt, "decisions")
		for range n {
			i := invent{
				event: fmt.Sprintf("tms/S-%d/%d", rapid.IntRange(1, 3).Draw(rt, "thing"), rapid.IntRange(1, 3).Draw(rt, "revision")),
				name:  rapid.SampledFrom([]string{"Alpha", "Beta"}).Draw(rt, "name"), entry: "L/1",
				measure: rapid.SampledFrom([]string{"unverified", "freeze"}).Draw(rt, "measure"), effect: decision.OutcomeHold,
			}
			if _, known := w.parties[i.event]; known {
				continue
			}
			w.parties[i.event] = party(i.name, "TR")
			w.publish(i.decision(t))
		}
		replicas := []*replica{{world: w, name: "one"}, {world: w, name: "two"}}
		notifiers := []*Notifier{replicas[0].notifier(nil), replicas[1].notifier(nil)}
		deliver := func(which, by int) {
			one := w.decisions[which]
			answers := notifiers[by].handle(t.Context(), []Incoming{{Data: one.data}})
			require.NoError(rt, answers[0])
			one.acked = true
			notifiers[by].tellWaiting(t.Context())
		}
		for range rapid.IntRange(0, 20).Draw(rt, "deliveries") {
			deliver(rapid.IntRange(0, len(w.decisions)-1).Draw(rt, "which"), rapid.IntRange(0, 1).Draw(rt, "by"))
		}
		for i := range w.decisions {
			deliver(i, i%2)
		}
		w.check()
		taken := 0
		for _, docket := range w.fold() {
			require.Len(rt, docket.Cases(), 1)
			taken += docket.Cases()[0].Occurrences + docket.Cases()[0].Noted
		}
		require.Equal(rt, len(w.decisions), taken)
	})
}

func TestHealthAndStop(t *testing.T) {
	w := newWorld(t)
	r := &replica{world: w, name: "one"}
	n := r.notifier(nil)
	require.ErrorContains(t, n.Healthy(), "not started")
	require.NoError(t, n.Stop(t.Context()), "stopping what was not started is nothing")
	require.NoError(t, n.Start(t.Context()))
	require.Error(t, n.Start(t.Context()))
	w.wait(func() bool { return scanned(n, w) })
	require.NoError(t, n.Stop(t.Context()))
	require.NoError(t, n.Stop(t.Context()))
	require.NoError(t, n.Healthy())
}

// scanned lets the waiter look again until the first pass is through.
func scanned(n *Notifier, w *world) bool {
	if n.reconciled.Load() {
		return true
	}
	time.AfterFunc(time.Millisecond, w.changed.Broadcast)
	return false
}

func TestHangingReceiverDoesNotStopCasework(t *testing.T) {
	w := newWorld(t)
	r := &replica{world: w, name: "one"}
	hanging := &hangingNotices{started: make(chan struct{}, 1_000)}
	n := r.notifier(func(c *Config) { c.NoticeWorkers, c.StopGrace = 1, time.Millisecond })
	n.deps.Notices = hanging
	for i := range 20 {
		one := invent{event: fmt.Sprintf("tms/S-%d/1", i), name: fmt.Sprintf("Party %d", i), entry: "L/1", measure: "freeze", effect: decision.OutcomeHold}
		w.parties[one.event] = party(one.name, "TR")
		w.publish(one.decision(t))
	}
	require.NoError(t, n.Start(t.Context()))
	<-hanging.started
	w.wait(func() bool {
		return !slices.ContainsFunc(w.decisions, func(one *stored) bool { return !one.acked })
	})
	require.NoError(t, n.Stop(t.Context()))
	require.Len(t, w.queues, 20)
}

type hangingNotices struct{ started chan struct{} }

func (h *hangingNotices) Notify(ctx context.Context, _ escalate.Notice) (escalate.Result, error) {
	h.started <- struct{}{}
	<-ctx.Done()
	return escalate.ResultFailed, ctx.Err()
}

func TestStopDoesNotWaitLongerThanItIsGiven(t *testing.T) {
	w := newWorld(t)
	r := &replica{world: w, name: "one"}
	hanging := &hangingNotices{started: make(chan struct{}, 1_000)}
	n := r.notifier(nil)
	n.deps.Notices = hanging
	script(w)
	require.NoError(t, n.Start(t.Context()))
	<-hanging.started
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, n.Stop(ctx), context.Canceled)
	n.telling.Wait()
	n.running.Wait()
}

// A notice that waited is told only while it is due, and shows the case as it is then.
func TestNoticeThatWaited(t *testing.T) {
	w := newWorld(t)
	script(w)
	n := (&replica{world: w, name: "one"}).notifier(nil)
	handle := func(i int) {
		require.NoError(t, n.handle(t.Context(), []Incoming{{Data: w.decisions[i].data}})[0])
	}
	handle(0)
	ann := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
	_, err := n.Claim(t.Context(), casework.CaseID(w.cases[0].Docket, 1), ann)
	require.NoError(t, err)
	n.tellWaiting(t.Context())
	require.Empty(t, w.told, "who claimed it knows")

	handle(1)
	handle(4)
	one := invent{event: "tms/S-7/1", name: "Second", flags: map[string]decision.BasisPoints{"goods": 6_000}}
	w.parties[one.event] = party("Second", "TR")
	w.publish(one.decision(t))
	handle(5)
	n.tellWaiting(t.Context())
	require.Len(t, w.told, 2)
	for _, notice := range w.told {
		require.Equal(t, 2, notice.Case.Occurrences)
	}
}

func TestBacklogIsBounded(t *testing.T) {
	e := newErrands(2)
	require.True(t, e.add(escalate.Notice{Key: "a"}))
	require.True(t, e.add(escalate.Notice{Key: "a"}), "twice is once")
	require.True(t, e.add(escalate.Notice{Key: "b"}))
	require.False(t, e.add(escalate.Notice{Key: "c"}))
	notice, more := e.next()
	require.True(t, more)
	require.Equal(t, "a", notice.Key)
	require.True(t, e.add(escalate.Notice{Key: "a"}), "being told")
	require.Len(t, e.waiting, 1)
	e.finish(notice, true)
	require.True(t, e.add(escalate.Notice{Key: "a"}))
	require.Len(t, e.waiting, 1, "told for good")
	for i := range 20 {
		e.finish(escalate.Notice{Key: fmt.Sprint(i)}, true)
	}
	require.LessOrEqual(t, len(e.told), 8)
	e.stop()
	require.False(t, e.add(escalate.Notice{Key: "d"}))
}

func TestDocketsAreForgotten(t *testing.T) {
	w := newWorld(t)
	d := newDockets(casePort{&replica{world: w}}, 2)
	for i := range 10 {
		held, err := d.acquire(t.Context(), []string{fmt.Sprint(i), "same", "same"})
		require.NoError(t, err)
		require.Len(t, held, 2)
		d.release(held)
	}
	require.Equal(t, 2, d.order.Len())
	require.Len(t, d.known, 2)

	held, err := d.acquire(t.Context(), []string{"same"})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.acquire(ctx, []string{"a", "same"})
	require.ErrorIs(t, err, context.Canceled)
	d.release(held)
	held, err = d.acquire(t.Context(), []string{"a", "same"})
	require.NoError(t, err, "who gave up holds nothing")
	d.release(held)
}

// What a replica remembers may be old: before it says no it reads.
func TestCommandsOnWhatAnotherReplicaChanged(t *testing.T) {
	w := newWorld(t)
	script(w)
	one, two := (&replica{world: w, name: "one"}).notifier(nil), (&replica{world: w, name: "two"}).notifier(nil)
	require.NoError(t, one.handle(t.Context(), []Incoming{{Data: w.decisions[0].data}})[0])
	id := casework.CaseID(w.cases[0].Docket, 1)
	ann := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
	_, err := two.Claim(t.Context(), id, ann)
	require.NoError(t, err)
	state, err := one.Close(t.Context(), id, ann, "done")
	require.NoError(t, err)
	require.Equal(t, casework.StatusClosed, state.Status)
	_, err = two.Claim(t.Context(), id, ann)
	require.ErrorIs(t, err, casework.ErrClosed)
	state, err = two.Case(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "done", state.Comment)

	// A memory that does not fit what is stored is thrown away before anybody says
	// that the store was altered.
	held, err := one.dockets.acquire(t.Context(), []string{w.cases[0].Docket})
	require.NoError(t, err)
	held[0].docket, held[0].last = casework.NewDocket(held[0].id), w.cases[0].Sequence
	one.dockets.release(held)
	state, err = one.Case(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, casework.StatusClosed, state.Status)
}

func TestConflictsWithoutEndPutTheDecisionBack(t *testing.T) {
	w := newWorld(t)
	script(w)
	r := &replica{world: w, name: "one", gate: func(call string) (before, after error) {
		if call == "case_append" {
			return ErrConflict, nil
		}
		return nil, nil
	}}
	n := r.notifier(func(c *Config) { c.Conflicts = 3 })
	answers := n.handle(t.Context(), []Incoming{{Data: w.decisions[0].data, Sequence: 7}})
	require.ErrorIs(t, answers[0], ErrConflict)
	require.ErrorContains(t, answers[0], "sequence 7")
	var final *PermanentError
	require.False(t, errors.As(answers[0], &final))
	require.InDelta(t, 3, testutil.ToFloat64(n.metrics.conflicts), 0)
}

func TestCommandsOnNothing(t *testing.T) {
	r := &replica{world: newWorld(t), name: "one"}
	n := r.notifier(nil)
	ann := casework.Actor{Kind: casework.ActorPerson, ID: "ann"}
	_, err := n.Case(t.Context(), "nonsense")
	require.ErrorIs(t, err, casework.ErrNoCase)
	id := casework.CaseID(strings.Repeat("a", 20), 1)
	_, err = n.Case(t.Context(), id)
	require.ErrorIs(t, err, casework.ErrNoCase)
	_, err = n.Claim(t.Context(), id, ann)
	require.ErrorIs(t, err, casework.ErrNoCase)
	_, err = n.Close(t.Context(), id, ann, "x")
	require.ErrorIs(t, err, casework.ErrNoCase)
}

func TestNewReportsEverything(t *testing.T) {
	_, err := New(Config{FlagRisk: -1}, Deps{})
	for _, part := range []string{"concurrency", "conflicts", "dockets", "notice_workers", "notice_backlog", "flag_risk", "reconcile_every", "queue", "decisions is missing", "a registerer is missing"} {
		require.ErrorContains(t, err, part)
	}
	r := &replica{world: newWorld(t), name: "one"}
	deps := r.notifier(nil).deps
	config := DefaultConfig()
	config.Routes = escalate.DefaultRoutes("nobody")
	deps.Registerer = prometheus.NewRegistry()
	_, err = New(config, deps)
	require.ErrorContains(t, err, `receiver "nobody"`)
}

func TestMetricsAreWellNamed(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry)
	families, err := registry.Gather()
	require.NoError(t, err)
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}
