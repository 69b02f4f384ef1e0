package escalate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
)

// Ledger keeps who was told what: a small key-value store with compare-and-set.
// Keys are those of notices.
type Ledger interface {
	// Get returns a value and its revision; an error that is [ErrAbsent] where there
	// is none.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Create writes a value where there is none; an error that is [ErrTaken] otherwise.
	Create(ctx context.Context, key string, value []byte) (revision uint64, err error)
	// Update replaces the value of that revision; an error that is [ErrTaken] when it
	// has another by now.
	Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
}

// ErrAbsent says that the ledger has no such key; ErrTaken that somebody else wrote it first.
var (
	ErrAbsent = errors.New("no such key")
	ErrTaken  = errors.New("written by another")
)

// EntryStatus says how far a notice has come.
type EntryStatus string

// The statuses of a notice in the ledger.
const (
	EntryUnknown EntryStatus = ""
	// EntrySending is a lease: somebody is telling the receiver.
	EntrySending EntryStatus = "sending"
	// EntrySent was accepted, EntryRefused refused for good.
	EntrySent    EntryStatus = "sent"
	EntryRefused EntryStatus = "refused"
)

// Entry is what the ledger holds of a notice.
type Entry struct {
	Status EntryStatus `json:"status"`
	// Group, Step and Receiver are the notice's.
	Group    string `json:"group"`
	Step     string `json:"step"`
	Receiver string `json:"receiver"`
	// Holder is the replica that tells, or told, the receiver.
	Holder string `json:"holder"`
	// Until is when the lease of a notice being sent ends.
	Until time.Time `json:"until,omitzero"`
	// Attempts counts how often it was tried under the last lease.
	Attempts int `json:"attempts,omitzero"`
	// Done is when it was accepted or refused, Reason why it was refused.
	Done   time.Time `json:"done,omitzero"`
	Reason string    `json:"reason,omitzero"`
}

func (e Entry) encode() ([]byte, error) {
	data, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode the ledger entry of %s: %w", e.Group, err)
	}
	return data, nil
}

// DecodeEntry reads an entry of the ledger.
func DecodeEntry(data []byte) (Entry, error) {
	var entry Entry
	if err := json.Unmarshal(data, &entry, json.RejectUnknownMembers(true)); err != nil {
		return Entry{}, fmt.Errorf("decode a ledger entry: %w", err)
	}
	return entry, nil
}
