package normalize

// Script is the writing system of a word.
type Script uint8

// The scripts that are told apart. Digits and punctuation have none.
const (
	ScriptUnknown Script = iota
	ScriptLatin
	ScriptCyrillic
	ScriptGreek
	ScriptArabic
	ScriptHebrew
	ScriptArmenian
	ScriptGeorgian
	ScriptHan
	ScriptKana
	ScriptHangul
	ScriptOther
)

// Vowelless reports whether the script writes consonants and leaves most vowels
// to the reader, so that a Latin spelling has letters the word has not.
func (s Script) Vowelless() bool { return s == ScriptArabic || s == ScriptHebrew }

// scriptOf returns the script of a letter; it is called for letters only.
func scriptOf(r rune) Script {
	switch {
	case r < 0x370:
		return ScriptLatin
	case r < 0x400:
		return ScriptGreek
	case r < 0x530:
		return ScriptCyrillic
	case r < 0x590:
		return ScriptArmenian
	case r < 0x600:
		return ScriptHebrew
	case r < 0x700 || r >= 0x750 && r < 0x780 || r >= 0x8a0 && r < 0x900:
		return ScriptArabic
	case r >= 0x10a0 && r < 0x1100 || r >= 0x1c90 && r < 0x1cc0 || r >= 0x2d00 && r < 0x2d30:
		return ScriptGeorgian
	case r >= 0x1100 && r < 0x1200 || r >= 0x3130 && r < 0x3190 || r >= 0xac00 && r < 0xd7b0:
		return ScriptHangul
	case r >= 0x1c80 && r < 0x1c90 || r >= 0x2de0 && r < 0x2e00 || r >= 0xa640 && r < 0xa6a0:
		return ScriptCyrillic
	case r >= 0x1d00 && r < 0x1f00 || r >= 0x2c60 && r < 0x2c80 || r >= 0xa720 && r < 0xa800 || r >= 0xab30 && r < 0xab70 || r >= 0xfb00 && r < 0xfb07:
		return ScriptLatin
	case r >= 0x1f00 && r < 0x2000:
		return ScriptGreek
	case r >= 0x2100 && r < 0x2190 || r >= 0x2460 && r < 0x2500 || r >= 0xff01 && r < 0xff5f || r >= 0x1d400 && r < 0x1d800:
		return ScriptLatin
	case r >= 0x2e80 && r < 0x3000 || r >= 0x3005 && r < 0x3008 || r >= 0x3400 && r < 0xa000 || r >= 0xf900 && r < 0xfb00 || r >= 0x20000 && r < 0x32000:
		return ScriptHan
	case r >= 0x3040 && r < 0x3100 || r >= 0x31f0 && r < 0x3200 || r >= 0xff66 && r < 0xffa0:
		return ScriptKana
	case r >= 0xfb13 && r < 0xfb18:
		return ScriptArmenian
	case r >= 0xfb1d && r < 0xfb50:
		return ScriptHebrew
	case r >= 0xfb50 && r < 0xfe00 || r >= 0xfe70 && r < 0xff00:
		return ScriptArabic
	}
	return ScriptOther
}
