package match

import (
	"cmp"
	"encoding/binary"
	"slices"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/normalize"
)

// compiler gathers what the flat arrays of an index are laid out from.
type compiler struct {
	index     *Index
	name      normalize.Name
	units     []normalize.Unit
	words     map[string]uint32
	keys      map[string]uint32
	keyTerm   []uint32
	forms     map[string]uint32
	pairs     []pair // form, occurrence
	wordKey   []uint32
	scratch   []byte
	termCount uint32
}

// pair is one link of a list under construction.
type pair struct{ list, item uint32 }

const noKey = ^uint32(0)

// Compile builds the index of a list version. It keeps the entries for [Searcher.Explain]
// and for what corroborates; they must not be changed afterwards.
func Compile(entries []controllist.Entry) (*Index, error) {
	x := &Index{entries: entries, entryKind: make([]kindBits, len(entries))}
	c := &compiler{index: x, words: map[string]uint32{}, keys: map[string]uint32{}, forms: map[string]uint32{}, termCount: uint32(normalize.Meanings())}
	x.words.text.offset, x.words.phone.offset = []uint32{0}, []uint32{0}
	x.formUnits.offset = []uint32{0}
	x.keys.text.offset = []uint32{0}
	for i := range entries {
		x.entryKind[i] = kindOf(entries[i].Kind)
		x.entryStart = append(x.entryStart, uint32(len(x.occurrence)))
		for j := range entries[i].Names {
			c.addName(i, j)
		}
	}
	x.entryStart = append(x.entryStart, uint32(len(x.occurrence)))
	x.identifiers = buildIdentifiers(entries)
	x.addresses = buildAddresses(entries)
	c.finish()
	return x, nil
}

// addName adds one name of one entry, under the form it shares with equal names.
func (c *compiler) addName(entry, name int) {
	x := c.index
	c.name.Set(x.entries[entry].Names[name].Value)
	c.units = c.name.AppendUnits(c.units[:0], x.entryKind[entry] == kindPerson)
	if len(c.units) == 0 {
		return
	}
	c.scratch = c.scratch[:0]
	for _, unit := range c.units {
		c.scratch = binary.LittleEndian.AppendUint32(c.scratch, c.word(unit))
		c.scratch = append(c.scratch, unitFlags(&c.name, unit))
	}
	form, ok := c.forms[string(c.scratch)]
	if !ok {
		form = uint32(len(c.forms))
		c.forms[string(c.scratch)] = form
		for at := 0; at < len(c.scratch); at += 5 {
			x.formUnits.items = append(x.formUnits.items, binary.LittleEndian.Uint32(c.scratch[at:]))
			x.formFlags = append(x.formFlags, c.scratch[at+4])
		}
		x.formUnits.offset = append(x.formUnits.offset, uint32(len(x.formUnits.items)))
	}
	kind := nameStrong
	switch x.entries[entry].Names[name].Type {
	case controllist.NameWeak:
		kind = nameWeak
	case controllist.NameFormer:
		kind = nameFormer
	}
	c.pairs = append(c.pairs, pair{form, uint32(len(x.occurrence))})
	x.occurrenceForm = append(x.occurrenceForm, form)
	x.occurrence = append(x.occurrence, occurrence{entry: int32(entry), name: int16(min(name, 1<<15-1)), kind: kind})
}

// The flags of a unit that matter after compiling.
const (
	unitComma uint8 = 1 << iota
	unitParenthesis
	unitUpper
	unitDigits
	unitDot
)

func unitFlags(name *normalize.Name, unit normalize.Unit) uint8 {
	var flags uint8
	token := name.Tokens[unit.Last]
	for bit, flag := range [...]normalize.Flags{normalize.FlagComma, normalize.FlagParenthesis, normalize.FlagUpper, normalize.FlagDigits, normalize.FlagDot} {
		if token.Flags&flag != 0 {
			flags |= 1 << bit
		}
	}
	return flags
}

// appendUnit appends a unit's spelling: its words with spaces between.
func appendUnit(to []byte, name *normalize.Name, unit normalize.Unit) []byte {
	for i := unit.First; i <= unit.Last; i++ {
		if i > unit.First {
			to = append(to, ' ')
		}
		to = append(to, name.Text(i)...)
	}
	return to
}

// appendWordKey appends what makes a unit the same as another: its spelling, its own
// script's hash and its meaning.
func appendWordKey(to []byte, name *normalize.Name, unit normalize.Unit) []byte {
	to = appendUnit(to, name, unit)
	to = append(to, 0)
	to = binary.LittleEndian.AppendUint32(to, nativeOf(name, unit))
	return binary.LittleEndian.AppendUint16(to, unit.Meaning.ID)
}

func nativeOf(name *normalize.Name, unit normalize.Unit) uint32 {
	var native uint32
	for i := unit.First; i <= unit.Last; i++ {
		native = native*31 + name.Tokens[i].Native
	}
	return native
}

