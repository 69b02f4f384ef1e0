package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/trade"
)

// patience bounds every wait of a script; nothing here takes nearly as long.
const patience = 40 * time.Second

// upProcess is a running `chokepoint up` of a script.
type upProcess struct {
	process *exec.Cmd
	// output gets standard output; started is closed when it says that all is up.
	output *startWatch
	errors bytes.Buffer
	ended  chan error
}

// running are the scripts' processes, by their working folder: a script has one.
var running sync.Map

// scriptUp starts `chokepoint up` on free ports, waits until it says it is up and
// puts its address into $ADDRESS.
func scriptUp(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, true, "up [ARGUMENT…]")
	args = append([]string{"up", "--listen", "127.0.0.1:0", "--nats-listen", "127.0.0.1:0"}, args...)
	up := &upProcess{process: exec.CommandContext(context.Background(), program(ts), args...), output: newStartWatch(), ended: make(chan error, 1)}
	up.process.Dir, up.process.Stdout, up.process.Stderr = ts.MkAbs("."), up.output, &up.errors
	up.process.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	ts.Check(up.process.Start())
	go func() { up.ended <- up.process.Wait() }()
	running.Store(ts.Getenv("WORK"), up)
	ts.Defer(func() { up.kill(ts) })
	select {
	case <-up.output.started:
		ts.Setenv("ADDRESS", up.output.address())
	case err := <-up.ended:
		up.ended <- err
		ts.Fatalf("up ended: %v\n%s%s", err, up.output, up.errors.String())
	case <-time.After(patience):
		up.kill(ts)
		ts.Fatalf("up did not come up\n%s%s", up.output, up.errors.String())
	}
}

// program is the test binary under the program's name.
func program(ts *testscript.TestScript) string {
	for _, folder := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(folder, "chokepoint")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	ts.Fatalf("chokepoint is not in the script's PATH")
	return ""
}

// kill ends a process that the script did not stop.
func (up *upProcess) kill(ts *testscript.TestScript) {
	if _, still := running.LoadAndDelete(ts.Getenv("WORK")); still {
		_ = up.process.Process.Kill()
		<-up.ended
	}
}

// scriptDown ends up, with SIGTERM or with the signal named, and leaves what it
// printed in up.stdout and up.stderr. After SIGTERM and SIGINT it must end with 0.
func scriptDown(ts *testscript.TestScript, negated bool, args []string) {
	signals := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL}
	name := "TERM"
	if len(args) == 1 {
		name = args[0]
	}
	signal, known := signals[name]
	need(ts, negated, known && len(args) < 2, "down [TERM|INT|KILL]")
	found, still := running.LoadAndDelete(ts.Getenv("WORK"))
	if !still {
		ts.Fatalf("up does not run")
	}
	up := found.(*upProcess)
	ts.Check(up.process.Process.Signal(signal))
	select {
	case err := <-up.ended:
		write(ts, "up.stdout", []byte(up.output.String()))
		write(ts, "up.stderr", up.errors.Bytes())
		if signal != syscall.SIGKILL && err != nil {
			ts.Fatalf("up ended on SIG%s with %v\n%s", name, err, up.errors.String())
		}
	case <-time.After(patience):
		_ = up.process.Process.Kill()
		ts.Fatalf("up did not end on SIG%s", name)
	}
}

// startWatch keeps what is written and closes started at up's last line of greeting.
type startWatch struct {
	mutex   sync.Mutex
	text    bytes.Buffer
	started chan struct{}
	once    sync.Once
}

func newStartWatch() *startWatch { return &startWatch{started: make(chan struct{})} }

// Write keeps the text.
func (w *startWatch) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.text.Write(text)
	if bytes.Contains(w.text.Bytes(), []byte("stop with Ctrl-C\n")) {
		w.once.Do(func() { close(w.started) })
	}
	return len(text), nil
}

// String is everything written.
func (w *startWatch) String() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.String()
}

// address is HOST:PORT of the door.
func (w *startWatch) address() string {
	_, rest, _ := strings.Cut(w.String(), "http://")
	address, _, _ := strings.Cut(rest, "/")
	return address
}

// scriptWaitReady waits until /readyz answers 200.
func scriptWaitReady(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 0, "waitready")
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		status, _, body := ask(ts, http.MethodGet, "/readyz", nil, nil)
		if status == http.StatusOK {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("not ready: %d %s", status, body)
		}
	}
}

// scriptPoison puts a file's bytes on the stream of events, past the door that would
// refuse them, and waits until they are a dead letter.
func scriptPoison(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 3, "poison DATA ID FILE")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	config := bus.DefaultConfig()
	config.Name, config.URL = "poison", strings.TrimSpace(ts.ReadFile(filepath.Join(args[0], natsURLFile)))
	connected, err := bus.Connect(ctx, config, zap.NewNop())
	ts.Check(err)
	defer connected.Close()
	before, err := connected.ListDeadLetters(ctx, 1000)
	ts.Check(err)
	body := []byte(ts.ReadFile(args[2]))
	receipts := connected.PublishEvents(ctx, []bus.EventMessage{{
		Identity: trade.Identity{Source: "script", ID: args[1], Revision: 1}, Kind: trade.KindShipment,
		Time: time.Now(), Digest: trade.Digest(body), Data: body,
	}})
	ts.Check(receipts[0].Err)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		letters, err := connected.ListDeadLetters(ctx, 1000)
		ts.Check(err)
		if len(letters) > len(before) {
			return
		}
		<-tick.C
	}
}

// scriptHTTP asks up, checks the status and leaves the answer in http.body and
// http.header.
func scriptHTTP(ts *testscript.TestScript, negated bool, args []string) {
	const usage = "http METHOD PATH STATUS [body=FILE] [token=FILE] [HEADER:VALUE…]"
	need(ts, negated, len(args) >= 3, usage)
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	var body []byte
	header := http.Header{"Content-Type": {"application/json"}}
	for _, option := range args[3:] {
		if name, ok := strings.CutPrefix(option, "body="); ok {
			body = []byte(ts.ReadFile(name))
		} else if name, ok := strings.CutPrefix(option, "token="); ok {
			header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile(name)))
		} else if name, value, ok := strings.Cut(option, ":"); ok {
			header.Set(name, value)
		} else {
			ts.Fatalf("usage: %s", usage)
		}
	}
	status, answered, answer := ask(ts, args[0], args[1], header, body)
	write(ts, "http.body", answer)
	var lines bytes.Buffer
	ts.Check(answered.Write(&lines))
	write(ts, "http.header", lines.Bytes())
	if status != want {
		ts.Fatalf("%s %s answered %d, not %d\n%s", args[0], args[1], status, want, answer)
	}
}

func ask(ts *testscript.TestScript, method, path string, header http.Header, body []byte) (int, http.Header, []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, fmt.Sprintf("http://%s%s", ts.Getenv("ADDRESS"), path), bytes.NewReader(body))
	ts.Check(err)
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(response.Body.Close())
	return response.StatusCode, response.Header, answer
}
