package match

import (
	"slices"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// Words written together on one side and apart on the other: Mohammadali, Mohammad Ali.

const (
	// mostJoined is how many words are tried together.
	mostJoined = 4
	// longestJoined is the length of joined words that are looked up.
	longestJoined = 20
	// leastJoined is the likeness from which joined words are one.
	leastJoined = 8200
	// bestLoose is the likeness under which a pair may be parted for a joined word, and
	// betterBy is how much more alike that must be.
	bestLoose = 9400
	betterBy  = 300
)

// joinWords pairs runs of query units with one listed word, and runs of listed words with
// one query unit, where that is better than what they have alone.
func (s *Searcher) joinWords(listed []uint32) {
	a := &s.alignment
	if !slices.Contains(a.queryTo, 0) && !slices.Contains(a.listTo, 0) {
		return
	}
	for j := range listed {
		if s.loose(a.listTo[j]-1, int32(j)) {
			s.joinQuery(int32(j), listed[j])
		}
	}
	for i := range s.units {
		if s.loose(int32(i), a.queryTo[i]-1) {
			s.joinListed(int32(i), listed)
		}
	}
}

// loose reports whether one of a pair is unpaired (below zero) or the two are so little
// alike that a joined word may be better.
func (s *Searcher) loose(query, list int32) bool {
	if query < 0 || list < 0 {
		return true
	}
	for i := range s.alignment.pairs {
		if p := &s.alignment.pairs[i]; p.query == query && p.list == list {
			return p.likeness < bestLoose && p.agreement == decision.AgreementUnknown
		}
	}
	return false
}

// likenessNow is how alike the partner of one side is now, 0 without one.
func (s *Searcher) likenessNow(query, list int32) int32 {
	for i := range s.alignment.pairs {
		if p := &s.alignment.pairs[i]; query >= 0 && p.query == query || list >= 0 && p.list == list {
			return p.likeness
		}
	}
	return 0
}

// part releases a loose pair.
func (s *Searcher) part(query, list int32) {
	a := &s.alignment
	for i := range a.pairs {
		if a.pairs[i].query == query && a.pairs[i].list == list {
			a.pairs = append(a.pairs[:i], a.pairs[i+1:]...)
			a.queryTo[query], a.listTo[list] = 0, 0
			return
		}
	}
}

// joinQuery looks for free query units that make up the listed word together.
func (s *Searcher) joinQuery(j int32, word uint32) {
	a := &s.alignment
	w := &s.index.words
	other, otherPhone := w.text.at(word), w.phone.at(word)
	least := int32(leastJoined)
	if a.listTo[j] != 0 {
		least = max(least, s.likenessNow(-1, j)+betterBy)
	}
	if len(other) < 2 || w.class[word] == normalize.ClassLegal {
		return
	}
	for i := range s.units {
		if s.text(&s.units[i])[0] != other[0] && !s.units[i].script.Vowelless() && !w.script[word].Vowelless() {
			continue
		}
		var text, phone [2 * maxLetters]byte
		t, p := text[:0], phone[:0]
		for last := i; last < len(s.units) && last < i+mostJoined && (a.queryTo[last] == 0 || a.queryTo[last] == j+1); last++ {
			u := &s.units[last]
			if len(t)+int(u.textEnd-u.textStart) > len(other)+3 || len(t)+int(u.textEnd-u.textStart) > len(text) {
				break
			}
			t, p = append(t, s.text(u)...), append(p, s.phone(u)...)
			if last == i || len(t)+3 < len(other) {
				continue
			}
			if likeness := s.joinedLikeness(t, p, u.script, other, otherPhone, w.script[word]); likeness >= least {
				if a.listTo[j] != 0 {
					s.part(a.listTo[j]-1, j)
				}
				for k := i; k <= last; k++ {
					a.queryTo[k] = j + 1
				}
				a.listTo[j] = int32(i) + 1
				a.pairs = append(a.pairs, aligned{query: int32(i), queryLast: int32(last), list: j, listLast: j, likeness: likeness, agreement: decision.AgreementJoined})
				return
			}
		}
	}
}

// joinListed looks for free listed words that make up the query unit together.
func (s *Searcher) joinListed(i int32, listed []uint32) {
	a := &s.alignment
	w := &s.index.words
	u := &s.units[i]
	own, ownPhone := s.text(u), s.phone(u)
	least := int32(leastJoined)
	if a.queryTo[i] != 0 {
		least = max(least, s.likenessNow(i, -1)+betterBy)
	}
	if len(own) < 2 || u.class == normalize.ClassLegal || s.joinInitials(i, listed) {
		return
	}
	for j := range listed {
		if w.text.at(listed[j])[0] != own[0] && !u.script.Vowelless() && !w.script[listed[j]].Vowelless() {
			continue
		}
		var text, phone [2 * maxLetters]byte
		t, p := text[:0], phone[:0]
		for last := j; last < len(listed) && last < j+mostJoined && (a.listTo[last] == 0 || a.listTo[last] == i+1); last++ {
			other := w.text.at(listed[last])
			if len(t)+len(other) > len(own)+3 || len(t)+len(other) > len(text) {
				break
			}
			t, p = append(t, other...), append(p, w.phone.at(listed[last])...)
			if last == j || len(t)+3 < len(own) {
				continue
			}
			if likeness := s.joinedLikeness(own, ownPhone, u.script, t, p, w.script[listed[last]]); likeness >= least {
				if a.queryTo[i] != 0 {
					s.part(i, a.queryTo[i]-1)
				}
				for k := j; k <= last; k++ {
					a.listTo[k] = i + 1
				}
				a.queryTo[i] = int32(j) + 1
				a.pairs = append(a.pairs, aligned{query: i, queryLast: i, list: int32(j), listLast: int32(last), likeness: likeness, agreement: decision.AgreementJoined})
				return
			}
		}
	}
}

// joinInitials pairs two or three letters written as one word with the names they begin: JC,
// Jean-Claude. It reports whether it did.
func (s *Searcher) joinInitials(i int32, listed []uint32) bool {
	a := &s.alignment
	own := s.text(&s.units[i])
	if s.costs != &personCosts || len(own) > 3 || a.queryTo[i] != 0 || s.units[i].flags&unitUpper == 0 {
		return false
	}
	for j := 0; j+len(own) <= len(listed); j++ {
		fits := true
		for k, letter := range own {
			text := s.index.words.text.at(listed[j+k])
			fits = fits && a.listTo[j+k] == 0 && len(text) > 1 && text[0] == letter
		}
		if fits {
			for k := range own {
				a.listTo[j+k] = i + 1
			}
			a.queryTo[i] = int32(j) + 1
			a.pairs = append(a.pairs, aligned{query: i, queryLast: i, list: int32(j), listLast: int32(j + len(own) - 1), likeness: 8500, agreement: decision.AgreementInitial})
			return true
		}
	}
	return false
}

// joinedLikeness compares joined words; the missing space costs a little.
func (s *Searcher) joinedLikeness(text, phone []byte, script normalize.Script, other, otherPhone []byte, otherScript normalize.Script) int32 {
	if string(text) == string(other) {
		return 9800
	}
	if len(text) < 4 || len(other) < 4 {
		return 0
	}
	if !script.Vowelless() && !otherScript.Vowelless() && !couldBeAlike(mask(phone), mask(otherPhone), len(phone), len(otherPhone)) {
		return 0
	}
	if len(phone) > maxLetters || len(otherPhone) > maxLetters || len(text) > maxLetters || len(other) > maxLetters {
		return 0
	}
	if script.Vowelless() != otherScript.Vowelless() {
		if script.Vowelless() {
			return vowellessLikeness(phone, otherPhone) * 99 / 100
		}
		return vowellessLikeness(otherPhone, phone) * 99 / 100
	}
	return int32(wordLikeness(text, phone, other, otherPhone)) * 99 / 100
}

// collectJoined reports whether it found any: it adds the forms that hold two neighbouring query words as one, or one
// query word as two.
func (s *Searcher) collectJoined(b bound) bool {
	marked := s.marked
	for i := range s.units {
		u := &s.units[i]
		if u.class == normalize.ClassLegal {
			continue
		}
		var phone [2 * maxLetters]byte
		p := append(phone[:0], s.phone(u)[:min(len(s.phone(u)), maxLetters)]...)
		weight := u.weight
		if u.word == noWord || len(p) >= longestWhole {
			s.addSplit(i, b)
		}
		for last := i + 1; last < len(s.units) && last < i+mostJoined; last++ {
			next := &s.units[last]
			if len(p)+int(next.phoneEnd-next.phoneStart) > longestJoined {
				break
			}
			p = append(p, s.phone(next)...)
			weight += next.weight
			s.addKey(p, i, weight, b, next.script.Vowelless())
		}
	}
	return len(s.touched) > 0 || s.marked != marked
}

// addKey adds the forms with a word that sounds so.
func (s *Searcher) addKey(phone []byte, unit int, weight int32, b bound, vowelless bool) {
	k := &s.index.keys
	var buffer [2 * maxLetters]byte
	key := normalize.AppendKey(buffer[:0], phone)
	if number, ok := k.table.get(hashBytes(key)); ok {
		for _, term := range k.terms.at(number) {
			s.addTerm(term, unit, weight, b)
		}
	}
	if vowelless {
		if number, ok := k.skeletons.get(hashBytes(normalize.AppendSkeleton(buffer[:0], phone))); ok {
			for _, term := range k.skeletonTerms.at(number) {
				s.addTerm(term, unit, weight, b)
			}
		}
	}
}

// addSplit cuts a word in two in every place and adds the forms with both parts.
func (s *Searcher) addSplit(unit int, b bound) {
	k := &s.index.keys
	u := &s.units[unit]
	text := s.text(u)
	if len(text) < 5 || len(text) > maxLetters {
		return
	}
	var buffer [4 * maxLetters]byte
	for at := 2; at <= len(text)-2; at++ {
		phone := normalize.AppendPhone(buffer[:0], text[:at])
		head, ok := k.table.get(hashBytes(normalize.AppendKey(phone[len(phone):], phone)))
		if !ok {
			continue
		}
		phone = normalize.AppendPhone(buffer[:0], text[at:])
		tail, ok := k.table.get(hashBytes(normalize.AppendKey(phone[len(phone):], phone)))
		if !ok {
			continue
		}
		// Whichever part is followed finds the forms; the other is asked after.
		headTerms, tailTerms := k.terms.at(head), k.terms.at(tail)
		if at >= len(text)-at {
			s.addTerms(headTerms, unit, u.weight, b)
			s.markTerms(tailTerms)
		} else {
			s.addTerms(tailTerms, unit, u.weight, b)
			s.markTerms(headTerms)
		}
	}
}

// markTerms marks the terms of the part of a word that is not followed, so that its weight
// does not count as left out.
func (s *Searcher) markTerms(terms []uint32) {
	s.marked++
	s.partsAside += 300
	for _, term := range terms {
		m := s.mark(term)
		m.weight += uint16(s.index.termWeight[term])
		m.tell += uint16(s.index.termRarity[term])
	}
}

func (s *Searcher) addTerms(terms []uint32, unit int, weight int32, b bound) {
	for _, term := range terms {
		s.addTerm(term, unit, weight, b)
	}
}

// longestWhole is the length from which a listed word too is tried in two parts.
const longestWhole = 10

// mostSplit is the longest list of forms followed for a part of a word.
const mostSplit = 400

func (s *Searcher) addTerm(term uint32, unit int, weight int32, b bound) {
	if forms := s.index.postings.at(term); len(forms) <= mostSplit {
		s.addForms(forms, unit, weight, b.worth(weight, 9800), int32(s.costs.enough))
	}
}
