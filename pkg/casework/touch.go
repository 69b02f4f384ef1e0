package casework

import (
	"cmp"
	"slices"
	"strings"

	"chokepoint/pkg/decision"
)

// Touches returns the keys a decision concerns, sorted by docket, each once. A
// decision to pass concerns none; every other decision concerns at least one, so
// that none goes missing.
func Touches(in Input, options Options) []Touch {
	if in.Decision.Outcome != decision.OutcomeAlert && in.Decision.Outcome != decision.OutcomeHold {
		return nil
	}
	r := reader{in: in, byKey: map[Key]*Touch{}}
	r.listings(true)
	r.rules()
	if len(in.Decision.Flags) > 0 && (len(r.byKey) == 0 || in.Decision.Risk >= options.FlagRisk) {
		r.flags()
	}
	if len(r.byKey) == 0 {
		// Nothing forbids anything and no flag fired, but somebody said "not pass".
		r.listings(false)
	}
	if len(r.byKey) == 0 {
		r.event()
	}
	touches := make([]Touch, 0, len(r.byKey))
	for _, touch := range r.byKey {
		touches = append(touches, *touch)
	}
	slices.SortFunc(touches, func(a, b Touch) int { return cmp.Compare(a.Docket(), b.Docket()) })
	return touches
}

// reader gathers the touches of one decision.
type reader struct {
	in    Input
	byKey map[Key]*Touch
}

// listings adds a touch for each party and entry that matched. A match that
// forbids nothing is a note: it is left out while only what is forbidden is asked
// for, because it would make a case or not by the accident of what else is wrong
// with the event.
func (r *reader) listings(onlyForbidden bool) {
	for i := range r.in.Decision.Hits {
		hit := &r.in.Decision.Hits[i]
		prohibitions := r.resting(hit.Subject, hit.Entry.ID)
		if len(prohibitions) == 0 && onlyForbidden {
			continue
		}
		party := r.party(hit.Subject)
		touch := r.touch(Key{Kind: KeyEntry, Party: r.partyKey(party), Of: hit.Entry.ID}, party)
		if len(touch.Occurrence.Matches) < maxMatches {
			touch.Occurrence.Matches = append(touch.Occurrence.Matches, clippedMatch(*hit))
		}
		r.forbid(touch, prohibitions, hit.Entry.Measures)
	}
}

// rules adds a touch for each prohibition that no hit of the decision carries:
// an embargoed destination, or a listing whose match is not among the hits.
func (r *reader) rules() {
	for i := range r.in.Decision.Prohibitions {
		prohibition := r.in.Decision.Prohibitions[i]
		if prohibition.Entry != "" && r.hit(prohibition.Subject, prohibition.Entry) {
			continue
		}
		party := r.party(prohibition.Subject)
		key := Key{Kind: KeyRule, Party: r.partyKey(party), Of: prohibition.Rule}
		if prohibition.Entry != "" {
			key.Kind, key.Of = KeyEntry, prohibition.Entry
		}
		r.forbid(r.touch(key, party), []decision.Prohibition{prohibition}, []string{prohibition.Measure})
	}
}

// flags adds the one touch of the decision's red flags.
func (r *reader) flags() {
	flags := sortedFlags(r.in.Decision.Flags)
	party := r.flagged(flags)
	touch := r.touch(Key{Kind: KeyFlags, Party: r.partyKey(party), Of: flags[0].Group}, party)
	// Where no prohibition demands to stop, a held event is held for its flags.
	holds := r.in.Decision.Outcome == decision.OutcomeHold && !slices.ContainsFunc(r.in.Decision.Prohibitions,
		func(p decision.Prohibition) bool { return p.Effect == decision.OutcomeHold })
	touch.raise(flagSeverity(holds, r.in.Decision.Risk))
}

// event adds the touch of last resort.
func (r *reader) event() {
	touch := r.touch(Key{Kind: KeyEvent, Party: r.partyKey(Party{})}, Party{})
	if r.in.Decision.Outcome == decision.OutcomeHold {
		touch.raise(SeverityHigh)
	}
}

// forbid adds prohibitions to a touch and rates it by them.
func (r *reader) forbid(touch *Touch, prohibitions []decision.Prohibition, measures []string) {
	worst := decision.OutcomeUnknown
	for _, prohibition := range prohibitions {
		worst = max(worst, prohibition.Effect)
		freeze := prohibition.Measure == measureFreeze
		touch.raise(listingSeverity(prohibition.Effect, freeze))
		if len(touch.Occurrence.Prohibitions) < maxProhibitions && !slices.ContainsFunc(touch.Occurrence.Prohibitions, sameAs(prohibition)) {
			touch.Occurrence.Prohibitions = append(touch.Occurrence.Prohibitions, clippedProhibition(prohibition))
		}
	}
	if worst == decision.OutcomeUnknown {
		touch.raise(listingSeverity(worst, slices.Contains(measures, measureFreeze)))
	}
}

// sameAs says which prohibitions say what this one says of the same subject.
func sameAs(one decision.Prohibition) func(decision.Prohibition) bool {
	return func(other decision.Prohibition) bool {
		return one.Rule == other.Rule && one.Measure == other.Measure && one.Entry == other.Entry && one.Subject == other.Subject
	}
}

// touch returns the key's touch, made on first use.
func (r *reader) touch(key Key, party Party) *Touch {
	if touch, known := r.byKey[key]; known {
		return touch
	}
	d := &r.in.Decision
	touch := &Touch{Key: key, Occurrence: Occurrence{
		Decision: decisionID(d), Kind: string(d.Kind), Decided: d.Time.UTC(), Outcome: d.Outcome,
		Severity: SeverityLow, Party: clippedParty(party), Flags: clippedFlags(d.Flags), Risk: d.Risk,
		Reasons: clipAll(d.Reasons, maxReasons, maxText), Unknown: clipAll(d.Unknown, maxUnknown, maxWord),
		ListVersion: d.Inputs.ListVersion, Policy: d.Inputs.PolicyName, Engine: d.Engine,
	}}
	r.byKey[key] = touch
	return touch
}

func (t *Touch) raise(to Severity) {
	t.Occurrence.Severity = max(t.Occurrence.Severity, to)
}

// decisionID names a decision.
func decisionID(d *decision.Decision) DecisionID {
	return DecisionID{Event: EventID(d.Event), Trigger: d.Trigger, Digest: d.Digest}
}

// resting returns the prohibitions that rest on a party's match with an entry.
func (r *reader) resting(subject, entry string) []decision.Prohibition {
	var resting []decision.Prohibition
	for _, prohibition := range r.in.Decision.Prohibitions {
		if prohibition.Subject == subject && prohibition.Entry == entry {
			resting = append(resting, prohibition)
		}
	}
	return resting
}

func (r *reader) hit(subject, entry string) bool {
	return slices.ContainsFunc(r.in.Decision.Hits, func(hit decision.Match) bool {
		return hit.Subject == subject && hit.Entry.ID == entry
	})
}

// party returns who stands at a place of the event: as the caller knows it, or
// else as the decision's matches name it.
func (r *reader) party(subject string) Party {
	for _, party := range r.in.Parties {
		if party.Subject == subject {
			return party
		}
	}
	for _, matches := range [][]decision.Match{r.in.Decision.Hits, r.in.Decision.Near} {
		for i := range matches {
			if matches[i].Subject == subject {
				return Party{Subject: subject, Role: matches[i].Role, Name: matches[i].Name}
			}
		}
	}
	return Party{Subject: subject}
}

// partyKey is the party's part of a key; the event's where the party has no name.
func (r *reader) partyKey(party Party) string {
	if party.Name == "" {
		return eventDigest(EventID(r.in.Decision.Event))
	}
	return partyDigest(party.Name, party.Country)
}

// flagged returns the party that flags are about: the first that the heaviest
// flag with a party among its evidence names.
func (r *reader) flagged(flags []decision.Flag) Party {
	for i := range flags {
		for _, evidence := range flags[i].Evidence {
			if party := r.party(r.subjectOf(evidence.Place)); party.Name != "" {
				return party
			}
		}
	}
	// The flags speak of goods and routes alone. The goods are the consignee's
	// affair, a payment the creditor's.
	for _, role := range []string{"end_user", "consignee", "buyer", "creditor"} {
		for _, party := range r.in.Parties {
			if party.Role == role && party.Name != "" {
				return party
			}
		}
	}
	return Party{}
}

// subjectOf reduces a place of evidence to the pointer of the party it speaks of:
// "/parties/0/incorporated" is about "/parties/0", and "facts:/parties/1/first_seen"
// about the subject that the second party's facts name.
func (r *reader) subjectOf(place string) string {
	if pointer, inFacts := strings.CutPrefix(place, "facts:"); inFacts {
		rest, found := strings.CutPrefix(pointer, "/parties/")
		if !found {
			return ""
		}
		index, found := smallNumber(rest)
		if !found || index >= len(r.in.Decision.Facts.Parties) {
			return ""
		}
		return r.in.Decision.Facts.Parties[index].Subject
	}
	parts := strings.SplitN(place, "/", 4)
	if len(parts) >= 3 && parts[0] == "" && (parts[1] == "parties" || parts[1] == "agents") {
		return "/" + parts[1] + "/" + parts[2]
	}
	return place
}

// smallNumber reads the number a pointer's rest begins with, below 10,000.
func smallNumber(rest string) (int, bool) {
	digits, _, _ := strings.Cut(rest, "/")
	if digits == "" || len(digits) > 4 {
		return 0, false
	}
	n := 0
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// sortedFlags are the flags, the heaviest first, without touching the decision's own.
func sortedFlags(flags []decision.Flag) []decision.Flag {
	sorted := slices.Clone(flags)
	slices.SortStableFunc(sorted, func(a, b decision.Flag) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Code, b.Code))
	})
	return sorted
}
