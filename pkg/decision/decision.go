package decision

import (
	"time"

	"chokepoint/pkg/trade"
)

// TriggerEvent is the trigger of the decision that an event's arrival causes.
// Any other trigger is the version of the list whose change caused a rescreening.
const TriggerEvent = "event"

// BasisPoints is a share of one in ten thousandths: 10,000 is certain, 0 is nothing.
type BasisPoints int

// Full is 10,000 basis points.
const Full BasisPoints = 10_000

// Decision is what was decided about one event, and everything it was decided on.
type Decision struct {
	// Event is the event decided about; EventDigest is the SHA-256 of its
	// canonical JSON, hex.
	Event       trade.Identity `json:"event"`
	EventDigest string         `json:"event_digest"`
	// Kind is the event's kind.
	Kind trade.Kind `json:"kind"`
	// Trigger is [TriggerEvent] or a list version.
	Trigger string `json:"trigger"`
	// Time is when it was decided, UTC, whole milliseconds.
	Time time.Time `json:"time"`
	// Outcome is what follows.
	Outcome Outcome `json:"outcome"`
	// Reasons say in one sentence each why the outcome is what it is, the
	// weightiest first.
	Reasons []string `json:"reasons"`
	// Prohibitions are facts that law forbids. They hold or alert alone and are
	// never part of Risk.
	Prohibitions []Prohibition `json:"prohibitions,omitempty"`
	// Hits are matches at or above the threshold, Near the best just under it.
	Hits []Match `json:"hits,omitempty"`
	Near []Match `json:"near,omitempty"`
	// Flags are the red flags that fired.
	Flags []Flag `json:"flags,omitempty"`
	// Risk is the flags' weight together.
	Risk BasisPoints `json:"risk"`
	// Facts are what history answered.
	Facts Facts `json:"facts"`
	// Unknown names what could not be known ("history"): never read as "no".
	Unknown []string `json:"unknown,omitempty"`
	// Inputs are the versions decided against.
	Inputs Inputs `json:"inputs"`
	// Engine is the version of the code.
	Engine string `json:"engine"`
	// Digest is the SHA-256 of the canonical JSON with Digest empty, hex.
	Digest string `json:"digest"`
}

// Inputs are the digests of what a decision was made against.
type Inputs struct {
	// ListVersion is the snapshot's label, List its digest.
	ListVersion string `json:"list_version"`
	List        string `json:"list"`
	// Ownership is the ownership graph's digest, empty where there is none.
	Ownership string `json:"ownership,omitzero"`
	// Exceptions is the digest of the exceptions in force, empty where there is none.
	Exceptions string `json:"exceptions,omitzero"`
	// Policy is the policy's digest, PolicyName its label.
	Policy     string `json:"policy"`
	PolicyName string `json:"policy_name"`
}

// Prohibition is a fact that law forbids, and what follows from it.
type Prohibition struct {
	// Rule is the code of the rule ("listed_party", "listed_agent", "listed_vessel", "further_matches", "embargoed_destination").
	Rule string `json:"rule"`
	// Measure is the listing's measure, where it is a listing.
	Measure string `json:"measure,omitzero"`
	// Nexus says why the measure binds the handler ("us_person", "us_dollar", "any").
	Nexus []string `json:"nexus,omitempty"`
	// Subject is the JSON Pointer of the party, agent, vessel or goods in the event.
	Subject string `json:"subject"`
	// Entry is the list entry, where it is a listing.
	Entry string `json:"entry,omitzero"`
	// Effect is the outcome it demands.
	Effect Outcome `json:"effect"`
	// Explanation says it in one sentence.
	Explanation string `json:"explanation"`
	// Citation is the law.
	Citation string `json:"citation,omitzero"`
}

// Flag is a red flag that fired.
type Flag struct {
	// Code is the rule's stable name ("chpl_goods").
	Code string `json:"code"`
	// Group is the family; of each group only the strongest counts.
	Group string `json:"group"`
	// Weight is what policy gives it.
	Weight BasisPoints `json:"weight"`
	// Explanation says what was seen, in one sentence.
	Explanation string `json:"explanation"`
	// Citation is the regulator's text it comes from.
	Citation string `json:"citation"`
	// Evidence are the places in the event and the facts it rests on.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is one fact a flag rests on.
type Evidence struct {
	// Place is a JSON Pointer into the event, or "facts" and a pointer into [Facts]
	// ("facts:/parties/0/first_seen").
	Place string `json:"place"`
	// Value is what stood there.
	Value string `json:"value"`
}