// word returns the number of a unit's spelling, entering it where it is new.
func (c *compiler) word(unit normalize.Unit) uint32 {
	start := len(c.scratch)
	defer func() { c.scratch = c.scratch[:start] }()
	c.scratch = appendWordKey(c.scratch, &c.name, unit)
	if word, ok := c.words[string(c.scratch[start:])]; ok {
		return word
	}
	w := &c.index.words
	word := uint32(len(c.words))
	c.words[string(c.scratch[start:])] = word
	text := appendUnit(nil, &c.name, unit)
	w.text.bytes = append(w.text.bytes, text...)
	w.text.offset = append(w.text.offset, uint32(len(w.text.bytes)))
	for i := unit.First; i <= unit.Last; i++ {
		w.phone.bytes = append(w.phone.bytes, c.name.Phone(i)...)
	}
	w.phone.offset = append(w.phone.offset, uint32(len(w.phone.bytes)))
	w.native = append(w.native, nativeOf(&c.name, unit))
	w.mask = append(w.mask, mask(w.phone.at(word)))
	w.class = append(w.class, unit.Meaning.Class)
	w.script = append(w.script, c.name.Tokens[unit.First].Script)
	key := noKey
	if unit.First == unit.Last {
		key = c.key(w.phone.at(word))
	}
	c.wordKey = append(c.wordKey, key)
	switch {
	case unit.Meaning.Known():
		w.term = append(w.term, uint32(unit.Meaning.ID))
	default:
		w.term = append(w.term, c.termOfKey(key))
	}
	return word
}

// key returns the number of a word's coarse sound.
func (c *compiler) key(phone []byte) uint32 {
	sound := normalize.AppendKey(nil, phone)
	if key, ok := c.keys[string(sound)]; ok {
		return key
	}
	k := &c.index.keys
	key := uint32(len(c.keys))
	c.keys[string(sound)] = key
	k.text.bytes = append(k.text.bytes, sound...)
	k.text.offset = append(k.text.offset, uint32(len(k.text.bytes)))
	k.mask = append(k.mask, mask(sound))
	c.keyTerm = append(c.keyTerm, 0)
	return key
}

func (c *compiler) termOfKey(key uint32) uint32 {
	if c.keyTerm[key] == 0 {
		c.keyTerm[key] = c.termCount
		c.termCount++
	}
	return c.keyTerm[key]
}

// finish lays everything out flat.
func (c *compiler) finish() {
	x := c.index
	x.words.table = newHashTable(len(c.words))
	for text, word := range c.words {
		x.words.table.put(hashBytes([]byte(text)), word)
	}
	c.finishKeys()
	x.occurrences = layOut(c.pairs, len(c.forms))
	x.formTerms = make([]uint32, len(x.formUnits.items))
	for i, word := range x.formUnits.items {
		x.formTerms[i] = x.words.term[word]
	}
	var postings []pair
	for form := range uint32(len(c.forms)) {
		start := len(postings)
		for _, word := range x.formUnits.at(form) {
			link := pair{x.words.term[word], form}
			if !slices.Contains(postings[start:], link) {
				postings = append(postings, link)
			}
		}
	}
	x.postings = layOut(postings, int(c.termCount))
	c.weigh()
}

func (c *compiler) finishKeys() {
	x := c.index
	x.keys.table = newHashTable(len(c.keys))
	for i := range uint32(len(c.keys)) {
		x.keys.table.put(hashBytes(x.keys.text.at(i)), i)
	}
	var terms, skeletonTerms []pair
	skeletons := map[string]uint32{}
	for word, key := range c.wordKey {
		if key == noKey {
			continue
		}
		terms = append(terms, pair{key, x.words.term[word]})
		skeleton := normalize.AppendSkeleton(nil, x.words.phone.at(uint32(word)))
		if len(skeleton) < 2 {
			continue
		}
		number, ok := skeletons[string(skeleton)]
		if !ok {
			number = uint32(len(skeletons))
			skeletons[string(skeleton)] = number
		}
		skeletonTerms = append(skeletonTerms, pair{number, x.words.term[word]})
	}
	x.keys.terms = layOut(unique(terms), len(c.keys))
	x.keys.skeletonTerms = layOut(unique(skeletonTerms), len(skeletons))
	x.keys.skeletons = newHashTable(len(skeletons))
	for text, number := range skeletons {
		x.keys.skeletons.put(hashBytes([]byte(text)), number)
	}
	x.keys.deletions = buildDeletions(&x.keys.text)
}

func unique(pairs []pair) []pair {
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.item, b.item)) })
	return slices.Compact(pairs)
}

// layOut turns links into lists, each in the order of the links.
func layOut(links []pair, count int) lists {
	l := lists{offset: make([]uint32, count+1), items: make([]uint32, len(links))}
	for _, link := range links {
		l.offset[link.list+1]++
	}
	for i := range count {
		l.offset[i+1] += l.offset[i]
	}
	next := slices.Clone(l.offset)
	for _, link := range links {
		l.items[next[link.list]] = link.item
		next[link.list]++
	}
	return l
}

// weigh gives every term its weight and every form the sum of its units'.
func (c *compiler) weigh() {
	x := c.index
	classes := make([]normalize.Class, c.termCount)
	letters := make([]int, c.termCount)
	for word, term := range x.words.term {
		classes[term] = x.words.class[word]
		letters[term] = max(letters[term], len(x.words.text.at(uint32(word))))
	}
	x.termWeight, x.termRarity = make([]uint16, c.termCount), make([]uint16, c.termCount)
	for term := range x.termWeight {
		frequency := len(x.postings.at(uint32(term)))
		rarity := rarityOf(classes[term], letters[term], frequency, len(c.forms))
		x.termRarity[term] = uint16(rarity)
		x.termWeight[term] = uint16(weightOf(classes[term], letters[term], rarity))
	}
	x.formWeight, x.formMask = make([]uint32, len(c.forms)), make([]uint32, len(c.forms))
	for form := range uint32(len(c.forms)) {
		for _, word := range x.formUnits.at(form) {
			x.formMask[form] |= x.words.mask[word]
			x.formWeight[form] += uint32(x.termWeight[x.words.term[word]])
		}
	}
}
