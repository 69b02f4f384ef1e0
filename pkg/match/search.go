package match

import (
	"slices"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// unit is one unit of a query, ready to be compared.
type unit struct {
	textStart, textEnd, phoneStart, phoneEnd int32
	word                                     uint32 // its number among the index's words, noWord where it is new
	term                                     uint32 // its term, 0 where the index has none
	weight, rarity                           int32
	mask                                     uint32
	native                                   uint32
	class                                    normalize.Class
	script                                   normalize.Script
	flags                                    uint8
	// near is where its neighbours are in the searcher's list.
	nearStart, nearEnd int32
	// aside is the most of what was set aside of it is worth.
	aside int32
}

const noWord = ^uint32(0)

// neighbour is a term a unit may stand for, and how well.
type neighbour struct {
	term     uint32
	likeness int32
}

// Searcher is the scratch memory of one goroutine.
type Searcher struct {
	index *Index
	name  normalize.Name
	cut   []normalize.Unit

	costs      *costs
	units      []unit
	bytes      []byte
	near       []neighbour
	weight     int32    // of all units
	seenTerm   []uint32 // by term: the round it was last added in
	round      uint32
	seenKey    []uint32
	keyRound   uint32
	shared     []shared // by form: what it shares with the query so far
	touched    []uint32
	marks      []mark   // by term
	addressSum []uint16 // by listed address: weight shared with one of the query's
	addressHit []uint32
	// isMarked has a bit for each marked term, small enough to stay near the processor.
	isMarked    []uint64
	markedTerms []uint32
	marked      uint32
	// asideWeight is the most weight a form could add by what was set aside, partsAside that
	// of parts of words.
	asideWeight, partsAside int32
	alignment               aligner
	order                   []uint64
	found                   []Candidate
	place                   []int32 // by entry: place in found plus one
	memo                    [memoSize]memo
	pattern                 pattern
	memoRound               uint32
	kept                    []kept
	keptNear                []neighbour
}

// NewSearcher returns a searcher; it belongs to one goroutine.
func (x *Index) NewSearcher() *Searcher {
	return &Searcher{
		index: x, seenTerm: make([]uint32, len(x.termWeight)), seenKey: make([]uint32, len(x.keys.text.offset)),
		marks: make([]mark, len(x.termWeight)), isMarked: make([]uint64, len(x.termWeight)/64+1), kept: make([]kept, keptWords), keptNear: make([]neighbour, keptWords*keptNear), addressSum: make([]uint16, len(x.addresses.weight)), shared: make([]shared, len(x.formWeight)), place: make([]int32, len(x.entries)),
	}
}

// Search returns the best entries at or above the threshold, at most limit of them, the
// best first, equal scores in the order of the entries. The slice is valid until the next Search.
func (s *Searcher) Search(q *Query, threshold decision.BasisPoints, limit int) []Candidate {
	s.found = s.found[:0]
	s.searchIdentifiers(q, threshold)
	s.searchAddresses(q, threshold)
	s.prepare(q)
	if len(s.units) > 0 {
		s.collect(int32(threshold))
		for _, form := range s.touched {
			s.consider(q, form, threshold)
		}
		s.clear()
	}
	return s.best(limit)
}

// prepare normalises the query's name and looks its units up.
func (s *Searcher) prepare(q *Query) {
	x := s.index
	s.costs = &otherCosts
	switch kindOf(q.Kind) {
	case kindPerson:
		s.costs = &personCosts
	case kindVessel:
		s.costs = &vesselCosts
	}
	s.name.Set(q.Name)
	s.cut = s.name.AppendUnits(s.cut[:0], kindOf(q.Kind) == kindPerson)
	s.units, s.bytes, s.near, s.weight = s.units[:0], s.bytes[:0], s.near[:0], 0
	s.memoRound++
	for _, cut := range s.cut {
		u := unit{class: cut.Meaning.Class, script: s.name.Tokens[cut.First].Script, flags: unitFlags(&s.name, cut), native: nativeOf(&s.name, cut), word: noWord}
		u.textStart = int32(len(s.bytes))
		s.bytes = appendWordKey(s.bytes, &s.name, cut)
		u.textEnd = int32(len(s.bytes)) - 7
		hash := hashBytes(s.bytes[u.textStart:])
		if word, ok := x.words.table.get(hash); ok {
			u.word = word
		}
		s.bytes = s.bytes[:u.textEnd]
		u.phoneStart = u.textEnd
		for i := cut.First; i <= cut.Last; i++ {
			s.bytes = append(s.bytes, s.name.Phone(i)...)
		}
		u.phoneEnd = int32(len(s.bytes))
		u.mask = mask(s.bytes[u.phoneStart:u.phoneEnd])
		switch {
		case u.word != noWord:
			u.term = x.words.term[u.word]
		case cut.Meaning.Known():
			u.term = uint32(cut.Meaning.ID)
		}
		s.neighbours(&u, hash|1, cut.First == cut.Last)
		s.weigh(&u)
		s.weight += u.weight
		s.units = append(s.units, u)
	}
}

func (s *Searcher) text(u *unit) []byte  { return s.bytes[u.textStart:u.textEnd] }
func (s *Searcher) phone(u *unit) []byte { return s.bytes[u.phoneStart:u.phoneEnd] }

// surelyMeant is the likeness from which an unlisted word is weighed as the listed word it
// is most like.
const surelyMeant = 8300

// weigh gives a unit its weight: that of its term, or of the best term it may stand
// for, or the greatest where it is like nothing listed.
func (s *Searcher) weigh(u *unit) {
	x := s.index
	term := u.term
	if term == 0 || len(x.postings.at(term)) == 0 {
		term = 0
		best := int32(surelyMeant - 1)
		for _, n := range s.near[u.nearStart:u.nearEnd] {
			if n.likeness > best && len(x.postings.at(n.term)) > 0 {
				best, term = n.likeness, n.term
			}
		}
	}
	if term != 0 {
		u.weight, u.rarity = int32(x.termWeight[term]), int32(x.termRarity[term])
		return
	}
	letters := int(u.textEnd - u.textStart)
	rarity := rarityOf(u.class, letters, 0, len(x.formWeight))
	u.weight, u.rarity = int32(weightOf(u.class, letters, rarity)), int32(rarity)
}

// shared is what a form shares with a query.
type shared struct {
	weight uint16 // of the query units it has
	gain   uint16 // what they are worth against leaving them out, in the units of bound
	tell   uint16 // what evidence they are at most
	unit   uint8  // the last unit counted, plus one
}

// bound holds the terms of the inequality a score at or above the threshold fulfils:
// with t the threshold, M matched, D unlike, E extra, O omitted and C contradicted weight,
//
//	M·(1−t)/t − D·unlike − E·extra − O·omitted − C·(contradicted−extra−omitted) ≥ 0.
//
// All in hundredths of weight.
type bound struct {
	threshold     int32
	agree         int32 // (1−t)/t in hundredths
	extra, unlike int32
}

func (s *Searcher) boundFor(threshold int32) bound {
	threshold = max(10000-(10000-threshold)*100/int32(s.costs.stretch), 1)
	return bound{threshold: threshold, agree: (10000 - threshold) * 100 / threshold, extra: int32(s.costs.extra), unlike: int32(s.costs.unlike)}
}

// short reports whether what a form has cannot outweigh what it must lack.
func (b bound) short(s *Searcher, have, extra, omitted int32) bool {
	c := s.costs
	extra, omitted = max(extra, 0), max(omitted, 0)
	return have*100 < s.weight*b.extra+omitted*int32(c.omitted)+min(extra, omitted)*int32(c.contradicted-c.extra-c.omitted)
}

// agreeWhere is agree where want of evidence takes so many basis points from the score.
func (b bound) agreeWhere(take int32) int32 {
	threshold := b.threshold * 10000 / max(10000-take, 1000)
	return (10000 - threshold) * 100 / threshold
}

// telling is the most evidence a unit of the given rarity is when found at a likeness.
func telling(rarity, likeness int32) int32 {
	if likeness >= 9700 {
		return rarity
	}
	return max(rarity-32-(9900-likeness)*7/100, rarity/8) + 24
}

// worth is what a unit of the given weight found at a likeness adds to the inequality, as
// compared with not finding it.
func (b bound) worth(weight, likeness int32) int32 {
	w := weight * (b.agree*likeness/100 - b.unlike*(10000-likeness)/100 + b.extra*100) / 10000
	return max(w, 0)
}

// collect adds up, form by form, what it shares with the query. Of the lists to follow it
// leaves out the longest, as long as a form that is on none of the others could not reach
// the threshold anyway; a form found by the others is asked for those.
func (s *Searcher) collect(threshold int32) {
	b := s.boundFor(max(threshold, 1))
	need := s.weight * b.extra / 100
	s.unmark()
	s.partsAside = 0
	joined := s.collectJoined(b)
	// Initials never make a match by themselves, so they may not fill the bound.
	forInitials := min(b.worth(s.initials()*40, 10000)+s.weight*slackShare/100, need/2)
	if !joined && s.potential(b)+forInitials < need {
		return
	}
	s.order = s.order[:0]
	for i := range s.units {
		u := &s.units[i]
		u.aside = 0
		for n := u.nearStart; n < u.nearEnd; n++ {
			length := len(s.index.postings.at(s.near[n].term))
			if length > 0 {
				s.order = append(s.order, uint64(length)<<32|uint64(i)<<24|uint64(n))
			}
		}
	}
	slices.Sort(s.order)
	aside := forInitials
	s.asideWeight = s.partsAside
	for at := len(s.order) - 1; at >= 0; at-- {
		i, n := s.order[at]>>24&0xff, s.order[at]&0xffffff
		u, near := &s.units[i], s.near[n]
		worth := b.worth(u.weight, near.likeness)
		if more := max(worth-u.aside, 0); aside+more < need {
			if u.aside == 0 {
				s.asideWeight += u.weight
			}
			aside += more
			u.aside = max(u.aside, worth, 1)
			s.setAside(near.term, u.weight, worth, telling(u.rarity, near.likeness))
			continue
		}
		s.addForms(s.index.postings.at(near.term), int(i), u.weight, worth, telling(u.rarity, near.likeness))
	}
	s.prune(b, aside)
}

// potential is the most all units together could be worth.
func (s *Searcher) potential(b bound) int32 {
	sum := int32(0)
	for i := range s.units {
		u := &s.units[i]
		best := int32(0)
		for _, n := range s.near[u.nearStart:u.nearEnd] {
			if n.likeness > best && s.index.postings.offset[n.term+1] > s.index.postings.offset[n.term] {
				best = n.likeness
			}
		}
		if best > 0 {
			sum += b.worth(u.weight, best)
		}
	}
	return sum
}

// slackShare is how much of a query's weight the bound forgives, in hundredths, for words that
// align although they were not looked for.
const slackShare = 4

// initials counts the initials; no list is kept of what could stand for one.
func (s *Searcher) initials() int32 {
	n := int32(0)
	if s.costs != &personCosts {
		return n
	}
	for i := range s.units {
		if s.units[i].textEnd-s.units[i].textStart == 1 {
			n++
		}
	}
	return n
}

// mark is a term whose list is not followed: what it would add to a form that has it.
type mark struct {
	weight, worth, tell uint16
}

// mark returns the mark of a term, new where it had none in this search.
func (s *Searcher) mark(term uint32) *mark {
	m := &s.marks[term]
	if bit := uint64(1) << (term & 63); s.isMarked[term>>6]&bit == 0 {
		s.isMarked[term>>6] |= bit
		s.markedTerms = append(s.markedTerms, term)
		*m = mark{}
	}
	return m
}

// unmark forgets the marks of the last search.
func (s *Searcher) unmark() {
	for _, term := range s.markedTerms {
		s.isMarked[term>>6] = 0
	}
	s.markedTerms = s.markedTerms[:0]
}

func (s *Searcher) setAside(term uint32, weight, worth, tell int32) {
	m := s.mark(term)
	m.weight += uint16(weight)
	m.worth += uint16(worth)
	m.tell += uint16(tell)
}

// addForms counts a unit for every form of a list.
func (s *Searcher) addForms(forms []uint32, unit int, weight, worth, tell int32) {
	for _, form := range forms {
		at := &s.shared[form]
		switch {
		case at.unit == 0:
			s.touched = append(s.touched, form)
		case at.unit == uint8(unit+1):
			continue
		}
		at.unit = uint8(unit + 1)
		at.weight += uint16(weight)
		at.gain += uint16(worth)
		at.tell += uint16(tell)
	}
}

// prune keeps the touched forms that could still reach the threshold; spare is the most a
// form could add by what was set aside.
func (s *Searcher) prune(b bound, spare int32) {
	x, c := s.index, s.costs
	kept := s.touched[:0]
	initials := s.initials()
	slack := min(b.worth(initials*40, 10000)+s.weight*slackShare/100, s.weight*b.extra/200)
	least := s.weight*b.extra/100 - spare
	for _, form := range s.touched {
		at := s.shared[form]
		s.shared[form] = shared{}
		if int32(at.gain) < least {
			continue
		}
		// The same with all that was set aside, before the form's own terms are looked at.
		most := int32(at.weight) + s.asideWeight
		if b.short(s, int32(at.gain)+spare, s.weight-most-initials*40, int32(x.formWeight[form])-most*11/10-initials*150) && !s.couldReach(b, form, int32(at.gain)+spare, most) {
			continue
		}
		matched, have, tell := int32(at.weight), int32(at.gain)+slack, int32(at.tell)+initials*64+48
		for _, term := range x.formTerms[x.formUnits.offset[form]:x.formUnits.offset[form+1]] {
			if s.isMarked[term>>6]&(1<<(term&63)) != 0 {
				m := &s.marks[term]
				matched += int32(m.weight)
				have += int32(m.worth)
				tell += int32(m.tell)
			}
		}
		if short := int32(c.enough) - tell; short > 0 {
			have -= matched * 65 / 100 * (b.agree - b.agreeWhere(short*int32(c.doubt)/16)) / 100
		}
		if !b.short(s, have, s.weight-matched-initials*40, int32(x.formWeight[form])-matched*11/10-initials*150) || s.couldReach(b, form, have, matched) {
			kept = append(kept, form)
		}
	}
	s.touched = kept
}

func (s *Searcher) clear() { s.touched = s.touched[:0] }

// consider aligns a form with the query and notes the entries that bear it.
func (s *Searcher) consider(q *Query, form uint32, threshold decision.BasisPoints) {
	score := s.align(form)
	if score < threshold {
		return
	}
	x := s.index
	for _, number := range x.occurrences.at(form) {
		o := x.occurrence[number]
		final := s.adjust(q, o, score)
		if final < threshold {
			continue
		}
		s.note(Candidate{Entry: o.entry, Name: int32(o.name), Score: final, Basis: decision.BasisName, Identifier: -1})
	}
}

// note keeps a candidate, of one entry the better.
func (s *Searcher) note(c Candidate) {
	at := s.place[c.Entry]
	if at == 0 {
		s.found = append(s.found, c)
		s.place[c.Entry] = int32(len(s.found))
		return
	}
	old := &s.found[at-1]
	if c.Score > old.Score || c.Score == old.Score && c.Basis == old.Basis && c.Name < old.Name {
		*old = c
	}
}

// best sorts what was found and cuts it to the limit.
func (s *Searcher) best(limit int) []Candidate {
	for i := range s.found {
		s.place[s.found[i].Entry] = 0
	}
	sortCandidates(s.found)
	if limit >= 0 && len(s.found) > limit {
		s.found = s.found[:limit]
	}
	return s.found
}

// Compare scores a query's name against one entry, whether a search would have found
// it or not, as [Searcher.Search] would with a threshold of nothing.
func (s *Searcher) Compare(q *Query, entry int) decision.BasisPoints {
	x := s.index
	s.prepare(q)
	best := decision.BasisPoints(0)
	for number := x.entryStart[entry]; number < x.entryStart[entry+1]; number++ {
		best = max(best, s.adjust(q, x.occurrence[number], s.align(x.occurrenceForm[number])))
	}
	return best
}
