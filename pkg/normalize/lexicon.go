package normalize

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Class is what a word of a name is for.
type Class uint8

// The classes of words.
const (
	// ClassName is an ordinary, distinguishing word.
	ClassName Class = iota
	// ClassLegal is a legal form (Ltd, A.Ş., ООО).
	ClassLegal
	// ClassGeneric is a word most companies or offices could bear (trading, group, of).
	ClassGeneric
	// ClassTrade is a line of business (electronics, shipping, bank).
	ClassTrade
	// ClassParticle is a small word of personal names (bin, al, von).
	ClassParticle
	// ClassTitle is a title, a form of address or a ship's prefix.
	ClassTitle
	// ClassGiven is a given name or surname with well-known variants.
	ClassGiven
	// ClassPatronymic is a father's name in Slavic use.
	ClassPatronymic
	// ClassPlace is a country, region or city.
	ClassPlace
	// ClassNumber is a number.
	ClassNumber
)

var classNames = map[string]Class{
	"legal": ClassLegal, "generic": ClassGeneric, "trade": ClassTrade, "particle": ClassParticle, "title": ClassTitle,
	"given": ClassGiven, "patronymic": ClassPatronymic, "place": ClassPlace, "number": ClassNumber,
	// Connectives are particles in the names of companies only: An, In and Po are people.
	"connective": ClassParticle,
}

// Meaning is a word's place in the lexicon: one for all its spellings, translations
// and abbreviations. The zero Meaning is unknown.
type Meaning struct {
	ID    uint16
	Class Class
}

// Known reports whether the lexicon knows the word.
func (m Meaning) Known() bool { return m.ID != 0 }

// lexicon is the compiled tables: two of them, as words mean other things in the
// names of people (Co, An, Sal) than in those of companies.
type lexicon struct {
	words    map[string]int32 // folded spelling → word
	sounds   map[string]int32 // coarse sound of words of five letters or more → word
	next     map[uint64]int32 // node and word → node
	meanings []Meaning        // by node
	stems    map[string][]stem
	// repairs leads from a word of a legal form with one letter left out, and from the word
	// itself, to the word.
	repairs map[string]int32
}

type stem struct {
	text    string
	meaning Meaning
}

var (
	ideographicWords                        = buildIdeographicWords()
	personLexicon, orgLexicon, meaningNames = buildLexicons()
	families                                = buildFamilies()
)

// Meanings is how many meanings the lexicon has; IDs run from 1 to Meanings-1.
func Meanings() int { return len(meaningNames) }

// MeaningOf returns the ID of a meaning by its name in the tables, 0 where there is none.
func MeaningOf(name string) uint16 {
	for id, known := range meaningNames {
		if known == name {
			return uint16(id)
		}
	}
	return 0
}

// MeaningName returns a meaning's name in the tables, for explanations and tests.
func MeaningName(id uint16) string { return meaningNames[id] }

// Akin reports whether two meanings are words of trade for nearly the same thing: air and
// airlines, plant and works. The tables write them in one line; of most lines the words are too
// far apart.
func Akin(a, b uint16) bool {
	return families[a] != 0 && families[a] == families[b]
}

// closeFamilies are the lines whose words lists and papers use for one another.
var closeFamilies = [...]string{
	"trade plant", "generic association", "generic enterprise", "generic organization", "generic equipment", "generic management",
	"trade electronics", "trade electric", "trade construction", "trade aviation", "trade oil gas", "trade shipping",
}

// buildFamilies gives the words of those lines the ID of the first meaning of its line.
func buildFamilies() []uint16 {
	list := make([]uint16, len(meaningNames))
	ids := map[string]uint16{}
	for id, name := range meaningNames {
		ids[name] = uint16(id)
	}
	for _, text := range tables() {
		eachVariant(text, func(_, family, meaning, _ string) {
			if slices.Contains(closeFamilies[:], family) {
				list[ids[meaning]] = ids[family]
			}
		})
	}
	return list
}

const minSoundLength = 5

func tables() []string {
	return []string{numerals, vesselPrefixes, legalForms, tradeWords, placeWords, peopleWords, commonSurnames}
}

// buildIdeographicWords collects the words of scripts that are not spaced, so that
// running text can be cut at them.
func buildIdeographicWords() map[string]struct{} {
	words := map[string]struct{}{}
	for _, text := range tables() {
		eachVariant(text, func(_, _, _, variant string) {
			if r, _ := utf8.DecodeRuneInString(variant); ideographic(scriptOf(r)) {
				words[variant] = struct{}{}
			}
		})
	}
	return words
}

func longestIdeographic(s string) int {
	var ends [9]int
	n := 0
	for i, r := range s {
		if n == 8 {
			break
		}
		n++
		ends[n] = i + utf8.RuneLen(r)
	}
	for ; n > 0; n-- {
		if ends[n] > len(s) {
			continue
		}
		if _, ok := ideographicWords[s[:ends[n]]]; ok {
			return ends[n]
		}
	}
	return 0
}

