package ingestor_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"chokepoint/pkg/access"
	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/trade"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const payment = `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z",` +
	`"parties":[{"role":"debtor","name":"Very Secret Trading FZE"}],"remittance":["INV-1"]}`

const decided = `{"event":{"source":"swift","id":"P-1","revision":1},"outcome":"pass"}`

// clock is a time that only a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// stream is a publisher, and the answers and decisions behind it.
type stream struct {
	mu        sync.Mutex
	messages  []ingestor.Message
	sequences map[string]uint64
	decisions map[trade.Identity]string
	inboxes   map[string]chan []byte
	lookups   int
	// What goes wrong.
	publishErr, subscribeErr, lookupErr error
	publish                             func(ingestor.Message) // called before a message is stored
}

func newStream() *stream {
	return &stream{sequences: map[string]uint64{}, decisions: map[trade.Identity]string{}, inboxes: map[string]chan []byte{}}
}

func (s *stream) PublishEvents(_ context.Context, messages []ingestor.Message) []ingestor.Receipt {
	if s.publish != nil {
		s.publish(messages[0])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	receipts := make([]ingestor.Receipt, len(messages))
	for n, message := range messages {
		key := message.Identity.String() + message.Digest
		sequence, duplicate := s.sequences[key]
		if s.publishErr != nil {
			receipts[n].Err = s.publishErr
			continue
		}
		if !duplicate {
			s.messages = append(s.messages, message)
			sequence = uint64(len(s.messages))
			s.sequences[key] = sequence
		}
		receipts[n] = ingestor.Receipt{Sequence: sequence, Duplicate: duplicate}
		if decision, made := s.decisions[message.Identity]; made && !duplicate && message.Answer != "" {
			s.inboxes[message.Answer] <- []byte(decision)
		}
	}
	return receipts
}

func (s *stream) SubscribeAnswer(context.Context) (ingestor.Inbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subscribeErr != nil {
		return nil, s.subscribeErr
	}
	subject := fmt.Sprintf("answer.%d", len(s.inboxes))
	s.inboxes[subject] = make(chan []byte, 1)
	return &inbox{subject: subject, answers: s.inboxes[subject]}, nil
}

func (s *stream) Lookup(_ context.Context, event trade.Identity) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookups++
	if s.lookupErr != nil {
		return nil, false, s.lookupErr
	}
	if event.Revision == 0 {
		for revision := 9; revision > 0; revision-- {
			event.Revision = revision
			if _, found := s.decisions[event]; found {
				break
			}
		}
	}
	decision, found := s.decisions[event]
	return []byte(decision), found, nil
}

func (s *stream) decide(identity trade.Identity, decision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decisions[identity] = decision
}

func (s *stream) stored() []ingestor.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]ingestor.Message(nil), s.messages...)
}

type inbox struct {
	subject string
	answers chan []byte
}

func (b *inbox) Subject() string { return b.subject }
func (b *inbox) Close()          {}
func (b *inbox) Wait(ctx context.Context) ([]byte, error) {
	select {
	case answer := <-b.answers:
		return answer, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// tokens are named by themselves: "swift" is good for source swift.
type tokens struct {
	mu         sync.Mutex
	refreshes  int
	refreshErr error
	refreshed  chan struct{}
}

func (t *tokens) Authenticate(token string, _ time.Time) (access.Grant, error) {
	switch token {
	case "expired":
		return access.Grant{}, access.ErrExpiredToken
	case "broken":
		return access.Grant{}, errors.New("disk on fire")
	case "slow":
		grant := access.NewGrant("slow", "swift")
		grant.Rate, grant.Burst = 0.5, 2
		return grant, nil
	case "swift", "tms":
		return access.NewGrant(token, token), nil
	default:
		return access.Grant{}, access.ErrUnknownToken
	}
}

func (t *tokens) Refresh() (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refreshes++
	select {
	case t.refreshed <- struct{}{}:
	default:
	}
	return t.refreshes == 1, t.refreshErr
}

// door is an ingestor with everything around it.
type door struct {
	*ingestor.Ingestor
	stream   *stream
	tokens   *tokens
	clock    *clock
	logs     *observer.ObservedLogs
	registry *prometheus.Registry
	release  func() // ends what a test keeps under way
}

func newDoor(t testing.TB, change func(*ingestor.Config)) *door {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	d := &door{
		stream: newStream(), tokens: &tokens{refreshed: make(chan struct{}, 1)}, logs: logs, registry: prometheus.NewRegistry(),
		clock: &clock{now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)},
	}
	config := ingestor.DefaultConfig()
	config.Listen = "127.0.0.1:0"
	if change != nil {
		change(&config)
	}
	var err error
	d.Ingestor, err = ingestor.New(config, ingestor.Dependencies{
		Publisher: d.stream, Answers: d.stream, Decisions: d.stream, Tokens: d.tokens,
		Clock: d.clock.Now, Logger: zap.New(core), Registerer: d.registry, RequestID: func() string { return "r-1" },
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		if d.release != nil {
			d.release()
		}
	})
	return d
}

// newFuzzDoor is a door for many requests one after the other.
func newFuzzDoor(f *testing.F) *door {
	return newDoor(f, func(c *ingestor.Config) { c.MaxEventBytes, c.MaxWait, c.MemoryEntries = 1<<14, time.Millisecond, 100 })
}

// post makes a request with the usual headers; more are name, value, name, value.
func post(target, body string, headers ...string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer swift")
	request.Header.Set("Content-Type", "application/json")
	return with(request, headers...)
}

func get(target string, headers ...string) *http.Request {
	request := httptest.NewRequest(http.MethodGet, target, nil)
	request.Header.Set("Authorization", "Bearer swift")
	return with(request, headers...)
}

func with(request *http.Request, headers ...string) *http.Request {
	for n := 0; n < len(headers); n += 2 {
		if headers[n+1] == "" {
			request.Header.Del(headers[n])
			continue
		}
		request.Header.Set(headers[n], headers[n+1])
	}
	return request
}

func (d *door) do(request *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	d.Handler().ServeHTTP(recorder, request)
	return recorder
}

// start serves on a real listener until the test ends.
func (d *door) start(t *testing.T) string {
	t.Helper()
	require.NoError(t, d.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, d.Stop(ctx))
	})
	return "http://" + d.Addr().String()
}

// golden compares an answer, headers and all, with a file.
func golden(t *testing.T, name string, response *httptest.ResponseRecorder) {
	t.Helper()
	var text bytes.Buffer
	fmt.Fprintf(&text, "%d %s\n", response.Code, http.StatusText(response.Code))
	require.NoError(t, response.Header().Write(&text))
	text.WriteByte('\n')
	_, err := io.Copy(&text, response.Body)
	require.NoError(t, err)
	got := strings.ReplaceAll(text.String(), "\r\n", "\n")

	file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".http")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
