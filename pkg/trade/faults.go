package trade

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Fault is one thing wrong with an event and where.
type Fault struct {
	// Pointer is the JSON Pointer (RFC 6901) of the place; empty is the whole event.
	Pointer string `json:"pointer"`
	// Message says what is wrong, in words that read on from the place: "must not be
	// negative". It never repeats what stood there: that may be a person's name, and
	// messages reach logs.
	Message string `json:"message"`
}

// String is the place and the message.
func (f Fault) String() string {
	if f.Pointer == "" {
		return "the event " + f.Message
	}
	return f.Pointer + " " + f.Message
}

// DecodeError says why bytes are not an event.
type DecodeError struct {
	// Faults are what is wrong: the first fault alone where the text is not JSON of an
	// event, every fault where it is well formed but invalid. Never empty.
	Faults []Fault
	// Offset is the byte of the text at or after which the first fault stands. It is
	// zero where Invalid is true: a pointer says it better.
	Offset int64
	// Invalid is true where the text is well formed but what it says is invalid.
	Invalid bool
}

// errorFaults is how many faults the text of a DecodeError shows.
const errorFaults = 5

// Error names the first faults and how many more there are.
func (e *DecodeError) Error() string {
	var text strings.Builder
	if e.Invalid {
		text.WriteString("invalid event: ")
	} else {
		text.WriteString("not JSON of an event: ")
	}
	for i, fault := range e.Faults {
		if i == errorFaults {
			fmt.Fprintf(&text, "; and %d more", len(e.Faults)-errorFaults)
			break
		}
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString(fault.String())
	}
	if !e.Invalid {
		fmt.Fprintf(&text, " (at byte %d)", e.Offset)
	}
	return text.String()
}

// maxPointer bounds a pointer in bytes, since unknown names come from outside.
const maxPointer = 200

// boundedPointer shortens a pointer to the nearest parent that is short enough.
func boundedPointer(pointer jsontext.Pointer) string {
	for len(pointer) > maxPointer {
		pointer = pointer.Parent()
	}
	return string(pointer)
}

// FormError returns the error of a text that is not JSON of an event, for codecs
// whose messages carry events: the fault stands at pointer, at or after byte offset.
// A pointer that is longer than 200 bytes is shortened to one of its parents, since
// the names in it come from outside.
func FormError(pointer jsontext.Pointer, offset int64, message string) *DecodeError {
	place := boundedPointer(pointer)
	if len(place) < len(pointer) {
		message = "holds a member whose name is too long"
	}
	return &DecodeError{Faults: []Fault{{Pointer: place, Message: message}}, Offset: offset}
}

// JSONError turns an error of the JSON library, which came up over data, into ours. A
// text that nests too deep is named as that, whatever the library stumbled over.
func JSONError(data []byte, err error, limits Limits) *DecodeError {
	if tooDeep := scanDepth(data, limits.orDefault().Depth); tooDeep != nil {
		return tooDeep
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return FormError(syntactic.JSONPointer, syntactic.ByteOffset, syntacticMessage(syntactic.Err))
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return FormError(semantic.JSONPointer, semantic.ByteOffset, semanticMessage(semantic))
	}
	return FormError("", int64(len(data)), syntacticMessage(err))
}

func syntacticMessage(err error) string {
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "is a duplicate member"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "ends before the JSON is complete"
	default:
		return "is not valid JSON: " + err.Error()
	}
}

func semanticMessage(err *json.SemanticError) string {
	if errors.Is(err.Err, json.ErrUnknownName) {
		return "is not a member of an event"
	}
	want, got := wanted(err.GoType), kindName(err.JSONKind)
	if err.JSONKind == jsontext.KindNumber && err.GoType != nil && err.GoType.Kind() == reflect.Int {
		return "must be " + want
	}
	return "must be " + want + ", not " + got
}

// wanted says in JSON's words what a Go type takes.
func wanted(t reflect.Type) string {
	switch {
	case t == nil:
		return "another type"
	case t == reflect.TypeFor[time.Time]():
		return "a string with a time"
	case t == reflect.TypeFor[Decimal]():
		return `a string with a decimal number such as "182000.00"`
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "an array"
	default:
		return "an object"
	}
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case jsontext.KindNull:
		return "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "a boolean"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindBeginObject:
		return "an object"
	default:
		return "something else"
	}
}

// isTimeError reports whether err is a string that is no time, rather than
// something that is no string.
func isTimeError(err error) bool {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	return ok && semantic.GoType == reflect.TypeFor[time.Time]() && semantic.JSONKind == jsontext.KindString
}

const timeMessage = `must be an RFC 3339 time with its zone, such as "2026-11-20T08:12:00Z"`

// decodeGatheringTimes decodes with times that cannot be read as faults. They are
// left zero in the event.
func decodeGatheringTimes(data []byte) (Event, []Fault, error) {
	var faults []Fault
	readTime := json.UnmarshalFromFunc(func(decoder *jsontext.Decoder, t *time.Time) error {
		if decoder.PeekKind() != jsontext.KindString {
			return errors.ErrUnsupported // the library's own way, with its own error
		}
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		if err := t.UnmarshalText([]byte(token.String())); err != nil {
			faults = append(faults, Fault{Pointer: boundedPointer(decoder.StackPointer()), Message: timeMessage})
			// One nanosecond after the zero time marks "given but unreadable", so that
			// validation does not add that it is missing.
			*t = unreadable
		}
		return nil
	})
	var event Event
	err := json.Unmarshal(data, &event, strict, json.WithUnmarshalers(readTime))
	return event, faults, err
}

// unreadable stands in for a time whose fault is already known.
var unreadable = time.Time{}.Add(1)
