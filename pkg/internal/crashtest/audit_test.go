package crashtest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/trade"
)

// stored is what the streams hold at the end.
type stored struct {
	*cluster
	events      map[trade.Identity]storedEvent
	bySequence  map[uint64]trade.Identity
	decisions   map[trade.Identity]storedDecision
	surplus     int
	unnamed     map[uint64]bool
	deadLetters map[uint64]string
}

type storedEvent struct {
	sequence uint64
	at       time.Time
	event    trade.Event
}

// storedDecision is a decision in effect: the first that was stored.
type storedDecision struct {
	decision.Decision
	at   time.Time
	data []byte
}

// collect reads the streams from their beginning.
func (c *cluster) collect() *stored {
	c.t.Helper()
	s := &stored{
		cluster: c, events: map[trade.Identity]storedEvent{}, bySequence: map[uint64]trade.Identity{},
		decisions: map[trade.Identity]storedDecision{}, unnamed: map[uint64]bool{}, deadLetters: map[uint64]string{},
	}
	_, err := c.bus.ScanEvents(c.t.Context(), 1, false, func(d bus.Delivery) error {
		identity, err := d.Identity()
		if err != nil {
			s.unnamed[d.Sequence] = true
			return nil
		}
		if _, twice := s.events[identity]; twice {
			return fmt.Errorf("event %s is stored twice", identity)
		}
		event, err := trade.Decode(d.Data, trade.Limits{})
		if err != nil {
			return fmt.Errorf("event %s: %w", identity, err)
		}
		s.events[identity] = storedEvent{sequence: d.Sequence, at: d.Stored, event: event}
		s.bySequence[d.Sequence] = identity
		return nil
	})
	require.NoError(c.t, err)
	_, err = c.bus.ScanDecisions(c.t.Context(), 1, false, s.addDecision)
	require.NoError(c.t, err)
	_, err = c.bus.ScanDeadLetters(c.t.Context(), 1, false, func(d bus.Delivery) error {
		sequence, named := d.EventSequence()
		if !named {
			return fmt.Errorf("dead letter %d names no event", d.Sequence)
		}
		s.deadLetters[sequence] = d.Header.Get(bus.HeaderDeadReason)
		return nil
	})
	require.NoError(c.t, err)
	return s
}

func (s *stored) addDecision(d bus.Delivery) error {
	made, err := decision.Decode(d.Data)
	if err != nil {
		return err
	}
	if sequence, _ := d.EventSequence(); s.bySequence[sequence] != made.Event {
		return fmt.Errorf("the decision on %s names sequence %d, which is %s", made.Event, sequence, s.bySequence[sequence])
	}
	if _, twice := s.decisions[made.Event]; twice {
		s.surplus++
		return nil
	}
	s.decisions[made.Event] = storedDecision{Decision: made, at: d.Stored, data: d.Data}
	return nil
}

// checkEvents: what was acknowledged is where the door said, and has a decision; what
// was poison has a dead letter; and there is nothing else.
func (s *stored) checkEvents(acknowledged map[trade.Identity]uint64, poisoned []uint64) {
	t := s.t
	t.Helper()
	for identity, sequence := range acknowledged {
		require.Contains(t, s.events, identity, "acknowledged at %d, and gone", sequence)
		require.Equal(t, sequence, s.events[identity].sequence, "%s", identity)
		require.Contains(t, s.decisions, identity, "acknowledged at %d, and undecided", sequence)
	}
	require.Len(t, s.events, len(acknowledged), "events that nobody was told are stored")
	require.Len(t, s.decisions, len(acknowledged))
	for _, sequence := range poisoned {
		require.True(t, s.unnamed[sequence], "the poison at %d is not stored", sequence)
		require.NotEmpty(t, s.deadLetters[sequence], "the poison at %d has no dead letter", sequence)
	}
	require.Len(t, s.deadLetters, len(poisoned), "dead letters beside the poison: %v", s.deadLetters)
	t.Logf("%d events, %d decisions in effect, %d surplus, %d dead letters", len(s.events), len(s.decisions), s.surplus, len(s.deadLetters))
}

// checkReconciliation: the operator's own proof says the same.
func (s *stored) checkReconciliation() {
	s.t.Helper()
	report := ask[replay.Reconciliation](s.cluster, "audit", "reconcile")
	require.Zero(s.t, report.Unaccounted, "%+v", report)
	require.EqualValues(s.t, len(s.events)+len(s.unnamed), report.Events)
	require.EqualValues(s.t, len(s.decisions), report.Decided)
	require.EqualValues(s.t, len(s.deadLetters), report.DeadLettered)
	require.EqualValues(s.t, s.surplus, report.Surplus)
}

// checkVerification: every decision, surplus ones too, recomputes to the byte.
func (s *stored) checkVerification() {
	s.t.Helper()
	began := time.Now()
	report := ask[replay.Verification](s.cluster, "verify")
	require.Zero(s.t, report.Failed, "%+v", report.Faults)
	require.Equal(s.t, len(s.decisions)+s.surplus, report.Same)
	require.Equal(s.t, report.Decisions, report.Same)
	s.t.Logf("%d decisions recomputed to the byte in %s", report.Same, time.Since(began).Round(time.Millisecond))
}

// checkOutcomes: listed parties are held, everybody else is left in peace.
func (s *stored) checkOutcomes() {
	s.t.Helper()
	held := map[string]bool{}
	for _, party := range listedParties {
		held[party.event] = true
	}
	for identity, made := range s.decisions {
		want := decision.OutcomePass
		if held[s.consignee(identity)] {
			want = decision.OutcomeHold
		}
		require.Equal(s.t, want, made.Outcome, "%s: %q", identity, made.Reasons)
	}
}

