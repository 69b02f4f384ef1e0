package notifier

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
)

// The files in testdata/scenarios tell how a notifier behaves. After a change of behaviour
// that is meant, run this test with -rewrite and read the difference.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &story{world: newWorld(t), names: map[string]string{}, seen: map[string]int{}, replicas: map[string]*told{}}
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			s.t = t
			out := s.run(td)
			if out == "" {
				return "ok\n"
			}
			return s.readable(strings.TrimSuffix(out, "\n")) + "\n"
		})
	})
}

// story runs the commands of a scenario.
type story struct {
	*world
	names    map[string]string // docket to a name that people can read
	seen     map[string]int    // what was shown already of records and notices
	replicas map[string]*told
}

type told struct {
	replica  *replica
	notifier *Notifier
	open     *openDockets
}

func (s *story) run(td *datadriven.TestData) string {
	by := s.replica(argument(td, "by", "one"))
	switch td.Cmd {
	case "decision":
		return s.decide(td)
	case "deliver":
		before := s.tally(by)
		by.replica.deliver(by.notifier)
		return s.tally(by).since(before)
	case "redeliver":
		for _, one := range s.decisions {
			one.acked = false
		}
		before := s.tally(by)
		by.replica.deliver(by.notifier)
		return s.tally(by).since(before)
	case "crash":
		// The replica reaches nothing after its n-th call of a kind; what that call did stays done.
		s.crash(by, argument(td, "after", ""))
		return ""
	case "restart":
		delete(s.replicas, argument(td, "by", "one"))
		return ""
	case "reconcile":
		open, err := by.notifier.reconcile(s.t.Context(), by.open)
		by.notifier.tellWaiting(s.t.Context())
		return say(err, "%d open", open)
	case "queues":
		return s.showQueues()
	case "message":
		return s.showMessage(td)
	case "records":
		return s.showRecords()
	case "notices":
		return s.showNotices()
	case "claim":
		_, err := by.notifier.Claim(s.t.Context(), s.caseID(td), actor(td))
		return say(err, "claimed")
	case "close":
		_, err := by.notifier.Close(s.t.Context(), s.caseID(td), actor(td), argument(td, "comment", "looked at"))
		return say(err, "closed")
	case "later":
		d, err := time.ParseDuration(argument(td, "by_time", "1m"))
		require.NoError(s.t, err)
		s.now = s.now.Add(d)
		return ""
	case "receiver":
		return s.setReceiver(td)
	case "tamper":
		// Whoever alters a stream does not stop at one message.
		for i := range s.cases {
			s.cases[i].Data = []byte(strings.Replace(string(s.cases[i].Data), `"low"`, `"mid"`, 1))
			s.cases[i].Data = []byte(strings.Replace(string(s.cases[i].Data), `critical`, `high`, 1))
		}
		return ""
	default:
		td.Fatalf(s.t, "unknown command %q", td.Cmd)
		return ""
	}
}

func (s *story) replica(name string) *told {
	if s.replicas[name] == nil {
		r := &replica{world: s.world, name: name}
		s.replicas[name] = &told{replica: r, notifier: r.notifier(nil), open: &openDockets{open: map[string]bool{}}}
	}
	return s.replicas[name]
}

func (s *story) decide(td *datadriven.TestData) string {
	i := invent{
		event: argument(td, "event", "tms/S-1/1"), trigger: argument(td, "trigger", ""), name: strings.ReplaceAll(argument(td, "name", "Örnek"), "_", " "),
		entry: argument(td, "entry", ""), measure: argument(td, "measure", "freeze"), flags: map[string]decision.BasisPoints{},
	}
	if effect := argument(td, "effect", ""); effect != "" {
		parsed, err := decision.ParseOutcome(effect)
		require.NoError(s.t, err)
		i.effect = parsed
	}
	for _, flag := range strings.FieldsFunc(argument(td, "flags", ""), func(r rune) bool { return r == '+' }) {
		group, weight, _ := strings.Cut(flag, ":")
		points, err := strconv.Atoi(weight)
		require.NoError(s.t, err)
		i.flags[group] = decision.BasisPoints(points)
	}
	s.parties[i.event] = party(i.name, argument(td, "country", "TR"))
	d := i.decision(s.t)
	if td.HasArg("pass") {
		d.Outcome = decision.OutcomePass
	}
	d.Engine = argument(td, "engine", "test")
	s.publish(d)
	if td.HasArg("damaged") {
		last := s.decisions[len(s.decisions)-1]
		last.data = []byte(strings.Replace(string(last.data), "shipment", "shopment", 1))
	}
	return ""
}

