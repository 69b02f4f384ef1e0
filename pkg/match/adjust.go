package match

import (
	"fmt"
	"slices"
	"strings"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
)

// What is said beside the name takes from its score, each in hundredths of it, and only
// where both sides say something. Nothing adds: an agreeing year is no better a name.
const (
	takeWeak        = 10
	takeWeakCommon  = 30
	takeKind        = 10
	takeThing       = 25
	takeBirthFar    = 15
	takeBirthNear   = 5
	takeGender      = 10
	takeCountry     = 3
	takeOtherNumber = 20
	birthNear       = 366 // days
	circaDays       = 366
	mostDates       = 16
)

const (
	_ reason = iota
	reasonWeak
	reasonKind
	reasonBirth
	reasonGender
	reasonCountry
	reasonIdentifier
	reasons
)

// reason is one thing beside the name.
type reason uint8

var reasonNames = [reasons]string{reasonWeak: "name_type", reasonKind: "kind", reasonBirth: "birth_date", reasonGender: "gender", reasonCountry: "country", reasonIdentifier: "identifier"}

// adjust applies what stands beside the name.
func (s *Searcher) adjust(q *Query, o occurrence, score decision.BasisPoints) decision.BasisPoints {
	for r := reasonWeak; r < reasons; r++ {
		if take := s.take(r, q, o); take > 0 {
			score = score * decision.BasisPoints(100-take) / 100
		}
	}
	return score
}

// take is how many hundredths of the score a reason takes.
func (s *Searcher) take(r reason, q *Query, o occurrence) int {
	entry := &s.index.entries[o.entry]
	switch r {
	case reasonWeak:
		switch {
		case o.kind != nameWeak:
		case s.commonName() && !corroborated(q, entry):
			return takeWeakCommon
		default:
			return takeWeak
		}
	case reasonKind:
		asked, listed := kindOf(q.Kind), s.index.entryKind[o.entry]
		switch {
		case asked&listed != 0:
		case (asked|listed)&(kindVessel|kindAircraft) != 0:
			return takeThing
		default:
			return takeKind
		}
	case reasonBirth:
		return takeBirth(q.BirthDates, entry.BirthDates)
	case reasonGender:
		if q.Gender != "" && entry.Gender != "" && q.Gender != entry.Gender {
			return takeGender
		}
	case reasonCountry:
		if len(q.Countries) > 0 && (len(entry.Countries) > 0 || len(entry.Nationalities) > 0) && !overlap(q.Countries, entry.Countries) && !overlap(q.Countries, entry.Nationalities) {
			return takeCountry
		}
	case reasonIdentifier:
		if len(q.Identifiers) > 0 && len(entry.Identifiers) > 0 {
			if asked, _ := s.contradicting(q, o.entry); asked != nil {
				return takeOtherNumber
			}
		}
	}
	return 0
}

// mostCommon is the rarity, in sixteenths of a bit, to which a word is common.
const mostCommon = 160

// commonName reports whether the query has no word but common ones: a weak alias of such
// words says next to nothing.
func (s *Searcher) commonName() bool {
	for i := range s.units {
		if s.units[i].rarity > mostCommon {
			return false
		}
	}
	return true
}

// corroborated reports whether a birth date or a country agrees.
func corroborated(q *Query, entry *controllist.Entry) bool {
	if len(q.BirthDates) > 0 && len(entry.BirthDates) > 0 && takeBirth(q.BirthDates, entry.BirthDates) == 0 {
		return true
	}
	return overlap(q.Countries, entry.Countries) || overlap(q.Countries, entry.Nationalities)
}

