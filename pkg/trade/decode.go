package trade

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/go-json-experiment/json"
)

// MaxBytes is how large one event may be where nothing else is said: 1 MiB.
const MaxBytes = 1 << 20

// Limits bound what one event may hold. A member that is zero takes its default,
// the one of [DefaultLimits].
type Limits struct {
	// Bytes is the size of the JSON text: 1 MiB.
	Bytes int
	// Depth is how deep objects and arrays may nest, the event itself being 1: 20.
	Depth int
	// Parties (200), References (100), Goods (2,000), Agents (50), Legs (100),
	// Remittance (1,000) and Authorisations (100) count what stands in the event.
	Parties        int
	References     int
	Goods          int
	Agents         int
	Legs           int
	Remittance     int
	Authorisations int
	// Identifiers (50) and AddressLines (10) count what stands in one party.
	Identifiers  int
	AddressLines int
}

// DefaultLimits returns the limits that hold where nothing else is said.
func DefaultLimits() Limits {
	return Limits{
		Bytes: MaxBytes, Depth: 20,
		Parties: 200, References: 100, Goods: 2_000, Agents: 50, Legs: 100,
		Remittance: 1_000, Authorisations: 100,
		Identifiers: 50, AddressLines: 10,
	}
}

// orDefault puts the default in the place of every zero.
func (l Limits) orDefault() Limits {
	if l == (Limits{}) {
		return defaultLimits
	}
	d := defaultLimits
	return Limits{
		Bytes: cmp.Or(l.Bytes, d.Bytes), Depth: cmp.Or(l.Depth, d.Depth),
		Parties: cmp.Or(l.Parties, d.Parties), References: cmp.Or(l.References, d.References),
		Goods: cmp.Or(l.Goods, d.Goods), Agents: cmp.Or(l.Agents, d.Agents), Legs: cmp.Or(l.Legs, d.Legs),
		Remittance: cmp.Or(l.Remittance, d.Remittance), Authorisations: cmp.Or(l.Authorisations, d.Authorisations),
		Identifiers: cmp.Or(l.Identifiers, d.Identifiers), AddressLines: cmp.Or(l.AddressLines, d.AddressLines),
	}
}

var defaultLimits = DefaultLimits()

// Decoding an event can nest typeDepth levels deep (event, parties, party,
// identifiers, identifier, and route, legs, leg, vessel below the event), and
// allocates a few hundred bytes an element. So a text that decodes is never deeper
// than typeDepth, and one with at most scanCommas commas never costs more than
// a megabyte, whatever it holds. Only texts beyond either are scanned first.
const (
	typeDepth  = 5
	scanCommas = 2_000
)

// strict is what makes decoding strict beyond the library's defaults, which
// already refuse duplicate names, invalid UTF-8 and names in another case.
var strict = json.RejectUnknownMembers(true)

// Decode reads one event in the canonical JSON form.
//
// What is not JSON, or not JSON of an event (a duplicate or unknown member, invalid
// UTF-8, a wrong type, too deep, too large), is refused at the first such fault.
// What is well formed but invalid is refused with every fault. Both are a
// [*DecodeError]. JSON null stands for an absent member.
//
// The event that comes back is normalised: times are UTC, a revision left out is 1,
// what is there but empty is absent, and the body that Kind names is never nil while
// the other one is. The event shares no memory with data.
func Decode(data []byte, limits Limits) (Event, error) {
	limits = limits.orDefault()
	if len(data) > limits.Bytes {
		return Event{}, &DecodeError{
			Offset: int64(limits.Bytes),
			Faults: []Fault{{Message: fmt.Sprintf("is %d bytes, more than the %d allowed", len(data), limits.Bytes)}},
		}
	}
	if limits.Depth < typeDepth || bytes.Count(data, []byte{','}) > scanCommas {
		if err := scan(data, limits); err != nil {
			return Event{}, err
		}
	}
	var event Event
	var faults []Fault
	if err := json.Unmarshal(data, &event, strict); err != nil {
		if !isTimeError(err) {
			return Event{}, JSONError(data, err, limits)
		}
		// A time that cannot be read is one fault among others, so it is read again
		// in a way that gathers such faults instead of ending at the first.
		event, faults, err = decodeGatheringTimes(data)
		if err != nil {
			return Event{}, JSONError(data, err, limits)
		}
	}
	event.normalise()
	if faults = event.validate(limits, faults); len(faults) > 0 {
		return Event{}, &DecodeError{Faults: faults, Invalid: true}
	}
	return event, nil
}
