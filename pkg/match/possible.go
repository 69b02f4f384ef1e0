package match

import (
	"math/bits"

	"chokepoint/pkg/normalize"
)

// Search finds names by looking words up, and a look-up has a reach: a word with two wrong
// letters, or one cut in two, is in none of the lists followed. So a name that shares another
// word with the query is asked, before it is dropped, whether its other words could be those
// that were not found, by the consonants they have.

const (
	// costDiffering is the least that a consonant only one of two words has costs, in hundredths
	// of a letter: related sounds count 40 for two of them.
	costDiffering = 30
	// leastPossible is the likeness from which a word may stand for another, mostPossible the
	// most that is believed of consonants.
	leastPossible, mostPossible = 6000, 9000
	// leastShared is how much of the query's weight, in hundredths, must have been found before
	// the rest is asked after: the price of asking is a cache miss a word.
	leastShared = 45
)

// possible bounds how alike a query unit and a listed word can be.
func (s *Searcher) possible(u *unit, word uint32) int32 {
	w := &s.index.words
	if u.word == word || u.term == w.term[word] && u.term != 0 {
		return 10000
	}
	if u.term != 0 && int(max(u.term, w.term[word])) < normalize.Meanings() && normalize.Akin(uint16(u.term), uint16(w.term[word])) {
		return akinTrade
	}
	if u.script.Vowelless() != w.script[word].Vowelless() {
		return mostPossible
	}
	length, other := u.phoneEnd-u.phoneStart, int32(w.phone.offset[word+1]-w.phone.offset[word])
	if length >= 4 && other >= 4 && length != other && (u.mask&^w.mask[word] == 0 || w.mask[word]&^u.mask == 0) {
		return mostPossible // One may be a part of the other: Mohammadali, Mohammad Ali.
	}
	if !couldBeAlike(u.mask, w.mask[word], int(length), int(other)) {
		return 0
	}
	cost := max(bits.OnesCount32(u.mask^w.mask[word])*costDiffering, int(abs(length-other))*costBreath)
	return min(int32(likenessOf(cost, int(max(length, other)))), mostPossible)
}

// couldReach reports whether a form could reach the threshold if every word that could stand
// for another did. What was found of it so far is matched, and worth have.
func (s *Searcher) couldReach(b bound, form uint32, have, matched int32) bool {
	weight := int32(s.index.formWeight[form])
	missing := max(s.weight-matched, 0)
	if matched*100 < s.weight*leastShared || b.short(s, have+b.worth(missing, mostPossible), 0, weight-s.weight*11/10) {
		return false
	}
	// All words of the form together, before each is fetched.
	around, left := s.index.formMask[form], int32(0)
	for i := range s.units {
		if u := &s.units[i]; bits.OnesCount32(u.mask&^around) > int(u.phoneEnd-u.phoneStart)/5 {
			left += u.weight
		}
	}
	if left > 0 && b.short(s, have+b.worth(max(missing-left, 0), mostPossible), left, weight-(s.weight-left)*11/10) {
		return false
	}
	matched, have = 0, 0
	for i := range s.units {
		u := &s.units[i]
		best := int32(0)
		for _, word := range s.index.formUnits.at(form) {
			if best = max(best, s.possible(u, word)); best == 10000 {
				break
			}
		}
		if best >= leastPossible {
			matched += u.weight
			have += b.worth(u.weight, best)
		}
	}
	return !b.short(s, have, s.weight-matched, weight-matched*11/10)
}
