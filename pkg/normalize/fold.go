package normalize

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-unidecode/table"
	"golang.org/x/text/unicode/norm"
)

// Latin spellings of single letters. They follow what passports and lists print
// rather than any one standard (BGN/PCGN for Cyrillic without signs, ALA-LC without
// diacritics for Arabic and Persian), written for this package; the phonetic form of
// package match levels what the standards differ in.
const (
	foldCyrillic = "аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya " +
		"іi їi єe ґg ўu ђdj јj љlj њnj ћc џdz ѓgj ќkj ѕdz әa ғg қk ңn өo ұu үu һh ӣi ӯu ҳh ҷj ӑa ӗe ӏ ѐe ѝi ҕg ҙz ҡk ҫs ҩo ѣe ѳf ѵi ӊn ӈn ӄk ҥn"
	foldGreek  = "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo άa έe ήi ίi όo ύy ώo ϊi ϋy ΐi ΰy"
	foldArabic = "اa بb تt ثth جj حh خkh دd ذdh رr زz سs شsh صs ضd طt ظz عa غgh فf قq كk لl مm نn هh وw يy ءَ أa إi آa ٱa ؤu ئy ةa ىa " +
		"پp چch ژzh گg کk یy ٹt ڈd ڑr ںn ےe ھh ہh ۃh ۀh ټt ډd ړr ږzh ښsh ګg ځz څts ېe ۍy ڕr ڵl ۆo ێe ڤv ۋv ۇu ۈu ېe ەe ڭn ﻯy"
	foldHebrew   = "אa בb גg דd הh וw זz חh טt יy ךkh כk לl םm מm ןn נn סs עa ףf פp ץts צts קk רr שsh תt"
	foldArmenian = "աa բb գg դd եe զz էe ըe թt ժzh իi լl խkh ծts կk հh ձdz ղgh ճch մm յy նn շsh ոo չch պp ջj ռr սs վv տt րr ցts ւu փp քk օo ֆf և" + "ev"
	foldGeorgian = "აa ბb გg დd ეe ვv ზz თt იi კk ლl მm ნn ოo პp ჟzh რr სs ტt უu ფp ქk ღgh ყq შsh ჩch ცts ძdz წts ჭch ხkh ჯj ჰh"
	// foldLatin are the letters that do not decompose into a base letter and a mark.
	foldLatin = "øo łl đd ðd þth ßss æae œoe ıi ħh ŋn ĸk ŧt ŀl ŉn ſs ƒf ɓb ɗd ƙk ɖd ɣg ƴy əa ɛe ɔo ɨi ʉu ɐa ǝe ẞss ĳij"
	foldKana  = "アa イi ウu エe オo カka キki クku ケke コko サsa シshi スsu セse ソso タta チchi ツtsu テte トto ナna ニni ヌnu ネne ノno ハha ヒhi フfu ヘhe ホho " +
		"マma ミmi ムmu メme モmo ヤya ユyu ヨyo ラra リri ルru レre ロro ワwa ヰi ヱe ヲo ンn ガga ギgi グgu ゲge ゴgo ザza ジji ズzu ゼze ゾzo ダda ヂji ヅzu デde ドdo " +
		"バba ビbi ブbu ベbe ボbo パpa ピpi プpu ペpe ポpo ヴvu ァa ィi ゥu ェe ォo ャya ュyu ョyo ッ ー ヵka ヶke"
)

