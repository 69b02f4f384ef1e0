package ingestor

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/access"
	"chokepoint/pkg/trade"
)

// Message is one event on its way to the stream.
type Message struct {
	Identity trade.Identity
	Kind     trade.Kind
	// Time is when the thing happened, by the event.
	Time time.Time
	// Data is the event's canonical JSON, Digest its SHA-256 in hex.
	Data   []byte
	Digest string
	// Answer is the subject that waits for the decision; empty where nobody does.
	Answer string
}

// Receipt is what publishing one message gave.
type Receipt struct {
	// Sequence is the event's place on the stream, from 1.
	Sequence uint64
	// Duplicate says that the same event was there already.
	Duplicate bool
	// Err is nil only where the stream said that it has the event. Where it wraps
	// [ErrFull] or [ErrTooLarge] the event is certainly not there; otherwise it may be.
	Err error
}

// ErrFull says that the stream takes no more at present.
var ErrFull = errors.New("the stream of events is full")

// ErrTooLarge says that the stream will never take a message of that size.
var ErrTooLarge = errors.New("the event is larger than the stream takes")

// Publisher stores events.
type Publisher interface {
	// PublishEvents stores the messages and returns their receipts in the same order,
	// when all are answered or ctx ends.
	PublishEvents(ctx context.Context, messages []Message) []Receipt
}

// Inbox is one subject that waits for one decision.
type Inbox interface {
	// Subject is what goes into [Message.Answer].
	Subject() string
	// Wait returns the first answer, the canonical JSON of a decision.
	Wait(ctx context.Context) ([]byte, error)
	Close()
}

// Answers makes inboxes.
type Answers interface {
	// SubscribeAnswer returns an inbox that hears every answer sent from now on.
	SubscribeAnswer(ctx context.Context) (Inbox, error)
}

// Decisions finds decisions made earlier.
type Decisions interface {
	// Lookup returns the canonical JSON of the decision in effect on the event. With
	// revision 0 it is that of the highest revision that has one.
	Lookup(ctx context.Context, event trade.Identity) (data []byte, found bool, err error)
}

// Tokens knows who may come in. [*access.Store] is one.
type Tokens interface {
	// Authenticate returns what a token allows at the moment now.
	Authenticate(token string, now time.Time) (access.Grant, error)
	// Refresh looks whether the tokens have changed.
	Refresh() (changed bool, err error)
}

var _ Tokens = (*access.Store)(nil)

// Dependencies are what an ingestor works with. All but RequestID are required.
type Dependencies struct {
	Publisher Publisher
	Answers   Answers
	Decisions Decisions
	Tokens    Tokens
	// Clock is time.Now but in tests.
	Clock      func() time.Time
	Logger     *zap.Logger
	Registerer prometheus.Registerer
	// RequestID names a request in its problem document and in the log: printable
	// ASCII without spaces. Nil is 16 random hex digits.
	RequestID func() string
}

// validate names every dependency that is missing.
func (d Dependencies) validate() error {
	var faults []error
	for _, dependency := range []struct {
		name    string
		missing bool
	}{
		{"Publisher", d.Publisher == nil},
		{"Answers", d.Answers == nil},
		{"Decisions", d.Decisions == nil},
		{"Tokens", d.Tokens == nil},
		{"Clock", d.Clock == nil},
		{"Logger", d.Logger == nil},
		{"Registerer", d.Registerer == nil},
	} {
		if dependency.missing {
			faults = append(faults, errors.New("dependency "+dependency.name+" is missing"))
		}
	}
	return errors.Join(faults...)
}
