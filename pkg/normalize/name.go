package normalize

import (
	"unicode"
	"unicode/utf8"
)

// Limits on what one name can be. What is longer is cut, words first: no listed name
// comes near them, and a longer one is somebody trying how slow screening can be made.
const (
	// MaxBytes is how much of a name is read.
	MaxBytes = 4096
	// MaxTokens is how many words of it are read.
	MaxTokens = 64
	// maxTokenBytes is how much of one word's Latin spelling is kept.
	maxTokenBytes = 48
)

// Flags say how a word stands in its name.
type Flags uint16

// The flags of a word.
const (
	// FlagComma: a comma follows, as after a family name that stands first.
	FlagComma Flags = 1 << iota
	// FlagDot: a full stop follows, as after an abbreviation or an initial.
	FlagDot
	// FlagParenthesis: the word stands in parentheses.
	FlagParenthesis
	// FlagHyphen: a hyphen ties it to the next word.
	FlagHyphen
	// FlagDigits: it has a digit.
	FlagDigits
	// FlagUpper: it is in capitals, and has more than one letter.
	FlagUpper
	// FlagSeparated: a semicolon or slash follows, as between two names in one field.
	FlagSeparated
	// FlagArticle: it is an Arabic article that was written together with the next word.
	FlagArticle
)

// Token is one word of a name.
type Token struct {
	// Start and End are its place in the original, in bytes.
	Start, End int32
	// textStart and so on are its places in the name's buffer.
	textStart, textEnd, phoneStart, phoneEnd int32
	// Native is a hash of the word in its own script, 0 for Latin words.
	Native uint32
	// Script is the script most of its letters are in.
	Script Script
	// Flags say how it stands.
	Flags Flags
}

// Name is a normalised name. It is reused from name to name and keeps its memory.
type Name struct {
	// Tokens are the words in order.
	Tokens []Token
	buffer []byte
	runes  []rune
}

// Text returns the Latin spelling of word i in lower case, valid until the next Set.
func (n *Name) Text(i int) []byte { return n.buffer[n.Tokens[i].textStart:n.Tokens[i].textEnd] }

// Phone returns the phonetic form of word i, valid until the next Set.
func (n *Name) Phone(i int) []byte { return n.buffer[n.Tokens[i].phoneStart:n.Tokens[i].phoneEnd] }

// Set normalises a name; it allocates only while its buffers grow.
func (n *Name) Set(original string) {
	n.Tokens, n.buffer = n.Tokens[:0], n.buffer[:0]
	if len(original) > MaxBytes {
		original = original[:MaxBytes]
	}
	depth := 0
	for i := 0; i < len(original) && len(n.Tokens) < MaxTokens; {
		r, size := rune(original[i]), 1
		if r >= 0x80 {
			r, size = utf8.DecodeRuneInString(original[i:])
		}
		switch {
		case startsWord(r):
			i = n.word(original, i, depth > 0)
			continue
		case r == '(' || r == '[' || r == '（':
			depth = 1
		case r == ')' || r == ']' || r == '）':
			depth = 0
		default:
			n.mark(r)
		}
		i += size
	}
	n.mergeDotted(original)
	n.dropOrdinals()
}

// mark notes a separator on the word before it, and writes & and + as words.
func (n *Name) mark(r rune) {
	if len(n.Tokens) == 0 {
		return
	}
	last := &n.Tokens[len(n.Tokens)-1]
	switch r {
	case ',', '،', '、', '，':
		last.Flags |= FlagComma
	case '.', '·', '・', '．':
		last.Flags |= FlagDot
	case '-', '‐', '‑', '–', '־':
		last.Flags |= FlagHyphen
	case ';', '/', '؛':
		last.Flags |= FlagSeparated
	}
}

// startsWord reports whether a rune is part of words.
func startsWord(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '&'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r >= 0x2160 && r < 0x2189
}

// ignored reports whether a rune inside a word is to be passed over: marks,
// apostrophes, zero-width and direction characters, the Arabic kashida.
func ignored(r rune) bool {
	switch r {
	case '\'', '`', '´', '’', '‘', 'ʻ', 'ʼ', 'ʹ', 'ʽ', 'ʾ', 'ʿ', '′', '＇', 'ـ', 0xad, 0x61c, 0xfeff, 0x2060:
		return true
	}
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r >= 0x300 && unicode.Is(unicode.Mn, r)
}

