package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is a small key-value store ([BucketCaseState], [BucketNotifications]).
// Keys are letters, digits and - / _ = . characters.
type Bucket struct {
	bus  *Bus
	name string
	mu   sync.Mutex
	kv   jetstream.KeyValue
}

// Bucket returns a bucket that [Bus.Ensure] has made.
func (b *Bus) Bucket(name string) *Bucket { return &Bucket{bus: b, name: name} }

func (k *Bucket) open(ctx context.Context) (jetstream.KeyValue, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kv == nil {
		kv, err := k.bus.js.KeyValue(ctx, k.name)
		if err != nil {
			return nil, err
		}
		k.kv = kv
	}
	return k.kv, nil
}

func (k *Bucket) failed(action, key string, err error) error {
	if errors.Is(err, jetstream.ErrKeyExists) {
		err = fmt.Errorf("%w: %w", ErrConflict, err)
	} else {
		err = classify(err)
	}
	return fmt.Errorf("%s %s of %s: %w", action, key, k.name, err)
}

// Get returns a value and its revision, [ErrNotFound] where there is none.
func (k *Bucket) Get(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	kv, err := k.open(ctx)
	if err != nil {
		return nil, 0, k.failed("get", key, err)
	}
	entry, err := kv.Get(ctx, key)
	if err != nil {
		return nil, 0, k.failed("get", key, err)
	}
	return entry.Value(), entry.Revision(), nil
}

// Put stores a value, whatever was there, and returns its revision.
func (k *Bucket) Put(ctx context.Context, key string, value []byte) (revision uint64, err error) {
	kv, err := k.open(ctx)
	if err == nil {
		revision, err = kv.Put(ctx, key, value)
	}
	if err != nil {
		return 0, k.failed("put", key, err)
	}
	return revision, nil
}

// Create stores a value where there is none; otherwise the error is [ErrConflict].
func (k *Bucket) Create(ctx context.Context, key string, value []byte) (revision uint64, err error) {
	kv, err := k.open(ctx)
	if err == nil {
		revision, err = kv.Create(ctx, key, value)
	}
	if err != nil {
		return 0, k.failed("create", key, err)
	}
	return revision, nil
}

// Update replaces the value that has the given revision; where it has another the
// error is [ErrConflict].
func (k *Bucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	kv, err := k.open(ctx)
	if err == nil {
		revision, err = kv.Update(ctx, key, value, revision)
	}
	if err != nil {
		return 0, k.failed("update", key, err)
	}
	return revision, nil
}

// Delete removes a value; one that is not there is no error.
func (k *Bucket) Delete(ctx context.Context, key string) error {
	kv, err := k.open(ctx)
	if err == nil {
		err = kv.Delete(ctx, key)
	}
	if err != nil {
		return k.failed("delete", key, err)
	}
	return nil
}

// Keys returns all keys, in no order.
func (k *Bucket) Keys(ctx context.Context) ([]string, error) {
	kv, err := k.open(ctx)
	if err != nil {
		return nil, k.failed("list", "keys", err)
	}
	lister, err := kv.ListKeys(ctx)
	if err != nil {
		return nil, k.failed("list", "keys", err)
	}
	var keys []string
	for key := range lister.Keys() {
		keys = append(keys, key)
	}
	if err := ctx.Err(); err != nil {
		return nil, k.failed("list", "keys", err)
	}
	return keys, nil
}