func (s *story) crash(by *told, after string) {
	calls := 0
	dead := errors.New("the replica is dead")
	kind, count, _ := strings.Cut(after, ":")
	most := 1
	if count != "" {
		n, err := strconv.Atoi(count)
		require.NoError(s.t, err)
		most = n
	}
	by.replica.gate = func(call string) (before, after error) {
		if calls >= most {
			return dead, nil
		}
		if call == kind {
			calls++
			if calls >= most {
				return nil, dead
			}
		}
		return nil, nil
	}
}

// tally is what a replica has counted.
type tally map[string]int

func (s *story) tally(by *told) tally {
	counted := tally{}
	for _, result := range []string{decisionHandled, decisionReplayed, decisionNoEffect, decisionPassed, decisionRetried, decisionPermanent} {
		counted[result] = int(testutil.ToFloat64(by.notifier.metrics.decisions.WithLabelValues(result)))
	}
	return counted
}

func (t tally) since(before tally) string {
	var parts []string
	for result, n := range t {
		if n -= before[result]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", result, n))
		}
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return "nothing waits"
	}
	return strings.Join(parts, ", ")
}

func (s *story) showQueues() string {
	var lines []string
	for caseID, placed := range s.queues {
		for _, one := range placed {
			message, err := casework.DecodeMessage(one.Data)
			require.NoError(s.t, err)
			lines = append(lines, fmt.Sprintf("queues.%s.%s.%s  %s (%d)", one.Queue, one.Severity, s.readable(caseID), message.Title, message.Occurrences))
		}
	}
	slices.Sort(lines)
	if len(lines) == 0 {
		return "no queue has anything"
	}
	return strings.Join(lines, "\n")
}

func (s *story) showMessage(td *datadriven.TestData) string {
	for _, placed := range s.queues[s.caseID(td)] {
		message, err := casework.DecodeMessage(placed.Data)
		require.NoError(s.t, err)
		return strings.ReplaceAll(message.Explanation, ". ", ".\n")
	}
	return "not on a queue"
}

// showRecords shows the records that were not shown before.
func (s *story) showRecords() string {
	var lines []string
	for _, message := range s.cases[s.seen["records"]:] {
		line := message.Docket + ": "
		for i, glimpse := range casework.Glance(message.Data) {
			if i > 0 {
				line += " + "
			}
			line += string(glimpse.Type)
		}
		lines = append(lines, line)
	}
	s.seen["records"] = len(s.cases)
	if len(lines) == 0 {
		return "no new records"
	}
	return strings.Join(lines, "\n")
}

// showNotices shows the notices that were not shown before.
func (s *story) showNotices() string {
	var lines []string
	for _, notice := range s.told[s.seen["notices"]:] {
		lines = append(lines, fmt.Sprintf("%s told %s of %s, %s", notice.Receiver, notice.Type, notice.Group, notice.Step))
	}
	s.seen["notices"] = len(s.told)
	for _, letter := range s.letters[s.seen["letters"]:] {
		lines = append(lines, fmt.Sprintf("dead letter: %s of %s: %s", letter.Notice.Receiver, letter.Notice.Group, letter.Reason))
	}
	s.seen["letters"] = len(s.letters)
	if len(lines) == 0 {
		return "nobody was told anything new"
	}
	return strings.Join(lines, "\n")
}

func (s *story) setReceiver(td *datadriven.TestData) string {
	switch argument(td, "answers", "ok") {
	case "ok":
		s.answer = nil
	case "down":
		s.answer = func(escalate.Notice) error { return errors.New("answered 500") }
	case "gone":
		s.answer = func(escalate.Notice) error { return escalate.Permanent(errors.New("answered 410")) }
	}
	return ""
}

// caseID reads case=A-1, the first case of the docket that was named A.
func (s *story) caseID(td *datadriven.TestData) string {
	name, number, _ := strings.Cut(argument(td, "case", "A-1"), "-")
	for docket, known := range s.names {
		if known == name {
			return "C-" + docket + "-" + number
		}
	}
	td.Fatalf(s.t, "nothing was shown of %q yet", name)
	return ""
}

// readable gives dockets names in the order they were stored: A, B, …
func (s *story) readable(text string) string {
	for _, message := range s.cases {
		if s.names[message.Docket] == "" {
			s.names[message.Docket] = string(rune('A' + len(s.names)))
		}
	}
	for docket, name := range s.names {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "C-"+docket, name), docket, name)
	}
	return text
}

func argument(td *datadriven.TestData, name, otherwise string) string {
	for _, arg := range td.CmdArgs {
		if arg.Key == name && len(arg.Vals) == 1 {
			return arg.Vals[0]
		}
	}
	return otherwise
}

func actor(td *datadriven.TestData) casework.Actor {
	return casework.Actor{Kind: casework.ActorPerson, ID: argument(td, "who", "ann")}
}

func say(err error, format string, args ...any) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return fmt.Sprintf(format, args...)
}
