package screen

import (
	"fmt"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// Explain tells a decision in words a newcomer understands: what came, what was
// decided, why, against which list and policy, and what is not known.
func Explain(event trade.Event, decided decision.Decision) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s  %s %s\n", strings.ToUpper(decided.Outcome.String()), event.Kind, event.Identity())
	fmt.Fprintf(&text, "  %s\n", eventSentence(event))
	text.WriteString("\nWhy\n")
	for _, reason := range decided.Reasons {
		fmt.Fprintf(&text, "  - %s\n", reason)
	}
	explainMatches(&text, "Listed parties", decided.Hits)
	explainProhibitions(&text, decided.Prohibitions)
	explainFlags(&text, decided)
	explainMatches(&text, "Close, but below the threshold", decided.Near)
	explainFacts(&text, event, decided.Facts)
	text.WriteString("\nDecided against\n")
	fmt.Fprintf(&text, "  lists   %s (sha256 %.12s)\n", decided.Inputs.ListVersion, decided.Inputs.List)
	fmt.Fprintf(&text, "  policy  %s (sha256 %.12s)\n", decided.Inputs.PolicyName, decided.Inputs.Policy)
	fmt.Fprintf(&text, "  engine  %s\n", decided.Engine)
	fmt.Fprintf(&text, "  digest  %.12s, decided %s\n", decided.Digest, decided.Time.Format("2006-01-02 15:04:05.000 MST"))
	return text.String()
}

// eventSentence is the deal in one line: who sends what to whom along which way.
func eventSentence(event trade.Event) string {
	var parts []string
	for _, party := range event.Parties {
		place := ""
		if party.Country != "" {
			place = " (" + party.Country + ")"
		}
		parts = append(parts, strings.ReplaceAll(string(party.Role), "_", " ")+" "+party.Name+place)
	}
	sentence := strings.Join(parts, "; ")
	if event.Shipment != nil {
		sentence += shipmentWords(event.Shipment)
	}
	if event.Payment != nil && event.Payment.Amount != nil {
		sentence += fmt.Sprintf("; %s %s", event.Payment.Amount.Amount, event.Payment.Amount.Currency)
	}
	if sentence == "" {
		return "an event that says nothing of parties, goods or money"
	}
	return strings.TrimPrefix(sentence, "; ")
}

func shipmentWords(shipment *trade.Shipment) string {
	words := ""
	for i, line := range shipment.Goods {
		if i == 3 {
			words += fmt.Sprintf("; and %d more lines of goods", len(shipment.Goods)-i)
			break
		}
		words += "; goods " + strings.TrimSpace(line.HS+" "+line.Description)
	}
	if route := shipment.Route; route != nil && route.Origin+route.Destination != "" {
		words += "; " + route.Origin + " to " + route.Destination
	}
	return words
}

func explainMatches(text *strings.Builder, title string, matches []decision.Match) {
	if len(matches) == 0 {
		return
	}
	fmt.Fprintf(text, "\n%s\n", title)
	for i := range matches {
		match := &matches[i]
		place := ""
		if match.Subject != "" {
			place = " (" + match.Subject + ")"
		}
		fmt.Fprintf(text, "  %s  %q%s and %q\n", percent(match.Score), match.Name, place, match.Entry.Name)
		fmt.Fprintf(text, "      %s", match.Entry.ID)
		if len(match.Entry.Programs) > 0 {
			fmt.Fprintf(text, "  programmes %s", strings.Join(match.Entry.Programs, ", "))
		}
		if len(match.Entry.Measures) > 0 {
			fmt.Fprintf(text, "  measures %s", strings.Join(match.Entry.Measures, ", "))
		}
		text.WriteByte('\n')
		if match.MatchedName != "" && match.MatchedName != match.Entry.Name {
			fmt.Fprintf(text, "      by its %s name %q\n", match.NameType, match.MatchedName)
		}
		if match.Explanation != "" {
			fmt.Fprintf(text, "      %s\n", match.Explanation)
		}
		for _, adjustment := range match.Adjustments {
			fmt.Fprintf(text, "      %s %s: %s\n", signed(adjustment.Change), strings.ReplaceAll(adjustment.Kind, "_", " "), adjustment.Explanation)
		}
	}
}

