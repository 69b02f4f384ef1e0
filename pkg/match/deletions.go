package match

import "math/bits"

// Deletion neighbourhoods: every key is filed under itself with each one letter left
// out, and long keys under each two. Two keys one wrong, missing, additional or swapped
// letter apart then meet under a common remainder, whatever the letter was.

// shortestFuzzy is the length from which a key has neighbours, and longKey that from
// which it has neighbours two letters apart.
const (
	shortestFuzzy = 3
	longKey       = 6
	maxKey        = 11
)

func reach(length int) int {
	switch {
	case length < shortestFuzzy:
		return 0
	case length < longKey:
		return 1
	}
	return 2
}

// deletions is a bucketed table from remainders to keys: a 16-bit tag tells apart
// what shares a bucket, and a bit array answers most misses.
type deletions struct {
	offset []uint32
	tags   []uint16
	keys   []uint32
	filter []uint64
	shift  uint8
}

func (d *deletions) filterBit(hash uint64) (word uint64, bit uint64) {
	n := hash & (uint64(len(d.filter))*64 - 1)
	return n >> 6, 1 << (n & 63)
}

// eachRemainder calls fn with the hash of the key with up to depth letters left out.
func eachRemainder(key []byte, depth int, fn func(hash uint64)) {
	if len(key) > maxKey {
		key = key[:maxKey]
	}
	// The hash of each head is kept, so that only what follows a gap is hashed again.
	var heads [maxKey + 1]uint64
	heads[0] = hashSeed
	for i, c := range key {
		heads[i+1] = (heads[i] ^ uint64(c)) * hashStep
	}
	fn(finish(heads[len(key)]))
	if depth < 1 {
		return
	}
	for i := range key {
		if i > 0 && key[i] == key[i-1] {
			continue
		}
		h := heads[i]
		for j := i + 1; j < len(key); j++ {
			if depth > 1 {
				fn(finish(hashOn(h, key[j+1:])))
			}
			h = (h ^ uint64(key[j])) * hashStep
		}
		fn(finish(h))
	}
}

const hashStep = 0x100000001b3

func hashOn(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * hashStep
	}
	return h
}

func buildDeletions(keys *texts) deletions {
	count := 0
	n := uint32(len(keys.offset) - 1)
	for i := range n {
		if key := keys.at(i); reach(len(key)) > 0 {
			l := min(len(key), maxKey)
			count += 1 + l
			if reach(l) > 1 {
				count += l * (l - 1) / 2
			}
		}
	}
	size := max(1<<bits.Len(uint(count/4)), 64)
	d := deletions{offset: make([]uint32, size+1), filter: make([]uint64, max(1<<bits.Len(uint(count*16/64)), 1)), shift: uint8(64 - bits.Len(uint(size-1)))}
	for i := range n {
		if key := keys.at(i); reach(len(key)) > 0 {
			eachRemainder(key, reach(len(key)), func(hash uint64) { d.offset[hash>>d.shift+1]++ })
		}
	}
	for i := range size {
		d.offset[i+1] += d.offset[i]
	}
	total := d.offset[size]
	d.tags, d.keys = make([]uint16, total), make([]uint32, total)
	next := append([]uint32(nil), d.offset[:size]...)
	for i := range n {
		if key := keys.at(i); reach(len(key)) > 0 {
			eachRemainder(key, reach(len(key)), func(hash uint64) {
				bucket := hash >> d.shift
				at := next[bucket]
				next[bucket]++
				d.tags[at], d.keys[at] = uint16(hash>>16), i
				word, bit := d.filterBit(hash)
				d.filter[word] |= bit
			})
		}
	}
	return d
}
