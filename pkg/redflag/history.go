package redflag

import (
	"fmt"
	"strconv"
	"time"

	"chokepoint/pkg/decision"
)

// CodeFirstControlled is a party's first listed goods ever.
const CodeFirstControlled = "first_controlled"

var historyRules = []Rule{{
	CodeFirstControlled, GroupHistory,
	"FIN-2023-Alert004, p. 8, fact patterns 1 and 2, and red flag 3",
	"a receiver outside the coalition gets listed goods for the first time on record",
}}

// historyFlags fires when a consignee, buyer or end user outside the coalition gets
// listed goods and history answers that it never got any before. The alert asks
// about the time before the invasion; what is known here begins with the first
// event taken in, so the flag is weak, and weakest while history is short.
//
// Where history cannot answer, the party is unknown, not new, and nothing fires.
func historyFlags(seen *reading) []decision.Flag {
	if !seen.sensitive {
		return nil
	}
	sentence := ""
	var evidence []decision.Evidence
	for _, receiver := range seen.receivers {
		if receiver.Country == "" || seen.Sets.Coalition.Has(receiver.Country) {
			continue
		}
		at, facts, ok := seen.factsOf(receiver.Pointer)
		if !ok || facts.ControlledEvents > 0 {
			continue
		}
		if sentence == "" {
			sentence = firstSentence(receiver, facts)
		}
		evidence = append(
			evidence,
			decision.Evidence{Place: receiver.Pointer + "/name", Value: receiver.Party.Name},
			decision.Evidence{Place: at + "/controlled_events", Value: "0"},
			decision.Evidence{Place: at + "/events", Value: strconv.Itoa(facts.Events)},
		)
	}
	if sentence == "" {
		return nil
	}
	return []decision.Flag{flag(historyRules, CodeFirstControlled, sentence, evidence)}
}

func firstSentence(receiver Receiver, facts decision.PartyFacts) string {
	if facts.Events == 0 {
		return fmt.Sprintf("no earlier event on record names %s %q, which now receives listed goods", roleWords(receiver), receiver.Party.Name)
	}
	return fmt.Sprintf("%s %q stands in %d earlier events since %s, none of them with listed goods",
		roleWords(receiver), receiver.Party.Name, facts.Events, day(facts.FirstSeen))
}

// factsOf returns what history answered about a party and where that stands in the
// facts. It reports false where history could not answer.
func (r *reading) factsOf(pointer string) (string, decision.PartyFacts, bool) {
	for i, facts := range r.Facts.Parties {
		if facts.Subject == pointer {
			return "facts:/parties/" + strconv.Itoa(i), facts, facts.Available
		}
	}
	return "", decision.PartyFacts{}, false
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }
