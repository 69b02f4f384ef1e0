package match

import (
	"slices"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// costs are what each kind of difference adds to the score's denominator, in hundredths
// of the weight of the words in it.
type costs struct {
	// contradicted: both sides have a word the other has not. It costs far more than a
	// word only one side gives: extra only the query, omitted only the list.
	contradicted, extra, omitted int64
	// unlike: two words taken for one differ.
	unlike int64
	// enough is how many sixteenths of a bit words must agree in before a score is believed
	// whole; doubt is what each bit short of it takes from the score, in basis points.
	enough, doubt int64
	// legal is what contradicting legal forms take from the score, in basis points.
	legal int64
	// single is what is left of a score, in hundredths, that rests on one word while either
	// side has others.
	single int64
	// family is what is left of a score, in hundredths, where the list says which the family
	// names are and the query lacks the first of them or every other name.
	family int64
	// stretch multiplies what is missing to a full score, in hundredths: companies share
	// words and look alike more than people do, so the same likeness says less.
	stretch int64
}

// People give fewer or more of their names; companies that differ in a word are often two.
var (
	personCosts = costs{contradicted: 220, extra: 40, omitted: 25, unlike: 105, enough: 18 * 16, doubt: 150, single: 85, family: 88, stretch: 100}
	otherCosts  = costs{contradicted: 220, extra: 60, omitted: 40, unlike: 95, enough: 18 * 16, doubt: 150, legal: 350, stretch: 130}
	vesselCosts = costs{contradicted: 220, extra: 60, omitted: 40, unlike: 85, enough: 11 * 16, doubt: 100, stretch: 95}
)

// aligner is the scratch memory of one alignment.
type aligner struct {
	links   []link
	queryTo []int32 // by query unit: listed unit plus one, 0 for none
	listTo  []int32
	pairs   []aligned
}

type link struct {
	query, list int32
	likeness    int32
	gain        int32
	initial     bool
}

// aligned is a pair of units laid side by side.
type aligned struct {
	query, list         int32
	queryLast, listLast int32
	likeness            int32
	weight              int32
	agreement           decision.Agreement
}

// align lays a form beside the query and returns the score of the name alone.
func (s *Searcher) align(form uint32) decision.BasisPoints {
	a := &s.alignment
	listed := s.index.formUnits.at(form)
	flags := s.index.formFlags[s.index.formUnits.offset[form]:]
	a.links, a.pairs = a.links[:0], a.pairs[:0]
	a.queryTo, a.listTo = resize(a.queryTo, len(s.units)), resize(a.listTo, len(listed))
	for i := range s.units {
		for j, word := range listed {
			if likeness := s.remembered(i, word, flags[j]); likeness >= leastLikeness {
				weight := (s.units[i].weight + int32(s.index.termWeight[s.index.words.term[word]])) / 2
				gain := likeness*weight/16 - abs(int32(i)-int32(j))
				initial := (s.units[i].textEnd-s.units[i].textStart == 1) != (len(s.index.words.text.at(word)) == 1)
				a.links = append(a.links, link{int32(i), int32(j), likeness, gain, initial})
			}
		}
	}
	s.assign()
	s.joinWords(listed)
	return s.score(form, listed)
}

func resize(list []int32, n int) []int32 {
	list = list[:0]
	for range n {
		list = append(list, 0)
	}
	return list
}

func abs(n int32) int32 {
	if n < 0 {
		return -n
	}
	return n
}

// assign takes the links with the greatest gain first, each unit once.
func (s *Searcher) assign() {
	a := &s.alignment
	slices.SortFunc(a.links, func(x, y link) int {
		if x.gain != y.gain {
			return int(y.gain - x.gain)
		}
		if x.query != y.query {
			return int(x.query - y.query)
		}
		return int(x.list - y.list)
	})
	for _, l := range a.links {
		if a.queryTo[l.query] != 0 || a.listTo[l.list] != 0 {
			continue
		}
		a.queryTo[l.query], a.listTo[l.list] = l.list+1, l.query+1
		p := aligned{query: l.query, list: l.list, queryLast: l.query, listLast: l.list, likeness: l.likeness}
		if l.initial {
			p.agreement = decision.AgreementInitial
		}
		a.pairs = append(a.pairs, p)
	}
}

// memo is the likeness of a query unit and a listed word, kept while one query is worked on.
type memo struct {
	round, word uint32
	unit        uint16
	likeness    int16
}

const memoSize = 2048

// remembered is likeness, worked out once for a word however many names it stands in.
func (s *Searcher) remembered(i int, word uint32, flags uint8) int32 {
	u := &s.units[i]
	if u.word == word {
		return 10000
	}
	m := &s.memo[(word*37+uint32(i)*331)%memoSize]
	if m.round != s.memoRound || m.word != word || m.unit != uint16(i) {
		*m = memo{round: s.memoRound, word: word, unit: uint16(i), likeness: int16(s.likeness(u, word, flags))}
	}
	return int32(m.likeness)
}

// likeness compares a query unit with a listed word.
func (s *Searcher) likeness(u *unit, word uint32, flags uint8) int32 {
	w := &s.index.words
	if u.word == word {
		return 10000
	}
	text, other := s.text(u), w.text.at(word)
	sameText := string(text) == string(other)
	if sameText && (u.native == w.native[word] || u.native == 0 || w.native[word] == 0) {
		if u.native == w.native[word] {
			return 10000
		}
		return 9900
	}
	term := w.term[word]
	if u.term == term && u.term != 0 {
		if int(term) >= normalize.Meanings() {
			if u.script == normalize.ScriptHan && w.script[word] == normalize.ScriptHan {
				return 0
			}
			return 9000 + int32(wordLikeness(text, s.phone(u), other, w.phone.at(word)))*8/100
		}
		return s.sameMeaning(u, text, word, other)
	}
	if u.term != 0 && int(u.term) < normalize.Meanings() && int(term) < normalize.Meanings() && normalize.Akin(uint16(u.term), uint16(term)) {
		return akinTrade
	}
	if len(text) == 1 || len(other) == 1 {
		if s.costs != &personCosts {
			return 0
		}
		return initialLikeness(text, other, u.class, w.class[word], flags|u.flags)
	}
	if (flags|u.flags)&unitDigits != 0 {
		return 0
	}
	if s.costs == &personCosts && shortened(text, other) {
		return shortName
	}
	if u.script.Vowelless() != w.script[word].Vowelless() {
		if u.script.Vowelless() {
			return vowellessLikeness(s.phone(u), w.phone.at(word))
		}
		return vowellessLikeness(w.phone.at(word), s.phone(u))
	}
	if s.costs == &otherCosts && adjectival(text, other) {
		return adjective
	}
	if !couldBeAlike(u.mask, w.mask[word], len(text), len(other)) {
		return 0
	}
	if u.class != normalize.ClassName && w.class[word] != normalize.ClassName && u.class != w.class[word] {
		return 0
	}
	likeness := int32(wordLikeness(text, s.phone(u), other, w.phone.at(word)))
	if s.costs == &personCosts {
		if likeness > otherGender && gendered(text, other) {
			return otherGender
		}
		return likeness
	}
	return brandLikeness(likeness, text, other)
}

// brandLikeness is for names of companies and ships, whose makers choose spellings to tell
// them apart: what only sounds alike is a third less alike than it sounds.
func brandLikeness(sound int32, text, other []byte) int32 {
	length := max(len(text), len(other))
	written := int32(likenessOf(distance(text, other, false, limitFor(length)), length))
	return max(written, sound-(sound-written)*brandDoubt/100)
}

var brandDoubt = int32(20)

// akinTrade is how alike two words of trade for nearly the same thing are: power, energy.
const akinTrade = 7500

// shortName is how alike a given name and its beginning are: Alex, Alexander.
const shortName = 7600

func shortened(a, b []byte) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 3 && len(b) >= len(a)+2 && string(a) == string(b[:len(a)])
}

// otherGender is the most that a man's name and its feminine form are alike.
const otherGender = 7800

// gendered reports whether two words differ in nothing but a final a: Martin, Martina; Antonio, Antonia.
func gendered(a, b []byte) bool {
	x, y := a[len(a)-1], b[len(b)-1]
	if (x == 'a') == (y == 'a') {
		return false
	}
	if y == 'a' {
		a, b, y = b, a, x
	}
	stem := a[:len(a)-1]
	if y == 'o' || y == 'e' || y == 'u' {
		b = b[:len(b)-1]
	}
	return len(stem) >= 3 && string(stem) == string(b)
}

// initialLikeness compares a single letter with a word.
func initialLikeness(text, other []byte, class, otherClass normalize.Class, flags uint8) int32 {
	if len(text) > 1 {
		class = otherClass
		text, other = other, text
	}
	if text[0] != other[0] || flags&unitDigits != 0 || class == normalize.ClassNumber || len(other) == 1 {
		return 0
	}
	return 8500
}

func (s *Searcher) sameMeaning(u *unit, text []byte, word uint32, other []byte) int32 {
	switch u.class {
	case normalize.ClassGiven, normalize.ClassPatronymic:
		return 7900 + int32(wordLikeness(text, s.phone(u), other, s.index.words.phone.at(word)))*20/100
	case normalize.ClassTrade:
		return 9600
	}
	return 9800
}

