package match

import (
	"math/bits"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/normalize"
)

// Index is a compiled list, immutable and safe for concurrent use. Everything search
// walks is in flat arrays of numbers and bytes, so the garbage collector has nothing
// to scan in them.
type Index struct {
	entries []controllist.Entry

	identifiers identifiers
	addresses   addresses

	words words
	keys  keys

	// termRarity is how rare a term is, termWeight what it says: less where it is a
	// word of trade or form. See weightOf.
	termRarity, termWeight []uint16
	postings               lists

	// Forms are distinct names; several entries may bear one.
	formUnits   lists
	formTerms   []uint32 // the terms of formUnits
	formFlags   []uint8
	formWeight  []uint32
	formMask    []uint32 // the consonants of a form's words
	occurrences lists
	occurrence  []occurrence
	// occurrenceForm is the form of each occurrence, entryStart the first occurrence of each
	// entry and, at the end, their number.
	occurrenceForm, entryStart []uint32
	entryKind                  []kindBits
}

// occurrence is one name of one entry.
type occurrence struct {
	entry int32
	name  int16
	kind  nameKind
}

type nameKind uint8

const (
	nameStrong nameKind = iota
	nameWeak
	nameFormer
)

type kindBits uint8

const (
	kindPerson kindBits = 1 << iota
	kindOrganization
	kindVessel
	kindAircraft
	kindAddress
	kindAny = kindPerson | kindOrganization | kindVessel | kindAircraft | kindAddress
)

func kindOf(k controllist.Kind) kindBits {
	switch k {
	case controllist.KindPerson:
		return kindPerson
	case controllist.KindOrganization:
		return kindOrganization
	case controllist.KindVessel:
		return kindVessel
	case controllist.KindAircraft:
		return kindAircraft
	case controllist.KindAddress:
		return kindAddress
	}
	return kindAny
}

// lists are many short lists of numbers laid end to end.
type lists struct {
	offset []uint32
	items  []uint32
}

func (l *lists) at(i uint32) []uint32 { return l.items[l.offset[i]:l.offset[i+1]] }

// texts are many short texts laid end to end.
type texts struct {
	offset []uint32
	bytes  []byte
}

func (t *texts) at(i uint32) []byte { return t.bytes[t.offset[i]:t.offset[i+1]] }

// words are the distinct spellings of units, by number from 0.
type words struct {
	text, phone texts
	term        []uint32
	native      []uint32
	mask        []uint32
	class       []normalize.Class
	script      []normalize.Script
	table       hashTable
}

// keys are the coarse sounds of single words, and the terms that sound so.
type keys struct {
	text      texts
	mask      []uint32
	table     hashTable
	terms     lists
	deletions deletions
	// skeletons are consonants alone, for scripts that write no vowels.
	skeletons     hashTable
	skeletonTerms lists
}

// hashTable maps 64-bit hashes to numbers by open addressing; two texts with one
// hash are taken for one (2^-64 a pair).
type hashTable struct {
	hashes []uint64
	values []uint32
	shift  uint8
}

func newHashTable(n int) hashTable {
	size := 1 << bits.Len(uint(n*2+2))
	return hashTable{hashes: make([]uint64, size), values: make([]uint32, size), shift: uint8(64 - bits.Len(uint(size-1)))}
}

func (t *hashTable) put(hash uint64, value uint32) {
	hash |= 1
	for i := hash >> t.shift; ; i = (i + 1) & uint64(len(t.hashes)-1) {
		if t.hashes[i] == 0 {
			t.hashes[i], t.values[i] = hash, value
			return
		}
	}
}

func (t *hashTable) get(hash uint64) (uint32, bool) {
	hash |= 1
	for i := hash >> t.shift; ; i = (i + 1) & uint64(len(t.hashes)-1) {
		switch t.hashes[i] {
		case hash:
			return t.values[i], true
		case 0:
			return 0, false
		}
	}
}

const (
	hashSeed  = 0x9e3779b97f4a7c15
	hashPrime = 0xff51afd7ed558ccd
)

// hashBytes is a 64-bit hash, the same on every processor.
func hashBytes(b []byte) uint64 {
	h := uint64(hashSeed)
	for _, c := range b {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return finish(h)
}

func finish(h uint64) uint64 {
	h ^= h >> 33
	h *= hashPrime
	h ^= h >> 29
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>32
}

// log2 is sixteen times the binary logarithm of n, in whole numbers.
func log2(n uint64) int {
	if n < 2 {
		return 0
	}
	whole := bits.Len64(n) - 1
	fraction := 0
	x := n << (63 - whole) // One in front, 63 bits of fraction.
	for bit := 8; bit > 0; bit >>= 1 {
		hi, lo := bits.Mul64(x, x)
		if hi>>63 != 0 {
			fraction |= bit
			x = hi
		} else {
			x = hi<<1 | lo>>63
		}
	}
	return whole*16 + fraction
}
