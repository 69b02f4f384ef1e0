package match

import (
	"math/bits"

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
	// near is where its neighbours are in the searcher's list, cost how many postings they have.
	nearStart, nearEnd int32
	cost               int32
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

	costs     *costs
	units     []unit
	bytes     []byte
	near      []neighbour
	weight    int32 // of all units
	exact     uint64
	seenTerm  []uint32 // by term: the round it was last added in
	round     uint32
	seenKey   []uint32
	keyRound  uint32
	shared    []shared // by form: what it shares with the query so far
	touched   []uint32
	marks     []mark // by term
	markRound uint32
	alignment aligner
	order     []int32
	found     []Candidate
	place     []int32 // by entry: place in found plus one
}

// NewSearcher returns a searcher; it belongs to one goroutine.
func (x *Index) NewSearcher() *Searcher {
	return &Searcher{
		index: x, seenTerm: make([]uint32, len(x.termWeight)), seenKey: make([]uint32, len(x.keys.text.offset)),
		marks: make([]mark, len(x.termWeight)), shared: make([]shared, len(x.formWeight)), place: make([]int32, len(x.entries)),
	}
}

// Search returns the best entries at or above the threshold, at most limit of them, the
// best first, equal scores in the order of the entries. The slice is valid until the next Search.
func (s *Searcher) Search(q *Query, threshold decision.BasisPoints, limit int) []Candidate {
	s.found = s.found[:0]
	s.searchIdentifiers(q, threshold)
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
	for _, cut := range s.cut {
		u := unit{class: cut.Meaning.Class, script: s.name.Tokens[cut.First].Script, flags: unitFlags(&s.name, cut), native: nativeOf(&s.name, cut), word: noWord}
		u.textStart = int32(len(s.bytes))
		s.bytes = appendWordKey(s.bytes, &s.name, cut)
		u.textEnd = int32(len(s.bytes)) - 7
		if word, ok := x.words.table.get(hashBytes(s.bytes[u.textStart:])); ok {
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
		s.neighbours(&u, cut.First == cut.Last)
		s.weigh(&u)
		s.weight += u.weight
		s.units = append(s.units, u)
	}
}

func (s *Searcher) text(u *unit) []byte  { return s.bytes[u.textStart:u.textEnd] }
func (s *Searcher) phone(u *unit) []byte { return s.bytes[u.phoneStart:u.phoneEnd] }

// weigh gives a unit its weight: that of its term, or of the best term it may stand
// for, or the greatest where it is like nothing listed.
func (s *Searcher) weigh(u *unit) {
	x := s.index
	term := u.term
	if term == 0 || len(x.postings.at(term)) == 0 {
		term = 0
		best := int32(0)
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

// neighbours lists the terms a unit may stand for.
func (s *Searcher) neighbours(u *unit, single bool) {
	x := s.index
	u.nearStart = int32(len(s.near))
	s.round++
	if u.term != 0 {
		s.addNear(u, u.term, 10000)
	}
	if single && u.flags&unitDigits == 0 {
		phone := s.phone(u)
		var buffer [2 * maxLetters]byte
		key := normalize.AppendKey(buffer[:0], phone)
		if number, ok := x.keys.table.get(hashBytes(key)); ok {
			for _, term := range x.keys.terms.at(number) {
				s.addNear(u, term, 9700)
			}
		}
		switch u.class {
		case normalize.ClassLegal, normalize.ClassParticle, normalize.ClassTitle:
		case normalize.ClassGeneric, normalize.ClassTrade:
			s.fuzzy(u, key, mostMisspelled)
		default:
			s.fuzzy(u, key, len(x.formWeight))
		}
		if u.script.Vowelless() {
			s.bySkeleton(u, phone)
		}
	}
	u.nearEnd = int32(len(s.near))
}

func (s *Searcher) addNear(u *unit, term uint32, likeness int32) {
	if s.seenTerm[term] == s.round {
		return
	}
	s.seenTerm[term] = s.round
	s.near = append(s.near, neighbour{term, likeness})
	u.cost += int32(len(s.index.postings.at(term)))
}

// leastNear is the least likeness of a word looked for; words less alike still pair where
// others have found the name.
const leastNear = 6500

// mostMisspelled is how many forms a term may have to pass for a misspelling of a common word.
const mostMisspelled = 40

// fuzzy adds the terms of keys a letter or two away that at most so many forms have.
func (s *Searcher) fuzzy(u *unit, key []byte, most int) {
	k := &s.index.keys
	d := &k.deletions
	s.keyRound++
	own, depth := mask(key), reach(len(key))
	eachRemainder(key, depth, func(hash uint64) {
		word, bit := d.filterBit(hash)
		if d.filter[word]&bit == 0 {
			return
		}
		bucket := hash >> d.shift
		tag := uint16(hash >> 16)
		for at := d.offset[bucket]; at < d.offset[bucket+1]; at++ {
			if d.tags[at] != tag {
				continue
			}
			number := d.keys[at]
			if s.seenKey[number] == s.keyRound {
				continue
			}
			s.seenKey[number] = s.keyRound
			if bits.OnesCount32(own^k.mask[number]) > 2*depth {
				continue
			}
			other := k.text.at(number)
			length := max(len(key), len(other))
			likeness := likenessOf(distance(key, other, true, limitFor(length)), length)
			if likeness < leastNear {
				continue
			}
			for _, term := range k.terms.at(number) {
				if len(s.index.postings.at(term)) <= most {
					s.addNear(u, term, int32(likeness))
				}
			}
		}
	})
}

func (s *Searcher) bySkeleton(u *unit, phone []byte) {
	k := &s.index.keys
	var buffer [2 * maxLetters]byte
	skeleton := normalize.AppendSkeleton(buffer[:0], phone)
	if len(skeleton) < 2 {
		return
	}
	if number, ok := k.skeletons.get(hashBytes(skeleton)); ok {
		for _, term := range k.skeletonTerms.at(number) {
			s.addNear(u, term, 9000)
		}
	}
}

// shared is what a form shares with a query.
type shared struct {
	weight uint16 // of the query units it has
	gain   uint16 // what they are worth against leaving them out, in the units of bound
	unit   uint8  // the last unit counted, plus one
}

// bound holds the terms of the inequality a score at or above the threshold fulfils:
// with t the threshold, M matched, D unlike, E extra, O omitted and C contradicted weight,
//
//	M·(1−t)/t − D·unlike − E·extra − O·omitted − C·(contradicted−extra−omitted) ≥ 0.
//
// All in hundredths of weight.
type bound struct {
	agree         int32 // (1−t)/t in hundredths
	extra, unlike int32
}

func (s *Searcher) boundFor(threshold int32) bound {
	return bound{agree: (10000 - threshold) * 100 / threshold, extra: int32(s.costs.extra), unlike: int32(s.costs.unlike)}
}

// worth is what a unit of the given weight found at a likeness adds to the inequality, as
// compared with not finding it.
func (b bound) worth(weight, likeness int32) int32 {
	w := weight * (b.agree*likeness/100 - b.unlike*(10000-likeness)/100 + b.extra*100) / 10000
	return max(w, 0)
}

// collect adds up, form by form, what it shares with the query, and leaves out the
// commonest units as long as a form without the others could not reach the threshold anyway.
func (s *Searcher) collect(threshold int32) {
	s.order = s.order[:0]
	for i := range s.units {
		s.order = append(s.order, int32(i))
		for j := len(s.order) - 1; j > 0 && s.units[s.order[j]].cost > s.units[s.order[j-1]].cost; j-- {
			s.order[j], s.order[j-1] = s.order[j-1], s.order[j]
		}
	}
	b := s.boundFor(max(threshold, 1))
	need := s.weight * b.extra / 100
	initials := s.initials()
	worth := b.worth(initials*40, 10000)
	s.markRound++
	for _, i := range s.order {
		u := &s.units[i]
		if w := b.worth(u.weight, 10000); worth+w < need && len(s.order) > 1 {
			worth += w
			s.setAside(u, b)
			continue
		}
		s.add(int(i), b)
	}
	s.collectJoined(b)
	s.prune(b, initials, worth)
}

// initials counts the initials; no list is kept of what could stand for one.
func (s *Searcher) initials() int32 {
	n := int32(0)
	for i := range s.units {
		if s.units[i].textEnd-s.units[i].textStart == 1 {
			n++
		}
	}
	return n
}

// aside marks a term that a unit left out may stand for.
type mark struct {
	round         uint32
	weight, worth uint16
}

// setAside marks the terms of a unit whose lists are not followed, so that a form found by
// other units can be asked whether it has this one too.
func (s *Searcher) setAside(u *unit, b bound) {
	for _, n := range s.near[u.nearStart:u.nearEnd] {
		m := &s.marks[n.term]
		if m.round != s.markRound {
			*m = mark{round: s.markRound}
		}
		m.weight += uint16(u.weight)
		m.worth += uint16(b.worth(u.weight, n.likeness))
	}
}

func (s *Searcher) add(i int, b bound) {
	u := &s.units[i]
	for _, n := range s.near[u.nearStart:u.nearEnd] {
		s.addForms(s.index.postings.at(n.term), i, u.weight, b.worth(u.weight, n.likeness))
	}
}

// addForms counts a unit for every form of a list.
func (s *Searcher) addForms(forms []uint32, unit int, weight, worth int32) {
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
	}
}

// prune keeps the touched forms that could still reach the threshold.
func (s *Searcher) prune(b bound, initials, spare int32) {
	x, c := s.index, s.costs
	kept := s.touched[:0]
	slack := b.worth(initials*40, 10000) + s.weight*6/100
	least := s.weight*b.extra/100 - slack - spare
	for _, form := range s.touched {
		at := s.shared[form]
		s.shared[form] = shared{}
		if int32(at.gain) < least {
			continue
		}
		matched, have := int32(at.weight), int32(at.gain)+slack
		for _, word := range x.formUnits.at(form) {
			if m := &s.marks[x.words.term[word]]; m.round == s.markRound {
				matched += int32(m.weight)
				have += int32(m.worth)
			}
		}
		extra := max(s.weight-matched-initials*40, 0)
		omitted := max(int32(x.formWeight[form])-matched*11/10-initials*150, 0)
		if have*100 >= s.weight*b.extra+omitted*int32(c.omitted)+min(extra, omitted)*int32(c.contradicted-c.extra-c.omitted) {
			kept = append(kept, form)
		}
	}
	s.touched = kept
	Aligned += len(kept)
}

var Aligned int

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
	for form := range uint32(len(x.formWeight)) {
		for _, number := range x.occurrences.at(form) {
			if o := x.occurrence[number]; int(o.entry) == entry {
				best = max(best, s.adjust(q, o, s.align(form)))
			}
		}
	}
	return best
}