// vowellessLikeness compares a word of a script without vowels with a Latin one.
func vowellessLikeness(bare, full []byte) int32 {
	var a, b [2 * maxLetters]byte
	x, y := normalize.AppendSkeleton(a[:0], bare), normalize.AppendSkeleton(b[:0], full)
	longer := max(len(x), len(y))
	if longer == 0 {
		return 0
	}
	cost := distance(x, y, true, limitFor(longer))
	if cost == 0 {
		switch longer {
		case 1:
			return 8000
		case 2:
			return 9400
		}
		return 9600
	}
	return int32(likenessOf(cost, longer)) * 94 / 100
}

// pairWeight is what an aligned pair says: the mean of its two sides, or the lesser
// where one of them is an initial.
func (s *Searcher) pairWeight(p *aligned, listed []uint32) int64 {
	var query, list int64
	for i := p.query; i <= p.queryLast; i++ {
		query += int64(s.units[i].weight)
	}
	for j := p.list; j <= p.listLast; j++ {
		list += int64(s.index.termWeight[s.index.words.term[listed[j]]])
	}
	if p.agreement == decision.AgreementInitial || p.agreement == decision.AgreementJoined {
		return min(query, list)
	}
	return (query + list) / 2
}

// aside is what an unpaired word counts: little where it stands in parentheses.
func aside(weight int64, class normalize.Class, flags uint8) int64 {
	if flags&unitParenthesis != 0 && class != normalize.ClassPlace {
		return weight * 25 / 100
	}
	if class == normalize.ClassPatronymic {
		return weight / 2
	}
	return weight
}

// contradiction is what a word weighs against another in its place: a common name that is
// not the other common name is another person all the same.
func contradiction(weight int64, class normalize.Class, flags uint8) int64 {
	if flags&unitParenthesis != 0 {
		return weight
	}
	switch class {
	case normalize.ClassName, normalize.ClassGiven, normalize.ClassPatronymic, normalize.ClassNumber, normalize.ClassPlace:
		return max(weight, leastContradiction)
	}
	return weight
}

// leastContradiction is the least a name weighs in a contradiction.
var leastContradiction = int64(110)

// repeatsQuery reports whether a query unit that found no partner says again what
// another has said that did: names are given twice, in full and short.
func (s *Searcher) repeatsQuery(i int32) bool {
	for _, l := range s.alignment.links {
		if l.query == i && l.likeness >= 8800 && s.alignment.listTo[l.list] != 0 {
			return true
		}
	}
	return false
}

func (s *Searcher) repeatsListed(j int32) bool {
	for _, l := range s.alignment.links {
		if l.list == j && l.likeness >= 8800 && s.alignment.queryTo[l.query] != 0 {
			return true
		}
	}
	return false
}

