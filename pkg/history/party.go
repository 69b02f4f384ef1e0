package history

import (
	"strings"
	"unicode"

	"chokepoint/pkg/trade"

	"golang.org/x/text/unicode/norm"
)

// identifierStrength orders the identifiers that name a party for certain, the
// strongest first. Numbers that one register hands out to the whole world once come
// before those that are only unique within a country. Websites, telephone numbers and
// the like are absent: subsidiaries and customs agents share them.
var identifierStrength = [...]struct {
	kind   string
	global bool
}{
	{"lei", true},
	{"imo", true},
	{"company_imo", true},
	{"bic", true},
	{"registration_number", false},
	{"tax_id", false},
	{"passport", false},
	{"national_id", false},
	{"mmsi", true},
	{"aircraft_serial", true},
	{"wallet", true},
}

// appendPartyKey appends the text that a party is known by in history and reports
// whether there is one.
//
// The strongest identifier decides, because it survives another spelling of the name:
// "party:id:tax_id:TR:1234567890". Without one it is the account, which is what payments
// have. Without that it is the folded name in its country. Nothing is guessed beyond
// folding: two companies under one key would hide that the second one is new, while one
// company under two keys only looks newer than it is, and that a person can explain.
// Legal forms stay part of the name for the same reason.
//
// A party that once comes with its tax number and once without it has two keys. Joining
// them is entity resolution, which needs evidence that a key cannot carry.
func appendPartyKey(to []byte, party *trade.Party) ([]byte, bool) {
	start := append(to, "party:"...)
	for _, strength := range identifierStrength {
		for i := range party.Identifiers {
			identifier := &party.Identifiers[i]
			if identifier.Type != strength.kind {
				continue
			}
			country := ""
			if !strength.global {
				country = first(identifier.Country, countryOfParty(party))
			}
			if text, ok := appendIdentifier(start, strength.kind, country, identifier.Value); ok {
				return text, true
			}
		}
	}
	if text, ok := appendAccount(start, party); ok {
		return text, true
	}
	text := append(start, "name:"...)
	text = append(append(text, countryOfParty(party)...), ':')
	folded := appendFolded(text, party.Name)
	return folded, len(folded) > len(text)
}

// The shortest numbers worth believing. Shorter ones are row numbers and fillers more
// often than they are numbers of a register.
const (
	minIdentifier = 4
	minAccount    = 6
)

func appendIdentifier(to []byte, kind, country, value string) ([]byte, bool) {
	text := append(append(to, "id:"...), kind...)
	text = append(append(text, ':'), strings.ToUpper(country)...)
	text = append(text, ':')
	length := len(text)
	text = appendCode(text, value)
	if kind == "bic" && len(text)-length == 11 {
		// The last three characters are the branch; history is of the bank.
		text = text[:length+8]
	}
	return text, credible(text[length:], minIdentifier)
}

// appendAccount appends the account number. An IBAN names one account in the world;
// any other number only does so within a bank, so the country is put before it, the best
// that a party says about its bank.
func appendAccount(to []byte, party *trade.Party) ([]byte, bool) {
	text := append(to, "account:"...)
	code := appendCode(make([]byte, 0, 40), party.Account)
	if !isIBAN(code) {
		text = append(append(text, countryOfParty(party)...), ':')
	}
	return append(text, code...), credible(code, minAccount)
}

func isIBAN(code []byte) bool {
	return len(code) >= 15 && len(code) <= 34 && isLetter(code[0]) && isLetter(code[1]) && isDigit(code[2]) && isDigit(code[3])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// credible refuses what people fill a mandatory field with: "N/A", "UNKNOWN", "000000",
// "XXXX". Under such a value unrelated companies would share one history. A code needs a
// digit unless it can be a BIC, which may have none.
func credible(code []byte, shortest int) bool {
	if len(code) < shortest {
		return false
	}
	digits, same := 0, true
	for _, c := range code {
		same = same && c == code[0]
		if isDigit(c) {
			digits++
		}
	}
	if same {
		return false
	}
	return digits > 0 || (len(code) == 8 && string(code) != "NOTKNOWN" && string(code) != "NOTGIVEN")
}

// appendReferenceKey appends "ref:<type>:<value>", the value without marks: one sender
// writes INV-77 and another INV 77. Fillers are refused as for identifiers, but short
// numbers are not: people do number invoices 77, and a reference joins nothing by itself.
func appendReferenceKey(to []byte, reference trade.Reference) ([]byte, bool) {
	text := append(append(to, "ref:"...), reference.Type...)
	text = append(text, ':')
	length := len(text)
	text = appendCode(text, reference.Value)
	value := text[length:]
	for _, c := range value {
		if isDigit(c) && c != '0' {
			return text, reference.Type != ""
		}
	}
	return text, false
}

// appendCode appends the letters and digits of a number, upper case.
func appendCode(to []byte, value string) []byte {
	ascii := true
	for i := range len(value) {
		if value[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if !ascii {
		for _, r := range norm.NFKC.String(value) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				to = appendRune(to, unicode.ToUpper(r))
			}
		}
		return to
	}
	for i := range len(value) {
		switch c := value[i]; {
		case c >= 'a' && c <= 'z':
			to = append(to, c-'a'+'A')
		case c >= 'A' && c <= 'Z', isDigit(c):
			to = append(to, c)
		}
	}
	return to
}

// appendFolded appends a name without case, accents, punctuation and doubled spaces:
// "Örnek  Elektronik A.Ş." becomes "ornek elektronik a s".
func appendFolded(to []byte, name string) []byte {
	start, gap := len(to), false
	put := func(r rune) {
		if gap && len(to) > start {
			to = append(to, ' ')
		}
		gap = false
		to = appendRune(to, r)
	}
	for _, r := range decomposed(name) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if plain, ok := plainLetters[r]; ok {
				for _, p := range plain {
					put(p)
				}
				continue
			}
			put(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return to
}

// plainLetters are the Latin letters that have no decomposition.
var plainLetters = map[rune]string{
	'ı': "i", 'ł': "l", 'Ł': "l", 'ø': "o", 'Ø': "o", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th",
	'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ħ': "h", 'Ħ': "h", 'ə': "e", 'Ə': "e",
}

func decomposed(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return norm.NFKD.String(name)
		}
	}
	return name
}

func appendRune(to []byte, r rune) []byte {
	if r < 0x80 {
		return append(to, byte(r))
	}
	return append(to, string(r)...)
}

// countryOfParty is the country the party gives, or that of its address.
func countryOfParty(party *trade.Party) string {
	if party.Country != "" {
		return strings.ToUpper(party.Country)
	}
	if party.Address != nil {
		return strings.ToUpper(party.Address.Country)
	}
	return ""
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
