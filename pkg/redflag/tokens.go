package redflag

import (
	"strings"
	"unicode"
)

// fold brings a name to lower case words without marks, parted by single spaces:
// "Öz-Kargo Taşımacılık A.Ş." becomes "oz kargo tasimacilik a s". It is made for
// telling trades by words and for seeing that two fields hold the same name, not for
// matching names against lists, which is package match's.
func fold(name string) string {
	var folded strings.Builder
	folded.Grow(len(name))
	space := false
	for _, letter := range name {
		letter = plain(unicode.ToLower(letter))
		switch {
		case unicode.Is(unicode.Mn, letter):
		case unicode.IsLetter(letter) || unicode.IsDigit(letter):
			if space && folded.Len() > 0 {
				folded.WriteByte(' ')
			}
			space = false
			folded.WriteRune(letter)
		default:
			space = true
		}
	}
	return folded.String()
}

// plainLetters maps marked letters to their plain ones: Latin ones, and the three
// Cyrillic ones that also come as a letter and a mark.
var plainLetters = func() map[rune]rune {
	letters := map[rune]rune{}
	for plain, marked := range map[rune]string{
		'a': "àáâãäåāăą", 'c': "çćčĉċ", 'd': "ďđ", 'e': "èéêëēĕėęě", 'g': "ğĝġģ", 'h': "ĥħ",
		'i': "ìíîïĩīĭįı", 'j': "ĵ", 'k': "ķ", 'l': "ĺļľł", 'n': "ñńņň", 'o': "òóôõöøōŏő",
		'r': "ŕŗř", 's': "śŝşšș", 't': "ţťŧț", 'u': "ùúûüũūŭůűų", 'w': "ŵ", 'y': "ýÿŷ", 'z': "źżž",
		'е': "ё", 'и': "й", 'і': "ї",
	} {
		for _, letter := range marked {
			letters[letter] = plain
		}
	}
	return letters
}()

func plain(letter rune) rune {
	if letter < 0x80 {
		return letter
	}
	if known, ok := plainLetters[letter]; ok {
		return known
	}
	return letter
}

// The trades that handle goods or money and do not use goods.
const (
	tradeForwarder  = "forwarder"
	tradeBank       = "bank"
	tradeMailCentre = "mail centre"
)

// tradeWords are words that stand in the names of such companies, folded, by
// language. Words that stand in other names as often (transport, express, trading,
// services) are left out.
var tradeWords = func() map[string]string {
	words := map[string]string{}
	for trade, list := range map[string]string{
		tradeForwarder: "forwarder forwarders forwarding freight logistics logistic cargo " + // English
			"lojistik nakliyat nakliye tasimacilik kargo " + // Turkish
			"spedition speditions spediteur logistik " + // German
			"transitaire transitaires affretement logistique " + // French
			"logistica transitario transitarios spedizioni spedizioniere cargas " + // Italian, Spanish, Portuguese
			"spedycja logistyka spedice logistika ekspedicija shpeditsiya ekspediciya " + // Polish, Czech, Baltic, transliterated
			"логистика логистик логистическая экспедирование экспедиция экспедитор грузоперевозки карго " + // Russian
			"логістика експедирування експедитор вантажні " + // Ukrainian
			"للشحن اللوجستية لوجستيك", // Arabic
		tradeBank: "bank bankasi banka banque banco banca bankas bankacilik банк банка بنك مصرف",
		tradeMailCentre: "mailbox mailboxes mailroom postbox parcelshop packstation " +
			"почта почтамт",
	} {
		for word := range strings.FieldsSeq(list) {
			words[fold(word)] = trade
		}
	}
	return words
}()

// tradeParts are pieces that stand inside names written without spaces.
var tradeParts = []struct{ part, trade string }{
	{"物流", tradeForwarder},
	{"货运", tradeForwarder},
	{"貨運", tradeForwarder},
	{"货代", tradeForwarder},
	{"貨代", tradeForwarder},
	{"银行", tradeBank},
	{"銀行", tradeBank},
	{"邮政", tradeMailCentre},
	{"郵政", tradeMailCentre},
}

// tradePairs are two words together that name such a trade, or (where the trade is
// empty) that only look as if they did.
var tradePairs = map[string]string{
	"mail boxes": tradeMailCentre, "mail box": tradeMailCentre, "mail center": tradeMailCentre,
	"mail centre": tradeMailCentre, "post office": tradeMailCentre, "parcel service": tradeMailCentre,
	"customs broker": tradeForwarder, "customs brokers": tradeForwarder, "gumruk musavirligi": tradeForwarder,
	"shipping agency": tradeForwarder, "shipping agent": tradeForwarder,
	"power bank": "", "data bank": "", "blood bank": "", "food bank": "", "seed bank": "", "west bank": "",
	"south bank": "", "north bank": "", "left bank": "", "right bank": "", "piggy bank": "",
	"cargo bike": "", "cargo bikes": "", "cargo systems": "", "logistics systems": "", "logistics automation": "",
	"bank equipment": "", "bank note": "", "bank machines": "", "logistics software": "",
}

