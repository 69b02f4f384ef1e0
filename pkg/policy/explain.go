package policy

import (
	"fmt"
	"slices"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
)

// wrapAt is the width Explain's text is wrapped to.
const wrapAt = 100

// Explain tells the policy in words: what follows from what, with the numbers and
// their reasons. The same policy gives the same text.
func (p *Policy) Explain() string {
	var text strings.Builder
	fmt.Fprintf(&text, "Policy %s\nversion %s\n", p.name, p.digest)
	p.explainMatching(&text)
	p.explainMeasures(&text)
	p.explainEmbargoes(&text)
	p.explainCountries(&text)
	p.explainRisk(&text)
	p.explainFlags(&text)
	return text.String()
}

func (p *Policy) explainMatching(text *strings.Builder) {
	heading(text, "Names")
	paragraph(text, "", fmt.Sprintf("A name is a hit from %s on. Between %s and that it is kept as near, and nothing follows.",
		percent(p.hit), percent(p.near)))
}

func (p *Policy) explainMeasures(text *strings.Builder) {
	heading(text, "What a listing demands")
	for _, name := range measures {
		measure := p.measures[name]
		fmt.Fprintf(text, "\n%s\n", name)
		paragraph(text, "  ", measure.reason)
		for _, rule := range measure.rules {
			paragraph(text, "  ", fmt.Sprintf("%-18s %-5s %s", rule.nexus, effectWord(rule.effect), rule.citation))
		}
	}
}

func (p *Policy) explainEmbargoes(text *strings.Builder) {
	heading(text, "Embargoed destinations")
	for i := range p.embargoes {
		e := &p.embargoes[i]
		fmt.Fprintf(text, "\n%s\n", e.name)
		for _, covered := range []struct {
			what  string
			names []string
		}{{"countries", e.countries}, {"places in addresses", e.places}, {"cities", e.cities}, {"UN/LOCODEs", e.locodes}} {
			if len(covered.names) > 0 {
				paragraph(text, "  ", covered.what+": "+strings.Join(covered.names, ", "))
			}
		}
		if len(e.within) > 0 {
			paragraph(text, "  ", "addresses in "+strings.Join(e.within, ", ")+", or without a country")
		}
		fmt.Fprintf(text, "  controlled goods %s, goods that nothing describes %s, ordinary goods %s\n",
			effectWord(e.effects[redflag.ClassControlled]), effectWord(e.effects[redflag.ClassUnknown]), effectWord(e.effects[redflag.ClassOrdinary]))
		fmt.Fprintf(text, "  at most %s where they only pass, %s where an authorisation is named\n", effectWord(e.transit), effectWord(e.authorised))
		paragraph(text, "  ", e.reason)
		paragraph(text, "  ", e.citation)
	}
}

func (p *Policy) explainCountries(text *strings.Builder) {
	heading(text, "Countries and dates")
	explainSet(text, "coalition", p.sets.Coalition)
	for _, hub := range p.sets.Hubs {
		explainSet(text, "hubs", hub)
	}
	paragraph(text, "", fmt.Sprintf("companies founded after %s", p.sets.FoundedAfter))
}

func explainSet(text *strings.Builder, what string, set redflag.CountrySet) {
	paragraph(text, "", fmt.Sprintf("%s: %s, %s, %d countries (%s)", what, set.Name, set.Published, len(set.Countries), set.Source))
	paragraph(text, "  ", strings.Join(set.Countries, " "))
}

func (p *Policy) explainRisk(text *strings.Builder) {
	heading(text, "Risk")
	paragraph(text, "", fmt.Sprintf("Of each group of flags the strongest counts, and the groups together are the risk: each takes "+
		"its share of the doubt the others left. From %s on the event is an alert, from %s on it is near to one. "+
		"No risk holds an event.", percent(p.riskAlert), percent(p.riskNear)))
	paragraph(text, "", fmt.Sprintf("A weak flag weighs %s less where everyone who receives the goods stands in at least %d earlier "+
		"events, %d of them with listed goods, the first at least %d days ago.",
		percent(p.discount), p.sets.Record.Events, p.sets.Record.ControlledEvents, p.sets.Record.Days))
	paragraph(text, "", "Where history could not be read, a decision is at least "+effectWord(p.unavailable)+
		": unknown is unknown, nobody looks new and no record counts.")
}

func (p *Policy) explainFlags(text *strings.Builder) {
	heading(text, "Flags")
	rules := redflag.Rules()
	slices.SortStableFunc(rules, func(a, b redflag.Rule) int { return strings.Compare(a.Group, b.Group) })
	group := ""
	for _, rule := range rules {
		if rule.Group != group {
			group = rule.Group
			fmt.Fprintf(text, "\ngroup %s\n", group)
		}
		flag := p.flags[rule.Code]
		weak := ""
		if flag.weak {
			weak = ", weak"
		}
		fmt.Fprintf(text, "  %s: %s%s\n", rule.Code, percent(flag.weight), weak)
		paragraph(text, "    ", "fires on "+rule.Meaning)
		paragraph(text, "    ", flag.reason)
		paragraph(text, "    ", rule.Citation)
	}
}

func heading(text *strings.Builder, words string) {
	fmt.Fprintf(text, "\n%s\n%s\n", words, strings.Repeat("-", len(words)))
}

// paragraph writes words wrapped, each line after the first a little further in.
func paragraph(text *strings.Builder, indent, words string) {
	line := indent
	for i, word := range strings.Split(words, " ") {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > wrapAt {
			text.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent + "  "
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	text.WriteString(strings.TrimRight(line, " ") + "\n")
}

func effectWord(effect decision.Outcome) string {
	if effect == decision.OutcomePass {
		return "note"
	}
	return effect.String()
}

// percent writes basis points as a person reads them: 8750 is 87.5 %.
func percent(points decision.BasisPoints) string {
	switch {
	case points%100 == 0:
		return fmt.Sprintf("%d %%", points/100)
	case points%10 == 0:
		return fmt.Sprintf("%d.%d %%", points/100, points%100/10)
	default:
		return fmt.Sprintf("%d.%02d %%", points/100, points%100)
	}
}
