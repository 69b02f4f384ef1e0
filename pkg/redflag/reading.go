package redflag

import (
	"strconv"

	"chokepoint/pkg/goods"
	"chokepoint/pkg/trade"
)

// Class says whether a line of goods is controlled, as far as its codes tell.
type Class uint8

// The classes. Unknown is the zero value: the line has no code that can be read, or
// one that may or may not be listed.
const (
	ClassUnknown Class = iota
	// ClassOrdinary has a tariff code that is not listed, and no control number.
	ClassOrdinary
	// ClassControlled is on the Common High Priority List or has an ECCN of the
	// Commerce Control List.
	ClassControlled
)

// Line is one line of goods with what its codes say.
type Line struct {
	// Pointer is the line's JSON Pointer ("/goods/0").
	Pointer string
	// HS6 is the tariff code's first six digits, empty where there is none.
	HS6 string
	// Listing is what the Common High Priority List says of it; its Item is the zero
	// Item where it says nothing.
	Listing goods.Listing
	// Class says whether the line is controlled.
	Class Class
	// Origin is the country the goods were made in, as the event says.
	Origin string
	// ECCN is the control number without its paragraphs, or EAR99; empty is unknown.
	ECCN string
}

// listed reports whether the line's code is on the list, possibly or for sure.
func (l Line) listed() bool { return l.Listing.Item.Tier != goods.TierNone }

// sensitive reports whether the goods are such that diversion is worth looking for:
// on the Common High Priority List, possibly too, or with an ECCN.
func (l Line) sensitive() bool { return l.listed() || l.Class == ClassControlled }

// Lines returns the lines of goods of a shipment in order, nil for a payment.
func Lines(event trade.Event) []Line {
	if event.Shipment == nil {
		return nil
	}
	lines := make([]Line, 0, len(event.Goods))
	for i := range event.Goods {
		line := Line{Pointer: "/goods/" + strconv.Itoa(i), Origin: event.Goods[i].Origin}
		line.HS6, _ = goods.HS6(event.Goods[i].HS)
		line.ECCN, _ = goods.ECCN(event.Goods[i].ECCN)
		line.Listing, _ = goods.Lookup(line.HS6)
		line.Class = classify(line)
		lines = append(lines, line)
	}
	return lines
}

func classify(line Line) Class {
	switch {
	case goods.OnControlList(line.ECCN), line.listed() && !line.Listing.Possible:
		return ClassControlled
	case line.HS6 == "", line.listed():
		return ClassUnknown
	default:
		return ClassOrdinary
	}
}

// Receiver is a party that gets the goods or the use of them: consignee, buyer or
// end user.
type Receiver struct {
	// Pointer is the party's JSON Pointer ("/parties/1"), Index its place there.
	Pointer string
	Index   int
	// Party is the party; it is shared with the event and must not be changed.
	Party *trade.Party
	// Country is the party's country, or that of its address; empty is unknown.
	Country string
}

// Receivers returns the consignees, buyers and end users of a shipment in the
// event's order, nil for a payment.
func Receivers(event trade.Event) []Receiver {
	if event.Shipment == nil {
		return nil
	}
	var receivers []Receiver
	for i := range event.Parties {
		switch event.Parties[i].Role {
		case trade.RoleConsignee, trade.RoleBuyer, trade.RoleEndUser:
			receivers = append(receivers, Receiver{
				Pointer: "/parties/" + strconv.Itoa(i), Index: i,
				Party: &event.Parties[i], Country: countryOf(&event.Parties[i]),
			})
		default:
		}
	}
	return receivers
}

// countryPlace is where the receiver's country stands: beside its name, or in its
// address. Where it has none, it is the party itself.
func (r Receiver) countryPlace() string {
	switch {
	case r.Party.Country != "":
		return r.Pointer + "/country"
	case r.Country != "":
		return r.Pointer + "/address/country"
	default:
		return r.Pointer
	}
}

