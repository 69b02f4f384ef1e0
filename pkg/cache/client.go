package cache

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Client is a connection to Redis for one tenant. It is safe for concurrent use.
type Client struct {
	redis  redis.UniversalClient
	config Config
	prefix string
	// epochs made here begin with epochBase and end with a count.
	epochBase string
	epochs    atomic.Uint64
}

// Open returns a client. It does not connect yet: Redis may come later, and whoever needs
// it gets [ErrUnavailable] until then. Close it.
func Open(config Config) (*Client, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	options, err := config.options()
	if err != nil {
		return nil, fmt.Errorf("redis: url: %w", err)
	}
	silence.Do(func() { redis.SetLogger(silent{}) })
	universal := redis.NewUniversalClient(options)
	universal.AddHook(&breaker{clock: time.Now})
	return &Client{
		redis: universal, config: config,
		prefix: "cp:" + config.Tenant + ":", epochBase: rand.Text()[:16],
	}, nil
}

// silence takes the word from the Redis library's own logger, which writes raw lines
// to standard error: whatever matters comes back as an error and is logged once.
var silence sync.Once

type silent struct{}

// Printf drops the line.
func (silent) Printf(context.Context, string, ...any) {}

// Close closes the connections. Goroutines of [Lists.Subscribe] end with their contexts.
func (c *Client) Close() error {
	if err := c.redis.Close(); err != nil {
		return fmt.Errorf("close redis: %w", err)
	}
	return nil
}

// Ping asks whether Redis answers.
func (c *Client) Ping(ctx context.Context) error {
	return explain(ctx, "ping redis", c.redis.Ping(ctx).Err())
}

// Server is what a Redis says of itself.
type Server struct {
	// Identity names the running processes; it changes with every restart and failover.
	Identity string
	// Eviction is the policy of the first server ("noeviction"). With any other, Redis may
	// drop history by itself, which nobody can notice.
	Eviction string
}

// Server asks every server that takes writes who it is.
func (c *Client) Server(ctx context.Context) (Server, error) {
	var mutex sync.Mutex
	var identities []string
	var server Server
	ask := func(ctx context.Context, node *redis.Client) error {
		info, err := node.Info(ctx).Result()
		if err != nil {
			return err
		}
		mutex.Lock()
		defer mutex.Unlock()
		identities = append(identities, infoField(info, "run_id"))
		server.Eviction = infoField(info, "maxmemory_policy")
		return nil
	}
	var err error
	switch client := c.redis.(type) {
	case *redis.ClusterClient:
		err = client.ForEachMaster(ctx, ask)
	case *redis.Client:
		err = ask(ctx, client)
	default:
		err = fmt.Errorf("a client of type %T has no servers to ask", client)
	}
	if err != nil {
		return Server{}, explain(ctx, "ask redis who it is", err)
	}
	slices.Sort(identities)
	server.Identity = strings.Join(identities, " ")
	return server, nil
}

func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (c *Client) newEpoch() string {
	return fmt.Sprintf("%s-%d", c.epochBase, c.epochs.Add(1))
}

// identityKey is the key of something kept by an event's identity. The identity is
// hashed: an id is up to 200 characters of the sender's choice.
func (c *Client) identityKey(kind, identity string) string {
	sum := sha256.Sum256([]byte(identity))
	key := make([]byte, 0, len(c.prefix)+len(kind)+1+32)
	key = append(append(append(key, c.prefix...), kind...), ':')
	return string(hex.AppendEncode(key, sum[:16]))
}
