package casework

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"chokepoint/pkg/decision"
)

// Status is where a case stands.
type Status string

// The statuses of a case.
const (
	StatusUnknown Status = ""
	// StatusOpen waits for somebody to take it.
	StatusOpen Status = "open"
	// StatusClaimed is being worked on.
	StatusClaimed Status = "claimed"
	// StatusClosed is done; what comes after it opens the next case.
	StatusClosed Status = "closed"
)

// State is a case as its records leave it.
type State struct {
	// ID is the case's id, Key what it is about.
	ID     string
	Key    Key
	Status Status
	// Severity only rises; SeveritySince is when it reached what it is.
	Severity      Severity
	SeveritySince time.Time
	// Opened is when the case was opened, Updated when a decision last joined it.
	Opened, Updated time.Time
	// Outcome is the worst of its decisions.
	Outcome decision.Outcome
	// Leading is the occurrence to show: the most severe, of equals the latest; and
	// of one event the highest revision.
	Leading Occurrence
	// Measures are those of all listings that matched, sorted.
	Measures []string
	// Events are the latest events that joined, at most [MaxEvents], each in its
	// highest revision; Occurrences counts all decisions that joined, Noted those
	// that were kept without effect.
	Events      []EventID
	Occurrences int
	Noted       int
	// ClaimedBy works on the case since ClaimedAt, when it had ClaimedSeverity.
	ClaimedBy       Actor
	ClaimedAt       time.Time
	ClaimedSeverity Severity
	// ClosedBy ended it at ClosedAt and said why.
	ClosedBy Actor
	ClosedAt time.Time
	Comment  string
}

// MaxEvents is how many events a state names; it counts them all.
const MaxEvents = 50

func openState(key Key, record Record) State {
	state := State{
		ID: record.Case, Key: key, Status: StatusOpen, Opened: record.Time,
		Severity: record.Occurrence.Severity, SeveritySince: record.Time,
	}
	state.join(*record.Occurrence, record.Time)
	return state
}

// join adds an occurrence. The severity is left alone: it has a record of its own.
func (s *State) join(occurrence Occurrence, at time.Time) {
	if s.Occurrences == 0 || occurrence.Severity >= s.Leading.Severity ||
		occurrence.Decision.Event.thing() == s.Leading.Decision.Event.thing() {
		s.Leading = occurrence
	}
	s.Occurrences++
	s.Updated = at
	s.Outcome = max(s.Outcome, occurrence.Outcome)
	s.Measures = union(s.Measures, occurrence.measures())
	s.Events = withEvent(s.Events, occurrence.Decision.Event)
}

func (s *State) raise(record Record) error {
	if record.From != s.Severity || record.To <= record.From {
		return fmt.Errorf("it raises from %s to %s, the case is %s", record.From, record.To, s.Severity)
	}
	s.Severity, s.SeveritySince = record.To, record.Time
	return nil
}

func (s *State) claim(record Record) error {
	if s.Status != StatusOpen {
		return errors.New("it claims a case that is claimed")
	}
	s.Status, s.ClaimedBy, s.ClaimedAt, s.ClaimedSeverity = StatusClaimed, record.Actor, record.Time, s.Severity
	return nil
}

func (s *State) close(record Record) error {
	if s.Status != StatusClaimed || s.ClaimedBy != record.Actor {
		return errors.New("it closes a case that its actor has not claimed")
	}
	if record.Comment == "" {
		return errors.New("it closes a case without a comment")
	}
	s.Status, s.ClosedBy, s.ClosedAt, s.Comment = StatusClosed, record.Actor, record.Time, record.Comment
	return nil
}

// measures are what the occurrence's listings do, sorted.
func (o *Occurrence) measures() []string {
	var measures []string
	for i := range o.Matches {
		measures = union(measures, o.Matches[i].Entry.Measures)
	}
	for _, prohibition := range o.Prohibitions {
		if prohibition.Measure != "" {
			measures = union(measures, []string{prohibition.Measure})
		}
	}
	return measures
}

// union merges into a sorted list, which it leaves as it was.
func union(sorted, more []string) []string {
	merged := slices.Clone(sorted)
	for _, item := range more {
		if i, found := slices.BinarySearch(merged, item); !found {
			merged = slices.Insert(merged, i, item)
		}
	}
	return merged
}

// withEvent adds an event to a list, which it leaves as it was.
func withEvent(events []EventID, event EventID) []EventID {
	kept := slices.DeleteFunc(slices.Clone(events), func(known EventID) bool { return known.thing() == event.thing() })
	kept = append(kept, event)
	return kept[max(0, len(kept)-MaxEvents):]
}
