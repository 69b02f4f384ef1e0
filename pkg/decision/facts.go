package decision

import (
	"time"

	"chokepoint/pkg/trade"
)

// Facts are what history knew when the event came, before the event itself. They
// are written into the decision, so that it can be recomputed without history.
//
// A fact that is not available is unknown, not zero: an empty cache would
// otherwise make everyone look new.
type Facts struct {
	// Complete says whether every history shard the event touched held its marker
	// of completeness. Where it is false, a part whose Available is false is unknown.
	Complete bool `json:"complete"`
	// Parties are the facts of the event's parties, one for each party that can be
	// keyed, in the event's order.
	Parties []PartyFacts `json:"parties,omitempty"`
	// References are earlier events with the same number.
	References []ReferenceFacts `json:"references,omitempty"`
	// Lanes are the facts of each origin–destination–HS4 the event moves goods on.
	Lanes []LaneFacts `json:"lanes,omitempty"`
}

// PartyFacts are what is known of one party from earlier events.
type PartyFacts struct {
	// Subject is the party's JSON Pointer in the event ("/parties/0").
	Subject string `json:"subject"`
	// Available says whether the facts below are known.
	Available bool `json:"available"`
	// Events is how many earlier events named the party; ControlledEvents how many of
	// them moved goods on the Common High Priority List.
	Events           int `json:"events,omitzero"`
	ControlledEvents int `json:"controlled_events,omitzero"`
	// FirstSeen is the time of the first earlier event, FirstControlled that of the
	// first with controlled goods; zero where there was none.
	FirstSeen       time.Time `json:"first_seen,omitzero"`
	FirstControlled time.Time `json:"first_controlled,omitzero"`
}

// ReferenceFacts are the earlier events that carry one reference of this event.
type ReferenceFacts struct {
	// Subject is the reference's JSON Pointer ("/references/1").
	Subject string `json:"subject"`
	// Available says whether Events is known.
	Available bool `json:"available"`
	// Events are the first events with the number, the earliest first, at most eight,
	// without revisions of this event.
	Events []trade.Identity `json:"events,omitempty"`
}

// LaneFacts are what is known of one lane.
type LaneFacts struct {
	// Lane is FROM-TO:HS4 by country ("TW-TR:8542").
	Lane string `json:"lane"`
	// Available says whether the counts are known.
	Available bool `json:"available"`
	// Events is how many earlier events moved such goods there; FirstSeen the first's time.
	Events    int       `json:"events,omitzero"`
	FirstSeen time.Time `json:"first_seen,omitzero"`
}
