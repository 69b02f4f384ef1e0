package normalize

// Phonetic codes. A word's phonetic form is a string of them: vowels a e i o u and
// consonants b c d f g h j k l m n p r s t v z, where c is ts, S is sh, C is ch, and j is
// the sound of zh and dzh. Digits stand for themselves.
const (
	codeSh = 'S'
	codeCh = 'C'
)

func isVowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// at returns the letter at i, or 0 outside.
func at(word []byte, i int) byte {
	if i < 0 || i >= len(word) {
		return 0
	}
	return word[i]
}

// AppendPhone appends the phonetic form of a folded Latin word: what is left when the
// differences between ways to spell one sound are levelled (Hosseini, Husayni; Sergeyevich,
// Sergeevich; Maxim, Maksim; Khalid, Halid; Techcrim, Tekhkrim).
func AppendPhone(to, word []byte) []byte {
	base := len(to)
	if n := patronymicStem(word); n > 0 {
		to = appendPhone(to, word[:n], base)
		for len(to) > base+1 && isVowel(to[len(to)-1]) {
			to = to[:len(to)-1]
		}
		if word[len(word)-1] == 'a' {
			return append(to, 'o', 'v', 'n', 'a')
		}
		return append(to, 'o', 'v', 'i', 'C')
	}
	to = appendPhone(to, word, base)
	return trimEnding(to, base)
}

// patronymicStem returns the length of the father's name in a patronymic
// (Sergeyevich, Serhiiovych, Nikolaevna), 0 for other words.
func patronymicStem(word []byte) int {
	n := len(word)
	for _, ending := range [...]string{"ovich", "evich", "ovych", "evych", "ovitch", "evitch", "avich", "avych", "ovic", "evic", "ovna", "evna", "ivna", "yvna", "auna"} {
		if n >= len(ending)+3 && string(word[n-len(ending):]) == ending {
			return n - len(ending)
		}
	}
	return 0
}

// trimEnding levels the endings of adjectives and given names: Sergii, Sergiy, Sergy; Zade, Zadeh.
func trimEnding(to []byte, base int) []byte {
	for len(to) > base+2 && to[len(to)-1] == 'i' && to[len(to)-2] == 'i' {
		to = to[:len(to)-1]
	}
	if n := len(to); n > base+2 && to[n-1] == 'h' && isVowel(to[n-2]) {
		to = to[:n-1]
	}
	return to
}

func appendPhone(to, word []byte, base int) []byte {
	for i := 0; i < len(word); {
		code, second, used := phoneAt(word, i)
		i += used
		if code == 0 {
			continue
		}
		if len(to) == base || to[len(to)-1] != code {
			to = append(to, code)
		}
		if second != 0 {
			to = append(to, second)
		}
	}
	return to
}

