package cache_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"chokepoint/pkg/cache"
	"chokepoint/pkg/internal/redistest"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tenants numbers the tenants of this run, so that stores on one server are apart.
var tenants atomic.Int64

func configAt(url string) cache.Config {
	config := cache.DefaultConfig()
	config.URL = url
	config.Tenant = fmt.Sprintf("t%d", tenants.Add(1))
	config.PoolSize = 8
	config.DialTimeout = time.Second
	config.Poll = 20 * time.Millisecond
	return config
}

// open opens a client that is closed with the test.
func open(t testing.TB, config cache.Config) *cache.Client {
	t.Helper()
	client, err := cache.Open(config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func miniURL(t testing.TB) (string, *miniredis.Miniredis) {
	t.Helper()
	server := miniredis.NewMiniRedis()
	require.NoError(t, server.Start())
	t.Cleanup(server.Close)
	return "redis://" + server.Addr(), server
}

func realURL(t testing.TB) (string, *redistest.Server) {
	t.Helper()
	server := redistest.Start(t)
	return server.URL(), server
}
