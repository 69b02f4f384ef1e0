package screen

import (
	"hash/maphash"
	"sync"

	"chokepoint/pkg/decision"
)

// Parties repeat: the same shippers, forwarders and banks stand in most events. What
// searching for a subject gave is the same for as long as the engine lives, because
// lists and policy are fixed, so it is remembered. Results do not depend on it.

const (
	// rememberedShards keeps workers from waiting for one another.
	rememberedShards = 16
	// rememberedPerShard bounds each of a shard's two generations: 65,536 subjects in
	// all, about 20 MB where none is listed. rememberedBytes bounds it where they match
	// a lot: 64 MiB in all.
	rememberedPerShard = 2048
	rememberedBytes    = 2 << 20
)

// searched is what searching for one subject gave, without its place in an event.
type searched struct {
	hits, near []decision.Match
	cut        bool
}

// remembered are the latest searches. The zero value is not ready; use newRemembered.
type remembered struct {
	seed   maphash.Seed
	shards [rememberedShards]rememberedShard
}

// rememberedShard holds two generations: when the young one is full it becomes the
// old one, and what was not asked for meanwhile is forgotten.
type rememberedShard struct {
	mutex      sync.Mutex
	young, old map[string]searched
	// bytes is about what young takes.
	bytes int
}

func newRemembered() *remembered {
	r := &remembered{seed: maphash.MakeSeed()}
	for i := range r.shards {
		r.shards[i].young = make(map[string]searched)
	}
	return r
}

func (r *remembered) shard(key string) *rememberedShard {
	return &r.shards[maphash.String(r.seed, key)%rememberedShards]
}

func (r *remembered) recall(key string) (searched, bool) {
	shard := r.shard(key)
	shard.mutex.Lock()
	defer shard.mutex.Unlock()
	if found, known := shard.young[key]; known {
		return found, true
	}
	found, known := shard.old[key]
	if known {
		shard.put(key, found)
	}
	return found, known
}

func (r *remembered) remember(key string, found searched) {
	shard := r.shard(key)
	shard.mutex.Lock()
	defer shard.mutex.Unlock()
	shard.put(key, found)
}

func (s *rememberedShard) put(key string, found searched) {
	if len(s.young) >= rememberedPerShard || s.bytes >= rememberedBytes {
		s.old, s.young, s.bytes = s.young, make(map[string]searched), 0
	}
	s.young[key] = found
	s.bytes += len(key) + found.size()
}

// size is about how many bytes a search takes: its evidence, most of all.
func (s *searched) size() int {
	size := 200
	for _, matches := range [][]decision.Match{s.hits, s.near} {
		for i := range matches {
			match := &matches[i]
			size += 500 + 112*len(match.Alignment) + 100*len(match.Adjustments) + len(match.Explanation)
		}
	}
	return size
}
