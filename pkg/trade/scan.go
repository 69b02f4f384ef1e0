package trade

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// scan walks over a text without keeping anything of it, and refuses what nests too
// deep or has too many elements, before memory is spent on it. Errors in the grammar
// are left to the decoder, which explains them better.
func scan(data []byte, limits Limits) error {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data))
	most := make([]int64, limits.Depth+1) // by depth: how many elements the array there may have
	var faults []Fault
	for len(faults) < errorFaults {
		token, err := decoder.ReadToken()
		if err != nil {
			break
		}
		depth := decoder.StackDepth()
		if depth > limits.Depth {
			return deepError(decoder, limits.Depth)
		}
		if token.Kind() == jsontext.KindBeginArray {
			most[depth] = int64(limits.of(decoder.StackPointer().LastToken()))
		}
		// The length counts the elements that are complete.
		kind, length := decoder.StackIndex(depth)
		if kind == jsontext.KindBeginArray && length == most[depth]+1 && token.Kind() != jsontext.KindBeginArray {
			faults = append(faults, Fault{
				Pointer: boundedPointer(decoder.StackPointer().Parent()),
				Message: countMessage(int(most[depth])),
			})
		}
	}
	if len(faults) > 0 {
		return &DecodeError{Faults: faults, Invalid: true}
	}
	return nil
}

// scanDepth returns the error of a text that nests deeper than most, or nil.
func scanDepth(data []byte, most int) *DecodeError {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data))
	for {
		if _, err := decoder.ReadToken(); err != nil {
			return nil
		}
		if decoder.StackDepth() > most {
			return deepError(decoder, most)
		}
	}
}

func deepError(decoder *jsontext.Decoder, most int) *DecodeError {
	return FormError(decoder.StackPointer(), decoder.InputOffset(), fmt.Sprintf("nests deeper than %d levels", most))
}

func countMessage(most int) string {
	return fmt.Sprintf("has more than the %d elements allowed", most)
}

// of returns how many elements the array that is called name may have.
func (l Limits) of(name string) int {
	switch name {
	case "parties":
		return l.Parties
	case "references":
		return l.References
	case "goods":
		return l.Goods
	case "agents":
		return l.Agents
	case "legs":
		return l.Legs
	case "remittance":
		return l.Remittance
	case "authorisations":
		return l.Authorisations
	case "identifiers":
		return l.Identifiers
	case "lines":
		return l.AddressLines
	default:
		// An array that no event has: the decoder refuses it.
		return l.Bytes
	}
}