// score weighs what agrees against what does not.
func (s *Searcher) score(form uint32, listed []uint32) decision.BasisPoints {
	c := s.costs
	a := &s.alignment
	x := s.index
	var matched, unlike, extra, omitted, evidence int64
	exact := len(s.units) == len(listed) && len(a.pairs) == len(listed)
	for i := range a.pairs {
		p := &a.pairs[i]
		weight := s.pairWeight(p, listed)
		p.weight = int32(weight)
		matched += weight * int64(p.likeness)
		unlike += weight * int64(10000-p.likeness)
		evidence += s.evidenceOf(p, listed)
		exact = exact && p.likeness == 10000 && p.query == p.list
	}
	flags := x.formFlags[x.formUnits.offset[form]:]
	var against, instead int64 // What contradictions weigh on each side.
	for i := range s.units {
		if a.queryTo[i] == 0 {
			weight := aside(int64(s.units[i].weight), s.units[i].class, s.units[i].flags)
			against += contradiction(weight, s.units[i].class, s.units[i].flags)
			if !s.repeatsQuery(int32(i)) {
				extra += weight
			}
		}
	}
	for j, word := range listed {
		if a.listTo[j] == 0 {
			weight := aside(int64(x.termWeight[x.words.term[word]]), x.words.class[word], flags[j])
			instead += contradiction(weight, x.words.class[word], flags[j])
			if !s.repeatsListed(int32(j)) {
				omitted += weight
			}
		}
	}
	if exact {
		return decision.Full
	}
	common := min(extra, omitted)
	contradicted := max(common, min(against, instead))
	extra, omitted = extra-common, omitted-common
	denominator := matched + unlike*c.unlike/100 + (contradicted*c.contradicted+extra*c.extra+omitted*c.omitted)*100
	if denominator == 0 {
		return 0
	}
	score := min(matched*10000/denominator, 9950)
	if evidence < c.enough {
		score -= score * (c.enough - evidence) * c.doubt / 10000 / 16
	}
	if c.single != 0 && s.oneWordOfSeveral(listed) {
		score = score * c.single / 100
	}
	if c.family != 0 {
		score = score * s.familyLeft(listed, flags, c.family) / 100
	}
	if c.legal != 0 && s.legalFormsContradict(listed) {
		score -= c.legal
	}
	score = 10000 - (10000-score)*c.stretch/100
	return decision.BasisPoints(max(score, 0))
}

// familyLeft reads a listed name with a comma: the family names stand before it, and in
// Spanish use the first of them is the one nobody leaves out.
func (s *Searcher) familyLeft(listed []uint32, flags []uint8, left int64) int64 {
	comma := -1
	for j := 0; j < len(listed)-1; j++ {
		if flags[j]&unitComma != 0 {
			comma = j
			break
		}
	}
	if comma < 0 {
		return 100
	}
	x := s.index
	for j := 0; j <= comma; j++ {
		if distinguishing(x.words.class[listed[j]]) {
			if s.alignment.listTo[j] == 0 {
				return left
			}
			break
		}
	}
	for j := comma + 1; j < len(listed); j++ {
		if s.alignment.listTo[j] != 0 {
			return 100
		}
	}
	if len(s.units) < 2 {
		return 100
	}
	return left
}

// oneWordOfSeveral reports whether only one name agrees and another is without partner.
func (s *Searcher) oneWordOfSeveral(listed []uint32) bool {
	agree := 0
	for i := range s.alignment.pairs {
		p := &s.alignment.pairs[i]
		if distinguishing(s.units[p.query].class) {
			agree += 1 + int(p.queryLast-p.query) + int(p.listLast-p.list)
		}
	}
	if agree > 1 {
		return false
	}
	for i := range s.units {
		if s.alignment.queryTo[i] == 0 && distinguishing(s.units[i].class) {
			return true
		}
	}
	for j, word := range listed {
		if s.alignment.listTo[j] == 0 && distinguishing(s.index.words.class[word]) {
			return true
		}
	}
	return false
}

// distinguishing reports whether a class of words tells parties apart.
func distinguishing(class normalize.Class) bool {
	return class == normalize.ClassName || class == normalize.ClassGiven || class == normalize.ClassPatronymic
}

// legalFormsContradict reports whether both sides name legal forms and none is the same.
func (s *Searcher) legalFormsContradict(listed []uint32) bool {
	query, list := false, false
	for i := range s.units {
		if s.units[i].class == normalize.ClassLegal && s.units[i].term != companyTerm {
			if s.alignment.queryTo[i] != 0 {
				return false
			}
			query = true
		}
	}
	for j, word := range listed {
		if s.index.words.class[word] == normalize.ClassLegal && s.index.words.term[word] != companyTerm {
			if s.alignment.listTo[j] != 0 {
				return false
			}
			list = true
		}
	}
	return query && list
}

// companyTerm is the term of words that only say "company".
var companyTerm = uint32(normalize.MeaningOf("legal company"))

// evidenceOf is how much an agreement tells: the rarity of the words, less the bits it
// would take to say which of the words as alike it was.
func (s *Searcher) evidenceOf(p *aligned, listed []uint32) int64 {
	var query, list int64
	for i := p.query; i <= p.queryLast; i++ {
		query += int64(s.units[i].rarity)
	}
	for j := p.list; j <= p.listLast; j++ {
		list += int64(s.index.termRarity[s.index.words.term[listed[j]]])
	}
	rarity := min(query, list)
	if p.likeness >= 9900 {
		return rarity
	}
	return max(rarity-32-(9900-int64(p.likeness))*7/100, rarity/8)
}