func overlap(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// takeBirth compares birth dates, each with each, and takes the best.
func takeBirth(asked, listed []controllist.DateRange) int {
	best := -1
	for _, a := range asked[:min(len(asked), mostDates)] {
		for _, l := range listed[:min(len(listed), mostDates)] {
			gap, ok := daysBetween(a, l)
			if ok && (best < 0 || gap < best) {
				best = gap
			}
		}
	}
	switch {
	case best <= 0:
		return 0
	case best <= birthNear:
		return takeBirthNear
	}
	return takeBirthFar
}

// daysBetween is how many days lie between two ranges, 0 where they overlap.
func daysBetween(a, b controllist.DateRange) (int, bool) {
	fromA, toA, okA := days(string(a))
	fromB, toB, okB := days(string(b))
	if !okA || !okB {
		return 0, false
	}
	return max(fromA-toB, fromB-toA, 0), true
}

// days reads a date range as day numbers of a calendar whose months all have 31 days.
func days(text string) (from, to int, ok bool) {
	circa := strings.HasPrefix(text, "~")
	text = strings.TrimPrefix(text, "~")
	first, second, spans := strings.Cut(text, "/")
	from, to, ok = day(first)
	if ok && spans {
		_, to, ok = day(strings.TrimPrefix(second, "~"))
	}
	if circa {
		from, to = from-circaDays, to+circaDays
	}
	return from, to, ok
}

func day(text string) (from, to int, ok bool) {
	var parts [3]int
	n, digits := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9' && digits < 4:
			parts[n] = parts[n]*10 + int(c-'0')
			digits++
		case c == '-' && n < 2 && digits > 0:
			n, digits = n+1, 0
		default:
			return 0, 0, false
		}
	}
	if digits == 0 || parts[0] < 1000 {
		return 0, 0, false
	}
	from = parts[0] * 372
	switch n {
	case 0:
		return from, from + 371, true
	case 1:
		from += (parts[1] - 1) * 31
		return from, from + 30, true
	}
	from += (parts[1]-1)*31 + parts[2] - 1
	return from, from, true
}

// adjustments explain what [Searcher.adjust] did, in the same order.
func (s *Searcher) adjustments(q *Query, o occurrence, score decision.BasisPoints) []decision.Adjustment {
	var list []decision.Adjustment
	for r := reasonWeak; r < reasons; r++ {
		take := s.take(r, q, o)
		if take == 0 {
			continue
		}
		after := score * decision.BasisPoints(100-take) / 100
		list = append(list, decision.Adjustment{Kind: reasonNames[r], Change: after - score, Explanation: s.because(r, q, o)})
		score = after
	}
	return list
}

func (s *Searcher) because(r reason, q *Query, o occurrence) string {
	entry := &s.index.entries[o.entry]
	switch r {
	case reasonWeak:
		if s.take(r, q, o) == takeWeakCommon {
			return "the list calls the name weak, and its words are common"
		}
		return "the list calls the name weak"
	case reasonKind:
		return fmt.Sprintf("%s, entry %s", q.Kind, entry.Kind)
	case reasonBirth:
		return fmt.Sprintf("born %s, entry born %s", joinDates(q.BirthDates), joinDates(entry.BirthDates))
	case reasonGender:
		return fmt.Sprintf("%s, entry %s", q.Gender, entry.Gender)
	case reasonCountry:
		return fmt.Sprintf("%s, entry %s", strings.Join(q.Countries, " "), strings.Join(entry.Countries, " "))
	}
	asked, listed := s.contradicting(q, o.entry)
	return fmt.Sprintf("%s %s, entry %s", asked.Type, asked.Value, listed.Value)
}

func joinDates(dates []controllist.DateRange) string {
	texts := make([]string, len(dates))
	for i, date := range dates {
		texts[i] = string(date)
	}
	return strings.Join(texts, " or ")
}

// sortCandidates puts the best first, and of equal ones an identifier before a name and
// then the entries in their order.
func sortCandidates(found []Candidate) {
	slices.SortFunc(found, func(a, b Candidate) int {
		if a.Score != b.Score {
			return int(b.Score - a.Score)
		}
		return int(a.Entry - b.Entry)
	})
}
