package crashtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Bounds of single steps. They are far above what a step takes, so that a busy
// machine does not fail a test, and below the bound of the whole.
const (
	startTimeout = 30 * time.Second
	endTimeout   = 30 * time.Second
	pollEvery    = 20 * time.Millisecond
)

// eventually waits until the condition holds. There is nothing to wait on but asking:
// what is asked is another process.
func eventually(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// process is one running program, started and ended by its own process id.
type process struct {
	t       testing.TB
	name    string
	program string
	args    []string
	log     string
	// ready says when the process does its work.
	ready func() error

	command *exec.Cmd
	exited  chan struct{}
}

// start starts the program and returns when it is ready.
func (p *process) start() {
	p.t.Helper()
	p.launch()
	p.awaitReady()
}

// launch starts the program and does not wait for it.
func (p *process) launch() {
	p.t.Helper()
	output, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	command := exec.Command(p.program, p.args...)
	command.Stdout, command.Stderr = output, output
	require.NoError(p.t, command.Start(), "start %s", p.name)
	require.NoError(p.t, output.Close())
	exited := make(chan struct{})
	go func() {
		_ = command.Wait() // a killed process always reports an error
		close(exited)
	}()
	p.command, p.exited = command, exited
}

func (p *process) awaitReady() {
	p.t.Helper()
	var last error
	defer func() {
		if last != nil {
			p.t.Logf("%s: %v", p.name, last)
		}
	}()
	eventually(p.t, startTimeout, p.name+" is ready", func() bool {
		select {
		case <-p.exited:
			p.t.Fatalf("%s ended by itself:\n%s", p.name, p.tail())
		default:
		}
		last = p.ready()
		return last == nil
	})
}

// kill ends this very process without warning and waits for its end.
func (p *process) kill() { p.end(syscall.SIGKILL) }

func (p *process) end(signal os.Signal) {
	if p.command == nil {
		return
	}
	select {
	case <-p.exited:
		return
	default:
	}
	_ = p.command.Process.Signal(signal) // it may end by itself in this moment
	timer := time.NewTimer(endTimeout)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		_ = p.command.Process.Kill()
		<-p.exited
		p.t.Errorf("%s did not end within %s of %v", p.name, endTimeout, signal)
	}
}

// restart kills the process and starts it again.
func (p *process) restart() {
	p.t.Helper()
	p.kill()
	p.start()
}

// tail is the end of what the process wrote.
func (p *process) tail() string {
	const most = 4_000
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return string(text)
}

// adopt has the process ended with the test, and its last words shown where the test
// failed.
func (p *process) adopt() *process {
	p.t.Cleanup(func() {
		p.kill()
		if p.t.Failed() {
			p.t.Logf("last words of %s:\n%s", p.name, p.tail())
		}
	})
	return p
}

// answers says whether a URL answers 200.
func answers(url string) func() error {
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	return func() error {
		response, err := client.Get(url)
		if err != nil {
			return err
		}
		body := make([]byte, 500)
		n, _ := response.Body.Read(body)
		if err := response.Body.Close(); err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", response.Status, body[:n])
		}
		return nil
	}
}

// freePort is a port nobody listens on now.
func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	return port
}

// missing skips a test for what the machine lacks, and fails it in CI.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; CI must have it", what)
	}
	t.Skipf("SKIPPED: this test needs %s", what)
}

// natsProgram is where nats-server is.
func natsProgram(t testing.TB) string {
	t.Helper()
	path := os.Getenv("NATS_SERVER")
	if path == "" {
		path = "nats-server"
	}
	found, err := exec.LookPath(path)
	if err != nil {
		missing(t, "nats-server in NATS_SERVER or on the PATH (go install github.com/nats-io/nats-server/v2@v2.15.2)")
	}
	return found
}

// built is the folder with the programs, built once for all tests of a run.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "chokepoint-crashtest-")
	if err != nil {
		return "", err
	}
	arguments := []string{"build", "-o", folder + string(filepath.Separator)}
	for _, name := range []string{"ingestor", "screener", "notifier", "chokepoint"} {
		arguments = append(arguments, "./cmd/"+name)
	}
	build := exec.Command("go", arguments...)
	build.Dir = filepath.Join("..", "..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		return folder, fmt.Errorf("go build: %w\n%s", err, output)
	}
	return folder, nil
})

// buildPrograms builds the workers and the command.
func buildPrograms(t testing.TB) string {
	t.Helper()
	folder, err := built()
	if folder != "" {
		programFolder = folder
	}
	require.NoError(t, err)
	return folder
}

// programFolder is removed when all tests have ended.
var programFolder string

func TestMain(m *testing.M) {
	code := m.Run()
	if programFolder != "" {
		_ = os.RemoveAll(programFolder)
	}
	os.Exit(code)
}

// natsServer starts a nats-server with files in the folder. Its port is chosen by the
// server at the first start and kept from then on.
func natsServer(t testing.TB, folder string) (*process, string) {
	t.Helper()
	config := filepath.Join(folder, "nats.conf")
	write := func(port int) {
		text := fmt.Sprintf("host: 127.0.0.1\nport: %d\nports_file_dir: %q\nmax_payload: 2MB\n"+
			"jetstream { store_dir: %q, max_file_store: 4GB }\n", port, folder, filepath.Join(folder, "jetstream"))
		require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	}
	write(-1)
	server := (&process{
		t: t, name: "nats-server", program: natsProgram(t), args: []string{"-c", config}, log: filepath.Join(folder, "nats.log"),
		ready: func() error { return nil },
	}).adopt()
	server.launch()
	port := 0
	eventually(t, startTimeout, "nats-server names its port", func() bool {
		port = readPort(filepath.Join(folder, fmt.Sprintf("nats-server_%d.ports", server.command.Process.Pid)))
		return port != 0
	})
	write(port)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	server.ready = func() error {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return err
		}
		return connection.Close()
	}
	server.awaitReady()
	return server, "nats://" + address
}

// readPort reads the port that nats-server wrote down; 0 while it has not.
func readPort(path string) int {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "nats://")
	var port int
	if at := strings.IndexByte(after, ':'); at < 0 {
		return 0
	} else if _, err := fmt.Sscanf(after[at+1:], "%d", &port); err != nil {
		return 0
	}
	return port
}
