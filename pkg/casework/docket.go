package casework

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"chokepoint/pkg/decision"
)

// Docket is everything that is known of one key: its successive cases, of which
// only the last can be open, folded from the stored records. It is not safe for
// concurrent use.
type Docket struct {
	id        string
	cases     []State
	records   int
	head      string
	taken     map[DecisionID]struct{}
	revisions map[string]int
	err       error
}

// NewDocket returns the docket before its first record.
func NewDocket(id string) *Docket {
	return &Docket{id: id, taken: map[DecisionID]struct{}{}, revisions: map[string]int{}}
}

// Fold rebuilds a docket from its stored messages in their order.
func Fold(id string, messages [][]byte) (*Docket, error) {
	docket := NewDocket(id)
	for _, message := range messages {
		if err := docket.Apply(message); err != nil {
			return nil, err
		}
	}
	return docket, nil
}

// ID is the docket's name.
func (d *Docket) ID() string { return d.id }

// Records is how many records the docket has; Head is the digest of the last,
// empty where there is none.
func (d *Docket) Records() int { return d.records }

// Head is the digest of the docket's last record, empty where there is none.
func (d *Docket) Head() string { return d.head }

// Cases returns the docket's cases, the oldest first.
func (d *Docket) Cases() []State { return slices.Clone(d.cases) }

// Case returns the case with the id.
func (d *Docket) Case(id string) (State, bool) {
	docket, n, err := ParseCaseID(id)
	if err != nil || docket != d.id || n > len(d.cases) {
		return State{}, false
	}
	return d.cases[n-1], true
}

// Open returns the case that is not closed, if there is one.
func (d *Docket) Open() (State, bool) {
	if current := d.current(); current != nil && current.Status != StatusClosed {
		return *current, true
	}
	return State{}, false
}

// Took says whether the docket has a record of the decision.
func (d *Docket) Took(id DecisionID) bool {
	_, taken := d.taken[id]
	return taken
}

func (d *Docket) current() *State {
	if len(d.cases) == 0 {
		return nil
	}
	return &d.cases[len(d.cases)-1]
}

// Plan returns the records that a decision adds to the docket, to be appended
// together: none when the docket has taken the decision in already.
func (d *Docket) Plan(touch Touch, now time.Time) []Record {
	if d.Took(touch.Occurrence.Decision) {
		return nil
	}
	occurrence, event := touch.Occurrence, touch.Occurrence.Decision.Event
	base := Record{Format: RecordFormat, Time: stamp(now), Actor: SystemActor()}
	if current := d.current(); current != nil && event.Revision < d.revisions[event.thing()] {
		base.Case, base.Type, base.Occurrence = current.ID, RecordNoted, &occurrence
		return []Record{base}
	}
	open, found := d.Open()
	if !found {
		key := touch.Key
		base.Case, base.Type, base.Key, base.Occurrence = CaseID(d.id, len(d.cases)+1), RecordOpened, &key, &occurrence
		return []Record{base}
	}
	base.Case = open.ID
	joined := base
	joined.Type, joined.Occurrence = RecordJoined, &occurrence
	if occurrence.Severity <= open.Severity {
		return []Record{joined}
	}
	raised := base
	raised.Type, raised.Decision = RecordRaised, &occurrence.Decision
	raised.From, raised.To = open.Severity, occurrence.Severity
	return []Record{joined, raised}
}

// ErrNoCase says that there is no such case; ErrClosed that it is closed already;
// ErrNotClaimed that whoever closes a case must have claimed it first.
var (
	ErrNoCase     = errors.New("no such case")
	ErrClosed     = errors.New("case is closed")
	ErrNotClaimed = errors.New("case is not claimed")
)

// ClaimedError says who works on a case that somebody else wanted.
type ClaimedError struct {
	Case string
	By   Actor
}

// Error says which case and who has it.
func (e *ClaimedError) Error() string {
	return fmt.Sprintf("case %s is claimed by %s %s", e.Case, e.By.Kind, e.By.ID)
}

// Claim returns the records by which an actor takes an open case; none when the
// actor has it already. Of two who claim, the second is told who was first
// ([ClaimedError]).
func (d *Docket) Claim(caseID string, by Actor, now time.Time) ([]Record, error) {
	state, err := d.workable(caseID, by)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	if state.Status == StatusClaimed {
		return nil, nil
	}
	return []Record{{Format: RecordFormat, Case: caseID, Type: RecordClaimed, Time: stamp(now), Actor: by}}, nil
}

// Close returns the record by which the actor who claimed a case ends it, with a
// comment that says why, 1 to 4,000 bytes.
func (d *Docket) Close(caseID string, by Actor, comment string, now time.Time) ([]Record, error) {
	state, err := d.workable(caseID, by)
	if err != nil {
		return nil, fmt.Errorf("close: %w", err)
	}
	if state.Status != StatusClaimed {
		return nil, fmt.Errorf("close: case %s: %w", caseID, ErrNotClaimed)
	}
	if len(comment) == 0 || len(comment) > maxComment {
		return nil, fmt.Errorf("close: the comment is %d bytes long, not 1 to %d", len(comment), maxComment)
	}
	return []Record{{Format: RecordFormat, Case: caseID, Type: RecordClosed, Time: stamp(now), Actor: by, Comment: comment}}, nil
}

