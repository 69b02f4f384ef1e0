package screen

import (
	"fmt"
	"slices"
	"sort"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
)

// reasons says in a sentence each why the outcome is what it is: what demanded
// it, then the flags by weight, then what could not be known.
func reasons(rules *policy.Policy, decided *decision.Decision) []string {
	var sentences []string
	prohibitions := append([]decision.Prohibition(nil), decided.Prohibitions...)
	sort.SliceStable(prohibitions, func(i, j int) bool { return prohibitions[i].Effect > prohibitions[j].Effect })
	for i := range prohibitions {
		sentences = append(sentences, prohibitions[i].Explanation)
	}
	for i := range decided.Hits {
		if !prohibited(decided, &decided.Hits[i]) {
			hit := &decided.Hits[i]
			sentences = append(sentences, fmt.Sprintf("%q matches %s at %s, but its listing forbids nothing here",
				hit.Name, hit.Entry.ID, percent(hit.Score)))
		}
	}
	if len(decided.Flags) > 0 {
		sentences = append(sentences, riskSentence(rules, decided))
		flags := append([]decision.Flag(nil), decided.Flags...)
		sort.SliceStable(flags, func(i, j int) bool { return flags[i].Weight > flags[j].Weight })
		for i := range flags {
			sentences = append(sentences, flags[i].Explanation)
		}
	}
	if len(sentences) == 0 && !slices.Contains(decided.Unknown, unknownParties) {
		sentences = append(sentences, "nobody in it is on a list, and no red flag fired")
	}
	for _, name := range decided.Unknown {
		sentences = append(sentences, unknownSentence(name))
	}
	return sentences
}

func riskSentence(rules *policy.Policy, decided *decision.Decision) string {
	if rules.OutcomeOf(decided.Risk) >= decision.OutcomeAlert {
		return fmt.Sprintf("the red flags together weigh %s, enough for an alert", percent(decided.Risk))
	}
	return fmt.Sprintf("the red flags together weigh %s, not enough for an alert", percent(decided.Risk))
}

func unknownSentence(name string) string {
	switch name {
	case "history":
		return "history was not available: nothing is known of earlier events, which is not the same as none"
	case unknownParties:
		return "the event names no party, bank or ship: there was nobody to screen"
	case "further_matches":
		return fmt.Sprintf("more matched than is listed: of one name the best %d entries are, of one event the best %d", maxHitsPerSubject, maxHits)
	default:
		return name + " is unknown"
	}
}

func prohibited(decided *decision.Decision, hit *decision.Match) bool {
	for i := range decided.Prohibitions {
		if decided.Prohibitions[i].Entry == hit.Entry.ID && decided.Prohibitions[i].Subject == hit.Subject {
			return true
		}
	}
	return false
}
