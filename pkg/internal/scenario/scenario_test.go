package scenario

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"chokepoint/pkg/app"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/internal/redistest"
	"chokepoint/pkg/listsync"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/trade"
)

func TestMain(m *testing.M) {
	// A connection that closes while its first asynchronous publication is prepared leaves
	// a goroutine of the client library behind, waiting on no channel.
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*msgBlock).flushLoop"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"))
}

// TestStories tells every story in testdata.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := newWorld(t)
		commands := map[string]func(*datadriven.TestData) string{
			"start": w.startCommand, "restart": w.restartCommand, "lists": w.listsCommand, "ready": w.readyCommand,
			"post": w.postCommand, "decision": w.decisionCommand, "poison": w.poisonCommand, "flush": w.flushCommand,
			"outlive": w.outliveCommand, "rebuild": w.rebuildCommand, "queue": w.queueCommand, "cases": w.casesCommand,
			"deadletters": w.deadLettersCommand, "reconcile": w.reconcileCommand, "verify": w.verifyCommand,
		}
		datadriven.RunTest(t, path, func(t *testing.T, data *datadriven.TestData) string {
			command, known := commands[data.Cmd]
			require.True(t, known, "%s: there is no command %q", data.Pos, data.Cmd)
			return command(data)
		})
	})
}

func (w *world) startCommand(data *datadriven.TestData) string {
	if data.HasArg("redis") {
		w.redis = redistest.Start(w.t)
	}
	if text := ""; data.MaybeScanArgs(w.t, "duplicate-window", &text) {
		window, err := time.ParseDuration(text)
		require.NoError(w.t, err)
		w.window = window
	}
	w.start()
	return ""
}

func (w *world) restartCommand(*datadriven.TestData) string {
	w.stop()
	w.start()
	return ""
}

// listsCommand publishes the block as a list, as `lists sync` does.
func (w *world) listsCommand(data *datadriven.TestData) string {
	name, filler, cut := "list.jsonl", 0, 0
	data.MaybeScanArgs(w.t, "file", &name)
	data.MaybeScanArgs(w.t, "filler", &filler)
	data.MaybeScanArgs(w.t, "cut", &cut)
	text := bytes.NewBufferString(data.Input + "\n")
	for i := range filler {
		fmt.Fprintf(text, `{"id":"STORY/%d","list":"STORY","kind":"organization","names":[{"value":"Gravlokh %c%c Kombinat Zhurvanik","type":"primary"}],"measures":["freeze"]}`+"\n",
			1_000+i, 'A'+i/26, 'A'+i%26)
	}
	content := text.Bytes()
	content = content[:len(content)-cut]
	result, err := listsync.Sync(w.t.Context(), fstest.MapFS{name: {Data: content}}, w.together.Lists(), time.Now(), listsync.DefaultOptions())
	var out strings.Builder
	for _, refused := range result.Report.Refused {
		out.WriteString(lines("refused %s: %s", refused.File, refused.Reason))
	}
	for _, file := range result.Report.Unrecognised {
		out.WriteString(lines("not recognised: %s", file))
	}
	for _, row := range result.Report.RejectedRows {
		out.WriteString(lines("rejected row %d: %s", row.Row, row.Reason))
	}
	if err != nil {
		return out.String() + lines("error: %v", err)
	}
	if result.Changed {
		w.awaitList(result.Entries)
	}
	if len(result.Kept) > 0 {
		out.WriteString(lines("kept %s", strings.Join(result.Kept, ", ")))
	}
	return out.String() + lines("in force: %d entries", result.Entries)
}

// awaitList waits until the screener uses a list with so many entries. A story that
// changes a list changes its length.
func (w *world) awaitList(entries int) {
	w.t.Helper()
	line := fmt.Sprintf("\nchokepoint_screener_list_entries %d\n", entries)
	w.eventually("the list is in use", func() bool {
		_, metrics := w.ask(http.MethodGet, "/metrics", "", "")
		return bytes.Contains(metrics, []byte(line))
	})
}