// countryOf returns a party's country, or that of its address.
func countryOf(party *trade.Party) string {
	if party.Country == "" && party.Address != nil {
		return party.Address.Country
	}
	return party.Country
}

// locodeBytes is the length of a UN/LOCODE: two letters of country, three of place.
const locodeBytes = 5

// CountryOfPlace returns the country of a UN/LOCODE, or "" for text that is none.
func CountryOfPlace(locode string) string {
	if len(locode) != locodeBytes {
		return ""
	}
	for i := range 2 {
		if locode[i] < 'A' || locode[i] > 'Z' {
			return ""
		}
	}
	return locode[:2]
}

// Destination is a place goods go to, or pass.
type Destination struct {
	// Pointer is where the event says so ("/route/destination", "/parties/1/country").
	Pointer string
	// Value is what stands there.
	Value string
	// Country is its country; empty is unknown.
	Country string
	// Transit says that the goods only pass: a stop before the last.
	Transit bool
	// Receiver says that it is where a receiver is, not a place of the route.
	Receiver bool
	// Address is the receiver's address, where it has one.
	Address *trade.Address
}

// Destinations returns where a shipment goes: the stops of its route, its
// destination and declared final country, and where its receivers are. The
// origin is none of them, nor is any place in the origin's country before the
// goods have left it. It returns nil for a payment.
func Destinations(event trade.Event) []Destination {
	if event.Shipment == nil {
		return nil
	}
	places := routePlaces(event.Route)
	for _, receiver := range Receivers(event) {
		places = append(places, Destination{
			Pointer: receiver.countryPlace(), Value: receiver.Country, Country: receiver.Country,
			Receiver: true, Address: receiver.Party.Address,
		})
	}
	return places
}

func routePlaces(route *trade.Route) []Destination {
	if route == nil {
		return nil
	}
	var places []Destination
	left := false
	origin := originOf(route)
	stop := func(pointer, locode string, transit bool) {
		country := CountryOfPlace(locode)
		left = left || country != origin
		if locode != "" && left {
			places = append(places, Destination{Pointer: pointer, Value: locode, Country: country, Transit: transit})
		}
	}
	for i := range route.Legs {
		at := "/route/legs/" + strconv.Itoa(i)
		if i > 0 && route.Legs[i].From != route.Legs[i-1].To {
			stop(at+"/from", route.Legs[i].From, true)
		}
		// The end of the last leg is where the transport ends, unless the event names
		// another destination.
		last := i == len(route.Legs)-1 && (route.Destination == "" || route.Destination == route.Legs[i].To)
		stop(at+"/to", route.Legs[i].To, !last)
	}
	if route.Destination != "" {
		left = true
		stop("/route/destination", route.Destination, false)
	}
	if route.FinalCountry != "" {
		places = append(places, Destination{Pointer: "/route/final_country", Value: route.FinalCountry, Country: route.FinalCountry})
	}
	return places
}

// originOf returns the country goods set out from, or "".
func originOf(route *trade.Route) string {
	if route == nil {
		return ""
	}
	if country := CountryOfPlace(route.Origin); country != "" {
		return country
	}
	if len(route.Legs) > 0 {
		return CountryOfPlace(route.Legs[0].From)
	}
	return ""
}

// reading is an event read once for all rules.
type reading struct {
	*Input
	lines        []Line
	receivers    []Receiver
	destinations []Destination
	// sensitive says that a line is worth looking at; unclassified that none is, but
	// that a line, or the lack of any, leaves it open.
	sensitive, unclassified bool
}

func read(in *Input) *reading {
	seen := &reading{
		Input: in, lines: Lines(in.Event), receivers: Receivers(in.Event), destinations: Destinations(in.Event),
	}
	seen.unclassified = len(seen.lines) == 0
	for _, line := range seen.lines {
		seen.sensitive = seen.sensitive || line.sensitive()
		seen.unclassified = seen.unclassified || line.Class == ClassUnknown
	}
	seen.unclassified = seen.unclassified && !seen.sensitive
	return seen
}
