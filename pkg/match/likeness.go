package match

import "math/bits"

// Costs of turning one phonetic form into another, in hundredths of a letter.
const (
	costLetter    = 100
	costVowel     = 60
	costVowelLeft = 65
	costRelated   = 40
	costGlide     = 30
	costTransport = 50
	costConsonant = 95
	costBreath    = 40
	costFirst     = 15
)

// maxLetters is the longest word compared letter by letter.
const maxLetters = 48

// substitution holds the cost of taking one phonetic code for another, and omission
// that of leaving one out.
var substitution, omission = buildCosts()

func buildCosts() (sub [128][128]uint8, omit [128]uint8) {
	const vowels = "aeiou"
	for a := range sub {
		omit[a] = costConsonant
		for b := range sub[a] {
			if a != b {
				sub[a][b] = costLetter
			}
		}
	}
	set := func(a, b byte, cost uint8) { sub[a][b], sub[b][a] = cost, cost }
	for _, a := range []byte(vowels) {
		omit[a] = costVowelLeft
		for _, b := range []byte(vowels) {
			if a != b {
				set(a, b, costVowel)
			}
		}
	}
	// Letters that languages write for one sound, or that sound alike.
	for _, pair := range []string{"gh", "kh", "gk", "sz", "Ss", "CS", "Cc", "cs", "Ck", "ck", "cz", "Cj", "jz", "Cs", "bp", "dt", "vf", "jS", "tc", "Ch", "Cz", "bv", "dz", "dj"} {
		set(pair[0], pair[1], costRelated)
	}
	for _, pair := range []string{"ij", "uv", "ov"} {
		set(pair[0], pair[1], costGlide)
	}
	set('o', 'u', costGlide)
	set('a', 'e', costGlide)
	set('e', 'i', costGlide)
	omit['h'] = costBreath
	return sub, omit
}

// farApart stands for any distance over the limit asked for.
const farApart = 1 << 20

// distance is the cheapest way to turn a into b, or farApart where it is dearer than limit.
func distance(a, b []byte, phonetic bool, limit int) int {
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	// One letter of the common head stays, so that a swap of letters is seen whole.
	first := start == 0
	a, b = a[start:], b[start:]
	if len(a) > maxLetters {
		a = a[:maxLetters]
	}
	if len(b) > maxLetters {
		b = b[:maxLetters]
	}
	if len(a) < 2 && len(b) < 2 || len(a) == 0 || len(b) == 0 {
		return smallDistance(a, b, phonetic, first, limit)
	}
	var rows [3][maxLetters + 1]int16
	before, previous, current := &rows[0], &rows[1], &rows[2]
	for j := range b {
		previous[j+1] = previous[j] + omissionOf(b[j], phonetic)
	}
	for i := range a {
		omit := omissionOf(a[i], phonetic)
		current[0] = previous[0] + omit
		least := current[0]
		for j := range b {
			best := min(previous[j+1]+omit, current[j]+omissionOf(b[j], phonetic))
			if a[i] == b[j] {
				best = min(best, previous[j])
			} else {
				step := int16(costLetter)
				if phonetic {
					step = int16(substitution[a[i]&127][b[j]&127])
				}
				if first && i == 0 && j == 0 && step == costLetter {
					step += costFirst
				}
				best = min(best, previous[j]+step)
				if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
					best = min(best, before[j-1]+costTransport)
				}
			}
			current[j+1] = best
			least = min(least, best)
		}
		if int(least) > limit+costTransport {
			return farApart
		}
		before, previous, current = previous, current, before
	}
	if cost := int(previous[len(b)]); cost <= limit {
		return cost
	}
	return farApart
}

// smallDistance is distance where nothing is left of one word, or one letter of both.
func smallDistance(a, b []byte, phonetic, first bool, limit int) int {
	cost := int16(0)
	for _, c := range a {
		cost += omissionOf(c, phonetic)
	}
	for _, c := range b {
		cost += omissionOf(c, phonetic)
	}
	if len(a) == 1 && len(b) == 1 {
		step := int16(costLetter)
		if phonetic {
			step = int16(substitution[a[0]&127][b[0]&127])
		}
		if first && step == costLetter {
			step += costFirst
		}
		cost = min(cost, step)
	}
	if int(cost) > limit {
		return farApart
	}
	return int(cost)
}

func omissionOf(c byte, phonetic bool) int16 {
	if phonetic {
		return int16(omission[c&127])
	}
	return costLetter
}

// likenessOf turns a cost over a length in letters into basis points: one wrong
// letter in eight leaves .90, in five .82, in four .75, two in six .62.
func likenessOf(cost, length int) int {
	if length == 0 {
		return 0
	}
	if cost >= farApart {
		return 0
	}
	r := cost * 100 / length // Ten thousandths of the word.
	return max(0, 10000-r*(6000+16*r/10)/10000)
}

// leastLikeness is where two words stop being one word spelled twice.
const leastLikeness = 5200

// wordLikeness compares two words by sound and by letters and returns the better.
func wordLikeness(textA, phoneA, textB, phoneB []byte) int {
	length := max(len(phoneA), len(phoneB))
	sound := likenessOf(distance(phoneA, phoneB, true, limitFor(length)), length)
	if sound > 9850 {
		sound = 9850
	}
	if sound >= 9500 {
		return sound
	}
	if string(textA) == string(phoneA) && string(textB) == string(phoneB) {
		return sound
	}
	length = max(len(textA), len(textB))
	return max(sound, likenessOf(distance(textA, textB, false, limitFor(length)), length))
}

// limitFor is the greatest cost at which words of a length can still be alike.
func limitFor(length int) int { return length * 36 }

// mask has a bit for each consonant and digit of a phonetic form, to tell words apart that
// share too few. Vowels are left out: spellings differ in them most.
func mask(phone []byte) uint32 {
	m := uint32(0)
	for _, c := range phone {
		switch {
		case c >= 'a':
			m |= 1 << (c - 'a')
		case c == 'S' || c == 'C':
			m |= 1 << 26
		default:
			m |= 1 << (27 + c%5)
		}
	}
	return m &^ vowelMask
}

const vowelMask = 1<<0 | 1<<('e'-'a') | 1<<('i'-'a') | 1<<('o'-'a') | 1<<('u'-'a')

// couldBeAlike is a cheap bound: words that differ in too many letters are not compared.
func couldBeAlike(maskA, maskB uint32, lengthA, lengthB int) bool {
	longer, shorter := max(lengthA, lengthB), min(lengthA, lengthB)
	return shorter*2 >= longer-1 && bits.OnesCount32(maskA^maskB) <= longer/4+2
}

// adjective is how alike a name and the Slavic adjective made of it are: Samara, Samarskiy.
const adjective = 8800

// adjectiveEndings are what is added to a name's stem, in the romanisations lists use.
var adjectiveEndings = [...]string{"sky", "skyi", "skyy", "skiy", "skii", "skij", "ski", "skaya", "skaia", "skaja", "skoe", "skoye", "skogo", "skoy", "skoi", "skie", "skiye", "skikh", "ske", "ska", "skyj"}

// adjectival reports whether one of two words is the other's adjective.
func adjectival(a, b []byte) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(b) < 4 || len(a) < len(b)+2 {
		return false
	}
	stem := 0
	for stem < len(b) && a[stem] == b[stem] {
		stem++
	}
	// The name may lose its last vowel.
	if stem < len(b)-1 || stem == len(b)-1 && !vowel(b[stem]) {
		return false
	}
	for _, ending := range adjectiveEndings {
		rest := len(a) - len(ending)
		if (rest == stem || rest == stem+2 && (string(a[stem:rest]) == "in" || string(a[stem:rest]) == "ov" || string(a[stem:rest]) == "ev")) && string(a[rest:]) == ending {
			return true
		}
	}
	return false
}

func vowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}
