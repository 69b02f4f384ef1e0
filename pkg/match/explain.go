package match

import (
	"fmt"
	"slices"
	"strings"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// Explain says why a candidate scored as it did: everything of a match but Subject and
// Role. The candidate must come from a search of the same query on the same index.
func (s *Searcher) Explain(q *Query, c Candidate) decision.Match {
	entry := s.index.entries[c.Entry]
	m := decision.Match{Name: q.Name, Basis: c.Basis, Score: c.Score, Entry: decision.MatchedEntry{
		ID: entry.ID, List: entry.List, Kind: string(entry.Kind), Name: entry.Primary(), Programs: entry.Programs, Countries: entry.Countries,
	}}
	for _, measure := range entry.Measures {
		m.Entry.Measures = append(m.Entry.Measures, string(measure))
	}
	if c.Name >= 0 && int(c.Name) < len(entry.Names) {
		m.MatchedName, m.NameType = entry.Names[c.Name].Value, string(entry.Names[c.Name].Type)
		s.explainName(&m, q, c)
	}
	if c.Identifier >= 0 && int(c.Identifier) < len(q.Identifiers) {
		m.Identifier = string(q.Identifiers[c.Identifier].Type) + " " + q.Identifiers[c.Identifier].Value
	}
	m.Explanation = explanation(m)
	return m
}

// explainName aligns the two names again and writes the alignment down.
func (s *Searcher) explainName(m *decision.Match, q *Query, c Candidate) {
	form, number, ok := s.formOf(c)
	if !ok {
		return
	}
	s.prepare(q)
	score := s.align(form)
	listed := s.index.formUnits.at(form)
	var other normalize.Name
	other.Set(m.MatchedName)
	units := other.AppendUnits(nil, s.index.entryKind[c.Entry] == kindPerson)
	total := s.totalWeight(listed)
	a := &s.alignment
	rows := make([]row, 0, len(a.pairs))
	for _, p := range a.pairs {
		rows = append(rows, row{at: p.query, alignment: decision.Alignment{
			Query:     spanOf(q.Name, &s.name, s.cut[p.query].First, s.cut[p.queryLast].Last),
			Entry:     spanOf(m.MatchedName, &other, units[p.list].First, units[p.listLast].Last),
			Agreement: s.agreement(&p, listed[p.list]), Class: s.className(p.query),
			Weight: shareOf(p.weight, total), Likeness: decision.BasisPoints(p.likeness),
		}})
	}
	missing := false
	for j := range listed {
		missing = missing || a.listTo[j] == 0
	}
	for i := range s.units {
		if a.queryTo[i] == 0 {
			agreement := decision.AgreementExtra
			if missing {
				agreement = decision.AgreementContradicted
			}
			rows = append(rows, row{at: int32(i), alignment: decision.Alignment{
				Query: spanOf(q.Name, &s.name, s.cut[i].First, s.cut[i].Last), Agreement: agreement,
				Class: s.className(int32(i)), Weight: shareOf(s.units[i].weight, total),
			}})
		}
	}
	for j, word := range listed {
		if a.listTo[j] == 0 {
			rows = append(rows, row{at: int32(len(s.units) + j), alignment: decision.Alignment{
				Entry: spanOf(m.MatchedName, &other, units[j].First, units[j].Last), Agreement: decision.AgreementMissing,
				Class: classOf(s.index.words.class[word], len(s.index.words.text.at(word))), Weight: shareOf(int32(s.index.termWeight[s.index.words.term[word]]), total),
			}})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(a.at - b.at) })
	for _, r := range rows {
		m.Alignment = append(m.Alignment, r.alignment)
	}
	m.Adjustments = s.adjustments(q, s.index.occurrence[number], score)
}

type row struct {
	at        int32
	alignment decision.Alignment
}

// formOf finds the form of the name a candidate was found by.
func (s *Searcher) formOf(c Candidate) (form, number uint32, ok bool) {
	x := s.index
	for number := x.entryStart[c.Entry]; number < x.entryStart[c.Entry+1]; number++ {
		if int32(x.occurrence[number].name) == c.Name {
			return x.occurrenceForm[number], number, true
		}
	}
	return 0, 0, false
}

func (s *Searcher) totalWeight(listed []uint32) int32 {
	total := int32(0)
	for _, p := range s.alignment.pairs {
		total += p.weight
	}
	for i := range s.units {
		if s.alignment.queryTo[i] == 0 {
			total += s.units[i].weight
		}
	}
	for j, word := range listed {
		if s.alignment.listTo[j] == 0 {
			total += int32(s.index.termWeight[s.index.words.term[word]])
		}
	}
	return max(total, 1)
}

func shareOf(weight, total int32) decision.BasisPoints {
	return decision.BasisPoints(int64(weight) * 10000 / int64(total))
}

func spanOf(original string, name *normalize.Name, first, last int) decision.Span {
	start, end := int(name.Tokens[first].Start), int(name.Tokens[last].End)
	return decision.Span{Text: original[start:end], Start: start, End: end}
}

func (s *Searcher) className(i int32) string {
	return classOf(s.units[i].class, int(s.units[i].textEnd-s.units[i].textStart))
}

func classOf(class normalize.Class, letters int) string {
	switch class {
	case normalize.ClassLegal:
		return "legal_form"
	case normalize.ClassGeneric, normalize.ClassTrade:
		return "generic"
	case normalize.ClassParticle:
		return "particle"
	case normalize.ClassTitle:
		return "title"
	case normalize.ClassPatronymic:
		return "patronymic"
	case normalize.ClassPlace:
		return "place"
	case normalize.ClassNumber:
		return "number"
	}
	if letters == 1 {
		return "initial"
	}
	return ""
}

// agreement says how an aligned pair agrees.
func (s *Searcher) agreement(p *aligned, word uint32) decision.Agreement {
	if p.agreement != decision.AgreementUnknown {
		return p.agreement
	}
	u := &s.units[p.query]
	w := &s.index.words
	switch {
	case p.likeness >= 10000:
		return decision.AgreementExact
	case u.script != w.script[word]:
		return decision.AgreementTransliterated
	case u.term == w.term[word] && int(u.term) < normalize.Meanings():
		short, long := s.text(u), w.text.at(word)
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short)*2 <= len(long) && short[0] == long[0] {
			return decision.AgreementAbbreviation
		}
		return decision.AgreementVariant
	case p.likeness >= 9000:
		return decision.AgreementPhonetic
	}
	return decision.AgreementTypo
}

// explanation is the alignment in one line.
func explanation(m decision.Match) string {
	var parts []string
	for _, a := range m.Alignment {
		switch a.Agreement {
		case decision.AgreementExact:
			parts = append(parts, a.Query.Text+" = "+a.Entry.Text)
		case decision.AgreementMissing:
			parts = append(parts, a.Entry.Text+" missing")
		case decision.AgreementExtra, decision.AgreementContradicted:
			parts = append(parts, a.Query.Text+" "+string(a.Agreement))
		default:
			parts = append(parts, a.Query.Text+" ~ "+a.Entry.Text+" "+string(a.Agreement))
		}
	}
	if m.Identifier != "" {
		parts = append(parts, m.Identifier+" equal")
	}
	for _, adjustment := range m.Adjustments {
		parts = append(parts, fmt.Sprintf("%s %+d", adjustment.Explanation, adjustment.Change))
	}
	return strings.Join(parts, "; ")
}