// word reads the word that starts at i, adds it, and returns where it ends.
func (n *Name) word(original string, start int, parenthesis bool) int {
	var flags Flags
	if parenthesis {
		flags = FlagParenthesis
	}
	if original[start] == '&' {
		n.add(original, start, start+1, []rune{'a', 'n', 'd'}, ScriptLatin, flags)
		return start + 1
	}
	runes := n.runes[:0]
	var counts [ScriptOther + 1]int
	i, end, upper := start, start, true
	for i < len(original) {
		r, size := rune(original[i]), 1
		if r >= 0x80 {
			r, size = utf8.DecodeRuneInString(original[i:])
		}
		if ignored(r) {
			if !followedByLetter(original, i+size) {
				break
			}
			i += size
			continue
		}
		if !startsWord(r) || r == '&' {
			break
		}
		if r >= '0' && r <= '9' {
			flags |= FlagDigits
		} else {
			script := scriptOf(r)
			if ideographic(script) != ideographic(dominant(&counts)) && len(runes) > 0 && dominant(&counts) != ScriptUnknown {
				break
			}
			counts[script]++
			upper = upper && !unicode.IsLower(r)
		}
		runes = append(runes, r)
		i += size
		end = i
	}
	n.runes = runes
	script := dominant(&counts)
	if upper && len(runes) > 1 {
		flags |= FlagUpper
	}
	switch {
	case script == ScriptHan || script == ScriptHangul:
		n.ideographs(original, start, end, script, flags)
	case script == ScriptArabic:
		n.arabic(original, start, end, runes, flags)
	default:
		n.add(original, start, end, runes, script, flags)
	}
	return max(end, start+1)
}

func followedByLetter(original string, i int) bool {
	for i < len(original) {
		r, size := utf8.DecodeRuneInString(original[i:])
		if !ignored(r) {
			return startsWord(r) && r != '&'
		}
		i += size
	}
	return false
}

func ideographic(s Script) bool { return s == ScriptHan || s == ScriptHangul || s == ScriptKana }

// dominant returns the script with the most letters; of equal ones the first.
func dominant(counts *[ScriptOther + 1]int) Script {
	best := ScriptUnknown
	for script := ScriptLatin; script <= ScriptOther; script++ {
		if counts[script] > counts[best] {
			best = script
		}
	}
	return best
}

// ideographs cuts a run of Han or Hangul into the longest words the lexicon knows
// and single syllables, as neither script spaces names.
func (n *Name) ideographs(original string, start, end int, script Script, flags Flags) {
	for i := start; i < end && len(n.Tokens) < MaxTokens; {
		size := longestIdeographic(original[i:end])
		if size == 0 {
			_, size = utf8.DecodeRuneInString(original[i:end])
		}
		runes := n.runes[:0]
		for _, r := range original[i : i+size] {
			if !ignored(r) {
				runes = append(runes, r)
			}
		}
		n.runes = runes
		if len(runes) > 0 {
			n.add(original, i, i+size, runes, script, flags&^FlagUpper)
		}
		i += size
	}
}

// arabic splits the article off a word.
func (n *Name) arabic(original string, start, end int, runes []rune, flags Flags) {
	flags &^= FlagUpper
	if len(runes) >= 5 && (runes[0] == 'ا' || runes[0] == 'أ') && runes[1] == 'ل' && string(runes[2:]) != "له" {
		at := start
		for range 2 {
			_, size := utf8.DecodeRuneInString(original[at:])
			at += size
		}
		n.add(original, start, at, runes[:2], ScriptArabic, flags|FlagArticle|FlagHyphen)
		n.add(original, at, end, runes[2:], ScriptArabic, flags)
		return
	}
	n.add(original, start, end, runes, ScriptArabic, flags)
}

// add folds a word and appends it, unless nothing is left of it.
func (n *Name) add(_ string, start, end int, runes []rune, script Script, flags Flags) {
	if len(n.Tokens) >= MaxTokens {
		return
	}
	token := Token{Start: int32(start), End: int32(end), Script: script, Flags: flags, textStart: int32(len(n.buffer))}
	native := uint32(2166136261)
	for _, r := range runes {
		r = sameScript(r, script)
		if len(n.buffer)-int(token.textStart) < maxTokenBytes {
			n.buffer = appendFolded(n.buffer, r)
		}
		native = (native ^ uint32(foldNative(r))) * 16777619
	}
	if flags&FlagDigits != 0 {
		n.buffer = n.buffer[:int(token.textStart)+cardinal(n.buffer[token.textStart:])]
	}
	token.textEnd = int32(len(n.buffer))
	if token.textEnd == token.textStart {
		return
	}
	if script > ScriptLatin {
		token.Native = native
	}
	token.phoneStart = token.textEnd
	n.buffer = AppendPhone(n.buffer, n.buffer[token.textStart:token.textEnd])
	token.phoneEnd = int32(len(n.buffer))
	n.Tokens = append(n.Tokens, token)
}

