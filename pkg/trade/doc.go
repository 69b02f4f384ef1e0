// Package trade holds the events that Chokepoint screens: shipments and
// payments, the parties to them, the goods, the route and the money.
//
// An [Event] is what an ingestor takes in at its door, in the one canonical
// form that every later part reads. It has exactly one of two bodies: a
// [Shipment] or a [Payment]. Everything an event does not say is unknown, never
// "no": an empty country is not a harmless country.
//
// Two things identify an event. Its [Identity] (source, id and revision) says
// which event it is; the [Digest] of its canonical bytes says what it contains. The
// same identity with another digest is a contradiction, not a duplicate, and is
// refused wherever it is noticed.
//
// [Decode] reads the canonical JSON form strictly: what a forwarding parser
// might read differently (duplicate names, unknown members, broken UTF-8) is
// refused, because a difference between two parsers is a way past a control.
//
//	event, err := trade.Decode(body, trade.Limits{})
//	if err != nil {
//		return err // names every fault by JSON Pointer
//	}
//	fmt.Println(event.Identity()) // tms-eu/S-1/1
//
// The package is pure: no I/O, no clock, no logging.
package trade
