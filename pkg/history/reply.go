package history

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// replyFormat is the first byte of an encoded reply. Another format is another byte.
const replyFormat = 1

// maxReplyParts bounds what one decoded reply may hold of parties, references, lanes and
// events each; an event has at most 200 parties.
const maxReplyParts = 4096

// errReply says that bytes are not an encoded reply.
var errReply = errors.New("not a remembered reply of history")

// EncodeReply returns the facts that an identity got and the content digest it had, as
// stores remember them: about 100 bytes. Names of parties are not part of it.
func EncodeReply(digest string, facts decision.Facts) []byte {
	w := make([]byte, 0, 192)
	w = append(w, replyFormat)
	w = appendDigest(w, digest)
	w = appendBool(w, facts.Complete)
	w = binary.AppendUvarint(w, uint64(len(facts.Parties)))
	for i := range facts.Parties {
		party := &facts.Parties[i]
		w = appendText(w, party.Subject)
		w = appendBool(w, party.Available)
		w = binary.AppendUvarint(w, uint64(party.Events))
		w = binary.AppendUvarint(w, uint64(party.ControlledEvents))
		w = appendTime(appendTime(w, party.FirstSeen), party.FirstControlled)
	}
	w = binary.AppendUvarint(w, uint64(len(facts.References)))
	for i := range facts.References {
		reference := &facts.References[i]
		w = appendText(w, reference.Subject)
		w = appendBool(w, reference.Available)
		w = binary.AppendUvarint(w, uint64(len(reference.Events)))
		for _, event := range reference.Events {
			w = appendText(w, event.String())
		}
	}
	w = binary.AppendUvarint(w, uint64(len(facts.Lanes)))
	for i := range facts.Lanes {
		lane := &facts.Lanes[i]
		w = appendText(w, lane.Lane)
		w = appendBool(w, lane.Available)
		w = binary.AppendUvarint(w, uint64(lane.Events))
		w = appendTime(w, lane.FirstSeen)
	}
	return w
}

// DecodeReply reads what [EncodeReply] wrote.
func DecodeReply(data []byte) (digest string, facts decision.Facts, err error) {
	r := replyReader{rest: data}
	if r.byte() != replyFormat {
		return "", decision.Facts{}, errReply
	}
	digest = r.digest()
	facts.Complete = r.bool()
	for range r.count() {
		party := decision.PartyFacts{Subject: r.text(), Available: r.bool(), Events: r.number(), ControlledEvents: r.number()}
		party.FirstSeen, party.FirstControlled = r.time(), r.time()
		facts.Parties = append(facts.Parties, party)
	}
	for range r.count() {
		reference := decision.ReferenceFacts{Subject: r.text(), Available: r.bool()}
		for range r.count() {
			reference.Events = append(reference.Events, r.identity())
		}
		facts.References = append(facts.References, reference)
	}
	for range r.count() {
		facts.Lanes = append(facts.Lanes, decision.LaneFacts{
			Lane: r.text(), Available: r.bool(), Events: r.number(), FirstSeen: r.time(),
		})
	}
	if r.failed == nil && len(r.rest) > 0 {
		r.fail()
	}
	if r.failed != nil {
		return "", decision.Facts{}, fmt.Errorf("decode %d bytes: %w", len(data), r.failed)
	}
	return digest, facts, nil
}

// appendDigest writes a SHA-256 in hex as its 32 bytes, anything else as it is.
func appendDigest(w []byte, digest string) []byte {
	if raw, err := hex.DecodeString(digest); err == nil && len(raw) == 32 && hex.EncodeToString(raw) == digest {
		return append(append(w, 1), raw...)
	}
	return appendText(append(w, 0), digest)
}

func appendBool(w []byte, value bool) []byte {
	if value {
		return append(w, 1)
	}
	return append(w, 0)
}

func appendText(w []byte, text string) []byte {
	return append(binary.AppendUvarint(w, uint64(len(text))), text...)
}

func appendTime(w []byte, at time.Time) []byte {
	if at.IsZero() {
		return append(w, 0)
	}
	return binary.AppendUvarint(w, uint64(at.UnixMilli()))
}

// replyReader reads an encoded reply; after the first fault it only returns zeroes.
type replyReader struct {
	rest   []byte
	failed error
}

func (r *replyReader) fail() {
	r.rest, r.failed = nil, errReply
}

func (r *replyReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *replyReader) bool() bool { return r.byte() == 1 }

func (r *replyReader) uvarint() uint64 {
	value, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

func (r *replyReader) number() int {
	value := r.uvarint()
	if value > 1<<31 {
		r.fail()
		return 0
	}
	return int(value)
}

// count reads how many parts follow, each of which takes two bytes at least.
func (r *replyReader) count() int {
	n := r.number()
	if n > maxReplyParts || n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

func (r *replyReader) bytes(length int) []byte {
	if length > len(r.rest) {
		r.fail()
		return nil
	}
	taken := r.rest[:length]
	r.rest = r.rest[length:]
	return taken
}

// text reads a text. The usual subjects are not allocated anew.
func (r *replyReader) text() string {
	raw := r.bytes(r.number())
	for _, known := range [...]*[16]string{&partyPointers, &referencePointers} {
		for i := range known {
			if known[i] == string(raw) {
				return known[i]
			}
		}
	}
	return string(raw)
}

func (r *replyReader) digest() string {
	if r.byte() == 1 {
		return hex.EncodeToString(r.bytes(32))
	}
	return r.text()
}

func (r *replyReader) time() time.Time {
	value := r.uvarint()
	if value > maxEntryTime {
		r.fail()
		return time.Time{}
	}
	return timeOf(int64(value))
}

func (r *replyReader) identity() trade.Identity {
	identity, err := trade.ParseIdentity(r.text())
	if err != nil {
		r.fail()
	}
	return identity
}
