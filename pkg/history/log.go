package history

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"chokepoint/pkg/trade"
)

// A log is bytes, so that both stores can hold it as it is and Redis can append to it in
// one plain command. Logs are only ever appended to, and nothing of the first entries
// changes: what stood before an entry when it was written stands there for ever, which
// is what makes the facts of an event repeatable.
//
// The log of a party or a lane has entries of twelve bytes: six of the thing's hash, then
// the bit that says controlled goods and 47 bits of milliseconds. The log of a reference
// has the identities themselves, each behind its length in two bytes.
const (
	thingBytes    = 6
	entryBytes    = 12
	maxEntryTime  = 1<<47 - 1
	controlledBit = 1 << 47

	// roomThings is how many things a log takes in: one more than is counted, because
	// the event itself may be among them and is not counted.
	roomThings = MaxCount + 1
	// tallyBytes and referenceBytes bound what is ever read of a log. A tally holds at
	// most two entries for each thing, without and with controlled goods; the rest is
	// room for what several processes append at once.
	tallyBytes     = entryBytes * (2*roomThings + 54)
	roomReferences = MaxReferenceEvents + 1
	referenceBytes = 16 << 10
)

// thing is the hash of (source, id): 48 bits, which need to differ only within one log.
type thing [thingBytes]byte

func thingOf(identity trade.Identity) thing {
	text := make([]byte, 0, 96)
	text = append(append(append(text, identity.Source...), 0), identity.ID...)
	sum := sha256.Sum256(text)
	return thing(sum[:thingBytes])
}

// LogBytes is how much of a log of this kind is read, in bytes from its beginning. What
// stands behind it says nothing.
func LogBytes(kind KeyKind) int {
	if kind == KeyReference {
		return referenceBytes
	}
	return tallyBytes
}

// Entry returns what this event appends to the log of Keys[i].
func (d *Derivation) Entry(i int) []byte {
	if d.Keys[i].Kind == KeyReference {
		entry := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(d.Identity)), uint16(len(d.Identity)))
		return append(entry, d.Identity...)
	}
	var stamp [8]byte
	value := uint64(d.time)
	if d.marksControlled(i) {
		value |= controlledBit
	}
	binary.BigEndian.PutUint64(stamp[:], value)
	entry := make([]byte, 0, entryBytes)
	return append(append(entry, d.thing[:]...), stamp[2:]...)
}

// marksControlled says whether the event's entry under Keys[i] says controlled goods. A
// lane's never does: its heading says more.
func (d *Derivation) marksControlled(i int) bool {
	return d.controlled && d.Keys[i].Kind == KeyParty
}

// Wants says whether the log of Keys[i], being as it is, needs this event's entry: the
// thing is not in it, or not yet with controlled goods, and there is room.
func (d *Derivation) Wants(i int, log []byte) bool {
	if d.Keys[i].Kind == KeyReference {
		found, others := countReferences(log, d.Identity)
		return !found && others < roomReferences && len(log)+maxReferenceEntry <= referenceBytes
	}
	if len(log) >= tallyBytes {
		return false
	}
	sum := summarise(log, d.thing)
	switch {
	case d.marksControlled(i):
		return !sum.selfControlled && sum.controlled.count < roomThings
	default:
		return !sum.self && sum.others.count < roomThings
	}
}

// Position returns where in the log of Keys[i] the event's entry begins, or the log's
// length where it is not.
func (d *Derivation) Position(i int, log []byte) int {
	if d.Keys[i].Kind == KeyReference {
		for at, identity := range references(log) {
			if sameThing(identity, d.Identity) {
				return at
			}
		}
		return len(log)
	}
	for at := 0; at+entryBytes <= len(log); at += entryBytes {
		if thing(log[at:at+thingBytes]) == d.thing && (!d.marksControlled(i) || log[at+thingBytes]&0x80 != 0) {
			return at
		}
	}
	return len(log)
}

