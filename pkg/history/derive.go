package history

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/goods"
	"chokepoint/pkg/trade"
)

// Derivation is what history needs of one event: the keys it belongs to, and how
// their logs become its facts.
type Derivation struct {
	// Identity is the event's identity as text.
	Identity string
	// Keys are the keys of the event, none twice.
	Keys []Key

	thing      thing
	time       int64
	controlled bool

	parties    []part
	references []part
	lanes      []lane
}

// part is a party or a reference of the event: its index there and that of its key.
type part struct{ subject, key int }

// lane is a lane of the event and the index of its key.
type lane struct {
	name string
	key  int
}

// Derive works out the keys of an event. It needs nothing but the event, so the same
// event has the same keys in every process.
func Derive(event trade.Event) Derivation {
	identity := event.Identity()
	d := Derivation{
		Identity:   identity.String(),
		Keys:       make([]Key, 0, len(event.Parties)+len(event.References)+2),
		thing:      thingOf(identity),
		time:       entryTime(event.Time),
		controlled: movesControlledGoods(event),
		parties:    make([]part, 0, len(event.Parties)),
		references: make([]part, 0, len(event.References)),
	}
	material := make([]byte, 0, 128)
	for i := range event.Parties {
		if text, ok := appendPartyKey(material, &event.Parties[i]); ok {
			d.parties = append(d.parties, part{i, d.key(KeyParty, text)})
		}
	}
	for i, reference := range event.References {
		if text, ok := appendReferenceKey(material, reference); ok {
			d.references = append(d.references, part{i, d.key(KeyReference, text)})
		}
	}
	for _, name := range lanesOf(event) {
		text := append(append(material, "lane:"...), name...)
		d.lanes = append(d.lanes, lane{name, d.key(KeyLane, text)})
	}
	return d
}

// key returns the index of the key with this text, adding it where it is new. Events
// have about seven keys, so looking through them is cheaper than a map.
func (d *Derivation) key(kind KeyKind, text []byte) int {
	sum := sha256.Sum256(text)
	key := Key{Kind: kind, Digest: [16]byte(sum[:16])}
	for i, known := range d.Keys {
		if known == key {
			return i
		}
	}
	d.Keys = append(d.Keys, key)
	return len(d.Keys) - 1
}

// Log is the part of a key's log that stood there before an event, and whether it can
// be relied on.
type Log struct {
	Entries   []byte
	Available bool
}

// Facts reads the event's facts from the logs of its keys, logs[i] being that of
// Keys[i]. Complete is true where all of them are available.
func (d *Derivation) Facts(logs []Log) decision.Facts {
	facts := decision.Facts{Complete: true}
	for _, log := range logs {
		facts.Complete = facts.Complete && log.Available
	}
	if len(d.parties) > 0 {
		facts.Parties = make([]decision.PartyFacts, 0, len(d.parties))
	}
	for _, party := range d.parties {
		facts.Parties = append(facts.Parties, d.partyFacts(party, logs[party.key]))
	}
	if len(d.references) > 0 {
		facts.References = make([]decision.ReferenceFacts, 0, len(d.references))
	}
	for _, reference := range d.references {
		facts.References = append(facts.References, d.referenceFacts(reference, logs[reference.key]))
	}
	if len(d.lanes) > 0 {
		facts.Lanes = make([]decision.LaneFacts, 0, len(d.lanes))
	}
	for _, lane := range d.lanes {
		facts.Lanes = append(facts.Lanes, d.laneFacts(lane, logs[lane.key]))
	}
	return facts
}

func (d *Derivation) partyFacts(party part, log Log) decision.PartyFacts {
	facts := decision.PartyFacts{Subject: partyPointer(party.subject), Available: log.Available}
	if !log.Available {
		return facts
	}
	sum := summarise(log.Entries, d.thing)
	facts.Events, facts.FirstSeen = min(sum.others.count, MaxCount), timeOf(sum.others.first)
	facts.ControlledEvents, facts.FirstControlled = min(sum.controlled.count, MaxCount), timeOf(sum.controlled.first)
	return facts
}

