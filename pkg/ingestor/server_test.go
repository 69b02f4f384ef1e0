package ingestor_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"chokepoint/pkg/ingestor"
)

// dial connects, writes and returns the connection to read from.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	require.NoError(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(connection, text)
	require.NoError(t, err)
	return connection
}

const head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer swift\r\nContent-Type: application/json\r\n"

func TestServes(t *testing.T) {
	address := newDoor(t, nil).start(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/v1/events", strings.NewReader(payment))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer swift")
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 202, response.StatusCode)
	require.Equal(t, `{"event":{"source":"swift","id":"P-1","revision":1},"sequence":1,"duplicate":false}`+"\n", string(body))
}

// A client that never ends its headers or its body is cut.
func TestSlowClientsAreCut(t *testing.T) {
	short := func(c *ingestor.Config) { c.HeaderTimeout, c.ReadTimeout = 100*time.Millisecond, 200*time.Millisecond }
	t.Run("headers", func(t *testing.T) {
		address := newDoor(t, short).start(t)
		answer, err := io.ReadAll(dial(t, address, "POST /v1/events HTTP/1.1\r\nHost:"))
		require.NoError(t, err)
		require.NotContains(t, string(answer), "202")
	})
	t.Run("body", func(t *testing.T) {
		d := newDoor(t, short)
		address := d.start(t)
		response, err := http.ReadResponse(bufio.NewReader(dial(t, address, head+"Content-Length: 1000\r\n\r\n{")), nil)
		require.NoError(t, err)
		require.Equal(t, 408, response.StatusCode)
		require.True(t, response.Close)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), `"type": "/problems/slow-body"`)
		require.Empty(t, d.stream.stored())
	})
	t.Run("body that nobody waits for", func(t *testing.T) {
		address := newDoor(t, short).start(t)
		connection := dial(t, address, strings.Replace(head, "Bearer swift", "Bearer wrong", 1)+"Content-Length: 1000\r\n\r\n{")
		answer, err := io.ReadAll(connection) // ends only when the door ends the connection
		require.NoError(t, err)
		require.Contains(t, string(answer), "401")
	})
}

// The time allowed for a body does not cut a request that waits for its decision.
func TestWaitingIsLongerThanReading(t *testing.T) {
	d := newDoor(t, func(c *ingestor.Config) { c.ReadTimeout = 100 * time.Millisecond })
	address := d.start(t)
	time.AfterFunc(400*time.Millisecond, func() { d.stream.decide(first, decided) })
	request := strings.Replace(head, "/v1/events", "/v1/events?wait=600ms", 1) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(payment), payment)
	response, err := http.ReadResponse(bufio.NewReader(dial(t, address, request)), nil)
	require.NoError(t, err)
	require.Equal(t, 200, response.StatusCode)
}

// A body that ends early is not an event, and a client that has gone is nobody's fault.
func TestBrokenOff(t *testing.T) {
	d := newDoor(t, nil)
	address := d.start(t)
	connection := dial(t, address, head+"Content-Length: 1000\r\n\r\n"+payment)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	require.Equal(t, 400, response.StatusCode)
	require.Empty(t, d.stream.stored())
}

// Stop answers who waits, and lets nobody else in.
func TestStop(t *testing.T) {
	d := newDoor(t, nil)
	inside := make(chan struct{})
	d.stream.publish = func(ingestor.Message) { close(inside) }
	require.NoError(t, d.Start(t.Context()))
	address := d.Addr().String()
	request := strings.Replace(head, "/v1/events", "/v1/events?wait=30s", 1) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(payment), payment)
	connection := dial(t, address, request)
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, d.Stop(ctx))
	require.NoError(t, d.Stop(ctx))
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	require.Equal(t, 202, response.StatusCode)
	_, err = net.Dial("tcp", address)
	require.Error(t, err)
}

// A request that does not end is cut when there is no more time.
func TestStopCuts(t *testing.T) {
	d := newDoor(t, nil)
	inside, proceed := make(chan struct{}), make(chan struct{})
	d.stream.publish = func(ingestor.Message) {
		close(inside)
		<-proceed
	}
	require.NoError(t, d.Start(t.Context()))
	dial(t, d.Addr().String(), head+fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(payment), payment))
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, d.Stop(ctx), context.Canceled)
	close(proceed)
}

func TestStartFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	d := newDoor(t, func(c *ingestor.Config) { c.Listen = listener.Addr().String() })
	require.ErrorContains(t, d.Start(t.Context()), "start ingestor: listen tcp")

	d = newDoor(t, func(c *ingestor.Config) { c.Listen = "" })
	require.NoError(t, d.Start(t.Context()))
	require.Nil(t, d.Addr())
	require.NoError(t, d.Stop(t.Context()))
}

// Tokens are read again; a failure that lasts is logged once.
func TestRefresh(t *testing.T) {
	d := newDoor(t, func(c *ingestor.Config) { c.Listen, c.RefreshTokens = "", time.Millisecond })
	d.tokens.refreshErr = os.ErrPermission
	require.NoError(t, d.Start(t.Context()))
	for range 3 {
		<-d.tokens.refreshed
	}
	require.NoError(t, d.Stop(t.Context()))
	require.Equal(t, 1, d.logs.FilterLevelExact(zapcore.ErrorLevel).Len())
}

// docs/api.md names every kind of problem with its status.
func TestProblemsAreDocumented(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	require.NoError(t, err)
	for _, kind := range ingestor.ProblemKinds() {
		require.Contains(t, string(guide), fmt.Sprintf("| %d | `%s` |", kind.Status, kind.Type), kind.Type)
	}
}

// The first example of docs/api.md is an event, and its answer the one shown.
func TestFirstExampleIsTrue(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	require.NoError(t, err)
	_, example, found := strings.Cut(string(guide), "-d '")
	require.True(t, found)
	example, _, found = strings.Cut(example, "}'")
	require.True(t, found)
	d := newDoor(t, nil)
	example = strings.ReplaceAll(example, "tms-eu", "swift") + "}"
	response := d.do(post("/v1/events", example))
	require.Equal(t, 202, response.Code, response.Body)
	require.Equal(t, "/v1/decisions/swift/S-1?revision=1", response.Header().Get("Location"))
}