// readyCommand waits until the notifier works, which it does with or without a list,
// and with "yes" until everything does.
func (w *world) readyCommand(data *datadriven.TestData) string {
	var out string
	w.eventually("/readyz has settled", func() bool {
		status, body := w.ask(http.MethodGet, "/readyz", "", "")
		var answer struct {
			Checks []struct {
				Name   string `json:"name"`
				Reason string `json:"reason"`
			} `json:"checks"`
		}
		require.NoError(w.t, json.Unmarshal(body, &answer), "%s", body)
		out = lines("%d", status)
		settled := status == http.StatusOK || !data.HasArg("yes")
		for _, check := range answer.Checks {
			if check.Reason != "" {
				out += lines("%s: %s", check.Name, check.Reason)
				settled = settled && check.Name != "notifier"
			}
		}
		return settled
	})
	return out
}

func (w *world) postCommand(data *datadriven.TestData) string {
	path := "/v1/events?wait=20s"
	if data.HasArg("no-wait") {
		path = "/v1/events"
	}
	status, body := w.ask(http.MethodPost, path, "application/json", data.Input)
	return w.answer(status, body)
}

// answer prints what the door answered.
func (w *world) answer(status int, body []byte) string {
	switch status {
	case http.StatusOK:
		made, err := decision.Decode(bytes.TrimSpace(body))
		require.NoError(w.t, err)
		return lines("%d %s", status, made.Outcome) + describe(made)
	case http.StatusAccepted:
		return lines("%d accepted", status)
	}
	var problem struct {
		Type   string `json:"type"`
		Detail string `json:"detail"`
		Faults []struct {
			Pointer string `json:"pointer"`
			Detail  string `json:"detail"`
		} `json:"faults"`
	}
	require.NoError(w.t, json.Unmarshal(body, &problem), "%s", body)
	out := lines("%d %s %s", status, strings.TrimPrefix(problem.Type, "/problems/"), problem.Detail)
	for _, fault := range problem.Faults {
		out += lines("  %s %s", fault.Pointer, fault.Detail)
	}
	return out
}

// describe says what a decision rests on, without what is others' to test.
func describe(made decision.Decision) string {
	var out strings.Builder
	for _, hit := range made.Hits {
		out.WriteString(lines("  hit %s %s", hit.Subject, hit.Entry.ID))
	}
	for _, prohibition := range made.Prohibitions {
		out.WriteString(lines("  %s %s %s: %s", prohibition.Rule, prohibition.Subject, prohibition.Measure, prohibition.Effect))
	}
	for _, flag := range made.Flags {
		out.WriteString(lines("  flag %s", flag.Code))
	}
	for _, party := range made.Facts.Parties {
		if party.Available {
			out.WriteString(lines("  %s came %d times before", party.Subject, party.Events))
		} else {
			out.WriteString(lines("  %s nobody knows how often it came", party.Subject))
		}
	}
	if len(made.Unknown) > 0 {
		out.WriteString(lines("  unknown: %s", strings.Join(made.Unknown, ", ")))
	}
	return out.String()
}

func (w *world) decisionCommand(data *datadriven.TestData) string {
	path := "/v1/decisions/" + source + "/" + data.CmdArgs[0].Key
	if revision := ""; data.MaybeScanArgs(w.t, "revision", &revision) {
		path += "?revision=" + revision
	}
	var status int
	var body []byte
	w.eventually("there is a decision on "+path, func() bool {
		status, body = w.ask(http.MethodGet, path, "", "")
		return status != http.StatusNotFound
	})
	return w.answer(status, body)
}

func (w *world) poisonCommand(data *datadriven.TestData) string {
	kind := string(trade.KindShipment)
	data.MaybeScanArgs(w.t, "kind", &kind)
	_, err := w.js.Publish(w.t.Context(), "events.0042."+kind+"."+source, []byte(data.Input))
	require.NoError(w.t, err)
	return ""
}

func (w *world) flushCommand(*datadriven.TestData) string {
	return lines("%s", w.redis.Do("FLUSHALL"))
}

