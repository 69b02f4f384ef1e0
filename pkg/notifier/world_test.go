package notifier

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
	"chokepoint/pkg/trade"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is everything outside a notifier, in memory: streams with compare-and-set,
// queues, the ledger, and a receiver. It outlives the notifiers that crash in it.
type world struct {
	t       testing.TB
	mutex   sync.Mutex
	changed *sync.Cond
	now     time.Time

	decisions []*stored
	parties   map[string][]casework.Party // by event

	sequence uint64
	cases    []CaseMessage
	ids      map[string]uint64
	queues   map[string][]Placed // by case

	values    map[string][]byte
	revisions map[string]uint64
	told      []escalate.Notice
	letters   []escalate.Letter
	answer    func(escalate.Notice) error // of the receiver
}

// stored is a decision in the stream and how its delivery stands.
type stored struct {
	data     []byte
	event    casework.EventID
	trigger  string
	digest   string
	attempts int
	out      bool // delivered and not answered
	acked    bool
	dead     error
}

func newWorld(t testing.TB) *world {
	w := &world{
		t: t, now: noon, parties: map[string][]casework.Party{}, ids: map[string]uint64{},
		queues: map[string][]Placed{}, values: map[string][]byte{}, revisions: map[string]uint64{},
	}
	w.changed = sync.NewCond(&w.mutex)
	return w
}

// publish stores a decision.
func (w *world) publish(d decision.Decision) {
	sealed, data, err := d.Seal()
	require.NoError(w.t, err)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.decisions = append(w.decisions, &stored{data: data, event: casework.EventID(sealed.Event), trigger: sealed.Trigger, digest: sealed.Digest})
	w.changed.Broadcast()
}

// replica is one notifier's view of the world. Every call passes its gate, which a
// test can close: a replica that crashed reaches nothing any more.
type replica struct {
	*world
	name string
	gate func(call string) (before, after error)
	// pause is called before a call reaches the world: what others do meanwhile.
	pause func(call string)
}

