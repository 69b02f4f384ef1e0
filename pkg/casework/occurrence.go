package casework

import (
	"slices"
	"time"

	"chokepoint/pkg/decision"
)

// EventID says which event it is: package trade's Identity under casework's own
// name, because casework knows decisions and not events.
type EventID struct {
	Source   string `json:"source"`
	ID       string `json:"id"`
	Revision int    `json:"revision"`
}

// thing is an event without its revision.
func (e EventID) thing() string { return e.Source + "/" + e.ID }

// DecisionID says which decision made a record. The digest is part of it, so that
// another decision under the same event and trigger is not taken for a replay.
type DecisionID struct {
	Event   EventID `json:"event"`
	Trigger string  `json:"trigger"`
	Digest  string  `json:"digest"`
}

// Party is a party, agent or vessel as the event names it.
type Party struct {
	// Subject is its JSON Pointer in the event ("/parties/0").
	Subject string `json:"subject,omitzero"`
	// Role is its role there.
	Role string `json:"role,omitzero"`
	// Name is its name as written; empty where nobody said.
	Name string `json:"name,omitzero"`
	// Country is ISO 3166-1 alpha-2; empty is unknown.
	Country string `json:"country,omitzero"`
}

// Occurrence is one decision as far as it concerns one case: what a person has to
// know to work on it. The decision itself stays in its stream.
type Occurrence struct {
	// Decision is the decision's id.
	Decision DecisionID `json:"decision"`
	// Kind is the event's kind, shipment or payment.
	Kind string `json:"kind"`
	// Decided is when it was decided.
	Decided time.Time `json:"decided"`
	// Outcome is the decision's outcome as a whole.
	Outcome decision.Outcome `json:"outcome"`
	// Severity is what this occurrence alone would give the case.
	Severity Severity `json:"severity"`
	// Party is whom the case is about, as this event names it.
	Party Party `json:"party"`
	// Matches are the hits of the party on the case's entry, in the decision's order.
	Matches []decision.Match `json:"matches,omitempty"`
	// Prohibitions are those that rest on the case's entry or rule.
	Prohibitions []decision.Prohibition `json:"prohibitions,omitempty"`
	// Flags are the red flags of the decision, the heaviest first; Risk is their
	// weight together.
	Flags []decision.Flag      `json:"flags,omitempty"`
	Risk  decision.BasisPoints `json:"risk"`
	// Reasons are the decision's, about all it found.
	Reasons []string `json:"reasons,omitempty"`
	// Unknown names what could not be known.
	Unknown []string `json:"unknown,omitempty"`
	// ListVersion, Policy and Engine are what it was decided with.
	ListVersion string `json:"list_version"`
	Policy      string `json:"policy,omitzero"`
	Engine      string `json:"engine,omitzero"`
}

// Touch is one key that a decision concerns.
type Touch struct {
	Key        Key
	Occurrence Occurrence
}

// Docket is the docket the touch belongs to.
func (t Touch) Docket() string { return t.Key.Docket() }

// Input is a decision and what the decision itself does not say about its parties.
type Input struct {
	Decision decision.Decision
	// Parties are the event's parties, agents and vessels by JSON Pointer. Where a
	// party is missing here its name is taken from the decision's matches and its
	// country is unknown. The same decision must always come with the same parties:
	// they are part of the key.
	Parties []Party
}

// Options are the few choices of which cases a decision makes.
type Options struct {
	// FlagRisk is the risk from which flags get a case of their own beside that of a
	// hit, 0 to [decision.Full]; it should be the policy's threshold of an alert.
	// Where there is no hit, flags make a case whatever their risk.
	FlagRisk decision.BasisPoints
}

// DefaultOptions returns the options that fit the built-in policy.
func DefaultOptions() Options {
	return Options{FlagRisk: 5_000}
}

// Limits of what a record carries; the decision has the rest. They bound a record
// whatever an event holds: one too long to store would be a case that is never opened.
const (
	maxMatches      = 4
	maxProhibitions = 8
	maxFlags        = 16
	maxReasons      = 24
	maxUnknown      = 16
	maxAlignment    = 32
	maxEvidence     = 8
	maxListed       = 16 // programmes, measures, countries, nexus
	maxText         = 1_000
	maxWord         = 200
)

func limit[T any](list []T, n int) []T {
	if len(list) > n {
		return list[:n:n]
	}
	return list
}

// clipAll returns at most n of the texts, each cut to the given bytes.
func clipAll(texts []string, n, bytes int) []string {
	if len(texts) == 0 {
		return nil
	}
	clipped := make([]string, 0, min(len(texts), n))
	for _, text := range limit(texts, n) {
		clipped = append(clipped, clip(text, bytes))
	}
	return clipped
}

func clippedMatch(match decision.Match) decision.Match {
	match.Name, match.MatchedName = clip(match.Name, maxText), clip(match.MatchedName, maxText)
	match.Identifier, match.Explanation = clip(match.Identifier, maxWord), clip(match.Explanation, maxText)
	match.Entry.Name = clip(match.Entry.Name, maxText)
	match.Entry.Programs = clipAll(match.Entry.Programs, maxListed, maxWord)
	match.Entry.Measures = clipAll(match.Entry.Measures, maxListed, maxWord)
	match.Entry.Countries = clipAll(match.Entry.Countries, maxListed, maxWord)
	match.Alignment = slices.Clone(limit(match.Alignment, maxAlignment))
	for i := range match.Alignment {
		match.Alignment[i].Query.Text = clip(match.Alignment[i].Query.Text, maxWord)
		match.Alignment[i].Entry.Text = clip(match.Alignment[i].Entry.Text, maxWord)
	}
	match.Adjustments = slices.Clone(limit(match.Adjustments, maxListed))
	for i := range match.Adjustments {
		match.Adjustments[i].Explanation = clip(match.Adjustments[i].Explanation, maxWord)
	}
	return match
}

func clippedProhibition(prohibition decision.Prohibition) decision.Prohibition {
	prohibition.Explanation = clip(prohibition.Explanation, maxText)
	prohibition.Citation = clip(prohibition.Citation, maxText)
	prohibition.Nexus = clipAll(prohibition.Nexus, maxListed, maxWord)
	return prohibition
}

// clippedFlags are the heaviest flags, the heaviest first.
func clippedFlags(flags []decision.Flag) []decision.Flag {
	if len(flags) == 0 {
		return nil
	}
	clipped := limit(sortedFlags(flags), maxFlags)
	for i := range clipped {
		clipped[i].Explanation = clip(clipped[i].Explanation, maxText)
		clipped[i].Citation = clip(clipped[i].Citation, maxText)
		clipped[i].Evidence = slices.Clone(limit(clipped[i].Evidence, maxEvidence))
		for j := range clipped[i].Evidence {
			clipped[i].Evidence[j].Value = clip(clipped[i].Evidence[j].Value, maxWord)
			clipped[i].Evidence[j].Place = clip(clipped[i].Evidence[j].Place, maxWord)
		}
	}
	return clipped
}

func clippedParty(party Party) Party {
	party.Name = clip(party.Name, maxText)
	return party
}
