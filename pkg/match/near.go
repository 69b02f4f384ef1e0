package match

import (
	"math/bits"

	"chokepoint/pkg/normalize"
)

// Words come back from name to name, so their neighbours are kept: a table of the last
// words looked up, each in a slot of its own hash, with a fixed room of neighbours.
const (
	keptWords = 1 << 14
	keptNear  = 64
)

type kept struct {
	hash uint64
	n    int32
}

// neighbours lists the terms a unit may stand for.
func (s *Searcher) neighbours(u *unit, hash uint64, single bool) {
	slot := hash % keptWords
	k := &s.kept[slot]
	room := s.keptNear[slot*keptNear : (slot+1)*keptNear]
	u.nearStart = int32(len(s.near))
	if k.hash == hash {
		s.near = append(s.near, room[:k.n]...)
		u.nearEnd = int32(len(s.near))
		return
	}
	s.findNeighbours(u, single)
	if n := u.nearEnd - u.nearStart; n <= keptNear {
		k.hash, k.n = hash, n
		copy(room, s.near[u.nearStart:u.nearEnd])
	}
}

func (s *Searcher) findNeighbours(u *unit, single bool) {
	x := s.index
	s.round++
	if u.term != 0 {
		s.addNear(u, u.term, 10000)
	}
	if single && u.flags&unitDigits == 0 && u.textEnd-u.textStart > 1 {
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
}

// leastNear is the least likeness of a word looked for; words less alike still pair where
// others have found the name.
const leastNear = 6800

// mostMisspelled is how many forms a term may have to pass for a misspelling of a common word.
const mostMisspelled = 40

// A word shorter than shortestSlip is never taken for a slip of a word of so little weight
// as a legal form: Shell is no S.A.L.
const (
	shortestSlip = 5
	littleWeight = 24
)

// knownReach is the length from which a listed word has neighbours two letters away: a word
// that is listed is seldom a misspelling of another.
const knownReach = 9

// fuzzy adds the terms of keys a letter or two away that at most so many forms have.
func (s *Searcher) fuzzy(u *unit, key []byte, commonest int) {
	k := &s.index.keys
	d := &k.deletions
	s.keyRound++
	own, depth := mask(key), reach(len(key))
	if u.word != noWord && depth > 1 && len(key) < knownReach {
		depth = 1
	}
	s.pattern.set(key)
	pattern := &s.pattern
	most := 2 * depth
	if len(key) < 8 {
		most = min(most, 3)
	}
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
			if bits.OnesCount32(own^k.mask[number]) > most {
				continue
			}
			other := k.text.at(number)
			if pattern.distance(other) > depth {
				continue
			}
			length := max(len(key), len(other))
			likeness := likenessOf(distance(key, other, true, length*28), length)
			if likeness < leastNear {
				continue
			}
			for _, term := range k.terms.at(number) {
				if len(s.index.postings.at(term)) <= commonest && (len(key) >= shortestSlip || s.index.termWeight[term] >= littleWeight) {
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