// phoneAt returns the codes of the sound that starts at i and how many letters it takes.
func phoneAt(w []byte, i int) (code, second byte, used int) {
	c, next := w[i], at(w, i+1)
	if isVowel(c) || c == 'y' || c == 'w' && next == 0 && i > 0 && at(w, i-1) == 'o' {
		return vowelAt(w, i, c, next)
	}
	switch c {
	case 's':
		switch {
		case next == 'h' && at(w, i+2) == 'c' && at(w, i+3) == 'h':
			return codeSh, 0, 4
		case next == 'c' && at(w, i+2) == 'h':
			return codeSh, 0, 3
		case next == 'h', next == 'j' && at(w, i+2) != 0:
			return codeSh, 0, 2
		case next == 'z' && i > 0:
			return 's', 0, 2
		}
	case 'c':
		switch {
		case next == 'h':
			return codeCh, 0, 2
		case next == 'k':
			return 'k', 0, 2
		case next == 'z':
			return 'c', 0, 2
		case next == 'e', next == 'i', next == 'y':
			return 'c', 0, 1
		}
		return 'k', 0, 1
	case 't':
		switch {
		case next == 's' && at(w, i+2) == 'c' && at(w, i+3) == 'h':
			return codeCh, 0, 4
		case next == 'c' && at(w, i+2) == 'h':
			return codeCh, 0, 3
		case next == 's' && at(w, i+2) == 'h':
			return codeCh, 0, 3
		case next == 's', next == 'z':
			return 'c', 0, 2
		case next == 'h':
			return 't', 0, 2
		}
	case 'd':
		switch {
		case next == 'z' && at(w, i+2) == 'h':
			return 'j', 0, 3
		case next == 'j':
			return 'j', 0, 2
		case next == 'h':
			return 'd', 0, 2
		}
	case 'k':
		if next == 'h' {
			return 'h', 0, 2
		}
	case 'g':
		if next == 'h' {
			return 'g', 0, 2
		}
	case 'p':
		if next == 'h' {
			return 'f', 0, 2
		}
	case 'z':
		if next == 'h' {
			return 'j', 0, 2
		}
	case 'q':
		if next == 'u' && (at(w, i+2) == 'e' || at(w, i+2) == 'i') {
			return 'k', 0, 2
		}
		return 'k', 0, 1
	case 'x':
		if i == 0 {
			return codeSh, 0, 1
		}
		return 'k', 's', 1
	case 'w':
		return 'v', 0, 1
	}
	return c, 0, 1
}

// vowelAt levels vowel groups: ou, oo → u; ee → i; ai, ay, ei, ey → e; ye, ie, yo → e or o.
func vowelAt(w []byte, i int, c, next byte) (code, second byte, used int) {
	after := at(w, i+2)
	switch c {
	case 'o':
		switch next {
		case 'u', 'o', 'w':
			if next != 'w' || after == 0 || !isVowel(after) && after != 'y' {
				return 'u', 0, 2
			}
		case 'e':
			return 'o', 0, 2
		}
	case 'e':
		switch next {
		case 'e':
			return 'i', 0, 2
		case 'i', 'y', 'j':
			if next == 'i' || !isVowel(after) {
				return 'e', 0, 2
			}
			return 'e', 0, 2
		}
	case 'a':
		switch next {
		case 'i', 'y':
			if after == 0 || !isVowel(after) {
				return 'e', 0, 2
			}
		case 'a':
			return 'a', 0, 2
		case 'e':
			return 'e', 0, 2
		}
	case 'u':
		switch next {
		case 'u':
			return 'u', 0, 2
		case 'e':
			if i > 0 {
				return 'u', 0, 2
			}
		}
	case 'i', 'y':
		switch {
		case next == 'e' && after == 'v', next == 'e' && i > 0, next == 'e' && i == 0 && c == 'y':
			return 'e', 0, 2
		case next == 'o' && c == 'y' && i > 0, next == 'o' && after == 'v' && i > 0:
			return 'o', 0, 2
		case next == 'i', next == 'y', next == 'j':
			return 'i', 0, 2
		}
		return 'i', 0, 1
	}
	return c, 0, 1
}

// AppendKey appends the coarse form of a phonetic form, under which spellings are
// looked up: vowels fall into three classes.
func AppendKey(to, phone []byte) []byte {
	base := len(to)
	for _, c := range phone {
		switch c {
		case 'e':
			c = 'a'
		case 'u':
			c = 'o'
		}
		if len(to) == base || to[len(to)-1] != c {
			to = append(to, c)
		}
	}
	return to
}

// AppendSkeleton appends the consonants of a phonetic form, in the classes that
// scripts without vowels distinguish.
func AppendSkeleton(to, phone []byte) []byte {
	base := len(to)
	for i, c := range phone {
		switch {
		case isVowel(c), c == 'v', c == 'h' && i == len(phone)-1:
			continue
		case c == 'z':
			c = 'd'
		case c == 'g':
			c = 'k'
		case c == 'c':
			c = 's'
		}
		if len(to) == base || to[len(to)-1] != c {
			to = append(to, c)
		}
	}
	return to
}
