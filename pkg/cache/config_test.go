package cache_test

import (
	"strings"
	"testing"

	"chokepoint/pkg/cache"
	"chokepoint/pkg/internal/redistest"

	"github.com/stretchr/testify/require"
)

func TestDefaultConfigIsValid(t *testing.T) {
	require.NoError(t, cache.DefaultConfig().Validate())
}

func TestConfigNamesEveryFault(t *testing.T) {
	err := cache.Config{URL: "http://x", Tenant: "A{b}"}.Validate()
	for _, name := range []string{
		"url", "tenant", "pool size", "dial timeout", "read timeout", "write timeout",
		"events for", "references for", "decisions for", "snapshots for", "poll",
	} {
		require.ErrorContains(t, err, name+":")
	}
}

func TestURLs(t *testing.T) {
	for _, url := range []string{
		"redis://localhost", "redis://:secret@localhost:6380/2", "rediss://user:secret@redis.example:6379",
		"unix:///run/redis.sock", "redis://a:1?addr=b:2&addr=c:3", "redis://a:1?cluster=true", "redis://a:26379?master_name=main",
	} {
		config := cache.DefaultConfig()
		config.URL = url
		client, err := cache.Open(config)
		require.NoError(t, err, url)
		require.NoError(t, client.Close())
	}
	for _, url := range []string{"", "localhost:6379", "redis://:hunter2@loc alhost", "redis://:hunter2@x:6379/a/b", "redis://:hunter2@x?nonsense=1", "redis://:hunter2@x:y?cluster=true", "%hunter2"} {
		config := cache.DefaultConfig()
		config.URL = url
		_, err := cache.Open(config)
		require.ErrorContains(t, err, "url: ", url)
		require.NotContains(t, err.Error(), "hunter2", "a password is never repeated")
	}
}

func TestWrongPasswordIsNotTemporary(t *testing.T) {
	server := redistest.Start(t)
	require.Equal(t, "+OK", server.Do("CONFIG", "SET", "requirepass", "right"))
	config := configAt(strings.Replace(server.URL(), "redis://", "redis://:wrong@", 1))
	err := open(t, config).Ping(t.Context())
	require.Error(t, err)
	require.NotErrorIs(t, err, cache.ErrUnavailable)
	require.NotContains(t, err.Error(), "wrong@")
	config.URL = strings.Replace(server.URL(), "redis://", "redis://:right@", 1)
	require.NoError(t, open(t, config).Ping(t.Context()))
}
