package casework

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
)

// RecordFormat is the version of the records this code writes and reads. A record
// of another version stops the reader: a case half understood is worse than none.
const RecordFormat = 1

// MaxRecordBytes is how long one record may be.
const MaxRecordBytes = 512 << 10

// RecordType says what happened.
type RecordType string

// The types of record.
const (
	RecordUnknown RecordType = ""
	// RecordOpened starts a case with its first occurrence.
	RecordOpened RecordType = "opened"
	// RecordJoined adds an occurrence to the open case.
	RecordJoined RecordType = "joined"
	// RecordRaised raises the case's severity.
	RecordRaised RecordType = "raised"
	// RecordNoted keeps an occurrence that changes nothing: a lower revision than
	// the docket has seen.
	RecordNoted RecordType = "noted"
	// RecordClaimed says who works on the case.
	RecordClaimed RecordType = "claimed"
	// RecordClosed ends the case.
	RecordClosed RecordType = "closed"
)

// ActorKind says what an actor is.
type ActorKind string

// The kinds of actor.
const (
	ActorUnknown ActorKind = ""
	// ActorSystem is this software acting on a decision.
	ActorSystem ActorKind = "system"
	// ActorPerson is somebody who logged in.
	ActorPerson ActorKind = "person"
	// ActorTool is another program with an identity of its own.
	ActorTool ActorKind = "tool"
)

// Actor is who did something.
type Actor struct {
	Kind ActorKind `json:"kind"`
	// ID is the identity, as the one who vouches for it writes it; 1 to 200 bytes.
	ID string `json:"id"`
}

// SystemActor is the notifier.
func SystemActor() Actor { return Actor{Kind: ActorSystem, ID: "notifier"} }

// Record is one step in the life of a case.
type Record struct {
	// Format is [RecordFormat].
	Format int `json:"format"`
	// Case is the case's id.
	Case string `json:"case"`
	// Number is the record's place in its docket, from 1.
	Number int `json:"number"`
	// Previous is the digest of the record before it in the docket; empty in the first.
	Previous string `json:"previous,omitzero"`
	// Type says what happened, Time when, Actor who did it.
	Type  RecordType `json:"type"`
	Time  time.Time  `json:"time"`
	Actor Actor      `json:"actor"`
	// Key is the case's key, in an opened record.
	Key *Key `json:"key,omitempty"`
	// Occurrence is the decision's part, in opened, joined and noted records.
	Occurrence *Occurrence `json:"occurrence,omitempty"`
	// Decision is what caused a raised record.
	Decision *DecisionID `json:"decision,omitempty"`
	// From and To are the severities of a raised record.
	From Severity `json:"from,omitzero"`
	To   Severity `json:"to,omitzero"`
	// Comment is what the person says who closes.
	Comment string `json:"comment,omitzero"`
}

// ErrRecord says that a stored record is damaged, out of place or not allowed
// where it stands: the docket was altered, or written by something else.
var ErrRecord = errors.New("record does not belong where it stands")

// ChainError says where a docket stops being what was written.
type ChainError struct {
	// Docket is the docket, Number the first record at fault, counted from 1.
	Docket string
	Number int
	// Reason says what is wrong with it.
	Reason string
}

// Error names the docket, the record and the reason.
func (e *ChainError) Error() string {
	return fmt.Sprintf("docket %s, record %d: %s", e.Docket, e.Number, e.Reason)
}

// Unwrap returns [ErrRecord].
func (e *ChainError) Unwrap() error { return ErrRecord }

// recordDigest is the digest of a record's stored bytes, without the line's end.
func recordDigest(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// encodeRecord writes one record as a line without its end.
func encodeRecord(record Record) ([]byte, error) {
	line, err := json.Marshal(record, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode a record of case %s: %w", record.Case, err)
	}
	if len(line) > MaxRecordBytes {
		return nil, fmt.Errorf("record of case %s is %d bytes long, more than %d", record.Case, len(line), MaxRecordBytes)
	}
	return line, nil
}

// decodeRecord reads one line strictly.
func decodeRecord(line []byte) (Record, error) {
	var record Record
	if len(line) > MaxRecordBytes {
		return Record{}, fmt.Errorf("it is %d bytes long, more than %d", len(line), MaxRecordBytes)
	}
	if err := json.Unmarshal(line, &record, json.RejectUnknownMembers(true)); err != nil {
		return Record{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if record.Format != RecordFormat {
		return Record{}, fmt.Errorf("its format is %d, this code reads %d", record.Format, RecordFormat)
	}
	return record, nil
}

// splitLines cuts a message into its lines; an empty message has none.
func splitLines(data []byte) [][]byte {
	data = bytes.TrimSuffix(data, []byte{'\n'})
	if len(data) == 0 {
		return nil
	}
	return bytes.Split(data, []byte{'\n'})
}

// Glimpse is as much of a record as can be said without its docket.
type Glimpse struct {
	Type RecordType `json:"type"`
	Time time.Time  `json:"time"`
}

// Glance reads the types and times of a message's records without verifying
// anything, to find the dockets that are worth reading. What cannot be read has an
// unknown type.
func Glance(message []byte) []Glimpse {
	lines := splitLines(message)
	glimpses := make([]Glimpse, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal(line, &glimpses[i]); err != nil {
			glimpses[i] = Glimpse{}
		}
	}
	return glimpses
}
