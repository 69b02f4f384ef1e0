package decision

import "fmt"

// Outcome is what follows from a decision. Outcomes are ordered: a worse one is
// greater.
type Outcome uint8

// The outcomes. The zero value is unknown and never stands in a decision made.
const (
	OutcomeUnknown Outcome = iota
	// OutcomePass lets the event proceed.
	OutcomePass
	// OutcomeAlert lets it proceed, to be reviewed afterwards.
	OutcomeAlert
	// OutcomeHold stops it until a person decides.
	OutcomeHold
)

var outcomeNames = [...]string{OutcomeUnknown: "unknown", OutcomePass: "pass", OutcomeAlert: "alert", OutcomeHold: "hold"}

// String returns pass, alert, hold or unknown.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}

// MarshalText writes the outcome's name; an outcome without one is an error.
func (o Outcome) MarshalText() ([]byte, error) {
	if int(o) >= len(outcomeNames) {
		return nil, fmt.Errorf("outcome %d has no name", uint8(o))
	}
	return []byte(outcomeNames[o]), nil
}

// UnmarshalText reads what MarshalText writes.
func (o *Outcome) UnmarshalText(text []byte) error {
	parsed, err := ParseOutcome(string(text))
	if err != nil {
		return err
	}
	*o = parsed
	return nil
}

// ParseOutcome reads an outcome's name.
func ParseOutcome(name string) (Outcome, error) {
	for outcome, known := range outcomeNames {
		if name == known {
			return Outcome(outcome), nil
		}
	}
	return OutcomeUnknown, fmt.Errorf("outcome %q is none of pass, alert, hold", name)
}