func (s *stored) consignee(identity trade.Identity) string {
	return s.events[identity].event.Parties[1].Name
}

// checkCases: each listed party has one open case with each of its events in it once,
// on one queue, and there is no other case.
func (s *stored) checkCases() {
	t := s.t
	t.Helper()
	want := map[string]int{}
	for identity, made := range s.decisions {
		if made.Outcome == decision.OutcomeHold {
			want[s.consignee(identity)]++
		}
	}
	require.Len(t, want, len(listedParties))
	messages := map[string][][]byte{}
	_, err := s.bus.ScanCases(t.Context(), 1, func(record bus.CaseRecord) error {
		messages[record.Case] = append(messages[record.Case], record.Data)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, messages, len(listedParties), "dockets")
	queued := s.queued()
	for id, records := range messages {
		docket, err := casework.Fold(id, records)
		require.NoError(t, err)
		require.Len(t, docket.Cases(), 1, "docket %s", id)
		open, found := docket.Open()
		require.True(t, found)
		name := open.Leading.Party.Name
		require.Equal(t, want[name], open.Occurrences, "case %s of %s", open.ID, name)
		require.Len(t, open.Events, want[name])
		require.Zero(t, open.Noted)
		require.Equal(t, []string{"sanctions"}, queued[open.ID], "queues of case %s", open.ID)
		delete(want, name)
	}
	require.Empty(t, want, "listed parties without a case")
	require.Len(t, queued, len(listedParties), "cases on queues")
}

// queued returns on which queues each case stands.
func (s *stored) queued() map[string][]string {
	s.t.Helper()
	queues := map[string][]string{}
	for _, queue := range []string{"sanctions", "diversion", "compliance"} {
		items, err := s.bus.ReadQueue(s.t.Context(), queue, 0)
		require.NoError(s.t, err)
		for _, item := range items {
			message, err := casework.DecodeMessage(item.Data)
			require.NoError(s.t, err)
			require.Equal(s.t, item.Case, message.Case)
			queues[item.Case] = append(queues[item.Case], queue)
		}
	}
	return queues
}

// checkHistory: nobody looks new. What a decision says of a party is either unknown, or
// counts at least every event of the party that had been decided before this one came.
func (s *stored) checkHistory() {
	t := s.t
	t.Helper()
	known, unknown, grown := 0, 0, 0
	for _, identities := range s.byParty() {
		for _, identity := range identities {
			came := s.events[identity].at
			before := 0
			for _, other := range identities {
				if other != identity && s.decisions[other].at.Before(came) {
					before++
				}
			}
			for _, facts := range s.decisions[identity].Facts.Parties {
				if facts.Subject != "/parties/1" {
					continue
				}
				if !facts.Available {
					unknown++
					require.Zero(t, facts.Events, "%s: unknown is not a number", identity)
					require.Contains(t, s.decisions[identity].Unknown, "history", "%s", identity)
					continue
				}
				known++
				if before > 0 {
					grown++
				}
				require.GreaterOrEqual(t, facts.Events, min(before, 100), "%s: %q looks newer than it is; stored at %s, decided at %s",
					identity, s.consignee(identity), came, s.decisions[identity].at)
			}
		}
	}
	t.Logf("facts of the consignee: %d known (%d of them had a past), %d unknown", known, grown, unknown)
	require.Positive(t, grown, "no fact was ever known: the test proves nothing")
	require.Positive(t, unknown, "history was never lost: the test proves nothing")
}

// byParty lists the events of each consignee in the order they were stored.
func (s *stored) byParty() map[string][]trade.Identity {
	parties := map[string][]trade.Identity{}
	for _, sequence := range slices.Sorted(maps.Keys(s.bySequence)) {
		identity := s.bySequence[sequence]
		parties[s.consignee(identity)] = append(parties[s.consignee(identity)], identity)
	}
	return parties
}

// checkRebuilt: after `history rebuild` the next event of each party is decided with
// every earlier event known.
func (s *stored) checkRebuilt() {
	t := s.t
	t.Helper()
	s.rebuildHistory()
	probes := newTraffic(s.doorURL, s.token)
	defer probes.client.CloseIdleConnections()
	parties := s.byParty()
	for n, name := range slices.Sorted(maps.Keys(parties)) {
		party := s.events[parties[name][0]].event.Parties[1]
		status, answer, err := probes.post(t.Context(), "?wait=15s", encoded(shipment(fmt.Sprintf("probe-%04d", n), party)))
		require.NoError(t, err)
		require.Equal(t, 200, status, "%s", answer)
		made, err := decision.Decode(answer)
		require.NoError(t, err)
		require.True(t, made.Facts.Complete, "history is not complete after the rebuild")
		require.Equal(t, "/parties/1", made.Facts.Parties[1].Subject)
		require.Equal(t, min(len(parties[name]), 100), made.Facts.Parties[1].Events, "%s", name)
	}
}

// checkLogs: what the workers wrote while everything around them went away names no
// party, and none of them panicked.
func (s *stored) checkLogs() {
	t := s.t
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(s.folder, "*.log"))
	require.NoError(t, err)
	require.NotEmpty(t, logs)
	for _, path := range logs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, trouble := range []string{"panic", "DATA RACE"} {
			require.NotContains(t, string(text), trouble, "%s", path)
		}
		for name := range s.byParty() {
			require.False(t, bytes.Contains(text, []byte(name)), "%s names %q", path, name)
		}
	}
}