// sameScript replaces a letter that only looks like one of the word's script: a
// Cyrillic а in a Latin word, a Latin i in a Cyrillic one.
func sameScript(r rune, script Script) rune {
	switch {
	case script == ScriptLatin && r >= 0x370 && r < int32(len(lookalikes)) && lookalikes[r] != 0:
		return rune(lookalikes[r])
	case script == ScriptCyrillic && r < 0x80 && r >= 'A':
		if back := lookalikesBack[unicode.ToLower(r)]; back != 0 {
			return back
		}
	case script == ScriptCyrillic && r >= 0xc0 && r < 0x250: // An accented Latin vowel as stress mark.
		if folded := foldTable[r]; len(folded) == 1 && lookalikesBack[folded[0]] != 0 {
			return lookalikesBack[folded[0]]
		}
	}
	return r
}

// foldNative levels what one script writes in several ways.
func foldNative(r rune) rune {
	if r < 0x80 || r < 0x600 {
		r = unicode.ToLower(r)
	} else if r >= 0xfb50 && r < 0xff00 {
		if base := presentationForm(r); base != 0 {
			r = base
		}
	}
	switch r {
	case 'ё':
		return 'е'
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ي', 'ئ':
		return 'ی'
	case 'ة':
		return 'ه'
	case 'ك':
		return 'ک'
	}
	return r
}

// ordinalEndings turn a number into an ordinal: 41st, 841-й, 4-го. Russian ones are folded.
var ordinalEndings = [...]string{"st", "nd", "rd", "th", "y", "yy", "oy", "ya", "aya", "e", "oe", "go", "ogo", "nci", "inci", "uncu", "eme"}

func ordinalEnding(text []byte) bool {
	for _, ending := range ordinalEndings {
		if string(text) == ending {
			return true
		}
	}
	return false
}

// cardinal returns how much of a word is its number, if it is an ordinal; all of it if not.
func cardinal(text []byte) int {
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits > 0 && ordinalEnding(text[digits:]) {
		return digits
	}
	return len(text)
}

// dropOrdinals leaves out the ending of an ordinal that a hyphen ties to its number: 841-й.
func (n *Name) dropOrdinals() {
	out := n.Tokens[:0]
	for i, token := range n.Tokens {
		if i > 0 && token.Script == ScriptCyrillic && ordinalEnding(n.Text(i)) {
			before := n.Tokens[i-1]
			if before.Flags&(FlagHyphen|FlagDigits) == FlagHyphen|FlagDigits && before.End+1 == token.Start {
				continue
			}
		}
		out = append(out, token)
	}
	n.Tokens = out
}

// mergeDotted joins letters written with full stops or slashes and no space between
// them: L.L.C., S.A., M/V, A/S. Two such letters stay apart where a longer word
// before or after could make them a person's initials; package match tries both.
func (n *Name) mergeDotted(original string) {
	out := n.Tokens[:0]
	for i := 0; i < len(n.Tokens); {
		j := i
		for j+1 < len(n.Tokens) && n.tiedLetter(original, j) && n.Tokens[j+1].textEnd-n.Tokens[j+1].textStart == 1 {
			j++
		}
		if j-i >= 2 || j == i+1 && knownShort(n.Text(i)[0], n.Text(j)[0]) {
			out = append(out, n.merged(i, j))
		} else {
			out = append(out, n.Tokens[i:j+1]...)
		}
		i = j + 1
	}
	n.Tokens = out
}

// tiedLetter reports whether word i is one letter with a full stop or slash and no
// space after it.
func (n *Name) tiedLetter(original string, i int) bool {
	t := n.Tokens[i]
	if t.textEnd-t.textStart != 1 || t.Flags&(FlagDot|FlagSeparated) == 0 || t.Flags&FlagDigits != 0 {
		return false
	}
	return n.Tokens[i+1].Start == t.End+1
}

func (n *Name) merged(first, last int) Token {
	token := n.Tokens[first]
	token.End, token.Flags = n.Tokens[last].End, n.Tokens[last].Flags|FlagUpper
	start := len(n.buffer)
	for i := first; i <= last; i++ {
		n.buffer = append(n.buffer, n.Text(i)...)
		token.Native = token.Native*31 + n.Tokens[i].Native
	}
	token.textStart, token.textEnd = int32(start), int32(len(n.buffer))
	token.phoneStart = token.textEnd
	n.buffer = AppendPhone(n.buffer, n.buffer[start:len(n.buffer)])
	token.phoneEnd = int32(len(n.buffer))
	return token
}

// knownShort reports whether two letters with full stops are a legal form or a
// vessel prefix rather than initials.
func knownShort(a, b byte) bool {
	switch string([]byte{a, b}) {
	case "sa", "as", "ag", "nv", "bv", "ab", "oy", "kg", "lp", "pc", "mv", "mt", "co", "jv", "ao", "bt", "kk", "na", "uk", "us", "un", "ad", "dd", "zs":
		return true
	}
	return false
}