func explainProhibitions(text *strings.Builder, prohibitions []decision.Prohibition) {
	if len(prohibitions) == 0 {
		return
	}
	text.WriteString("\nWhat the law forbids\n")
	for i := range prohibitions {
		prohibition := &prohibitions[i]
		fmt.Fprintf(text, "  %s  %s", strings.ToUpper(prohibition.Effect.String()), strings.ReplaceAll(prohibition.Rule, "_", " "))
		if prohibition.Measure != "" {
			fmt.Fprintf(text, ", %s", strings.ReplaceAll(prohibition.Measure, "_", " "))
		}
		if len(prohibition.Nexus) > 0 {
			fmt.Fprintf(text, " (binds by: %s)", nexusWords(prohibition.Nexus))
		}
		fmt.Fprintf(text, "  at %s\n", prohibition.Subject)
		if prohibition.Entry == "" {
			fmt.Fprintf(text, "      %s\n", prohibition.Explanation)
		}
		if prohibition.Citation != "" {
			fmt.Fprintf(text, "      %s\n", prohibition.Citation)
		}
	}
}

// nexusWords says why a measure binds, as a lawyer would.
func nexusWords(nexus []string) string {
	words := strings.ReplaceAll(strings.Join(nexus, ", "), "_", " ")
	return strings.NewReplacer("us person", "US person", "us dollar", "US dollar", "ear item", "item under the EAR", "any", "whoever handles it").Replace(words)
}

func explainFlags(text *strings.Builder, decided decision.Decision) {
	if len(decided.Flags) == 0 {
		return
	}
	fmt.Fprintf(text, "\nRed flags, together %s\n", percent(decided.Risk))
	for i := range decided.Flags {
		flag := &decided.Flags[i]
		fmt.Fprintf(text, "  %6s  %s: %s\n", percent(flag.Weight), flag.Code, flag.Explanation)
		for _, evidence := range flag.Evidence {
			fmt.Fprintf(text, "          %s = %s\n", evidence.Place, evidence.Value)
		}
		if flag.Citation != "" {
			fmt.Fprintf(text, "          %s\n", flag.Citation)
		}
	}
}

func explainFacts(text *strings.Builder, event trade.Event, facts decision.Facts) {
	first := true
	for _, party := range facts.Parties {
		if !party.Available || party.Events == 0 {
			continue
		}
		if first {
			text.WriteString("\nSeen before\n")
			first = false
		}
		fmt.Fprintf(text, "  %s (%s): %d earlier events since %s, %d with high priority goods\n",
			nameAt(event, party.Subject), party.Subject, party.Events, party.FirstSeen.Format(dateLayout), party.ControlledEvents)
	}
}

const dateLayout = "2006-01-02"

// nameAt is the name of the party a pointer such as /parties/2 means.
func nameAt(event trade.Event, pointer string) string {
	for i := range event.Parties {
		if pointer == fmt.Sprintf("/parties/%d", i) {
			return event.Parties[i].Name
		}
	}
	return pointer
}

func signed(change decision.BasisPoints) string {
	if change < 0 {
		return "-" + percent(-change)
	}
	return "+" + percent(change)
}

// ExplainMatches tells what one name matches, and how.
func ExplainMatches(name string, threshold decision.BasisPoints, hits, near []decision.Match) string {
	var text strings.Builder
	switch len(hits) {
	case 0:
		fmt.Fprintf(&text, "%q is on no list (threshold %s)\n", name, percent(threshold))
	case 1:
		fmt.Fprintf(&text, "%q matches one entry (threshold %s)\n", name, percent(threshold))
	default:
		fmt.Fprintf(&text, "%q matches %d entries (threshold %s)\n", name, len(hits), percent(threshold))
	}
	explainMatches(&text, "Listed parties", hits)
	explainMatches(&text, "Close, but below the threshold", near)
	return text.String()
}
