package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/app"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/policy"
)

// The files that up keeps in its folder, beside NATS' own.
const (
	defaultData = "chokepoint-data"
	natsURLFile = "nats.url"
	tokenFile   = "ingest.token"
	tokensFile  = "tokens"
	natsFolder  = "nats"
)

// connection is where a command finds NATS and Redis.
type connection struct {
	nats, data, credentials *string
}

// withConnection adds the flags that say where a command works.
func (f *flags) withConnection() connection {
	return connection{
		nats:        f.String("nats", "", "the `URL` of NATS; without it the NATS inside the up that runs on --data"),
		data:        f.String("data", defaultData, "the `folder` of a running up"),
		credentials: f.String("credentials", "", "a NATS credentials `file`"),
	}
}

// answerTimeout is how long a command waits for NATS: a person is waiting for the
// command.
const answerTimeout = 5 * time.Second

// open connects to NATS. Nothing is created or changed there.
func (c connection) open(ctx context.Context) (*bus.Bus, error) {
	config := bus.DefaultConfig()
	config.Name, config.CredentialsFile = "chokepoint", *c.credentials
	address, err := c.url()
	if err != nil {
		return nil, err
	}
	if *c.nats == "" {
		if err := c.answers(ctx, address); err != nil {
			return nil, err
		}
	}
	config.URL, config.ConnectTimeout = address, answerTimeout
	return bus.Connect(ctx, config, zap.NewNop())
}

// answers finds out at once whether the up that wrote nats.url still runs: one that was
// killed leaves the file behind, and connecting would try again for seconds.
func (c connection) answers(ctx context.Context, address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%s holds no URL", filepath.Join(*c.data, natsURLFile))
	}
	dialer := net.Dialer{Timeout: answerTimeout}
	probe, err := dialer.DialContext(ctx, "tcp", parsed.Host)
	if err != nil {
		return fmt.Errorf("nothing answers at the NATS of %s: is `chokepoint up --data %s` running? (%w)", *c.data, *c.data, err)
	}
	return probe.Close()
}

func (c connection) url() (string, error) {
	if *c.nats != "" {
		return *c.nats, nil
	}
	path := filepath.Join(*c.data, natsURLFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", usagef("no `chokepoint up` runs on --data %s (there is no %s): start one, or say --data DIR of one that runs, or --nats URL", *c.data, path)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(text)), nil
}

// redisConnection is where a command finds Redis.
type redisConnection struct{ url, tenant *string }

// withRedis adds the flags of commands that write to Redis.
func (f *flags) withRedis(purpose string) redisConnection {
	return redisConnection{
		url:    f.String("redis", "", purpose),
		tenant: f.String("tenant", "default", "the `name` of the tenant in Redis"),
	}
}

// open connects to Redis where the flags name one, and returns nil where not.
func (r redisConnection) open() (*cache.Client, error) {
	if *r.url == "" {
		return nil, nil
	}
	config := cache.DefaultConfig()
	config.URL, config.Tenant = *r.url, *r.tenant
	return cache.Open(config)
}

// listSource is where a command that screens finds the lists: a folder of
// publishers' files, or the snapshot in force.
type listSource struct {
	connection
	folder *string
}

// withLists adds the flags that say which lists to screen against.
func (f *flags) withLists() listSource {
	return listSource{connection: f.withConnection(), folder: f.String("lists", "", "a `folder` of publishers' files, read now; without it the lists in force")}
}

func (s listSource) snapshot(ctx context.Context, term *terminal) (controllist.Snapshot, error) {
	if *s.folder != "" {
		return snapshotOf(ctx, term, *s.folder)
	}
	connected, err := s.open(ctx)
	if err != nil {
		return controllist.Snapshot{}, err
	}
	defer connected.Close()
	store := app.NewListStore(connected, nil)
	version, digest, found, err := store.CurrentList(ctx)
	if err != nil {
		return controllist.Snapshot{}, err
	}
	if !found {
		return controllist.Snapshot{}, errors.New("no list is in force, so nothing can be screened; chokepoint lists sync --from DIR publishes one")
	}
	return app.OpenSnapshot(ctx, connected, version, digest)
}

// readPolicy reads a policy file; without one it is the built-in policy.
func readPolicy(path string) (*policy.Policy, error) {
	if path != "" {
		if err := fileExists(path); err != nil {
			return nil, err
		}
	}
	return app.OpenPolicy(path)
}

// folderExists is wrong use where the flag names no folder.
func folderExists(flag, path string) error {
	if path == "" {
		return usagef("--%s DIR is missing", flag)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("--%s: there is no folder %s", flag, path)
	case err != nil:
		return fmt.Errorf("--%s: %w", flag, err)
	case !info.IsDir():
		return usagef("--%s: %s is not a folder", flag, path)
	default:
		return nil
	}
}

// fileExists is wrong use where an argument names no file.
func fileExists(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("there is no file %s", path)
	case err != nil:
		return err
	case info.IsDir():
		return usagef("%s is a folder, not a file", path)
	default:
		return nil
	}
}
