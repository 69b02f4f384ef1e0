package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/klauspost/compress/zstd"
	"github.com/redis/go-redis/v9"
)

const (
	// chunkBytes is the size of a stored chunk: small enough not to hold up a server that
	// does one thing at a time.
	chunkBytes = 512 << 10
	// maxChunks and maxSnapshot bound a snapshot, compressed and not. All lists of all
	// publishers together are 60 MB.
	maxChunks   = 1024
	maxSnapshot = 1 << 30
	// maxWindow bounds the memory of a decoder.
	maxWindow = 32 << 20
)

// ListReference names a list snapshot.
type ListReference struct {
	// Version is the snapshot's label, 1 to 200 characters; Digest its SHA-256, lower-case hex.
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

var digestPattern = regexp.MustCompile(`^[0-9a-f]{8,128}$`)

// Validate names every fault of the reference.
func (r ListReference) Validate() error {
	var faults []error
	if r.Version == "" || len(r.Version) > 200 {
		faults = append(faults, fmt.Errorf("version of %d bytes is not 1 to 200", len(r.Version)))
	}
	if !digestPattern.MatchString(r.Digest) {
		faults = append(faults, fmt.Errorf("digest %.140q is not lower-case hex", r.Digest))
	}
	return errors.Join(faults...)
}

// Lists keeps list snapshots where every screener can load them.
type Lists struct {
	client *Client
}

// NewLists returns the snapshots of the client's tenant.
func NewLists(client *Client) *Lists { return &Lists{client: client} }

// manifest says what a stored snapshot consists of. It is written after the chunks, so
// where it stands they stood.
type manifest struct {
	Chunks int   `json:"chunks"`
	Bytes  int64 `json:"bytes"`
}

func (l *Lists) key(parts string) string { return l.client.prefix + "lists:" + parts }

// PutSnapshot stores a snapshot, makes it the current one and tells subscribers.
func (l *Lists) PutSnapshot(ctx context.Context, version, digest string, r io.Reader) error {
	reference := ListReference{Version: version, Digest: digest}
	if err := reference.Validate(); err != nil {
		return fmt.Errorf("put list snapshot: %w", err)
	}
	if err := l.StoreSnapshot(ctx, digest, r); err != nil {
		return err
	}
	return l.SetCurrent(ctx, reference)
}

// StoreSnapshot stores a snapshot's bytes and leaves the current one as it is: what a
// screener does that found Redis empty and read the snapshot elsewhere. Whether the bytes
// have this digest is for the reader to verify.
func (l *Lists) StoreSnapshot(ctx context.Context, digest string, r io.Reader) error {
	if !digestPattern.MatchString(digest) {
		return fmt.Errorf("store list snapshot: digest %.140q is not lower-case hex", digest)
	}
	chunks := &chunkWriter{ctx: ctx, lists: l, digest: digest, buffer: make([]byte, 0, chunkBytes)}
	encoder, err := zstd.NewWriter(chunks, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("store list snapshot: %w", err)
	}
	read, err := io.Copy(encoder, io.LimitReader(r, maxSnapshot+1))
	if closed := encoder.Close(); err == nil {
		err = closed
	}
	if err == nil && read > maxSnapshot {
		err = fmt.Errorf("more than %d bytes", int64(maxSnapshot))
	}
	if err == nil {
		err = chunks.flush()
	}
	if err != nil {
		return fmt.Errorf("store list snapshot %s: %w", digest, err)
	}
	text, err := json.Marshal(manifest{Chunks: chunks.count, Bytes: read})
	if err != nil {
		return fmt.Errorf("store list snapshot %s: %w", digest, err)
	}
	return explain(ctx, "store list snapshot "+digest, l.client.redis.Set(ctx, l.key(digest), text, l.client.config.SnapshotsFor).Err())
}

// SetCurrent makes a stored snapshot the current one and tells subscribers.
func (l *Lists) SetCurrent(ctx context.Context, reference ListReference) error {
	if err := reference.Validate(); err != nil {
		return fmt.Errorf("set current list: %w", err)
	}
	text, err := json.Marshal(reference)
	if err != nil {
		return fmt.Errorf("set current list: %w", err)
	}
	if err := l.client.redis.Set(ctx, l.key("current"), text, 0).Err(); err != nil {
		return explain(ctx, "set current list", err)
	}
	return explain(ctx, "announce current list", l.client.redis.Publish(ctx, l.key("changed"), reference.Version).Err())
}

// Current returns which snapshot is current, if Redis knows.
func (l *Lists) Current(ctx context.Context) (reference ListReference, found bool, err error) {
	text, err := l.client.redis.Get(ctx, l.key("current")).Bytes()
	if errors.Is(err, redis.Nil) {
		return ListReference{}, false, nil
	}
	if err != nil {
		return ListReference{}, false, explain(ctx, "read current list", err)
	}
	if err := json.Unmarshal(text, &reference, json.RejectUnknownMembers(true)); err != nil {
		return ListReference{}, false, fmt.Errorf("read current list: %w", err)
	}
	if err := reference.Validate(); err != nil {
		return ListReference{}, false, fmt.Errorf("read current list: %w", err)
	}
	return reference, true, nil
}

// Snapshot returns the bytes of a stored snapshot, if Redis has it. They are read chunk
// by chunk: a chunk that is missing, or a number of bytes other than was stored, is
// [ErrIncomplete] from Read. Whoever decodes them verifies the digest. Close it.
func (l *Lists) Snapshot(ctx context.Context, digest string) (snapshot io.ReadCloser, found bool, err error) {
	if !digestPattern.MatchString(digest) {
		return nil, false, fmt.Errorf("read list snapshot: digest %.140q is not lower-case hex", digest)
	}
	text, err := l.client.redis.Get(ctx, l.key(digest)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, explain(ctx, "read list snapshot "+digest, err)
	}
	var stored manifest
	if err := json.Unmarshal(text, &stored, json.RejectUnknownMembers(true)); err != nil {
		return nil, false, fmt.Errorf("read list snapshot %s: %w: %w", digest, ErrIncomplete, err)
	}
	if stored.Chunks < 1 || stored.Chunks > maxChunks || stored.Bytes < 0 || stored.Bytes > maxSnapshot {
		return nil, false, fmt.Errorf("read list snapshot %s: %w: %d chunks of %d bytes", digest, ErrIncomplete, stored.Chunks, stored.Bytes)
	}
	chunks := &chunkReader{ctx: ctx, lists: l, digest: digest, count: stored.Chunks}
	decoder, err := zstd.NewReader(chunks, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, false, fmt.Errorf("read list snapshot %s: %w", digest, err)
	}
	return &snapshotReader{decoder: decoder, left: stored.Bytes}, true, nil
}

// chunkWriter cuts what is written to it into chunks and stores them.
type chunkWriter struct {
	ctx    context.Context // of the one call of StoreSnapshot that it lives in
	lists  *Lists
	digest string
	buffer []byte
	count  int
}

func (w *chunkWriter) Write(data []byte) (int, error) {
	written := len(data)
	for len(data) > 0 {
		n := min(len(data), chunkBytes-len(w.buffer))
		w.buffer = append(w.buffer, data[:n]...)
		data = data[n:]
		if len(w.buffer) == chunkBytes {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

func (w *chunkWriter) flush() error {
	if len(w.buffer) == 0 && w.count > 0 {
		return nil
	}
	if w.count == maxChunks {
		return fmt.Errorf("more than %d chunks", maxChunks)
	}
	key := w.lists.key(w.digest + ":" + strconv.Itoa(w.count))
	// Chunks outlive their manifest, so that no reader finds the one without the others.
	keep := w.lists.client.config.SnapshotsFor + time.Hour
	if err := w.lists.client.redis.Set(w.ctx, key, w.buffer, keep).Err(); err != nil {
		return explain(w.ctx, fmt.Sprintf("store chunk %d", w.count), err)
	}
	w.count++
	w.buffer = w.buffer[:0]
	return nil
}

// chunkReader reads the chunks of a snapshot, one at a time.
type chunkReader struct {
	ctx    context.Context // of the call of Snapshot: it bounds the reading too
	lists  *Lists
	digest string
	count  int
	next   int
	rest   []byte
}

func (r *chunkReader) Read(into []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.next == r.count {
			return 0, io.EOF
		}
		chunk, err := r.lists.client.redis.Get(r.ctx, r.lists.key(r.digest+":"+strconv.Itoa(r.next))).Bytes()
		if errors.Is(err, redis.Nil) || (err == nil && len(chunk) == 0) {
			return 0, fmt.Errorf("%w: chunk %d of %d is missing", ErrIncomplete, r.next+1, r.count)
		}
		if err != nil {
			return 0, explain(r.ctx, fmt.Sprintf("read chunk %d of %d", r.next+1, r.count), err)
		}
		r.next++
		r.rest = chunk
	}
	n := copy(into, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// snapshotReader decompresses and counts.
type snapshotReader struct {
	decoder *zstd.Decoder
	left    int64
}

func (r *snapshotReader) Read(into []byte) (int, error) {
	n, err := r.decoder.Read(into)
	r.left -= int64(n)
	switch {
	case r.left < 0:
		return 0, fmt.Errorf("%w: more bytes than were stored", ErrIncomplete)
	case errors.Is(err, io.EOF) && r.left > 0:
		return n, fmt.Errorf("%w: %d bytes are missing", ErrIncomplete, r.left)
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, ErrIncomplete) || errors.Is(err, ErrUnavailable):
		return n, err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return n, err
	default:
		return n, fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
}

// Close frees the decoder.
func (r *snapshotReader) Close() error {
	r.decoder.Close()
	return nil
}
