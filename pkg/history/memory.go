package history

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// MemoryConfig bounds a [Memory].
type MemoryConfig struct {
	// LogBytes is how much memory logs may take, about; at least 1 MiB. A party seen once
	// takes 200 bytes, a busy one 1.5 KB. Above it the logs that were not
	// touched for longest are forgotten, and what depended on them becomes unavailable.
	LogBytes int64
	// ReplyBytes is how much memory remembered replies may take, about; at least 64 KiB.
	// An event takes 300 bytes. Above it the oldest are forgotten: such an identity, when
	// it comes again, is not Seen, still counts once, and gets the facts of now.
	ReplyBytes int64
}

// DefaultMemoryConfig allows for half a million parties and 200,000 remembered events:
// an hour at 50 events a second.
func DefaultMemoryConfig() MemoryConfig {
	return MemoryConfig{LogBytes: 128 << 20, ReplyBytes: 64 << 20}
}

// Validate names every fault of the configuration.
func (c MemoryConfig) Validate() error {
	var faults []error
	if c.LogBytes < 1<<20 {
		faults = append(faults, fmt.Errorf("log bytes: %d is less than 1 MiB", c.LogBytes))
	}
	if c.ReplyBytes < 64<<10 {
		faults = append(faults, fmt.Errorf("reply bytes: %d is less than 64 KiB", c.ReplyBytes))
	}
	return errors.Join(faults...)
}

// Memory is history in the memory of one process. It is safe for concurrent use, and one
// record at a time is atomic. It does not survive the process: replay the events into it
// and call [Memory.MarkComplete].
type Memory struct {
	shards  [Shards]memoryShard
	replies [replyShards]replyMemory
}

// NewMemory returns an empty, incomplete store.
func NewMemory(config MemoryConfig) (*Memory, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("history in memory: %w", err)
	}
	m := new(Memory)
	for i := range m.shards {
		m.shards[i].logs = make(map[Key]*memoryLog)
		m.shards[i].limit = config.LogBytes / Shards
	}
	for i := range m.replies {
		m.replies[i].known = make(map[replyKey][]byte)
		m.replies[i].limit = config.ReplyBytes / replyShards
	}
	return m, nil
}

// Observe takes in records in their order and answers each. It fails only when ctx has
// ended; what was taken in before that stays, and is Seen the next time.
func (m *Memory) Observe(ctx context.Context, records []Record) ([]Observation, error) {
	observations := make([]Observation, len(records))
	for i := range records {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("observe record %d of %d: %w", i+1, len(records), err)
		}
		observation, err := m.observe(&records[i])
		if err != nil {
			return nil, fmt.Errorf("observe %s: %w", records[i].Event.Identity(), err)
		}
		observations[i] = observation
	}
	return observations, nil
}

func (m *Memory) observe(record *Record) (Observation, error) {
	d := Derive(record.Event)
	key := replyKeyOf(d.Identity)
	// The identity stays locked until its reply is remembered: whoever brings the same
	// event meanwhile waits and gets that reply.
	replies := &m.replies[key[0]%replyShards]
	replies.mutex.Lock()
	defer replies.mutex.Unlock()
	if reply, ok := replies.known[key]; ok {
		digest, facts, err := DecodeReply(reply)
		if err != nil {
			return Observation{}, err
		}
		return Observation{Facts: facts, Seen: true, Digest: digest}, nil
	}
	held := m.lock(d.Keys)
	logs := make([]Log, len(d.Keys))
	for i, key := range d.Keys {
		logs[i] = m.shards[key.Shard()].read(key)
	}
	facts := d.Facts(logs)
	for i, key := range d.Keys {
		m.shards[key.Shard()].write(&d, i, logs[i].Entries)
	}
	m.unlock(held)
	replies.remember(key, EncodeReply(record.Digest, facts))
	return Observation{Facts: facts}, nil
}

// lock locks the shards of the keys in ascending order, each once, so that two events
// never wait for each other.
func (m *Memory) lock(keys []Key) []int {
	shards := make([]int, 0, len(keys))
	for _, key := range keys {
		shards = append(shards, key.Shard())
	}
	slices.Sort(shards)
	shards = slices.Compact(shards)
	for _, shard := range shards {
		m.shards[shard].mutex.Lock()
	}
	return shards
}

func (m *Memory) unlock(shards []int) {
	for _, shard := range shards {
		m.shards[shard].mutex.Unlock()
	}
}

// MarkComplete says that every event there is has been observed: from now on what is not
// known has not been.
func (m *Memory) MarkComplete(context.Context) error {
	m.setComplete(true)
	return nil
}

// Invalidate takes MarkComplete back, because events were missed. Nothing is forgotten.
func (m *Memory) Invalidate(context.Context) error {
	m.setComplete(false)
	return nil
}

func (m *Memory) setComplete(complete bool) {
	for i := range m.shards {
		m.shards[i].mutex.Lock()
		m.shards[i].complete = complete
		m.shards[i].mutex.Unlock()
	}
}

// Complete says whether the store was marked complete. Single facts may be unavailable
// all the same, where their logs had to be forgotten.
func (m *Memory) Complete(context.Context) (bool, error) {
	for i := range m.shards {
		m.shards[i].mutex.Lock()
		complete := m.shards[i].complete
		m.shards[i].mutex.Unlock()
		if !complete {
			return false, nil
		}
	}
	return true, nil
}

// MemorySize is what a [Memory] holds.
type MemorySize struct {
	// Keys counts the logs held, Forgotten those that had to be forgotten so far.
	Keys, Forgotten int
	// Replies counts the remembered identities.
	Replies int
	// Bytes is what logs and replies take, about.
	Bytes int64
}

// Size returns what the store holds.
func (m *Memory) Size() MemorySize {
	var size MemorySize
	for i := range m.shards {
		shard := &m.shards[i]
		shard.mutex.Lock()
		size.Keys += len(shard.logs)
		size.Forgotten += shard.forgotten
		size.Bytes += shard.bytes
		shard.mutex.Unlock()
	}
	for i := range m.replies {
		replies := &m.replies[i]
		replies.mutex.Lock()
		size.Replies += len(replies.known)
		size.Bytes += replies.bytes
		replies.mutex.Unlock()
	}
	return size
}

// replyShards spreads the remembered replies over locks of their own.
const replyShards = 64

type replyKey [16]byte

func replyKeyOf(identity string) replyKey {
	sum := sha256.Sum256([]byte(identity))
	return replyKey(sum[:16])
}

// replyOverhead is what a remembered reply takes beside its bytes: its places in the map
// and in the queue.
const replyOverhead = 96

// replyMemory remembers replies and forgets the oldest.
type replyMemory struct {
	mutex sync.Mutex
	known map[replyKey][]byte
	// queue holds the keys of known, the oldest first, from head on.
	queue []replyKey
	head  int
	bytes int64
	limit int64
}

func (r *replyMemory) remember(key replyKey, reply []byte) {
	reply = slices.Clip(reply)
	r.known[key] = reply
	r.queue = append(r.queue, key)
	r.bytes += int64(len(reply)) + replyOverhead
	for r.bytes > r.limit && len(r.known) > 1 {
		oldest := r.queue[r.head]
		r.bytes -= int64(len(r.known[oldest])) + replyOverhead
		delete(r.known, oldest)
		if r.head++; r.head > len(r.queue)/2 {
			r.queue = append(r.queue[:0], r.queue[r.head:]...)
			r.head = 0
		}
	}
}