// outliveCommand waits until the duplicate window has passed. There is nothing to ask:
// every way of asking whether a message is remembered stores it when it is not.
func (w *world) outliveCommand(*datadriven.TestData) string {
	require.Positive(w.t, w.window, "the story starts without duplicate-window")
	timer := time.NewTimer(2*w.window + w.window/2)
	defer timer.Stop()
	<-timer.C
	return ""
}

func (w *world) rebuildCommand(*datadriven.TestData) string {
	config := cache.DefaultConfig()
	config.URL = w.redis.URL()
	client, err := cache.Open(config)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, client.Close()) }()
	observed, err := replay.RebuildHistory(w.t.Context(), app.NewAudit(w.together.Bus()), cache.NewHistory(client), nil)
	require.NoError(w.t, err)
	return lines("%d events observed", observed)
}

func (w *world) queueCommand(data *datadriven.TestData) string {
	w.rest()
	items, err := w.together.Bus().ReadQueue(w.t.Context(), data.CmdArgs[0].Key, 0)
	require.NoError(w.t, err)
	var out []string
	for _, item := range items {
		message, err := casework.DecodeMessage(item.Data)
		require.NoError(w.t, err)
		out = append(out, lines("%s %s, events %d", item.Severity, message.Title, message.Occurrences))
	}
	return sorted(out, "nothing")
}

// casesCommand lists the cases from their records, not from the queues.
func (w *world) casesCommand(*datadriven.TestData) string {
	w.rest()
	records := map[string][][]byte{}
	_, err := w.together.Bus().ScanCases(w.t.Context(), 1, func(record bus.CaseRecord) error {
		records[record.Case] = append(records[record.Case], record.Data)
		return nil
	})
	require.NoError(w.t, err)
	var out []string
	for _, id := range slices.Sorted(maps.Keys(records)) {
		docket, err := casework.Fold(id, records[id])
		require.NoError(w.t, err)
		for _, state := range docket.Cases() {
			var events []string
			for _, event := range state.Events {
				events = append(events, fmt.Sprintf("%s/%d", event.ID, event.Revision))
			}
			out = append(out, lines("%s %s %s: %s, decisions %d", state.Status, state.Severity, casework.Title(state), strings.Join(events, " "), state.Occurrences))
		}
	}
	return sorted(out, "no case")
}

func (w *world) deadLettersCommand(*datadriven.TestData) string {
	w.rest()
	letters, err := w.together.Bus().ListDeadLetters(w.t.Context(), 100)
	require.NoError(w.t, err)
	var out []string
	for _, letter := range letters {
		reason, _, _ := strings.Cut(letter.Reason, " (sha256")
		out = append(out, lines("%s event %d after %d attempt: %s", letter.Component, letter.EventSequence, letter.Attempts, reason))
	}
	return sorted(out, "none")
}

func (w *world) reconcileCommand(data *datadriven.TestData) string {
	if !data.HasArg("at-once") {
		w.rest()
	}
	audit := app.NewAudit(w.together.Bus())
	report, err := replay.NewReconciler(audit, audit, 1).Run(w.t.Context(), nil)
	require.NoError(w.t, err)
	return lines("events %d, decided %d, dead letters %d, duplicates %d, surplus %d, unaccounted %d",
		report.Events, report.Decided, report.DeadLettered, report.Duplicates, report.Surplus, report.Unaccounted)
}

func (w *world) verifyCommand(*datadriven.TestData) string {
	w.rest()
	report, err := replay.VerifyAll(w.t.Context(), app.NewAudit(w.together.Bus()), nil)
	require.NoError(w.t, err)
	for _, fault := range report.Faults {
		w.t.Errorf("%s: %s", fault.Decision, fault.Problem)
	}
	return lines("decisions %d, same %d, failed %d", report.Decisions, report.Same, report.Failed)
}

func sorted(out []string, none string) string {
	if len(out) == 0 {
		return lines("%s", none)
	}
	slices.Sort(out)
	return strings.Join(out, "")
}
