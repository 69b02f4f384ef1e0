package bus_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/internal/natstest"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
)

// line runs publishing and a consumer that decides, while something happens to the
// server, and then holds what was acknowledged against what is stored.
type line struct {
	bus   *bus.Bus
	mu    sync.Mutex
	acked map[int]uint64
	// enough ends the publishing, stop the consumer.
	enough, stop context.CancelFunc
	published    sync.WaitGroup
	consumed     sync.WaitGroup
}

func startLine(t *testing.T, b *bus.Bus) *line {
	publishing, enough := context.WithCancel(t.Context())
	ctx, stop := context.WithCancel(t.Context())
	l := &line{bus: b, acked: map[int]uint64{}, enough: enough, stop: stop}
	l.published.Go(func() { l.publish(publishing) })
	config := testConsumer("screener")
	l.consumed.Go(func() {
		if err := b.ConsumeEvents(ctx, config, l.decide); err != nil {
			t.Error(err)
		}
	})
	return l
}

// publish sends events and repeats what was not acknowledged, as a client does.
func (l *line) publish(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n += 50 {
		for pending := events(n, n+50); len(pending) > 0 && ctx.Err() == nil; {
			var again []bus.EventMessage
			for i, receipt := range l.bus.PublishEvents(ctx, pending) {
				if receipt.Err != nil {
					again = append(again, pending[i])
					continue
				}
				number, _ := strconv.Atoi(pending[i].Identity.ID[2:])
				l.mu.Lock()
				l.acked[number] = receipt.Sequence
				l.mu.Unlock()
			}
			if len(again) > 0 {
				wait(ctx, 20*time.Millisecond)
			}
			pending = again
		}
		wait(ctx, 5*time.Millisecond) // some thousands a second are enough
	}
}

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
}

func (l *line) decide(ctx context.Context, batch []bus.Delivery) []error {
	made := make([]bus.DecisionMessage, len(batch))
	for i, d := range batch {
		id, err := d.Identity()
		if err != nil {
			return make([]error, len(batch)+1)
		}
		number, _ := strconv.Atoi(id.ID[2:])
		made[i] = decided(number, d.Sequence)
	}
	verdicts := make([]error, len(batch))
	for i, receipt := range l.bus.PublishDecisions(ctx, made) {
		verdicts[i] = receipt.Err
	}
	return verdicts
}

func (l *line) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// finish ends the publishing, waits until every acknowledged event has a decision,
// and checks that each is stored where its receipt said.
func (l *line) finish(t *testing.T) {
	t.Helper()
	l.enough()
	l.published.Wait()
	defer l.consumed.Wait()
	defer l.stop()
	decisions := map[uint64]int{}
	eventually(t, func() bool {
		clear(decisions)
		if l.bus.Healthy() != nil {
			return false
		}
		_, err := l.bus.ScanDecisions(t.Context(), 0, true, func(d bus.Delivery) error {
			sequence, known := d.EventSequence()
			if !known {
				return errors.New("decision without the event's sequence")
			}
			decisions[sequence]++
			return nil
		})
		if err != nil {
			return false
		}
		for _, sequence := range l.acked {
			if decisions[sequence] == 0 {
				return false
			}
		}
		return true
	})
	stored := map[string]uint64{}
	_, err := l.bus.ScanEvents(t.Context(), 0, true, func(d bus.Delivery) error {
		id, err := d.Identity()
		stored[id.ID] = d.Sequence
		return err
	})
	require.NoError(t, err)
	for number, sequence := range l.acked {
		require.Equal(t, sequence, stored["S-"+strconv.Itoa(number)], "acknowledged event S-%d", number)
	}
}

func TestServerRestartLosesNothing(t *testing.T) {
	for _, durability := range []bus.Durability{bus.DurabilityInterval, bus.DurabilityAlways} {
		t.Run(durability.String(), func(t *testing.T) {
			options := natsserver.Options{Dir: t.TempDir(), Port: freePort(t), SyncAlways: durability == bus.DurabilityAlways}
			server := natstest.Start(t, options)
			config := testConfig()
			config.Durability = durability
			config.PublishTimeout = 2 * time.Second
			l := startLine(t, natstest.Connect(t, server, config))
			for restart := 1; restart <= 2; restart++ {
				before := l.count()
				eventually(t, func() bool { return l.count() > before+200 })
				server.Stop()
				server = natstest.Start(t, options)
			}
			l.finish(t)
		})
	}
}

// natsServerBinary is a real nats-server, from NATS_SERVER or the PATH.
func natsServerBinary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("NATS_SERVER")
	if path == "" {
		path, _ = exec.LookPath("nats-server")
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no nats-server: set NATS_SERVER or put it on the PATH")
		}
		t.Skip("SKIPPED: no nats-server in NATS_SERVER or on the PATH, so kill -9 of a real server is not tested")
	}
	return path
}

// process is a nats-server of its own, which can be killed.
type process struct {
	t      *testing.T
	binary string
	config string
	log    string
	cmd    *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	p.cmd = exec.Command(p.binary, "-c", p.config)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	require.NoError(p.t, p.cmd.Start())
	require.NoError(p.t, log.Close())
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return listener.Addr().(*net.TCPAddr).Port
}

// SIGKILL of a real server, three times, while events flow.
func TestKillOfARealServerLosesNothing(t *testing.T) {
	binary := natsServerBinary(t)
	for _, sync := range []string{"2m", "always"} {
		t.Run(sync, func(t *testing.T) {
			dir := t.TempDir()
			port := freePort(t)
			p := &process{t: t, binary: binary, config: filepath.Join(dir, "nats.conf"), log: filepath.Join(dir, "nats.log")}
			text := "listen: 127.0.0.1:" + strconv.Itoa(port) + "\nmax_payload: 2MB\njetstream { store_dir: " + strconv.Quote(dir) + ", sync_interval: " + sync + " }\n"
			require.NoError(t, os.WriteFile(p.config, []byte(text), 0o600))
			p.start()
			defer func() { p.kill() }()

			config := testConfig()
			config.URL = "nats://127.0.0.1:" + strconv.Itoa(port)
			config.PublishTimeout = 2 * time.Second
			if sync == "always" {
				config.Durability = bus.DurabilityAlways
			}
			b, err := bus.Connect(t.Context(), config, zaptest.NewLogger(t, zaptest.Level(zap.FatalLevel)))
			require.NoError(t, err)
			defer b.Close()
			require.NoError(t, b.Ensure(t.Context()))
			l := startLine(t, b)
			for range 3 {
				before := l.count()
				eventually(t, func() bool { return l.count() > before+300 })
				p.kill()
				p.start()
			}
			l.finish(t)
		})
	}
}
