package history

import (
	"encoding/binary"
	"sync"
)

// memoryShard is the logs that share a lock, in a ring ordered by when each was touched.
type memoryShard struct {
	mutex    sync.Mutex
	complete bool
	logs     map[Key]*memoryLog
	// ring is the ring's anchor: ring.next is the log touched last, ring.previous the
	// one to forget first.
	ring      memoryLog
	bytes     int64
	limit     int64
	forgotten int
	lost      *lostKeys
}

// memoryLog is one log.
type memoryLog struct {
	key     Key
	entries []byte
	// partial says that an earlier log of this key was, or may have been, forgotten, so
	// that this one does not hold everything.
	partial        bool
	next, previous *memoryLog
}

// logOverhead is what a log takes beside its entries: the struct, its place in the map
// and what allocation adds.
const logOverhead = 176

// read returns the log of a key as it stands. The bytes must not be kept beyond the lock.
func (s *memoryShard) read(key Key) Log {
	log, ok := s.logs[key]
	if !ok {
		return Log{Available: s.complete && !s.lost.mayHold(key)}
	}
	return Log{Entries: log.entries, Available: s.complete && !log.partial}
}

// write appends the entry of d.Keys[i] where the log wants it, and forgets others where
// that takes the shard beyond its limit.
func (s *memoryShard) write(d *Derivation, i int, entries []byte) {
	key := d.Keys[i]
	log, ok := s.logs[key]
	if !ok {
		log = &memoryLog{key: key, partial: s.lost.mayHold(key)}
		s.logs[key] = log
		s.bytes += logOverhead
	}
	s.touch(log)
	if d.Wants(i, entries) {
		before := cap(log.entries)
		log.entries = append(log.entries, d.Entry(i)...)
		s.bytes += int64(cap(log.entries) - before)
	}
	for s.bytes > s.limit && len(s.logs) > 1 {
		s.forget(s.ring.previous)
	}
}

// touch puts a log at the front of the ring.
func (s *memoryShard) touch(log *memoryLog) {
	if s.ring.next == nil {
		s.ring.next, s.ring.previous = &s.ring, &s.ring
	}
	if log.next != nil {
		log.previous.next, log.next.previous = log.next, log.previous
	}
	log.next, log.previous = s.ring.next, &s.ring
	log.next.previous, s.ring.next = log, log
}

func (s *memoryShard) forget(log *memoryLog) {
	log.previous.next, log.next.previous = log.next, log.previous
	delete(s.logs, log.key)
	s.bytes -= logOverhead + int64(cap(log.entries))
	s.forgotten++
	if s.lost == nil {
		s.lost = new(lostKeys)
	}
	s.lost.add(log.key)
}

// lostKeys is a Bloom filter of the keys a shard has forgotten. A key that is in neither
// the shard nor the filter was never there, so a store that is full still answers exactly
// for whoever is new. Where the filter errs it says "may have been there", and the facts
// are unavailable: the safe side. It never errs the other way. All filters together take
// 2 MiB, and mistake one key in a hundred after 1.7 million forgotten ones.
type lostKeys struct {
	bits [4096]uint64
}

// places are four bits of the filter, taken from the key, which is a hash already.
func (l *lostKeys) places(key Key) (places [4]uint32) {
	for i := range places {
		places[i] = binary.BigEndian.Uint32(key.Digest[3*i:]) % (64 * uint32(len(l.bits)))
	}
	return places
}

func (l *lostKeys) add(key Key) {
	for _, place := range l.places(key) {
		l.bits[place/64] |= 1 << (place % 64)
	}
}

func (l *lostKeys) mayHold(key Key) bool {
	if l == nil {
		return false
	}
	for _, place := range l.places(key) {
		if l.bits[place/64]&(1<<(place%64)) == 0 {
			return false
		}
	}
	return true
}
