package casework

import (
	"fmt"

	"chokepoint/pkg/decision"
)

// Severity is how urgent a case is. Severities are ordered: a worse one is
// greater. Within a case it only rises.
type Severity uint8

// The severities. The zero value is unknown and never stands in a record.
const (
	SeverityUnknown Severity = iota
	// SeverityLow is to be looked at in turn.
	SeverityLow
	// SeverityMedium is to be looked at today.
	SeverityMedium
	// SeverityHigh means that something is held, or nearly so.
	SeverityHigh
	// SeverityCritical means that assets or goods of a blocked party are in hand.
	SeverityCritical
)

// The risks from which flags alone make a case medium or high.
const (
	mediumRisk decision.BasisPoints = 5_000
	highRisk   decision.BasisPoints = 8_000
)

// measureFreeze is the measure of a listing that blocks whatever the party owns
// (package controllist, which casework does not import, calls it so too).
const measureFreeze = "freeze"

var severityNames = [...]string{
	SeverityUnknown: "unknown", SeverityLow: "low", SeverityMedium: "medium",
	SeverityHigh: "high", SeverityCritical: "critical",
}

// Severities lists every severity a case can have, the mildest first.
func Severities() []Severity {
	return []Severity{SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}
}

// String returns low, medium, high, critical or unknown.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// MarshalText writes the severity's name; one without a name is an error.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severityNames) {
		return nil, fmt.Errorf("severity %d has no name", uint8(s))
	}
	return []byte(severityNames[s]), nil
}

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for severity, known := range severityNames {
		if name == known {
			return Severity(severity), nil
		}
	}
	return SeverityUnknown, fmt.Errorf("severity %q is none of low, medium, high, critical", name)
}

// listingSeverity is the severity of a match with a listing, by what the law
// demands of it. effect is the worst that the prohibitions about this very party
// and entry demand; unknown where policy only notes the match.
func listingSeverity(effect decision.Outcome, freeze bool) Severity {
	switch {
	case effect == decision.OutcomeHold && freeze:
		return SeverityCritical
	case effect == decision.OutcomeHold:
		return SeverityHigh
	case effect == decision.OutcomeAlert && freeze:
		return SeverityHigh
	case effect == decision.OutcomeAlert:
		return SeverityMedium
	default:
		return SeverityLow
	}
}

// flagSeverity is the severity of a case that rests on flags. Where the flags
// alone hold the event somebody waits for an answer, so it is high at least.
func flagSeverity(holds bool, risk decision.BasisPoints) Severity {
	switch {
	case holds || risk >= highRisk:
		return SeverityHigh
	case risk >= mediumRisk:
		return SeverityMedium
	default:
		return SeverityLow
	}
}