func (d *Derivation) referenceFacts(reference part, log Log) decision.ReferenceFacts {
	facts := decision.ReferenceFacts{Subject: referencePointer(reference.subject), Available: log.Available}
	if log.Available {
		facts.Events = referenceEvents(log.Entries, d.Identity)
	}
	return facts
}

func (d *Derivation) laneFacts(lane lane, log Log) decision.LaneFacts {
	facts := decision.LaneFacts{Lane: lane.name, Available: log.Available}
	if log.Available {
		sum := summarise(log.Entries, d.thing)
		facts.Events, facts.FirstSeen = min(sum.others.count, MaxCount), timeOf(sum.others.first)
	}
	return facts
}

// The pointers of the usual subjects, made once: they are part of every answer.
var partyPointers, referencePointers = pointers("/parties/"), pointers("/references/")

func pointers(prefix string) (made [16]string) {
	for i := range made {
		made[i] = prefix + strconv.Itoa(i)
	}
	return made
}

func partyPointer(subject int) string {
	if subject < len(partyPointers) {
		return partyPointers[subject]
	}
	return "/parties/" + strconv.Itoa(subject)
}

func referencePointer(subject int) string {
	if subject < len(referencePointers) {
		return referencePointers[subject]
	}
	return "/references/" + strconv.Itoa(subject)
}

// movesControlledGoods says whether a line of the event is on the Common High Priority List.
func movesControlledGoods(event trade.Event) bool {
	if event.Shipment == nil {
		return false
	}
	for i := range event.Shipment.Goods {
		if hs6, ok := goods.HS6(event.Shipment.Goods[i].HS); ok && goods.TierOf(hs6) != "" {
			return true
		}
	}
	return false
}

// lanesOf returns the lanes of an event, FROM-TO:HS4 by country, in the order of its
// goods: first to the destination of the transport, then, where that is another
// country, to the country in which the goods are declared to end. What is sent through
// a hub is on both lanes, so that neither way of writing the same trade looks new.
func lanesOf(event trade.Event) []string {
	if event.Shipment == nil || event.Shipment.Route == nil {
		return nil
	}
	route := event.Shipment.Route
	from := countryOf(route.Origin)
	if from == "" {
		return nil
	}
	destinations := [2]string{countryOf(route.Destination), countryOf(route.FinalCountry)}
	if destinations[1] == destinations[0] {
		destinations[1] = ""
	}
	lanes := make([]string, 0, 2)
	for i := range event.Shipment.Goods {
		hs4, ok := goods.HS4(event.Shipment.Goods[i].HS)
		if !ok {
			continue
		}
		for _, to := range destinations {
			if to == "" || hasLane(lanes, from, to, hs4) {
				continue
			}
			if lanes = append(lanes, from+"-"+to+":"+hs4); len(lanes) == MaxLanes {
				return lanes
			}
		}
	}
	return lanes
}

// hasLane compares without building the name: a shipment may have 2,000 lines of one heading.
func hasLane(lanes []string, from, to, hs4 string) bool {
	for _, lane := range lanes {
		if lane[:2] == from && lane[3:5] == to && lane[6:] == hs4 {
			return true
		}
	}
	return false
}

// countryOf returns the country of a UN/LOCODE or of a country code, upper case, or
// nothing where the text is neither.
func countryOf(place string) string {
	if len(place) != 2 && len(place) != 5 {
		return ""
	}
	if !isLetter(place[0]) || !isLetter(place[1]) {
		return ""
	}
	return strings.ToUpper(place[:2])
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// entryTime is an event's time as logs keep it: milliseconds since 1970, 1 to 2^47-1
// (the year 6429). Times before 1970 become 1, for 0 means that there was none.
func entryTime(at time.Time) int64 {
	return min(max(at.UnixMilli(), 1), maxEntryTime)
}

// timeOf is the time behind a number of milliseconds; 0 is the zero time.
func timeOf(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds).UTC()
}