// tally counts things and keeps the earliest time among them, 0 where there is none.
type tally struct {
	count int
	first int64
}

func (t *tally) add(at int64) {
	t.count++
	t.see(at)
}

func (t *tally) see(at int64) {
	if t.first == 0 || at < t.first {
		t.first = at
	}
}

// summary is what a log says, apart from one thing itself.
type summary struct {
	others, controlled   tally
	self, selfControlled bool
}

// summarise reads a log of twelve-byte entries. An entry that stands there twice counts
// once: two processes that take in the same event at the same moment both append it.
func summarise(log []byte, self thing) summary {
	var sum summary
	var known things
	for ; len(log) >= entryBytes; log = log[entryBytes:] {
		value := binary.BigEndian.Uint64(log[entryBytes-8:])
		at, marked := int64(value&maxEntryTime), value&controlledBit != 0
		if thing(log[:thingBytes]) == self {
			sum.self, sum.selfControlled = true, sum.selfControlled || marked
			continue
		}
		fresh, freshMark := known.add(binary.BigEndian.Uint64(log)>>16, marked)
		if fresh {
			sum.others.add(at)
		}
		if freshMark {
			sum.controlled.add(at)
		}
	}
	return sum
}

// things is a set of things without allocation: open addressing over twice as many
// places as a log has entries. A place holds the hash shifted by two, the bit that says
// it is taken, and the bit that says controlled.
type things struct {
	places [512]uint64
}

// add reports whether the thing is new to the set, and whether it is new with controlled goods.
func (t *things) add(hash uint64, marked bool) (fresh, freshMark bool) {
	const taken, mark = 1, 2
	entry := hash<<2 | taken
	for at := hash % uint64(len(t.places)); ; at = (at + 1) % uint64(len(t.places)) {
		switch place := t.places[at]; {
		case place == 0:
			if marked {
				entry |= mark
			}
			t.places[at] = entry
			return true, marked
		case place&^mark == entry:
			if marked {
				t.places[at] |= mark
			}
			return false, marked && place&mark == 0
		}
	}
}

// maxReferenceEntry is the length of the longest entry of a reference's log: two bytes of
// length, a source of 64, an id of 200 characters of four bytes each, two slashes and a
// revision. Nine of them fit into referenceBytes with room for what several processes
// append at once.
const maxReferenceEntry = 2 + 64 + 200*4 + 2 + 19

// references iterates over the identities of a reference's log and where they begin. A
// damaged rest ends it.
func references(log []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for at := 0; at+2 <= len(log); {
			length := int(binary.BigEndian.Uint16(log[at:]))
			end := at + 2 + length
			if end > len(log) || !yield(at, string(log[at+2:end])) {
				return
			}
			at = end
		}
	}
}

// referenceEvents returns the first identities of a reference's log, one for each thing,
// without the thing of self.
func referenceEvents(log []byte, self string) []trade.Identity {
	var events []trade.Identity
	for _, text := range references(log) {
		identity, err := trade.ParseIdentity(text)
		if err != nil || sameThing(text, self) || containsThing(events, identity) {
			continue
		}
		if events = append(events, identity); len(events) == MaxReferenceEvents {
			break
		}
	}
	return events
}

func containsThing(events []trade.Identity, identity trade.Identity) bool {
	for _, event := range events {
		if event.Source == identity.Source && event.ID == identity.ID {
			return true
		}
	}
	return false
}

func countReferences(log []byte, self string) (found bool, others int) {
	for _, text := range references(log) {
		if sameThing(text, self) {
			return true, others
		}
		others++
	}
	return false, others
}

// sameThing compares two identities without their revisions, which stand behind the last slash.
func sameThing(a, b string) bool {
	i, j := strings.LastIndexByte(a, '/'), strings.LastIndexByte(b, '/')
	return i >= 0 && j >= 0 && a[:i] == b[:j]
}