func (r *replica) pass(call string, do func() error) error {
	if r.pause != nil {
		r.pause(call)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var before, after error
	if r.gate != nil {
		before, after = r.gate(call)
	}
	if before != nil {
		return before
	}
	if err := do(); err != nil {
		return err
	}
	r.changed.Broadcast()
	return after
}

func (r *replica) Consume(ctx context.Context, handle func(context.Context, []Incoming) []error) error {
	stop := context.AfterFunc(ctx, func() {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.changed.Broadcast()
	})
	defer stop()
	for {
		r.mutex.Lock()
		batch, places := r.take(8)
		for len(batch) == 0 && ctx.Err() == nil {
			r.changed.Wait()
			batch, places = r.take(8)
		}
		r.mutex.Unlock()
		if ctx.Err() != nil {
			return nil
		}
		r.answerAll(places, handle(ctx, batch))
	}
}

// take marks decisions that nobody works on as delivered.
func (w *world) take(most int) (batch []Incoming, places []int) {
	for i, one := range w.decisions {
		if one.acked || one.out || one.dead != nil || len(batch) == most {
			continue
		}
		one.out = true
		one.attempts++
		batch = append(batch, Incoming{Data: one.data, Attempt: one.attempts, Sequence: uint64(i + 1)})
		places = append(places, i)
	}
	return batch, places
}

func (w *world) answerAll(places []int, answers []error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for i, place := range places {
		one := w.decisions[place]
		one.out = false
		var final *PermanentError
		switch {
		case answers[i] == nil:
			one.acked = true
		case errors.As(answers[i], &final):
			one.dead = answers[i]
		}
	}
	w.changed.Broadcast()
}

func (r *replica) InEffect(_ context.Context, decided *decision.Decision) (digest string, found bool, err error) {
	event, trigger := casework.EventID(decided.Event), decided.Trigger
	err = r.pass("in_effect", func() error {
		for _, one := range r.decisions {
			if one.event == event && one.trigger == trigger {
				digest, found = one.digest, true
				return nil
			}
		}
		return nil
	})
	return digest, found, err
}

func (r *replica) Parties(_ context.Context, d *decision.Decision, _ uint64) (parties []casework.Party, err error) {
	err = r.pass("parties", func() error {
		parties = r.parties[d.Event.String()]
		return nil
	})
	return parties, err
}

// The ports that need methods of the same name.
type (
	casePort   struct{ *replica }
	queuePort  struct{ *replica }
	ledgerPort struct{ *replica }
)

func (p casePort) Read(_ context.Context, docket string, after uint64) (found []CaseMessage, err error) {
	err = p.pass("case_read", func() error {
		for _, message := range p.cases {
			if message.Docket == docket && message.Sequence > after {
				found = append(found, message)
			}
		}
		return nil
	})
	return found, err
}

func (p casePort) Append(_ context.Context, appends []CaseAppend) (sequences []uint64, err error) {
	err = p.pass("case_append", func() error {
		for _, one := range appends {
			if p.lastOf(one.Docket) != one.Expected {
				return ErrConflict
			}
		}
		for _, one := range appends {
			if p.ids[one.ID] != 0 {
				return fmt.Errorf("message id %s was used before", one.ID)
			}
			p.sequence++
			p.ids[one.ID] = p.sequence
			p.cases = append(p.cases, CaseMessage{Docket: one.Docket, Sequence: p.sequence, Data: one.Data})
			sequences = append(sequences, p.sequence)
		}
		return nil
	})
	return sequences, err
}

func (w *world) lastOf(docket string) uint64 {
	last := uint64(0)
	for _, message := range w.cases {
		if message.Docket == docket {
			last = message.Sequence
		}
	}
	return last
}

func (p casePort) Scan(_ context.Context, from uint64, fn func(CaseMessage) error) (last uint64, err error) {
	err = p.pass("case_scan", func() error {
		for _, message := range p.cases {
			last = message.Sequence
			if message.Sequence >= from {
				if err := fn(message); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return last, err
}

func (p queuePort) Read(_ context.Context, caseID string) (found []Placed, err error) {
	err = p.pass("queue_read", func() error {
		found = slices.Clone(p.queues[caseID])
		return nil
	})
	return found, err
}

func (p queuePort) Put(_ context.Context, caseID string, placed Placed) error {
	err := p.pass("queue_put", func() error {
		p.queues[caseID] = append(slices.DeleteFunc(p.queues[caseID], func(old Placed) bool {
			return old.Queue == placed.Queue && old.Severity == placed.Severity
		}), placed)
		return nil
	})
	if err != nil {
		return err
	}
	return p.pass("queue_purge", func() error { // a call of its own, so that tests can crash in between
		last := len(p.queues[caseID]) - 1
		if at := slices.IndexFunc(p.queues[caseID], func(one Placed) bool { return bytes.Equal(one.Data, placed.Data) }); at >= 0 && at <= last {
			p.queues[caseID] = slices.Clone(p.queues[caseID][at:])
		}
		return nil
	})
}

func (p queuePort) Remove(_ context.Context, caseID string) error {
	return p.pass("queue_remove", func() error {
		delete(p.queues, caseID)
		return nil
	})
}

func (p ledgerPort) Get(_ context.Context, key string) (value []byte, revision uint64, err error) {
	err = p.pass("ledger_get", func() error {
		if value, revision = p.values[key], p.revisions[key]; revision == 0 {
			return escalate.ErrAbsent
		}
		return nil
	})
	return value, revision, err
}

func (p ledgerPort) Create(ctx context.Context, key string, value []byte) (uint64, error) {
	return p.Update(ctx, key, value, 0)
}

func (p ledgerPort) Update(_ context.Context, key string, value []byte, revision uint64) (uint64, error) {
	err := p.pass("ledger_write", func() error {
		if p.revisions[key] != revision {
			return escalate.ErrTaken
		}
		p.values[key] = value
		p.revisions[key]++
		return nil
	})
	return revision + 1, err
}

func (r *replica) Notify(_ context.Context, notice escalate.Notice) error {
	return r.pass("receiver", func() error {
		if r.answer != nil {
			if err := r.answer(notice); err != nil {
				return err
			}
		}
		r.told = append(r.told, notice)
		return nil
	})
}

func (r *replica) DeadLetter(_ context.Context, letter escalate.Letter) error {
	return r.pass("letter", func() error {
		r.letters = append(r.letters, letter)
		return nil
	})
}

// notifier makes a replica's notifier. Its clock is the world's.
func (r *replica) notifier(change func(*Config)) *Notifier {
	clock := func() time.Time {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		return r.now
	}
	escalation := escalate.DefaultConfig()
	escalation.FirstPause, escalation.LongestPause, escalation.GiveUpAfter = time.Millisecond, time.Millisecond, time.Millisecond
	pipeline, err := escalate.NewPipeline(escalation, escalate.Deps{
		Receivers: map[string]escalate.Receiver{"duty": r}, Ledger: ledgerPort{r}, Letters: r, Clock: clock, Holder: r.name,
	})
	require.NoError(r.t, err)
	config := DefaultConfig()
	config.Routes = escalate.DefaultRoutes("duty")
	if change != nil {
		change(&config)
	}
	made, err := New(config, Deps{
		Decisions: r, Effect: r, Parties: r, Cases: casePort{r}, Queues: queuePort{r}, Notices: pipeline,
		Clock: clock, Logger: zap.NewNop(), Registerer: prometheus.NewRegistry(),
	})
	require.NoError(r.t, err)
	return made
}

// deliver hands over everything that waits, once, and tells what is due.
func (r *replica) deliver(n *Notifier) {
	r.mutex.Lock()
	batch, places := r.take(1_000)
	r.mutex.Unlock()
	for i := range batch { // one after the other, so that a story reads the same every time
		r.answerAll(places[i:i+1], n.handle(r.t.Context(), batch[i:i+1]))
	}
	n.tellWaiting(r.t.Context())
}

// tellWaiting does what the workers of a started notifier do.
func (n *Notifier) tellWaiting(ctx context.Context) {
	for _, errands := range n.errands {
		for len(errands.waiting) > 0 {
			notice, _ := errands.next()
			errands.finish(notice, n.tellOne(ctx, notice))
		}
	}
}

// dockets folds everything that is stored, which verifies every chain.
func (w *world) fold() []*casework.Docket {
	messages := map[string][][]byte{}
	var order []string
	for _, message := range w.cases {
		if messages[message.Docket] == nil {
			order = append(order, message.Docket)
		}
		messages[message.Docket] = append(messages[message.Docket], message.Data)
	}
	folded := make([]*casework.Docket, 0, len(order))
	for _, id := range order {
		docket, err := casework.Fold(id, messages[id])
		require.NoError(w.t, err)
		folded = append(folded, docket)
	}
	return folded
}

// check asserts what always holds once everything is done: one open case per key,
// on its queue exactly as its records say and nothing else on any queue, every
// decision in exactly one record of each of its dockets, and every notice that is
// due told, with one key.
func (w *world) check() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	routes := escalate.DefaultRoutes("duty")
	told := map[string]int{}
	for _, notice := range w.told {
		told[notice.Key]++
	}
	queued := 0
	for _, docket := range w.fold() {
		for _, state := range docket.Cases() {
			if !state.Queued() {
				require.Empty(w.t, w.queues[state.ID])
				continue
			}
			queued++
			data, err := casework.MessageOf(state).Encode()
			require.NoError(w.t, err)
			require.Len(w.t, w.queues[state.ID], 1)
			placed := w.queues[state.ID][0]
			require.Equal(w.t, routes.Route(state).Queue, placed.Queue)
			require.Equal(w.t, state.Severity.String(), placed.Severity)
			require.True(w.t, bytes.Equal(data, placed.Data))
			for _, notice := range escalate.Due(state, routes.Route(state)) {
				require.Positive(w.t, told[notice.Key], "%s %s", notice.Group, notice.Step)
			}
		}
	}
	on := 0
	for _, placed := range w.queues {
		on += len(placed)
	}
	require.Equal(w.t, queued, on)
	for i, one := range w.decisions {
		require.True(w.t, one.acked || one.dead != nil, "decision %d", i+1)
	}
}

// party is the consignee of every invented event.
func party(name, country string) []casework.Party {
	return []casework.Party{{Subject: "/parties/0", Role: "consignee", Name: name, Country: country}}
}

// invent makes a decision about a consignee.
type invent struct {
	event, trigger, name, entry, measure string
	effect                               decision.Outcome
	flags                                map[string]decision.BasisPoints // group to weight
}

func (i invent) decision(t testing.TB) decision.Decision {
	identity, err := trade.ParseIdentity(i.event)
	require.NoError(t, err)
	d := decision.Decision{
		Event: identity, EventDigest: "e", Kind: trade.KindShipment, Trigger: cmp.Or(i.trigger, decision.TriggerEvent), Time: noon,
		Outcome: max(decision.OutcomeAlert, i.effect), Engine: "test", Inputs: decision.Inputs{ListVersion: "lists-1", PolicyName: "built-in"},
	}
	if i.entry != "" {
		entry := decision.MatchedEntry{ID: i.entry, List: "US-SDN", Name: "EXEMPLAR TRADING", Measures: []string{i.measure}, Programs: []string{"TEST-1"}}
		d.Hits = []decision.Match{{
			Subject: "/parties/0", Role: "consignee", Name: i.name, Entry: entry, Basis: decision.BasisName, MatchedName: "EXEMPLAR",
			NameType: "alias", Score: 9_350, Explanation: "exemplar = EXEMPLAR",
		}}
		d.Prohibitions = []decision.Prohibition{{
			Rule: "listed_party", Measure: i.measure, Nexus: []string{"us_dollar"}, Subject: "/parties/0", Entry: i.entry,
			Effect: i.effect, Explanation: "the consignee is listed", Citation: "31 CFR 589",
		}}
		d.Reasons = []string{"the consignee is listed"}
	}
	groups := make([]string, 0, len(i.flags))
	for group := range i.flags {
		groups = append(groups, group)
	}
	slices.Sort(groups)
	for _, group := range groups {
		d.Flags = append(d.Flags, decision.Flag{
			Code: group + "_flag", Group: group, Weight: i.flags[group], Explanation: "something about the " + group, Citation: "FIN-2023-Alert004",
			Evidence: []decision.Evidence{{Place: "/parties/0/incorporated", Value: "2023-01-01"}},
		})
		d.Risk = max(d.Risk, i.flags[group])
	}
	return d
}
