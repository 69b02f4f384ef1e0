package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"
)

// MaxBytes is the largest configuration file that is read: 1 MiB. Real ones have
// a few kilobytes; what is larger is another file named by mistake.
const MaxBytes = 1 << 20

// Validator is a configuration that can say what is wrong with it. Validate
// reports every fault, joined, and nil when there is none. A configuration
// without this method is decoded strictly and not checked further.
type Validator interface {
	Validate() error
}

// Fault is one thing wrong with a configuration file.
type Fault struct {
	// Line is where it is, counted from 1, and 0 when it has no one place.
	Line int
	// Message says what is wrong, without the place.
	Message string
}

// Error is why a configuration was refused: every fault that was found. What
// cannot be decoded is not validated, so the faults are all of syntax and types or
// all of meaning.
type Error struct {
	// Name is the file's name, or what [Decode] was told to call its input.
	Name string
	// Faults has at least one fault, in the order of the file.
	Faults []Fault
	// Invalid is true when the file decoded and its own Validate refused it.
	Invalid bool
}

// Error returns one line for each fault, each starting with the file's name, so
// that editors and terminals can jump to the place.
func (e *Error) Error() string {
	var text strings.Builder
	for i, fault := range e.Faults {
		if i > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(e.Name)
		if fault.Line > 0 {
			fmt.Fprintf(&text, ":%d", fault.Line)
		}
		text.WriteString(": ")
		text.WriteString(fault.Message)
	}
	return text.String()
}

// Load reads the YAML file at path over defaults and validates the result. A
// setting that the file leaves out keeps its default; a list that the file has
// replaces the default list. The error is an [*Error] when the file was read and
// refused, and otherwise tells why it could not be read.
func Load[T any](path string, defaults T) (T, error) {
	var none T
	data, err := readFile(path, MaxBytes)
	if err != nil {
		return none, fmt.Errorf("read configuration: %w", err)
	}
	return Decode(path, data, defaults)
}

// Decode is [Load] for bytes that are already in memory; name is what faults call
// them. Maps, slices and pointers inside defaults are not copied: pass a fresh
// value, as a Default…() function returns it.
func Decode[T any](name string, data []byte, defaults T) (T, error) {
	var none T
	if len(data) > MaxBytes {
		return none, &Error{Name: name, Faults: []Fault{{Message: tooLarge(MaxBytes)}}}
	}
	settings := defaults
	if err := yaml.Load(data, &settings, yaml.WithKnownFields(), yaml.WithUniqueKeys()); err != nil {
		return none, &Error{Name: name, Faults: decodeFaults(err)}
	}
	if err := validate(&settings); err != nil {
		return none, &Error{Name: name, Faults: validationFaults(err), Invalid: true}
	}
	return settings, nil
}

// validate calls Validate whether T or *T has it.
func validate[T any](settings *T) error {
	if validator, ok := any(settings).(Validator); ok {
		return validator.Validate()
	}
	if validator, ok := any(*settings).(Validator); ok {
		return validator.Validate()
	}
	return nil
}

// decodeFaults takes the decoder's error apart into places and messages.
func decodeFaults(err error) []Fault {
	if several, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		faults := make([]Fault, 0, len(several.Errors))
		for _, one := range several.Errors {
			faults = append(faults, Fault{Line: one.Mark.Line, Message: plainMessage(one.Message)})
		}
		return faults
	}
	if one, ok := errors.AsType[*yaml.LoadError](err); ok {
		return []Fault{{Line: one.Mark.Line, Message: plainMessage(one.Message)}}
	}
	return []Fault{{Message: err.Error()}}
}

// plainMessage takes the names of our types out of the decoder's messages.
func plainMessage(message string) string {
	if rest, ok := strings.CutPrefix(message, "field "); ok {
		if name, _, ok := strings.Cut(rest, " not found in type "); ok {
			return fmt.Sprintf("there is no setting %q here", name)
		}
	}
	if rest, ok := strings.CutPrefix(message, "cannot construct "); ok {
		if value, _, ok := strings.Cut(rest, " into "); ok {
			return "this has the wrong shape: " + value
		}
	}
	return message
}

// validationFaults flattens joined errors, so that each fault is a line of its own.
func validationFaults(err error) []Fault {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var faults []Fault
		for _, inner := range joined.Unwrap() {
			faults = append(faults, validationFaults(inner)...)
		}
		return faults
	}
	return []Fault{{Message: err.Error()}}
}

// readFile reads at most limit bytes of a regular file and never blocks on a pipe
// or device that was named by mistake.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %s", path, tooLarge(limit))
	}
	return data, nil
}

func tooLarge(limit int64) string {
	return fmt.Sprintf("is larger than %d bytes", limit)
}
