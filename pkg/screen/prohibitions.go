package screen

import (
	"fmt"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/trade"
)

// listed asks the policy what each hit's measures forbid to whoever handles the
// event. A measure that forbids nothing here (a note) stays a hit and is no
// prohibition; an entry that does not say its measure is asked for as unknown, which
// is not the same as harmless.
func (e *Engine) listed(event *trade.Event, searched *search) []decision.Prohibition {
	if len(searched.hits) == 0 {
		return nil
	}
	var prohibitions []decision.Prohibition
	worst := decision.OutcomePass
	effects := make(map[string]effect) // by measure: what a measure demands is the same for all hits of an event
	for i := range searched.hits {
		hit := &searched.hits[i]
		measures := hit.Entry.Measures
		if len(measures) == 0 {
			measures = []string{policy.MeasureUnknown}
		}
		for _, measure := range measures {
			demanded, known := effects[measure]
			if !known {
				demanded.outcome, demanded.nexus, demanded.citation = e.policy.Effect(measure, *event)
				effects[measure] = demanded
			}
			if demanded.outcome <= decision.OutcomePass {
				continue
			}
			worst = max(worst, demanded.outcome)
			prohibitions = append(prohibitions, decision.Prohibition{
				Rule: searched.rules[i], Measure: measure, Nexus: demanded.nexus,
				Subject: hit.Subject, Entry: hit.Entry.ID, Effect: demanded.outcome,
				Explanation: listedSentence(hit, measure), Citation: demanded.citation,
			})
		}
	}
	if searched.cut == "" {
		return prohibitions
	}
	outcome, nexus, citation := e.policy.Effect(policy.MeasureUnknown, *event)
	if outcome <= worst {
		return prohibitions
	}
	return append(prohibitions, decision.Prohibition{
		Rule: ruleFurther, Nexus: nexus, Subject: searched.cut, Effect: outcome,
		Explanation: "more entries match than a decision lists, and what those left out forbid was not looked at", Citation: citation,
	})
}

// effect is what a measure demands of one event.
type effect struct {
	outcome  decision.Outcome
	nexus    []string
	citation string
}

func listedSentence(hit *decision.Match, measure string) string {
	var sentence strings.Builder
	fmt.Fprintf(&sentence, "%s %q ", strings.ReplaceAll(hit.Role, "_", " "), hit.Name)
	switch {
	case hit.Basis == decision.BasisIdentifier:
		fmt.Fprintf(&sentence, "has %s of", hit.Identifier)
	case hit.Basis == decision.BasisAddress:
		sentence.WriteString("is at the address of")
	case hit.Score == decision.Full:
		sentence.WriteString("is named as")
	default:
		fmt.Fprintf(&sentence, "is named like (%s)", percent(hit.Score))
	}
	fmt.Fprintf(&sentence, " %q, %s", hit.Entry.Name, hit.Entry.ID)
	if len(hit.Entry.Programs) > 0 {
		fmt.Fprintf(&sentence, " [%s]", strings.Join(hit.Entry.Programs, ", "))
	}
	fmt.Fprintf(&sentence, ": %s", strings.ReplaceAll(measure, "_", " "))
	return sentence.String()
}

// percent writes basis points as a person reads them: 8750 is 87.5 %.
func percent(points decision.BasisPoints) string {
	whole, tenth := points/100, points%100/10
	if tenth == 0 {
		return fmt.Sprintf("%d %%", whole)
	}
	return fmt.Sprintf("%d.%d %%", whole, tenth)
}
