package scenario

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"chokepoint/pkg/access"
	"chokepoint/pkg/app"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/internal/redistest"
)

// patience is how long a story waits for what has to happen.
const patience = 30 * time.Second

// source is where the events of all stories come from.
const source = "story"

// world is everything a story runs on.
type world struct {
	t      *testing.T
	folder string
	token  string

	redis  *redistest.Server
	window time.Duration

	server     *natsserver.Server
	together   *app.Together
	connection *nats.Conn
	js         jetstream.JetStream
	client     *http.Client
	running    bool
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, folder: t.TempDir(), client: &http.Client{Timeout: time.Minute}}
	token, hash, err := access.Generate(rand.Reader)
	require.NoError(t, err)
	w.token = token
	lines := access.Format([]access.Token{{ID: source, SHA256: hash, Sources: []string{source}}})
	require.NoError(t, os.WriteFile(w.tokensFile(), lines, 0o600))
	t.Cleanup(w.stop)
	return w
}

func (w *world) tokensFile() string { return filepath.Join(w.folder, "tokens") }

// start starts NATS on the story's folder and the three workers on it.
func (w *world) start() {
	w.t.Helper()
	server, err := natsserver.Start(natsserver.Options{Dir: filepath.Join(w.folder, "nats")})
	require.NoError(w.t, err)
	w.server = server
	config := app.DefaultTogetherConfig()
	config.HistoryEvery = time.Hour // a story says itself when history is mended
	config.Bus.InProcess, config.Bus.EventsMaxBytes, config.Bus.DeadLettersMaxBytes = server, 64<<20, 16<<20
	config.Listen, config.TokensFile = "127.0.0.1:0", w.tokensFile()
	if w.window > 0 {
		config.Bus.DuplicateWindow, config.Ingestor.MemoryWindow = w.window, time.Millisecond
	}
	if w.redis != nil {
		config.Redis.URL = w.redis.URL()
	}
	together, err := app.NewTogether(w.t.Context(), config, zap.NewNop())
	if err == nil {
		err = together.Start(w.t.Context())
	}
	if err != nil {
		server.Stop()
	}
	require.NoError(w.t, err)
	w.together, w.running = together, true
	w.connection, err = nats.Connect("", nats.InProcessServer(server))
	require.NoError(w.t, err)
	w.js, err = jetstream.New(w.connection)
	require.NoError(w.t, err)
}

// stop ends everything in good order.
func (w *world) stop() {
	if !w.running {
		return
	}
	w.running = false
	w.connection.Close()
	w.client.CloseIdleConnections()
	if err := w.together.Stop(); err != nil {
		w.t.Errorf("stop: %v", err)
	}
	w.server.Stop()
}

// eventually waits until the condition holds: what is asked works by itself.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.t.Context()), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// rest waits until every event and every decision has been worked on.
func (w *world) rest() {
	w.t.Helper()
	w.eventually("everything has come to rest", func() bool {
		return w.idle("EVENTS", "screener") && w.idle("DECISIONS", "notifier")
	})
}

func (w *world) idle(stream, name string) bool {
	consumer, err := w.js.Consumer(w.t.Context(), stream, name)
	if err != nil {
		require.ErrorIs(w.t, err, jetstream.ErrConsumerNotFound)
		return false
	}
	info := consumer.CachedInfo()
	return info.NumPending == 0 && info.NumAckPending == 0
}

// ask sends a request to the door and returns status and body.
func (w *world) ask(method, path, contentType, body string) (int, []byte) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.together.Address()+path, strings.NewReader(body))
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.token)
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := w.client.Do(request)
	require.NoError(w.t, err)
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	require.NoError(w.t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, answer
}

func lines(format string, values ...any) string { return fmt.Sprintf(format, values...) + "\n" }
