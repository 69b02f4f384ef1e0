package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Fault is one thing wrong with a policy file.
type Fault struct {
	// Line is the line of the file, from 1; 0 where the fault has none.
	Line int
	// Message says what is wrong, and where that helps what would be right.
	Message string
}

// String is "line 12: message".
func (f Fault) String() string {
	if f.Line == 0 {
		return f.Message
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Message)
}

// Error is every fault of a policy file, by line; of more than 200 the first, and a
// last one that counts the rest.
type Error struct{ Faults []Fault }

// Error lists the faults, one on a line.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Faults)+1)
	switch len(e.Faults) {
	case 1:
		return "the policy has a fault: " + e.Faults[0].String()
	default:
		lines = append(lines, fmt.Sprintf("the policy has %d faults:", len(e.Faults)))
	}
	for _, fault := range e.Faults {
		lines = append(lines, "  "+fault.String())
	}
	return strings.Join(lines, "\n")
}

// faults collects what is wrong while a file is read.
type faults struct{ found []Fault }

func (f *faults) add(line int, format string, arguments ...any) {
	f.found = append(f.found, Fault{Line: line, Message: fmt.Sprintf(format, arguments...)})
}

// addLoad adds what the YAML reader found, in our words where they are known.
func (f *faults) addLoad(err error) {
	var several *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case err == nil:
	case errors.As(err, &several):
		for _, each := range several.Errors {
			f.add(each.Mark.Line, "%s", plainMessage(each.Message))
		}
	case errors.As(err, &one):
		f.add(one.Mark.Line, "this is not YAML: %s", one.Message)
	default:
		f.add(0, "this is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

// plainMessage takes the names of our types out of the reader's messages.
func plainMessage(message string) string {
	if rest, ok := strings.CutPrefix(message, "field "); ok {
		if name, _, ok := strings.Cut(rest, " not found in type "); ok {
			return fmt.Sprintf("there is no member %q here", name)
		}
	}
	if before, _, ok := strings.Cut(message, " into "); ok && strings.HasPrefix(message, "cannot construct ") {
		return "this has the wrong shape: " + strings.TrimPrefix(before, "cannot construct ")
	}
	return message
}

// maxFaults bounds the report: a file with more faults is another file than was meant.
const maxFaults = 200

// err returns the faults by line, or nil where there is none.
func (f *faults) err() error {
	if len(f.found) == 0 {
		return nil
	}
	slices.SortStableFunc(f.found, func(a, b Fault) int { return a.Line - b.Line })
	found := slices.Compact(f.found)
	if more := len(found) - maxFaults; more > 0 {
		found = append(found[:maxFaults:maxFaults], Fault{Message: fmt.Sprintf("and %d faults more", more)})
	}
	return &Error{Faults: found}
}