// tradeOfName tells a forwarder, bank or mail centre by its name, with the word that
// says so.
func tradeOfName(name string) (trade, word string, ok bool) {
	folded := fold(name)
	for _, piece := range tradeParts {
		if strings.Contains(folded, piece.part) {
			return piece.trade, piece.part, true
		}
	}
	words := strings.Fields(folded)
	for i, candidate := range words {
		if i+1 < len(words) {
			pair := candidate + " " + words[i+1]
			if trade, known := tradePairs[pair]; known {
				if trade == "" {
					return "", "", false
				}
				return trade, pair, true
			}
		}
		if trade, known := tradeWords[candidate]; known && !onlyLooks(candidate, words, i) {
			return trade, candidate, true
		}
	}
	return "", "", false
}

// onlyLooks reports whether the word before makes it another trade's.
func onlyLooks(word string, words []string, at int) bool {
	if at == 0 {
		return false
	}
	trade, known := tradePairs[words[at-1]+" "+word]
	return known && trade == ""
}

// industries are beginnings of industry codes of such trades: of ISIC and NACE, and
// of NAICS, whose codes have six digits. ISIC 49 to 51, carriers by land, sea and
// air, are left out: airlines and hauliers use navigation equipment themselves.
var industries = []struct {
	prefix string
	trade  string
	isic   bool // a code of ISIC or NACE
	six    bool // a code of six digits in a row: NAICS, or ISIC where NAICS has no such code
}{
	{"521", tradeForwarder, true, false},  // ISIC 5210 warehousing; NAICS 521 is central banks
	{"5224", tradeForwarder, true, true},  // ISIC 5224 cargo handling
	{"5225", tradeForwarder, true, true},  // NACE 2.1 52.25 logistics service activities
	{"5226", tradeForwarder, true, true},  // NACE 2.1 52.26 other support of transport
	{"5229", tradeForwarder, true, true},  // ISIC 5229 forwarding and brokerage
	{"523", tradeForwarder, true, false},  // NACE 2.1 52.3 intermediation for transport; NAICS 523 is securities
	{"53", tradeMailCentre, true, false},  // ISIC 53 postal and courier; NAICS 53 is real estate
	{"641", tradeBank, true, true},        // ISIC 641 monetary intermediation
	{"4885", tradeForwarder, false, true}, // NAICS 488510 freight transportation arrangement
	{"491", tradeMailCentre, false, true}, // NAICS 491110 postal service
	{"492", tradeMailCentre, false, true}, // NAICS 492 couriers and messengers
	{"493", tradeForwarder, false, true},  // NAICS 493 warehousing and storage
	{"5221", tradeBank, false, true},      // NAICS 5221 depository credit
	{"521110", tradeBank, false, true},    // NAICS 521110 monetary authorities
	{"561431", tradeMailCentre, false, true},
}

// tradeOfIndustry tells such a trade by an industry code, with or without dots and a
// section letter ("H52.29", "5229", "522910" of a national extension), or by words.
func tradeOfIndustry(industry string) (string, bool) {
	if industry == "" {
		return "", false
	}
	var digits strings.Builder
	letters := 0
	for _, letter := range industry {
		switch {
		case letter >= '0' && letter <= '9':
			digits.WriteRune(letter)
		case unicode.IsLetter(letter):
			letters++
		}
	}
	if code := digits.String(); len(code) >= 2 && letters <= 1 {
		// Six digits without a dot are NAICS; with one, a national extension of NACE.
		six := len(code) == 6 && !strings.ContainsRune(industry, '.')
		for _, known := range industries {
			if (six && known.six || !six && known.isic) && strings.HasPrefix(code, known.prefix) {
				return known.trade, true
			}
		}
		return "", false
	}
	trade, _, ok := tradeOfName(industry)
	return trade, ok
}

// toOrder reports whether a consignee is "to order" of somebody: a negotiable bill,
// on which a bank's name says nothing of who uses the goods.
func toOrder(name string) bool {
	folded := fold(name)
	for _, beginning := range []string{"to order", "to the order", "order of", "an order", "a l ordre", "emre"} {
		if folded == beginning || strings.HasPrefix(folded, beginning+" ") {
			return true
		}
	}
	return false
}
