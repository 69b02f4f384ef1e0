package ingestor

import (
	"crypto/sha256"
	"sync"
	"time"

	"chokepoint/pkg/trade"
)

// memory remembers for a while which content each identity came with, so that the
// same identity with other content can be refused at the door. It holds a bounded
// number of identities; the one not heard of for longest makes room. What it has
// forgotten is caught later, by the screener.
//
// An identity is claimed before its event is published: two requests with one
// identity and two contents at the same moment cannot both go through.
type memory struct {
	entries int
	window  time.Duration

	mu    sync.Mutex
	slots []slot
	index map[identityKey]int32
	free  []int32
	// head is the slot heard of last, tail the one not heard of for longest; -1 is none.
	head, tail int32
}

// identityKey stands for an identity whatever its length.
type identityKey [sha256.Size]byte

type slot struct {
	key        identityKey
	digest     string
	at         time.Time
	pending    int32
	stored     bool
	prev, next int32
}

func newMemory(entries int, window time.Duration) *memory {
	return &memory{entries: entries, window: window, index: map[identityKey]int32{}, head: -1, tail: -1}
}

// claim is one request's hold on an identity, until it is known whether the event
// was stored.
type claim struct {
	key    identityKey
	digest string
}

func keyOf(identity trade.Identity) identityKey { return sha256.Sum256([]byte(identity.String())) }

// claim remembers that identity comes with the content of this digest. Where it is
// remembered with another, it returns that one, and ok is false. Every claim that is
// ok must be settled.
func (m *memory) claim(identity trade.Identity, digest string, now time.Time) (c claim, other string, ok bool) {
	c = claim{key: keyOf(identity), digest: digest}
	m.mu.Lock()
	defer m.mu.Unlock()
	if i, known := m.index[c.key]; known {
		s := &m.slots[i]
		fresh := now.Sub(s.at) < m.window
		if s.digest != digest && (fresh || s.pending > 0) {
			return claim{}, s.digest, false
		}
		if s.digest != digest {
			*s = slot{key: s.key, digest: digest, prev: s.prev, next: s.next}
		}
		s.pending++
		s.at = now
		m.unlink(i)
		m.pushFront(i)
		return c, "", true
	}
	i := m.take()
	m.slots[i] = slot{key: c.key, digest: digest, at: now, pending: 1}
	m.index[c.key] = i
	m.pushFront(i)
	return c, "", true
}

// settle ends a claim. Where no request with this content was stored, the identity
// is forgotten: its sender may correct the event and send it again.
func (m *memory) settle(c claim, stored bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, known := m.index[c.key]
	if !known || m.slots[i].digest != c.digest {
		return // made room for another meanwhile
	}
	s := &m.slots[i]
	s.pending--
	s.stored = s.stored || stored
	if s.pending <= 0 && !s.stored {
		m.drop(i)
	}
}

// size returns how many identities are remembered.
func (m *memory) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.index)
}

// take returns an empty slot, making room where there is none.
func (m *memory) take() int32 {
	if len(m.index) >= m.entries {
		m.drop(m.tail)
	}
	if n := len(m.free); n > 0 {
		i := m.free[n-1]
		m.free = m.free[:n-1]
		return i
	}
	m.slots = append(m.slots, slot{})
	return int32(len(m.slots) - 1)
}

func (m *memory) drop(i int32) {
	m.unlink(i)
	delete(m.index, m.slots[i].key)
	m.slots[i] = slot{}
	m.free = append(m.free, i)
}

func (m *memory) unlink(i int32) {
	s := &m.slots[i]
	if s.prev >= 0 {
		m.slots[s.prev].next = s.next
	} else {
		m.head = s.next
	}
	if s.next >= 0 {
		m.slots[s.next].prev = s.prev
	} else {
		m.tail = s.prev
	}
}

func (m *memory) pushFront(i int32) {
	s := &m.slots[i]
	s.prev, s.next = -1, m.head
	if m.head >= 0 {
		m.slots[m.head].prev = i
	}
	m.head = i
	if m.tail < 0 {
		m.tail = i
	}
}
