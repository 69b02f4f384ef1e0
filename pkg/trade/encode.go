package trade

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
)

// Encode writes the event in the canonical JSON form: members in the order of the
// types, what is unknown left out, times in UTC, no spaces. The same event gives the
// same bytes, and [Decode] of them gives the event back. It is an error where the
// body is not the one Kind names, or a text is not UTF-8. Nothing else is checked;
// [Event.Validate] does that. The event itself is not changed.
func Encode(e Event) ([]byte, error) {
	switch {
	case e.Kind == KindShipment && e.Payment == nil, e.Kind == KindPayment && e.Shipment == nil:
	case e.Kind != KindShipment && e.Kind != KindPayment:
		return nil, fmt.Errorf("encode event: its kind is neither %s nor %s", KindShipment, KindPayment)
	default:
		return nil, fmt.Errorf("encode event: a %s has the body of another kind", e.Kind)
	}
	e.Time = e.Time.UTC()
	if e.Revision == 0 {
		e.Revision = 1
	}
	if e.Shipment != nil && e.Shipment.Route != nil {
		e.Shipment = withLegsInUTC(e.Shipment)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return data, nil
}

// Digest returns the SHA-256 of canonical bytes in hex: what an event contains, as
// its identity says which event it is.
func Digest(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// withLegsInUTC returns the shipment with the times of its legs in UTC: a copy where
// that changes anything, since others may be reading the original.
func withLegsInUTC(s *Shipment) *Shipment {
	for _, leg := range s.Route.Legs {
		if leg.Departure.Location() == time.UTC && leg.Arrival.Location() == time.UTC {
			continue
		}
		shipment, route := *s, *s.Route
		route.Legs = make([]Leg, len(s.Route.Legs))
		for i, leg := range s.Route.Legs {
			leg.Departure, leg.Arrival = leg.Departure.UTC(), leg.Arrival.UTC()
			route.Legs[i] = leg
		}
		shipment.Route = &route
		return &shipment
	}
	return s
}

// normalise gives what was decoded its one form: UTC, revision 1 where there is
// none, the body that Kind names, and nil for what is there but empty, because the
// canonical form leaves it out.
func (e *Event) normalise() {
	e.Time = e.Time.UTC()
	if e.Revision == 0 {
		e.Revision = 1
	}
	e.References = orNil(e.References)
	e.Parties = orNil(e.Parties)
	for i := range e.Parties {
		e.Parties[i].normalise()
	}
	if e.Shipment != nil {
		e.Shipment.normalise()
	}
	if e.Payment != nil {
		e.Payment.Agents = orNil(e.Payment.Agents)
		e.Payment.Remittance = orNil(e.Payment.Remittance)
	}
	switch e.Kind {
	case KindShipment:
		if e.Shipment == nil {
			e.Shipment = new(Shipment)
		}
		if e.Payment != nil && e.Payment.isEmpty() {
			e.Payment = nil
		}
	case KindPayment:
		if e.Payment == nil {
			e.Payment = new(Payment)
		}
		if e.Shipment != nil && e.Shipment.isEmpty() {
			e.Shipment = nil
		}
	}
}

func (p *Party) normalise() {
	p.Identifiers = orNil(p.Identifiers)
	if p.Address == nil {
		return
	}
	p.Address.Lines = orNil(p.Address.Lines)
	if a := p.Address; len(a.Lines) == 0 && a.City == "" && a.PostalCode == "" && a.Country == "" {
		p.Address = nil
	}
}

func (s *Shipment) normalise() {
	s.Goods = orNil(s.Goods)
	s.Authorisations = orNil(s.Authorisations)
	if s.EndUse != nil && *s.EndUse == (EndUse{}) {
		s.EndUse = nil
	}
	if s.Route == nil {
		return
	}
	s.Route.Legs = orNil(s.Route.Legs)
	for i := range s.Route.Legs {
		leg := &s.Route.Legs[i]
		leg.Departure, leg.Arrival = leg.Departure.UTC(), leg.Arrival.UTC()
		if leg.Vessel != nil && *leg.Vessel == (Vessel{}) {
			leg.Vessel = nil
		}
	}
	if r := s.Route; len(r.Legs) == 0 && r.Origin == "" && r.Destination == "" && r.FinalCountry == "" {
		s.Route = nil
	}
}

func (s *Shipment) isEmpty() bool {
	return len(s.Goods) == 0 && s.Route == nil && s.EndUse == nil && len(s.Authorisations) == 0
}

func (p *Payment) isEmpty() bool {
	return len(p.Agents) == 0 && p.Amount == nil && len(p.Remittance) == 0 && p.Purpose == ""
}

// orNil turns a slice that is there but empty into nil.
func orNil[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
