package screener

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

// Delivery is one event as the bus hands it over.
type Delivery struct {
	// Data is the event's canonical JSON.
	Data []byte
	// Sequence is its place in the stream of events.
	Sequence uint64
	// Attempt counts deliveries of this event from 1; Stored is when it was stored.
	Attempt int
	Stored  time.Time
	// Answer is the subject that waits for the decision; empty where nobody does.
	Answer string
}

// Events is where events come from.
type Events interface {
	// Consume calls handle with batches, several at once, until ctx ends. A nil error acknowledges the
	// event, a [RejectedError] makes it a dead letter, any other has it delivered again.
	Consume(ctx context.Context, handle func(context.Context, []Delivery) []error) error
}

// Publication is one decision to store.
type Publication struct {
	Decision decision.Decision
	// Data is the decision's canonical JSON, EventSequence the event's place in its stream.
	Data          []byte
	EventSequence uint64
}

// Receipt is what storing one decision gave.
type Receipt struct {
	// Duplicate says that a decision on the event and trigger was stored before, at
	// Sequence: that one is in effect, not ours.
	Duplicate bool
	Sequence  uint64
	// Err is [ErrTooLarge] where the decision can never be stored.
	Err error
}

// ErrTooLarge says that a decision is larger than its stream takes.
var ErrTooLarge = errors.New("decision is too large to be stored")

// Decisions is where decisions go and can be found again.
type Decisions interface {
	// Publish stores decisions; receipts are in the order of the publications.
	Publish(ctx context.Context, publications []Publication) []Receipt
	// At returns the canonical JSON of the decision at a sequence.
	At(ctx context.Context, sequence uint64) ([]byte, error)
	// Lookup returns the canonical JSON of the decision in effect, if it was stored
	// since a time; the zero time is ever. The further back, the longer it takes.
	Lookup(ctx context.Context, event trade.Identity, since time.Time) (data []byte, found bool, err error)
}

// Answers reach those who wait for a decision.
type Answers interface {
	// Answer sends a decision to a subject; it is not kept for whoever is late.
	Answer(subject string, data []byte) error
}

// History answers what is known of earlier events, and takes in these.
type History interface {
	// Observe writes the records, then reads; observations are in their order.
	Observe(ctx context.Context, records []history.Record) ([]history.Observation, error)
	// Invalidate makes the store call itself incomplete: events were decided that it
	// never saw.
	Invalidate(ctx context.Context) error
}

// Gaps keeps in mind that history missed events, beyond the life of this process.
type Gaps interface {
	// Note is called before events are decided that history never saw.
	Note(ctx context.Context) error
	// Close tells history of a gap that was noted and not yet told, by whomever.
	Close(ctx context.Context, history History) error
}

// Memory remembers recent decisions where looking them up is cheap. It is a cache:
// forgetting costs time, not truth.
type Memory interface {
	Remember(ctx context.Context, publications []Publication) error
	Recall(ctx context.Context, event trade.Identity) (data []byte, found bool, err error)
}

// ListReference names a list snapshot.
type ListReference struct {
	Version, Digest string
}

// Lists is where list snapshots come from.
type Lists interface {
	// Current returns the snapshot in force; an empty reference says there is none yet.
	Current(ctx context.Context) (ListReference, error)
	// Open returns the snapshot's bytes.
	Open(ctx context.Context, reference ListReference) (io.ReadCloser, error)
	// Changed signals that Current may have changed. The channel closes with ctx.
	Changed(ctx context.Context) (<-chan struct{}, error)
}

// Engine decides about events against one list snapshot. It is [screen.Engine]; a
// measurement of the plumbing alone gives another.
type Engine interface {
	Screen(in screen.Input) (decision.Decision, []byte, error)
	Inputs() decision.Inputs
	Lists() []controllist.List
}

// RejectedError says that an event can never be decided: trying again cannot help.
type RejectedError struct {
	// Reason is a short stable word for metrics: "malformed", "contradiction",
	// "undecidable", "too_large".
	Reason string
	// Err says what is wrong, and where.
	Err error
}

// Error returns what is wrong.
func (e *RejectedError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Err) }

// Unwrap returns the cause.
func (e *RejectedError) Unwrap() error { return e.Err }
