package bus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// ListRef says which snapshot of the control lists is current.
type ListRef struct {
	// Version is the snapshot's label, Digest its digest: the name of its object.
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

// currentList is the name of the object in LISTS whose metadata is the current [ListRef].
const currentList = "current"

// lists opens the object store once.
type lists struct {
	mu    sync.Mutex
	store jetstream.ObjectStore
}

func (b *Bus) listStore(ctx context.Context) (jetstream.ObjectStore, error) {
	b.lists.mu.Lock()
	defer b.lists.mu.Unlock()
	if b.lists.store == nil {
		store, err := b.js.ObjectStore(ctx, objectsLists)
		if err != nil {
			return nil, classify(err)
		}
		b.lists.store = store
	}
	return b.lists.store, nil
}

// PutObject stores r under a name, normally its digest, in LISTS. An object never
// changes: the same content again does nothing, other content under the same name is
// [ErrConflict]. An interrupted PutObject leaves no object.
func (b *Bus) PutObject(ctx context.Context, name string, r io.Reader) error {
	if err := checkObject(name); err != nil {
		return fmt.Errorf("put object: %w", err)
	}
	if name == currentList {
		return fmt.Errorf("put object %q: %w: the name is taken", name, ErrInvalid)
	}
	store, err := b.listStore(ctx)
	if err != nil {
		return fmt.Errorf("put object %s: %w", name, err)
	}
	info, err := store.GetInfo(ctx, name)
	if err == nil {
		return sameObject(name, info, r)
	}
	if !errors.Is(err, jetstream.ErrObjectNotFound) {
		return fmt.Errorf("put object %s: %w", name, classify(err))
	}
	if _, err := store.Put(ctx, jetstream.ObjectMeta{Name: name}, r); err != nil {
		return fmt.Errorf("put object %s: %w", name, classify(err))
	}
	return nil
}

// sameObject compares what is stored with r, by the digest the store keeps.
func sameObject(name string, info *jetstream.ObjectInfo, r io.Reader) error {
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return fmt.Errorf("put object %s: %w", name, err)
	}
	if digest := "SHA-256=" + base64.URLEncoding.EncodeToString(hash.Sum(nil)); digest != info.Digest {
		return fmt.Errorf("put object %s: %w: it has other content", name, ErrConflict)
	}
	return nil
}

// GetObject opens an object of LISTS for reading, [ErrNotFound] where there is none.
// Reading checks its digest: a damaged object ends in an error instead of [io.EOF].
// It must be closed, and ctx must live until then.
func (b *Bus) GetObject(ctx context.Context, name string) (io.ReadCloser, error) {
	store, err := b.listStore(ctx)
	if err != nil {
		return nil, fmt.Errorf("get object %s: %w", name, err)
	}
	object, err := store.Get(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("get object %s: %w", name, classify(err))
	}
	return object, nil
}

// SetCurrentList makes a snapshot the current one. Its object must be stored before.
func (b *Bus) SetCurrentList(ctx context.Context, ref ListRef) error {
	if ref.Version == "" || ref.Digest == "" {
		return fmt.Errorf("set current list: %w: version or digest missing", ErrInvalid)
	}
	store, err := b.listStore(ctx)
	if err != nil {
		return fmt.Errorf("set current list: %w", err)
	}
	if _, err := store.GetInfo(ctx, SnapshotObject(ref.Digest)); err != nil {
		return fmt.Errorf("set current list to %s: %w", ref.Digest, classify(err))
	}
	meta := jetstream.ObjectMeta{Name: currentList, Metadata: map[string]string{"version": ref.Version, "digest": ref.Digest}}
	if _, err := store.Put(ctx, meta, bytes.NewReader(nil)); err != nil {
		return fmt.Errorf("set current list: %w", classify(err))
	}
	return nil
}

// CurrentList returns which snapshot is current, [ErrNoList] where there is none.
func (b *Bus) CurrentList(ctx context.Context) (ListRef, error) {
	store, err := b.listStore(ctx)
	if err != nil {
		return ListRef{}, fmt.Errorf("current list: %w", err)
	}
	info, err := store.GetInfo(ctx, currentList)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return ListRef{}, ErrNoList
	}
	if err != nil {
		return ListRef{}, fmt.Errorf("current list: %w", classify(err))
	}
	return refOf(info), nil
}

func refOf(info *jetstream.ObjectInfo) ListRef {
	return ListRef{Version: info.Metadata["version"], Digest: info.Metadata["digest"]}
}

// WatchCurrentList returns a channel that gets the current snapshot at once, where
// there is one, and every other that becomes current, until ctx ends; then it is
// closed. A reader that is late gets the newest only. Changes are noticed by
// notification, and every [Config.ListPoll] by looking.
func (b *Bus) WatchCurrentList(ctx context.Context) (<-chan ListRef, error) {
	store, err := b.listStore(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch current list: %w", err)
	}
	out := make(chan ListRef, 1)
	b.running.Add(1)
	go b.watchLists(ctx, store, out)
	return out, nil
}

// watchLists feeds out until ctx or the bus ends.
func (b *Bus) watchLists(ctx context.Context, store jetstream.ObjectStore, out chan ListRef) {
	defer b.running.Done()
	defer close(out)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	poll := time.NewTicker(b.config.ListPoll)
	defer poll.Stop()
	var last ListRef
	var updates <-chan *jetstream.ObjectInfo
	var watcher jetstream.ObjectWatcher
	defer func() { stopWatcher(watcher, updates) }()
	for {
		if watcher == nil {
			watcher, updates = b.openWatcher(ctx, store)
		}
		if ref, err := b.CurrentList(ctx); err == nil && ref != last {
			last = ref
			offer(out, ref)
		}
		reconnected := b.connected.wait()
		select {
		case _, open := <-updates:
			if !open {
				watcher, updates = nil, nil
			}
		case <-reconnected:
		case <-poll.C:
		case <-b.done:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (b *Bus) openWatcher(ctx context.Context, store jetstream.ObjectStore) (jetstream.ObjectWatcher, <-chan *jetstream.ObjectInfo) {
	watcher, err := store.Watch(ctx, jetstream.UpdatesOnly())
	if err != nil {
		if !ended(ctx, err) {
			b.logger.Warn("list notifications are off, looking from time to time instead", zap.Error(err))
		}
		return nil, nil
	}
	return watcher, watcher.Updates()
}

// stopWatcher ends a watcher and takes what its handler still holds.
func stopWatcher(watcher jetstream.ObjectWatcher, updates <-chan *jetstream.ObjectInfo) {
	if watcher == nil {
		return
	}
	_ = watcher.Stop()
	for {
		select {
		case _, open := <-updates:
			if !open {
				return
			}
		default:
			return
		}
	}
}

// offer puts ref into a channel of one place, in the place of an older one.
func offer(out chan ListRef, ref ListRef) {
	select {
	case <-out:
	default:
	}
	out <- ref
}

// SnapshotObject is the name in LISTS of the snapshot with a digest.
func SnapshotObject(digest string) string { return "snapshots/" + digest }

// checkObject allows names in folders ("snapshots/<digest>"): each part is a token.
func checkObject(name string) error {
	for part := range strings.SplitSeq(name, "/") {
		if err := checkToken("object", part); err != nil {
			return err
		}
	}
	return nil
}
