package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/listsync"
	"chokepoint/pkg/screener"
)

// ListStore is LISTS with Redis beside it: what publishing writes to. The object
// goes to LISTS first, because NATS is the record; Redis gets a copy, and its
// channel tells the screeners.
type ListStore struct {
	bus   *bus.Bus
	cache *cache.Client
}

var _ listsync.Store = ListStore{}

// NewListStore publishes to a bus; redis may be nil.
func NewListStore(connected *bus.Bus, redis *cache.Client) ListStore {
	return ListStore{bus: connected, cache: redis}
}

// PutObject stores a snapshot in LISTS. One that is there already under its digest has
// the same lists, whatever version it was stored as: reading verifies the digest.
func (s ListStore) PutObject(ctx context.Context, name string, r io.Reader) error {
	err := s.bus.PutObject(ctx, name, r)
	if errors.Is(err, bus.ErrConflict) && strings.HasPrefix(name, bus.SnapshotObject("")) {
		return nil
	}
	return err
}

// GetObject opens a snapshot in LISTS.
func (s ListStore) GetObject(ctx context.Context, name string) (io.ReadCloser, error) {
	return s.bus.GetObject(ctx, name)
}

// CurrentList returns the snapshot in force.
func (s ListStore) CurrentList(ctx context.Context) (version, digest string, found bool, err error) {
	reference, err := s.bus.CurrentList(ctx)
	if errors.Is(err, bus.ErrNoList) {
		return "", "", false, nil
	}
	return reference.Version, reference.Digest, err == nil, err
}

// SetCurrentList makes a snapshot the one in force: in Redis first, so that whoever
// hears of it finds it there, then in LISTS, whose word counts. A Redis that is gone
// must not keep a new list from being in force: a screener that does not find it there
// says so, reads it from LISTS and fills Redis.
func (s ListStore) SetCurrentList(ctx context.Context, version, digest string) error {
	if s.cache != nil {
		_ = fillCache(ctx, s.bus, s.cache, screener.ListReference{Version: version, Digest: digest})
	}
	return s.bus.SetCurrentList(ctx, bus.ListRef{Version: version, Digest: digest})
}

// fillCache copies a snapshot from LISTS to Redis.
func fillCache(ctx context.Context, connected *bus.Bus, redis *cache.Client, reference screener.ListReference) error {
	body, err := connected.GetObject(ctx, bus.SnapshotObject(reference.Digest))
	if err != nil {
		return err
	}
	err = cache.NewLists(redis).PutSnapshot(ctx, reference.Version, reference.Digest, body)
	return errors.Join(err, body.Close())
}

// listSource is where a screener gets its lists: LISTS says which snapshot is in
// force, Redis gives its bytes, and LISTS again when Redis has lost them.
type listSource struct {
	bus    *bus.Bus
	cache  *cache.Client
	logger *zap.Logger
	// fromCache is the digest that Redis gave last. Whoever asks for it again could
	// not read it, so Redis is not asked a second time.
	fromCache string
}

var _ screener.Lists = (*listSource)(nil)

// Current returns the snapshot in force.
func (s *listSource) Current(ctx context.Context) (screener.ListReference, error) {
	reference, err := s.bus.CurrentList(ctx)
	if errors.Is(err, bus.ErrNoList) {
		return screener.ListReference{}, nil
	}
	return screener.ListReference(reference), err
}

// Open returns a snapshot from Redis, or from LISTS, refilling Redis. It is called by
// one goroutine at a time.
func (s *listSource) Open(ctx context.Context, reference screener.ListReference) (io.ReadCloser, error) {
	if s.cache == nil || s.fromCache == reference.Digest {
		return s.bus.GetObject(ctx, bus.SnapshotObject(reference.Digest))
	}
	body, found, err := cache.NewLists(s.cache).Snapshot(ctx, reference.Digest)
	if err == nil && found {
		s.fromCache = reference.Digest
		return body, nil
	}
	s.logger.Warn("the list is not in Redis; reading it from the bus", zap.String("list_version", reference.Version), zap.Error(err))
	if err := fillCache(ctx, s.bus, s.cache, reference); err != nil {
		s.logger.Warn("the list could not be put back into Redis", zap.Error(err))
	}
	return s.bus.GetObject(ctx, bus.SnapshotObject(reference.Digest))
}

// Changed signals when LISTS says that another snapshot is in force. The bus polls
// too, so that a missed message costs time and no more.
func (s *listSource) Changed(ctx context.Context) (<-chan struct{}, error) {
	references, err := s.bus.WatchCurrentList(ctx)
	if err != nil {
		return nil, err
	}
	changed := make(chan struct{}, 1)
	go func() {
		defer close(changed)
		for range references {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}()
	return changed, nil
}

// OpenSnapshot reads a snapshot from LISTS and verifies it.
func OpenSnapshot(ctx context.Context, connected *bus.Bus, version, digest string) (controllist.Snapshot, error) {
	body, err := connected.GetObject(ctx, bus.SnapshotObject(digest))
	if err != nil {
		return controllist.Snapshot{}, fmt.Errorf("open list snapshot %s: %w", version, err)
	}
	snapshot, err := controllist.DecodeSnapshot(body, controllist.SnapshotLimits{})
	if err = errors.Join(err, body.Close()); err != nil {
		return controllist.Snapshot{}, fmt.Errorf("read list snapshot %s: %w", version, err)
	}
	// The same lists may have been published before under another version.
	snapshot.Version = version
	return snapshot, nil
}

// PublishSnapshot stores a snapshot and makes it the one in force.
func PublishSnapshot(ctx context.Context, store ListStore, snapshot controllist.Snapshot) error {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(snapshot.Encode(writer)) }()
	err := store.PutObject(ctx, bus.SnapshotObject(snapshot.Digest), reader)
	if err = errors.Join(err, reader.Close()); err != nil {
		return fmt.Errorf("store list snapshot %s: %w", snapshot.Version, err)
	}
	return store.SetCurrentList(ctx, snapshot.Version, snapshot.Digest)
}
