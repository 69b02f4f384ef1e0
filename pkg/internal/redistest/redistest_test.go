package redistest_test

import (
	"os"
	"path/filepath"
	"testing"

	"chokepoint/pkg/internal/redistest"

	"github.com/stretchr/testify/require"
)

func TestServerSurvivesItsOwnDeath(t *testing.T) {
	server := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	require.Equal(t, "+OK", server.Do("SET", "key", "value"))
	first := server.PID()
	server.Kill()
	server.Restart()
	require.NotEqual(t, first, server.PID())
	require.Equal(t, "value", server.Do("GET", "key"))
	server.Stop()
	server.Stop()
	files, err := os.ReadDir(filepath.Join(server.Dir(), "appendonlydir"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
}

func TestServersAreApart(t *testing.T) {
	one, two := redistest.Start(t), redistest.Start(t)
	require.NotEqual(t, one.URL(), two.URL())
	require.Equal(t, "+OK", one.Do("SET", "key", "value"))
	require.Equal(t, ":0", two.Do("EXISTS", "key"))
}