// eachVariant calls fn with class, family, meaning and variant of every word of a table. The
// family is the first meaning of the line: works, mill and factory are of the family of plants.
func eachVariant(text string, fn func(class, family, meaning, variant string)) {
	for line := range strings.Lines(text) {
		head, variants, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		class, meaning, _ := strings.Cut(head, " ")
		family := class + " " + meaning
		for i, group := range strings.Split(variants, "|") {
			for variant := range strings.SplitSeq(group, ";") {
				variant = strings.TrimSpace(variant)
				if variant == "" {
					continue
				}
				if i > 0 {
					meaning, i = variant, 0
				}
				fn(class, family, class+" "+meaning, variant)
			}
		}
	}
}

func newLexicon() *lexicon {
	return &lexicon{words: map[string]int32{}, sounds: map[string]int32{}, next: map[uint64]int32{}, meanings: make([]Meaning, 1), stems: map[string][]stem{}, repairs: map[string]int32{}}
}

func buildLexicons() (person, org *lexicon, names []string) {
	person, org, names = newLexicon(), newLexicon(), []string{""}
	ids := map[string]uint16{}
	var scratch Name
	for _, text := range tables() {
		eachVariant(text, func(className, _, meaning, variant string) {
			class := classNames[className]
			id, ok := ids[meaning]
			if !ok {
				id = uint16(len(names))
				ids[meaning] = id
				names = append(names, meaning)
			}
			m := Meaning{ID: id, Class: class}
			scratch.Set(strings.TrimSuffix(variant, "~"))
			if class == ClassParticle && className != "connective" || class == ClassTitle || class == ClassGiven || class == ClassNumber || class == ClassPatronymic {
				person.add(&scratch, m, strings.HasSuffix(variant, "~"))
			}
			org.add(&scratch, m, strings.HasSuffix(variant, "~"))
			if class == ClassGiven {
				names = addPatronymics(person, org, ids, names, &scratch, meaning)
			}
		})
	}
	return person, org, names
}

// addPatronymics derives the father's names of a given name's spelling.
func addPatronymics(person, org *lexicon, ids map[string]uint16, names []string, given *Name, meaning string) []string {
	if len(given.Tokens) != 1 || len(given.Text(0)) < 4 {
		return names
	}
	stem := string(given.Text(0))
	var scratch Name
	for _, ending := range [...]string{"ovich", "ovna"} {
		key := "patronymic " + ending + strings.TrimPrefix(meaning, "given")
		id, ok := ids[key]
		if !ok {
			id = uint16(len(names))
			ids[key] = id
			names = append(names, key)
		}
		scratch.Set(stem + ending)
		person.add(&scratch, Meaning{ID: id, Class: ClassPatronymic}, false)
		org.add(&scratch, Meaning{ID: id, Class: ClassPatronymic}, false)
	}
	return names
}

// add enters a variant; the first meaning of a variant stays.
func (l *lexicon) add(variant *Name, m Meaning, isStem bool) {
	if len(variant.Tokens) == 0 {
		return
	}
	if isStem {
		if text := string(variant.Text(0)); len(text) >= 3 {
			l.stems[text[:3]] = append(l.stems[text[:3]], stem{text, m})
		}
		return
	}
	node := int32(0)
	for i := range variant.Tokens {
		word := l.enter(variant.Text(i), variant.Phone(i))
		if m.Class == ClassLegal && len(variant.Tokens) > 1 {
			l.enterRepairs(variant.Text(i), word)
		}
		step := uint64(node)<<32 | uint64(word)
		child, ok := l.next[step]
		if !ok {
			child = int32(len(l.meanings))
			l.meanings = append(l.meanings, Meaning{})
			l.next[step] = child
		}
		node = child
	}
	if !l.meanings[node].Known() {
		l.meanings[node] = m
	}
}

func (l *lexicon) enter(text, phone []byte) int32 {
	if word, ok := l.words[string(text)]; ok {
		return word
	}
	var key [maxTokenBytes * 2]byte
	sound := AppendKey(key[:0], phone)
	if len(text) >= minSoundLength && len(sound) >= 4 {
		if word, ok := l.sounds[string(sound)]; ok {
			l.words[string(text)] = word
			return word
		}
	}
	word := int32(len(l.words) + 1)
	l.words[string(text)] = word
	if len(text) >= minSoundLength && len(sound) >= 4 {
		l.sounds[string(sound)] = word
	}
	return word
}

// enterRepairs files a word under what is left of it without each of its letters.
func (l *lexicon) enterRepairs(text []byte, word int32) {
	if len(text) < minSoundLength {
		return
	}
	for i := range text {
		left := string(text[:i]) + string(text[i+1:])
		if _, ok := l.repairs[left]; !ok {
			l.repairs[left] = word
		}
	}
	l.repairs[string(text)] = word
}

// repaired returns the word of a legal form that a misspelled word is one letter from.
func (l *lexicon) repaired(text []byte) int32 {
	if len(text) < minSoundLength || len(text) >= maxTokenBytes {
		return 0
	}
	if word, ok := l.repairs[string(text)]; ok {
		return word
	}
	var left [maxTokenBytes]byte
	for i := range text {
		n := copy(left[:], text[:i])
		n += copy(left[n:], text[i+1:])
		if word, ok := l.repairs[string(left[:n])]; ok {
			return word
		}
	}
	return 0
}

// word returns the number of a word, 0 where the lexicon has it not.
func (l *lexicon) word(text, phone []byte) int32 {
	if word, ok := l.words[string(text)]; ok {
		return word
	}
	if len(text) < minSoundLength {
		return 0
	}
	var key [maxTokenBytes * 2]byte
	sound := AppendKey(key[:0], phone)
	if len(sound) < 4 {
		return 0
	}
	return l.sounds[string(sound)]
}

// byStem returns the meaning of the longest stem the word begins with.
func (l *lexicon) byStem(text []byte) Meaning {
	var best Meaning
	length := 0
	if len(text) < 3 {
		return best
	}
	for _, s := range l.stems[string(text[:3])] {
		if len(s.text) > length && len(text) >= len(s.text) && string(text[:len(s.text)]) == s.text && inflection(text[len(s.text):]) {
			best, length = s.meaning, len(s.text)
		}
	}
	return best
}

// inflections are the endings Slavic words take after a stem.
var inflections = [...]string{"y", "yi", "yy", "iy", "ii", "oi", "oy", "yj", "ij", "aya", "aia", "aja", "oe", "oye", "ogo", "oho", "ego", "ykh", "yh", "ikh", "ie", "iye", "ye", "ia", "iya", "iia", "oj", "ov", "ey", "ei", "nyi", "na", "ne", "ni"}

// inflection reports whether the rest of a word after a stem looks like a Slavic ending,
// so that novy~ does not take in every brand that begins with novo.
func inflection(rest []byte) bool {
	if len(rest) < 2 {
		return true
	}
	if len(rest) > 9 {
		return false
	}
	for _, ending := range inflections {
		if len(ending) > 1 && len(rest) >= len(ending) && string(rest[len(rest)-len(ending):]) == ending {
			return true
		}
	}
	return false
}

// Unit is one or several words that mean one thing together.
type Unit struct {
	// First and Last are its words, both within.
	First, Last int
	Meaning     Meaning
}

// phrase returns the last word and the meaning of the longest phrase that begins at word i.
// One misspelled word in it is read as what it must be, if the phrase is a legal form.
func (l *lexicon) phrase(n *Name, i int, person bool) (last int, meaning Meaning) {
	last = i
	node, repairs := int32(0), 0
	for j := i; j < len(n.Tokens); j++ {
		child, ok := l.step(node, l.word(n.Text(j), n.Phone(j)))
		if !ok && !person {
			if child, ok = l.step(node, l.repaired(n.Text(j))); ok {
				repairs++
			}
		}
		if !ok {
			break
		}
		node = child
		m := l.meanings[node]
		if m.Known() && (repairs == 0 || m.Class == ClassLegal && j-i+1 > repairs) {
			last, meaning = j, m
		}
	}
	return last, meaning
}

func (l *lexicon) step(node, word int32) (int32, bool) {
	if word == 0 {
		return 0, false
	}
	child, ok := l.next[uint64(node)<<32|uint64(word)]
	return child, ok
}

// mostRepeats is how often one unit of a name is read: nobody is called so thrice over, and a
// word a hundred times over is somebody trying how slow screening can be made.
const mostRepeats = 2

// saidBefore counts the units that are the same words as those from first to last.
func (n *Name) saidBefore(units []Unit, first, last int) int {
	count := 0
	for _, unit := range units {
		same := unit.Last-unit.First == last-first
		for i := first; same && i <= last; i++ {
			j := unit.First + i - first
			same = n.Tokens[i].Native == n.Tokens[j].Native && string(n.Text(i)) == string(n.Text(j))
		}
		if same {
			count++
		}
	}
	return count
}

// AppendUnits cuts a name into units: the longest phrases of the lexicon, and single
// words; what comes a third time is left out. Of people's names only particles, titles, given names and numbers are read.
func (n *Name) AppendUnits(to []Unit, person bool) []Unit {
	l := orgLexicon
	if person {
		l = personLexicon
	}
	base := len(to)
	for i := 0; i < len(n.Tokens); {
		if person && len(n.Text(i)) == 1 && n.Tokens[i].Script < ScriptArabic { // An initial.
			if n.saidBefore(to[base:], i, i) < mostRepeats {
				to = append(to, Unit{First: i, Last: i})
			}
			i++
			continue
		}
		last, meaning := l.phrase(n, i, person)
		if !meaning.Known() {
			meaning = l.byStem(n.Text(i))
		}
		if n.saidBefore(to[base:], i, last) < mostRepeats {
			to = append(to, Unit{First: i, Last: last, Meaning: meaning})
		}
		i = last + 1
	}
	return to
}
