package natstest

import (
	"testing"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
)

// New starts a server on a folder and a port of its own that ends with the test.
func New(t testing.TB) *natsserver.Server {
	t.Helper()
	return Start(t, natsserver.Options{Dir: t.TempDir(), Port: -1})
}

// Start starts a server with options; it ends with the test, if the test has not
// stopped it before.
func Start(t testing.TB, options natsserver.Options) *natsserver.Server {
	t.Helper()
	server, err := natsserver.Start(options)
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return server
}

// Connect connects a bus to the server and ensures its streams. It is closed with
// the test. Of config, URL and InProcess are set here.
func Connect(t testing.TB, server *natsserver.Server, config bus.Config) *bus.Bus {
	t.Helper()
	config.URL = server.ClientURL()
	if config.URL == "" {
		config.InProcess = server
	}
	b, err := bus.Connect(t.Context(), config, zaptest.NewLogger(t, zaptest.Level(zap.ErrorLevel)))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	require.NoError(t, b.Ensure(t.Context()))
	return b
}
