package trade

import (
	"fmt"
	"strconv"
	"time"
)

// Validate returns every fault of the event that can be seen without a clock, in the
// order of the canonical form, against [DefaultLimits]; none for an event that
// [Decode] gave. It is for events that were made in another way, by a codec or a test.
func (e Event) Validate() []Fault { return e.validate(defaultLimits, nil) }

// clockSkew is how far ahead of our clock a sender's may be before we say that its
// events come from the future.
const clockSkew = 24 * time.Hour

// ValidateTime returns the fault of every date of the event that lies more than 24
// hours after now and cannot: when it happened, when a company was founded and a
// person born. Planned departures and the last day of a licence may lie ahead.
func ValidateTime(e Event, now time.Time) []Fault {
	latest := now.Add(clockSkew)
	var faults []Fault
	if e.Time.After(latest) {
		faults = append(faults, Fault{"/time", "lies in the future"})
	}
	for i, party := range e.Parties {
		if party.Incorporated.start().After(latest) {
			faults = append(faults, Fault{"/parties/" + strconv.Itoa(i) + "/incorporated", "lies in the future"})
		}
		if party.BirthDate.start().After(latest) {
			faults = append(faults, Fault{"/parties/" + strconv.Itoa(i) + "/birth_date", "lies in the future"})
		}
	}
	return faults
}

// validate appends the faults of e to those already known.
func (e Event) validate(limits Limits, known []Fault) []Fault {
	v := validator{faults: known, limits: limits}
	v.id(e.ID)
	v.kind(&e)
	v.pattern("source", e.Source, isSource, "must be 1 to 64 of the characters a to z, 0 to 9 and -", true)
	v.moment("time", e.Time, true)
	if e.Revision < 1 || e.Revision > maxRevision {
		v.fault("revision", "must be a whole number from 1 to 1000000000")
	}
	v.text("status", e.Status, 100)
	v.handler(e.Handler)
	v.references(e.References)
	v.parties(e.Parties)
	if e.Shipment != nil && e.Kind != KindPayment {
		v.shipment(e.Shipment)
	}
	if e.Payment != nil && e.Kind != KindShipment {
		v.payment(e.Payment)
	}
	return v.faults
}

// maxRevision leaves room in every integer that a reader may use.
const maxRevision = 1_000_000_000

// validator gathers faults. It holds the path to the place it looks at, which is
// written out as a JSON Pointer only where there is a fault.
type validator struct {
	faults []Fault
	limits Limits
	path   [8]step
	depth  int
}

// step is one step of a path: a member, or an element where name is empty.
type step struct {
	name  string
	index int
}

func (v *validator) enter(name string) { v.path[v.depth] = step{name: name}; v.depth++ }
func (v *validator) element(i int)     { v.path[v.depth] = step{index: i}; v.depth++ }
func (v *validator) leave()            { v.depth-- }

// fault records that the member called name, of the place the path leads to, is
// wrong; with an empty name, the place itself.
func (v *validator) fault(name, message string) {
	pointer := make([]byte, 0, 48)
	for _, step := range v.path[:v.depth] {
		pointer = append(pointer, '/')
		if step.name == "" {
			pointer = strconv.AppendInt(pointer, int64(step.index), 10)
		} else {
			pointer = append(pointer, step.name...)
		}
	}
	if name != "" {
		pointer = append(append(pointer, '/'), name...)
	}
	v.faults = append(v.faults, Fault{Pointer: string(pointer), Message: message})
}

const required = "is required"

func (v *validator) id(id string) {
	switch {
	case id == "":
		v.fault("id", required)
	case !isPrintable(id, 200):
		v.fault("id", "must be 1 to 200 printable characters without a space at either end")
	case id == "." || id == "..":
		// They would vanish from the path of a URL.
		v.fault("id", "must not be a dot or two dots")
	}
}

// kind checks the kind, and that nothing of the other kind's body is there.
func (v *validator) kind(e *Event) {
	switch e.Kind {
	case KindUnknown:
		v.fault("kind", required)
	case KindShipment:
		if p := e.Payment; p != nil {
			v.foreign("agents", len(p.Agents) > 0, KindPayment)
			v.foreign("amount", p.Amount != nil, KindPayment)
			v.foreign("remittance", len(p.Remittance) > 0, KindPayment)
			v.foreign("purpose", p.Purpose != "", KindPayment)
		}
	case KindPayment:
		if s := e.Shipment; s != nil {
			v.foreign("goods", len(s.Goods) > 0, KindShipment)
			v.foreign("route", s.Route != nil, KindShipment)
			v.foreign("end_use", s.EndUse != nil, KindShipment)
			v.foreign("authorisations", len(s.Authorisations) > 0, KindShipment)
		}
	default:
		v.fault("kind", "must be shipment or payment")
	}
}

func (v *validator) foreign(name string, present bool, owner Kind) {
	if present {
		v.fault(name, "belongs to a "+string(owner)+" only")
	}
}

func (v *validator) handler(h Handler) {
	v.enter("handler")
	v.text("entity", h.Entity, 100)
	v.text("branch", h.Branch, 100)
	v.text("rail", h.Rail, 100)
	v.leave()
}

func (v *validator) references(references []Reference) {
	v.enter("references")
	v.count(len(references), v.limits.References)
	for i := range references {
		v.element(i)
		v.pattern("type", references[i].Type, isTypeName, typeMessage, true)
		v.requiredText("value", references[i].Value, 200)
		v.leave()
	}
	v.leave()
}

const typeMessage = "must be 1 to 40 of the characters a to z, 0 to 9 and _"

// moment checks a time's range: what lies outside is a mistake in a unit or a
// default ("0001-01-01"), and years beyond four digits cannot be written.
func (v *validator) moment(name string, t time.Time, need bool) {
	switch {
	case t.Equal(unreadable):
		// Its fault is already known.
	case t.IsZero():
		if need {
			v.fault(name, required)
		}
	case t.Year() < 1990 || t.Year() > 2199:
		v.fault(name, "must lie in the years 1990 to 2199")
	}
}

// count faults the list the path leads to where it is too long.
func (v *validator) count(n, most int) {
	if n > most {
		v.fault("", countMessage(most))
	}
}

// pattern checks a code by its shape. An empty one is absent.
func (v *validator) pattern(name, value string, is func(string) bool, message string, need bool) {
	switch {
	case value == "":
		if need {
			v.fault(name, required)
		}
	case !is(value):
		v.fault(name, message)
	}
}

func (v *validator) country(name, value string) {
	if value != "" && !IsCountry(value) {
		v.fault(name, "must be an ISO 3166-1 alpha-2 country code in capitals")
	}
}

func (v *validator) date(name string, date Date) {
	if date != "" && !date.valid() {
		v.fault(name, "must be a date, YYYY, YYYY-MM or YYYY-MM-DD, in the years 1000 to 2199")
	}
}

// text checks free text of at most this many characters.
func (v *validator) text(name, value string, most int) {
	if value == "" {
		return
	}
	switch textFault(value, most) {
	case textTooLong:
		v.fault(name, fmt.Sprintf("is longer than %d characters", most))
	case textControl:
		v.fault(name, "holds a control character")
	case textEncoding:
		v.fault(name, "is not valid UTF-8")
	case textFine:
	}
}

func (v *validator) requiredText(name, value string, most int) {
	if isBlank(value) {
		v.fault(name, required)
		return
	}
	v.text(name, value, most)
}