// Hangul syllables by lead, vowel and tail, spelled as names from both Koreas are
// printed (Kim, Ri, Pak, Jong), not as the Revised Romanisation would.
var (
	hangulLead  = [19]string{"k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"}
	hangulVowel = [21]string{"a", "ae", "ya", "yae", "o", "e", "yo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "u", "ui", "i"}
	hangulTail  = [28]string{"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"}
)

// foldTable holds the Latin spelling of every letter below foldLimit and of those
// Han, Kana and compatibility letters that need one; lower case only.
const foldLimit = 0x3100

var (
	foldTable = buildFoldTable()
	// lookalikes maps a Cyrillic or Greek letter to the Latin one it is drawn like;
	// backward maps Latin lower case to Cyrillic.
	lookalikes, lookalikesBack = buildLookalikes()
)

func buildFoldTable() [foldLimit]string {
	var t [foldLimit]string
	for r := rune(0x80); r < foldLimit; r++ {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Nl, r) {
			continue
		}
		t[r] = decomposed(r)
	}
	for _, table := range []string{foldCyrillic, foldGreek, foldArabic, foldHebrew, foldArmenian, foldGeorgian, foldLatin, foldKana} {
		for _, field := range strings.Fields(table) {
			runes := []rune(field)
			if runes[0] < foldLimit {
				latin := strings.Map(asciiOnly, string(runes[1:]))
				t[runes[0]] = latin
				if upper := unicode.ToUpper(runes[0]); upper != runes[0] && upper < foldLimit {
					t[upper] = latin
				}
			}
		}
	}
	t['İ'], t['ı'] = "i", "i"
	for r := rune(0x3041); r <= 0x3096; r++ { // Hiragana reads as Katakana.
		t[r] = t[r+0x60]
	}
	return t
}

func asciiOnly(r rune) rune {
	if r < 0x80 {
		return r
	}
	return -1
}

// decomposed spells a letter by its base letters, or by the table of last resort.
func decomposed(r rune) string {
	base := norm.NFKD.String(string(unicode.ToLower(r)))
	if base != "" && (base[0] >= 'a' && base[0] <= 'z' || base[0] >= '0' && base[0] <= '9') {
		return strings.Map(letterOrDigit, strings.Map(asciiOnly, base))
	}
	return strings.Map(letterOrDigit, lastResort(r))
}

func letterOrDigit(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	}
	return -1
}

// lastResort reads go-unidecode's tables (Han in pinyin, Thai, Khmer, Devanagari …).
func lastResort(r rune) string {
	if r > 0xeffff {
		return ""
	}
	if section, ok := table.Tables[r>>8]; ok && len(section) > int(r&0xff) {
		return section[r&0xff]
	}
	return ""
}

// appendFolded appends the Latin spelling of a letter or digit in lower case.
func appendFolded(to []byte, r rune) []byte {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(to, byte(r))
	case r < foldLimit:
		return append(to, foldTable[r]...)
	case r >= 0xac00 && r < 0xd7a4:
		s := int(r - 0xac00)
		to = append(to, hangulLead[s/588]...)
		to = append(to, hangulVowel[s%588/28]...)
		return append(to, hangulTail[s%28]...)
	case r >= 0xff01 && r < 0xff5f: // Full width.
		return appendFolded(to, r-0xfee0)
	case r >= 0x1d400 && r < 0x1d6a4: // Mathematical alphabets: 13 of 52 letters each.
		return append(to, byte('a'+(r-0x1d400)%26))
	case r >= 0x1d7ce && r < 0x1d800:
		return append(to, byte('0'+(r-0x1d7ce)%10))
	case r >= 0xfb50 && r < 0xff00: // Arabic presentation forms.
		if base := presentationForm(r); base != 0 {
			return appendFolded(to, base)
		}
	}
	for _, c := range []byte(lastResort(r)) {
		if low := letterOrDigit(rune(c)); low >= 0 {
			to = append(to, byte(low))
		}
	}
	return to
}

// presentationForms maps a positional form of an Arabic letter to the letter.
var presentationForms = buildPresentationForms()

func buildPresentationForms() [0xff00 - 0xfb50]rune {
	var t [0xff00 - 0xfb50]rune
	for r := rune(0xfb50); r < 0xff00; r++ {
		if base := []rune(norm.NFKC.String(string(r))); len(base) > 0 && base[0] != r {
			t[r-0xfb50] = base[0]
		}
	}
	return t
}

func presentationForm(r rune) rune { return presentationForms[r-0xfb50] }

func buildLookalikes() (forward [0x600]byte, back [128]rune) {
	const pairs = "аa вb сc еe нh іi јj кk мm оo рp ѕs тt уy хx ԁd ѵv ԝw ӏl αa οo νv ρp τt υu ιi κk εe ηn χx γy βb ζz"
	for _, field := range strings.Fields(pairs) {
		runes := []rune(field)
		forward[runes[0]] = byte(runes[1])
		forward[unicode.ToUpper(runes[0])] = byte(runes[1])
		if runes[0] >= 0x400 && back[runes[1]] == 0 {
			back[runes[1]] = runes[0]
		}
	}
	return forward, back
}