const (
	maxComment = 4_000
	maxActorID = 200
)

// workable returns a case that the actor may change now.
func (d *Docket) workable(caseID string, by Actor) (State, error) {
	if err := validActor(by); err != nil {
		return State{}, err
	}
	state, found := d.Case(caseID)
	switch {
	case !found:
		return State{}, fmt.Errorf("case %s: %w", clip(caseID, 60), ErrNoCase)
	case state.Status == StatusClosed:
		return State{}, fmt.Errorf("case %s: %w", caseID, ErrClosed)
	case state.Status == StatusClaimed && state.ClaimedBy != by:
		return State{}, &ClaimedError{Case: caseID, By: state.ClaimedBy}
	default:
		return state, nil
	}
}

func validActor(actor Actor) error {
	switch actor.Kind {
	case ActorSystem, ActorPerson, ActorTool:
	default:
		return fmt.Errorf("actor kind %q is none of system, person, tool", clip(string(actor.Kind), 20))
	}
	if actor.ID == "" || len(actor.ID) > maxActorID {
		return fmt.Errorf("the actor's id is %d bytes long, not 1 to %d", len(actor.ID), maxActorID)
	}
	return nil
}

// Encode writes records as one message to append to the docket as it is now: a
// line each, numbered and chained. It does not change the docket; [Docket.Apply]
// does, once the message is stored.
func (d *Docket) Encode(records []Record) ([]byte, error) {
	var message []byte
	number, previous := d.records, d.head
	for _, record := range records {
		number++
		record.Number, record.Previous = number, previous
		line, err := encodeRecord(record)
		if err != nil {
			return nil, err
		}
		previous = recordDigest(line)
		message = append(append(message, line...), '\n')
	}
	return message, nil
}

// Apply folds one stored message into the docket. It fails with a [ChainError]
// when a record is damaged, does not follow the one before it, or says something
// that cannot be true where it stands; the docket is of no use afterwards.
func (d *Docket) Apply(message []byte) error {
	for _, line := range splitLines(message) {
		if d.err == nil {
			if err := d.applyLine(line); err != nil {
				d.err = &ChainError{Docket: d.id, Number: d.records + 1, Reason: err.Error()}
			}
		}
	}
	return d.err
}

func (d *Docket) applyLine(line []byte) error {
	record, err := decodeRecord(line)
	if err != nil {
		return err
	}
	if record.Number != d.records+1 {
		return fmt.Errorf("it is numbered %d", record.Number)
	}
	if record.Previous != d.head {
		return fmt.Errorf("it follows a record with digest %.12q, the one before it has %.12q", record.Previous, d.head)
	}
	if err := validActor(record.Actor); err != nil {
		return err
	}
	if err := d.fold(record); err != nil {
		return err
	}
	d.records++
	d.head = recordDigest(line)
	return nil
}

// fold changes the docket as the record says, or says why that cannot be.
func (d *Docket) fold(record Record) error {
	if record.Type == RecordOpened {
		return d.foldOpened(record)
	}
	state := d.current()
	if state == nil || record.Case != state.ID {
		return fmt.Errorf("it is about case %q, which is not the docket's last", clip(record.Case, 60))
	}
	if state.Status == StatusClosed && record.Type != RecordNoted {
		return fmt.Errorf("%s after the case was closed", record.Type)
	}
	switch record.Type {
	case RecordJoined, RecordNoted:
		if err := d.take(record.Occurrence); err != nil {
			return err
		}
		if record.Type == RecordNoted {
			state.Noted++
			return nil
		}
		state.join(*record.Occurrence, record.Time)
		return nil
	case RecordRaised:
		return state.raise(record)
	case RecordClaimed:
		return state.claim(record)
	case RecordClosed:
		return state.close(record)
	default:
		return fmt.Errorf("its type is %q", clip(string(record.Type), 40))
	}
}

func (d *Docket) foldOpened(record Record) error {
	if _, open := d.Open(); open {
		return errors.New("a second case is opened while one is open")
	}
	if record.Key == nil || record.Key.Docket() != d.id {
		return errors.New("its key belongs to another docket")
	}
	if want := CaseID(d.id, len(d.cases)+1); record.Case != want {
		return fmt.Errorf("it opens case %q, the next is %s", clip(record.Case, 60), want)
	}
	if err := d.take(record.Occurrence); err != nil {
		return err
	}
	d.cases = append(d.cases, openState(*record.Key, record))
	return nil
}

// take remembers that the docket has the decision.
func (d *Docket) take(occurrence *Occurrence) error {
	if occurrence == nil {
		return errors.New("it has no occurrence")
	}
	if occurrence.Severity == SeverityUnknown || occurrence.Outcome == decision.OutcomeUnknown {
		return errors.New("its occurrence has no severity or outcome")
	}
	if d.Took(occurrence.Decision) {
		return errors.New("the docket has taken its decision in before")
	}
	d.taken[occurrence.Decision] = struct{}{}
	event := occurrence.Decision.Event
	d.revisions[event.thing()] = max(d.revisions[event.thing()], event.Revision)
	return nil
}

// stamp is a time as records write it: UTC, whole milliseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
