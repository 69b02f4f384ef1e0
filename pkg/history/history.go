package history

import (
	"encoding/hex"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

const (
	// Shards is how many shards keys are spread over. A shard is what is complete or
	// not as one: its keys share a lock in memory and a hash slot in Redis. It is part
	// of every Redis key, so it never changes.
	Shards = 64

	// MaxCount is where counts stop: an Events of MaxCount means "so many or more".
	MaxCount = 100

	// MaxReferenceEvents is how many earlier events are named for one reference.
	MaxReferenceEvents = 8

	// MaxLanes is how many lanes of one event are looked at, the first in the order of
	// its goods: a consolidated shipment has hundreds of headings, and the lanes of the
	// thirtieth say nothing more about it.
	MaxLanes = 32
)

// Record is one event to observe.
type Record struct {
	Event trade.Event
	// Digest is the SHA-256 of the event's canonical JSON, hex ([trade.Digest]).
	Digest string
}

// Observation is what a store answers to one record.
type Observation struct {
	// Facts are what was known before the event; for an identity observed before, the
	// very facts of that time.
	Facts decision.Facts
	// Seen says that this identity was observed before, and is still remembered.
	Seen bool
	// Digest is the content digest the identity had then; empty where Seen is false.
	// Where it differs from the record's, the record contradicts what was observed,
	// and nothing was written.
	Digest string
}

// KeyKind says what a key is of.
type KeyKind byte

// The kinds of key. Their values are part of Redis keys.
const (
	KeyUnknown   KeyKind = 0
	KeyParty     KeyKind = 'p'
	KeyReference KeyKind = 'r'
	KeyLane      KeyKind = 'l'
)

// Key names one log: the first 16 bytes of the SHA-256 of what it is of. It holds no
// personal data, though who has a name can compute its key.
type Key struct {
	Kind   KeyKind
	Digest [16]byte
}

// Shard returns the shard of the key, 0 to [Shards]-1.
func (k Key) Shard() int { return int(k.Digest[15] % Shards) }

// String is the kind and the digest in hex: "p:6f1e…".
func (k Key) String() string { return string(k.AppendText(make([]byte, 0, 34))) }

// AppendText appends what String returns.
func (k Key) AppendText(to []byte) []byte {
	to = append(to, byte(k.Kind), ':')
	return hex.AppendEncode(to, k.Digest[:])
}
