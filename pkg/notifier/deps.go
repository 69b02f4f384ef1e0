package notifier

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
)

// Incoming is one decision as it arrives.
type Incoming struct {
	// Data is the decision's canonical JSON.
	Data []byte
	// Attempt counts deliveries, from 1; Sequence is its place in the stream. Both
	// are for the log only.
	Attempt  int
	Sequence uint64
	// EventSequence is the event's place in its stream; 0 is unknown.
	EventSequence uint64
}

// Decisions is the stream of decisions that are not "pass".
type Decisions interface {
	// Consume hands batches over until the context ends, and returns when the last
	// one is done. handle answers one error for each decision: nil acknowledges it, a
	// [PermanentError] makes it a dead letter, any other delivers it again later.
	Consume(ctx context.Context, handle func(ctx context.Context, batch []Incoming) []error) error
}

// Effect knows which decision counts.
type Effect interface {
	// InEffect returns the digest of the first stored decision on the event of a
	// decision, under its trigger.
	InEffect(ctx context.Context, decided *decision.Decision) (digest string, found bool, err error)
}

// Parties knows the parties of an event, which a decision names only where they
// matched. It must answer the same for the same decision, or fail: names and
// countries are part of the keys of cases.
type Parties interface {
	Parties(ctx context.Context, decided *decision.Decision, eventSequence uint64) ([]casework.Party, error)
}

// CaseMessage is one stored message of a docket: one or more records.
type CaseMessage struct {
	Docket   string
	Sequence uint64
	Data     []byte
}

// CaseAppend is a message to append to a docket, if its last message still has the
// expected sequence; 0 means that it has none.
type CaseAppend struct {
	Docket   string
	Expected uint64
	Data     []byte
	// ID is the digest of Data.
	ID string
}

// ErrConflict says that a docket has another last message than was expected.
var ErrConflict = errors.New("docket has changed")

// Cases is the store of records.
type Cases interface {
	// Read returns the messages of a docket after a sequence, in their order.
	Read(ctx context.Context, docket string, after uint64) ([]CaseMessage, error)
	// Append stores all messages or none, and returns their sequences. The error is
	// [ErrConflict] when one of the dockets has changed. No docket occurs twice.
	Append(ctx context.Context, appends []CaseAppend) ([]uint64, error)
	// Scan calls fn for every message from a sequence on to the last as of the call,
	// and returns the last sequence.
	Scan(ctx context.Context, from uint64, fn func(CaseMessage) error) (last uint64, err error)
}

// Placed is the message of a case on a queue.
type Placed struct {
	Queue    string
	Severity string
	Data     []byte
}

// Queues are what people and tools take cases from.
type Queues interface {
	// Read returns the messages a case has on all queues: normally one or none.
	Read(ctx context.Context, caseID string) ([]Placed, error)
	// Put puts a message, in place of all that the case has on any queue. A crash
	// within may leave two; it never leaves none.
	Put(ctx context.Context, caseID string, placed Placed) error
	// Remove takes the case off all queues.
	Remove(ctx context.Context, caseID string) error
}

// Notices tells receivers; [escalate.Pipeline] does.
type Notices interface {
	Notify(ctx context.Context, notice escalate.Notice) (escalate.Result, error)
}

// PermanentError says that a decision can never be handled.
type PermanentError struct{ Err error }

// Error is the reason.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *PermanentError) Unwrap() error { return e.Err }

func permanent(err error) error { return &PermanentError{Err: err} }

// Deps are what a notifier works with. Parties may be nil; then the names of
// parties that did not match are unknown.
type Deps struct {
	Decisions Decisions
	Effect    Effect
	Parties   Parties
	Cases     Cases
	Queues    Queues
	Notices   Notices
	// Clock tells the time that records carry.
	Clock func() time.Time
	// Logger takes what an operator should know; it never sees party data.
	Logger *zap.Logger
	// Registerer takes the metrics.
	Registerer prometheus.Registerer
}

func (d Deps) validate() error {
	var faults []error
	for _, dep := range []struct {
		name    string
		missing bool
	}{
		{"decisions", d.Decisions == nil}, {"effect", d.Effect == nil}, {"cases", d.Cases == nil},
		{"queues", d.Queues == nil}, {"notices", d.Notices == nil}, {"a clock", d.Clock == nil},
		{"a logger", d.Logger == nil}, {"a registerer", d.Registerer == nil},
	} {
		if dep.missing {
			faults = append(faults, errors.New(dep.name+" is missing"))
		}
	}
	return errors.Join(faults...)
}
