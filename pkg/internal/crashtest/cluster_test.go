package crashtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"chokepoint/pkg/access"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/internal/redistest"
)

// eventsMaxBytes is how much room EVENTS sets aside: little, because the disk of a
// test machine may be small.
const eventsMaxBytes = 256 << 20

// cluster is everything that runs for one test.
type cluster struct {
	t        testing.TB
	folder   string
	programs string

	nats    *process
	natsURL string
	redis   *redistest.Server

	ingestor       *process
	screeners      []*process
	notifiers      []*process
	doorURL, token string
	listFolder     string
	bus            *bus.Bus
	raw            jetstream.JetStream
}

// size is how many workers of each kind run.
type size struct{ screeners, notifiers int }

// newCluster starts NATS, Redis and the workers, and publishes the invented lists.
func newCluster(t testing.TB, of size, redisOptions ...string) *cluster {
	t.Helper()
	natsProgram(t) // skips before anything is built
	c := &cluster{t: t, folder: t.TempDir()}
	c.redis = redistest.Start(t, redisOptions...)
	c.programs = buildPrograms(t)
	c.nats, c.natsURL = natsServer(t, c.folder)
	c.writeTokens()
	c.startDoor()
	c.publishLists()
	for i := range of.screeners {
		c.screeners = append(c.screeners, c.worker("screener", i+1, fmt.Sprintf("redis: {url: %q}\n", c.redis.URL())))
	}
	for i := range of.notifiers {
		c.notifiers = append(c.notifiers, c.worker("notifier", i+1, ""))
	}
	for _, worker := range append(c.screeners, c.notifiers...) {
		worker.launch()
	}
	for _, worker := range append(c.screeners, c.notifiers...) {
		worker.awaitReady()
	}
	c.connect()
	return c
}

// worker describes one worker with a configuration file of its own.
func (c *cluster) worker(program string, number int, more string) *process {
	c.t.Helper()
	name := fmt.Sprintf("%s-%d", program, number)
	admin := fmt.Sprintf("127.0.0.1:%d", freePort(c.t))
	text := fmt.Sprintf("nats: {url: %q, events_max_bytes: %d}\nadmin_listen: %q\nlog: {level: info, format: json}\n%s",
		c.natsURL, eventsMaxBytes, admin, more)
	path := filepath.Join(c.folder, name+".yaml")
	require.NoError(c.t, os.WriteFile(path, []byte(text), 0o600))
	return (&process{
		t: c.t, name: name, program: filepath.Join(c.programs, program), args: []string{"--config", path},
		log: filepath.Join(c.folder, name+".log"), ready: answers("http://" + admin + "/readyz"),
	}).adopt()
}

func (c *cluster) writeTokens() {
	c.t.Helper()
	token, hash, err := access.Generate(rand.Reader)
	require.NoError(c.t, err)
	lines := access.Format([]access.Token{{ID: "crash", SHA256: hash, Sources: []string{access.AnySource}}})
	require.NoError(c.t, os.WriteFile(c.tokensFile(), lines, 0o600))
	c.token = token
}

func (c *cluster) tokensFile() string { return filepath.Join(c.folder, "tokens") }

func (c *cluster) startDoor() {
	c.t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(c.t))
	c.doorURL = "http://" + listen
	c.ingestor = c.worker("ingestor", 1, fmt.Sprintf("listen: %q\ntokens_file: %q\nrate: 50000\nburst: 100000\n", listen, c.tokensFile()))
	c.ingestor.start()
}

// publishLists brings the invented lists into force, with more names on them.
func (c *cluster) publishLists(more ...string) {
	c.t.Helper()
	c.listFolder = filepath.Join(c.folder, "lists")
	require.NoError(c.t, os.MkdirAll(c.listFolder, 0o700))
	require.NoError(c.t, os.WriteFile(filepath.Join(c.listFolder, "crash.jsonl"), listFile(more...), 0o600))
	c.command("lists", "sync", "--from", c.listFolder, "--nats", c.natsURL, "--redis", c.redis.URL())
}

// rebuildHistory plays all events into Redis. Where Redis is emptied meanwhile the
// command says so and is to be run again.
func (c *cluster) rebuildHistory() {
	c.t.Helper()
	began := time.Now()
	c.command("history", "rebuild", "--nats", c.natsURL, "--redis", c.redis.URL())
	c.t.Logf("history rebuilt in %s", time.Since(began).Round(time.Millisecond))
}

// command runs the operator's command, which must end with exit code 0, and returns
// what it printed.
func (c *cluster) command(args ...string) []byte {
	c.t.Helper()
	output, code, problem := c.run(args...)
	require.Zero(c.t, code, "chokepoint %v: %s\n%s", args, problem, output)
	return output
}

// run runs the operator's command.
func (c *cluster) run(args ...string) (output []byte, code int, problem string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(c.programs, "chokepoint"), args...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil && command.ProcessState == nil {
		c.t.Fatalf("chokepoint %v: %v", args, err)
	}
	return out.Bytes(), command.ProcessState.ExitCode(), errs.String()
}

// ask runs a command with --json and reads its answer, whatever its exit code.
func ask[T any](c *cluster, args ...string) T {
	c.t.Helper()
	output, _, problem := c.run(append(args, "--json", "--nats", c.natsURL)...)
	var answer T
	require.NoError(c.t, json.Unmarshal(output, &answer), "chokepoint %v: %s\n%s", args, problem, output)
	return answer
}

// connect opens the test's own connections: one as ours, and one to write what none
// of our programs would.
func (c *cluster) connect() {
	c.t.Helper()
	config := bus.DefaultConfig()
	config.URL, config.Name = c.natsURL, "crashtest"
	connected, err := bus.Connect(c.t.Context(), config, zap.NewNop())
	require.NoError(c.t, err)
	c.t.Cleanup(connected.Close)
	c.bus = connected
	connection, err := nats.Connect(c.natsURL, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond), nats.ReconnectBufSize(-1))
	require.NoError(c.t, err)
	c.t.Cleanup(connection.Close)
	c.raw, err = jetstream.New(connection)
	require.NoError(c.t, err)
}

// poison stores bytes in EVENTS that no ingestor would, and returns their sequence.
func (c *cluster) poison(subject string, data []byte) uint64 {
	c.t.Helper()
	var sequence uint64
	eventually(c.t, startTimeout, "the poison is stored", func() bool {
		ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Second)
		defer cancel()
		ack, err := c.raw.Publish(ctx, subject, data)
		if err != nil {
			return false
		}
		sequence = ack.Sequence
		return true
	})
	return sequence
}

// awaitRest waits until every event and every decision has been worked on: nothing is
// waiting for a worker, and no worker holds anything.
func (c *cluster) awaitRest(within time.Duration) {
	c.t.Helper()
	last := ""
	defer func() {
		if c.t.Failed() {
			c.t.Logf("at rest? %s", last)
		}
	}()
	eventually(c.t, within, "everything has come to rest", func() bool {
		events, atRest := c.consumer("EVENTS", "screener")
		decisions, notified := c.consumer("DECISIONS", "notifier")
		last = events + "; " + decisions
		return atRest && notified
	})
}

func (c *cluster) consumer(stream, name string) (string, bool) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Second)
	defer cancel()
	consumer, err := c.raw.Consumer(ctx, stream, name)
	if err != nil {
		return fmt.Sprintf("%s: %v", name, err), false
	}
	info := consumer.CachedInfo()
	return fmt.Sprintf("%s: %d to come, %d in hand, %d delivered again", name, info.NumPending, info.NumAckPending, info.NumRedelivered),
		info.NumPending == 0 && info.NumAckPending == 0
}
