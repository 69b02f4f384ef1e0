package match

// pattern is a word prepared for counting letters wrong, missing, additional or swapped
// against many others: H. Hyyrö's bit-parallel form of the optimal string alignment distance.
type pattern struct {
	letters [128]uint64
	word    []byte
}

// set prepares a word of at most 64 letters.
func (p *pattern) set(word []byte) {
	for _, c := range p.word {
		p.letters[c&127] = 0
	}
	p.word = append(p.word[:0], word[:min(len(word), 64)]...)
	for i, c := range p.word {
		p.letters[c&127] |= 1 << i
	}
}

// distance counts the letters.
func (p *pattern) distance(other []byte) int {
	m := len(p.word)
	if m == 0 {
		return len(other)
	}
	last := uint64(1) << (m - 1)
	vertical, negative, zero, before := ^uint64(0), uint64(0), uint64(0), uint64(0)
	count := m
	for _, c := range other {
		here := p.letters[c&127]
		swapped := ((^zero & here) << 1) & before
		zero = ((here & vertical) + vertical) ^ vertical | here | negative | swapped
		horizontal := negative | ^(zero | vertical)
		lesser := zero & vertical
		if horizontal&last != 0 {
			count++
		}
		if lesser&last != 0 {
			count--
		}
		horizontal = horizontal<<1 | 1
		vertical = lesser<<1 | ^(zero | horizontal)
		negative = zero & horizontal
		before = here
	}
	return count
}
