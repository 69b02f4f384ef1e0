package natsserver_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chokepoint/pkg/bus/natsserver"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStartOnAFreePort(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	server, err := natsserver.Start(natsserver.Options{Dir: dir, Port: -1})
	require.NoError(t, err)
	conn, err := nats.Connect(server.ClientURL())
	require.NoError(t, err)
	require.EqualValues(t, natsserver.MaxPayload, conn.MaxPayload())
	js, err := conn.JetStream()
	require.NoError(t, err)
	_, err = js.AccountInfo()
	require.NoError(t, err)
	conn.Close()
	server.Stop()
	server.Stop()
	_, err = os.Stat(filepath.Join(dir, "jetstream"))
	require.NoError(t, err)
}

func TestStartInProcessOnly(t *testing.T) {
	server, err := natsserver.Start(natsserver.Options{Dir: t.TempDir(), Token: "secret"})
	require.NoError(t, err)
	defer server.Stop()
	require.Empty(t, server.ClientURL())
	conn, err := nats.Connect("", nats.InProcessServer(server), nats.Token("secret"))
	require.NoError(t, err)
	conn.Close()
}

func TestStartSaysWhyNot(t *testing.T) {
	dir := t.TempDir()
	first, err := natsserver.Start(natsserver.Options{Dir: dir, Port: -1})
	require.NoError(t, err)
	defer first.Stop()
	_, err = natsserver.Start(natsserver.Options{Dir: dir, Port: -1})
	require.ErrorContains(t, err, "another server is using it")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, err = natsserver.Start(natsserver.Options{Dir: t.TempDir(), Port: listener.Addr().(*net.TCPAddr).Port})
	require.ErrorContains(t, err, "address already in use")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = natsserver.Start(natsserver.Options{Dir: file, Port: -1})
	require.ErrorContains(t, err, "nats server folder")

	_, err = natsserver.Start(natsserver.Options{Port: 70000, SyncInterval: -time.Second, MaxStore: -1, StartTimeout: -1})
	for _, fault := range []string{"dir:", "port:", "sync interval:", "max store:", "start timeout:"} {
		require.ErrorContains(t, err, fault)
	}
}

func TestFolderIsFreeAfterStop(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		server, err := natsserver.Start(natsserver.Options{Dir: dir, Port: -1, SyncAlways: true})
		require.NoError(t, err)
		server.Stop()
	}
}
