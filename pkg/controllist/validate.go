package controllist

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What one entry may hold. The largest real entry (a hacking group of the SDN
// list) has some hundred names and wallets; a record beyond these limits is a
// damaged file, or one built to exhaust the screener.
const (
	// MaxNames, MaxIdentifiers, MaxAddresses and MaxLinks bound the parts of an entry.
	MaxNames       = 2000
	MaxIdentifiers = 5000
	MaxAddresses   = 2000
	MaxLinks       = 2000
	// MaxTextBytes bounds every single text but the remarks.
	MaxTextBytes = 4096
	// MaxRemarksBytes bounds the remarks.
	MaxRemarksBytes = 128 << 10
)

// Fault is one thing that is wrong with an entry.
type Fault struct {
	// Pointer is the JSON Pointer of the member at fault ("/names/2/value").
	Pointer string
	// Message says what is wrong with it; it never repeats the text of the entry.
	Message string
}

// Error makes a Fault an error: "/names/0/value: is empty".
func (f Fault) Error() string { return f.Pointer + ": " + f.Message }

// Validate returns every fault of the entry, none when it is sound. A sound entry
// has an id that starts with its list's name and a slash, at least one name, no
// control characters or broken UTF-8 anywhere, only known kinds, types, measures
// and genders, and upper-case two-letter countries. At most one name is primary and
// then it stands first; an entry without a primary name is one that the publisher
// knows by weak or former names alone.
func (e Entry) Validate() []Fault {
	var v validator
	v.identity(&e)
	if !e.Kind.Valid() {
		v.add("/kind", "is not a known kind")
	}
	v.names(e.Names)
	v.countries("/countries", e.Countries)
	v.countries("/nationalities", e.Nationalities)
	v.identifiers(e.Identifiers)
	v.addresses(e.Addresses)
	v.programs(e.Programs)
	v.measures(e.Measures)
	v.birthDates(e.BirthDates)
	if e.Gender != "" && e.Gender != "male" && e.Gender != "female" {
		v.add("/gender", "is neither male nor female")
	}
	v.links(e.Links)
	v.text("/remarks", e.Remarks, MaxRemarksBytes, true)
	v.text("/source", e.Source, MaxTextBytes, true)
	if e.Row < 0 {
		v.add("/row", "is negative")
	}
	return v.faults
}

// FaultsError joins faults to one error, nil when there are none.
func FaultsError(faults []Fault) error {
	all := make([]error, 0, len(faults))
	for _, fault := range faults {
		all = append(all, fault)
	}
	return errors.Join(all...)
}

// Valid reports whether the kind is one of the constants.
func (k Kind) Valid() bool {
	switch k {
	case KindUnknown, KindPerson, KindOrganization, KindVessel, KindAircraft, KindAddress:
		return true
	}
	return false
}

// Valid reports whether the type is one of the constants and not unknown.
func (t NameType) Valid() bool {
	switch t {
	case NamePrimary, NameAlias, NameWeak, NameFormer:
		return true
	}
	return false
}

// Valid reports whether the type is one of the constants and not unknown.
func (t IdentifierType) Valid() bool {
	switch t {
	case IdentifierIMO, IdentifierCompanyIMO, IdentifierMMSI, IdentifierCallSign, IdentifierAircraftTail, IdentifierAircraftMSN,
		IdentifierBIC, IdentifierLEI, IdentifierTax, IdentifierRegistration, IdentifierPassport, IdentifierNationalID,
		IdentifierWallet, IdentifierWebsite, IdentifierEmail, IdentifierPhone, IdentifierOther:
		return true
	}
	return false
}

// Valid reports whether the measure is one of the constants and not unknown.
func (m Measure) Valid() bool {
	switch m {
	case MeasureFreeze, MeasureReject, MeasureDebtEquityLimit, MeasureSecuritiesBan, MeasureCorrespondentAccount,
		MeasureLicenceRequirement, MeasureDenialOrder, MeasureUnverified, MeasureExportRestriction, MeasureInternal:
		return true
	}
	return false
}

// ValidListName reports whether the text may name a list: 1 to 100 letters, digits,
// dots, hyphens, underscores and slashes of ASCII, starting with a letter or digit.
// It ends up in keys and subjects, so nothing else may be in it.
func ValidListName(name string) bool {
	if name == "" || len(name) > 100 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		alphanumeric := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alphanumeric && (i == 0 || !strings.ContainsRune("._-/", rune(c))) {
			return false
		}
	}
	return name[len(name)-1] != '/'
}

// ValidCountry reports whether the text has the shape of an ISO 3166-1 alpha-2 code:
// two upper-case letters. It does not know which codes are given out.
func ValidCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// validator gathers faults. Pointers are built only when there is a fault: a
// snapshot has a hundred thousand names and nearly never one.
type validator struct{ faults []Fault }

func (v *validator) add(pointer, message string) {
	v.faults = append(v.faults, Fault{Pointer: pointer, Message: message})
}

func (v *validator) addAt(member string, index int, rest, message string) {
	v.add("/"+member+"/"+strconv.Itoa(index)+rest, message)
}

// text checks one text; empty says whether it may be empty.
func (v *validator) text(pointer, text string, limit int, empty bool) {
	if message := textFault(text, limit, empty); message != "" {
		v.add(pointer, message)
	}
}

func (v *validator) textAt(member string, index int, rest, text string, limit int, empty bool) {
	if message := textFault(text, limit, empty); message != "" {
		v.addAt(member, index, rest, message)
	}
}

// textFault says what is wrong with a text, "" when nothing is.
func textFault(text string, limit int, empty bool) string {
	if text == "" {
		if empty {
			return ""
		}
		return "is empty"
	}
	if len(text) > limit {
		return fmt.Sprintf("has %d bytes, more than %d", len(text), limit)
	}
	if blank(text[0]) || blank(text[len(text)-1]) {
		return "starts or ends with a blank"
	}
	ascii := true
	for i := range len(text) {
		c := text[i]
		if c < 0x20 || c == 0x7f {
			return "holds a control character"
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return ""
	}
	if !utf8.ValidString(text) {
		return "is not valid UTF-8"
	}
	// C1 controls are what is left of letters after a wrong decoding (U+0081 for ü).
	for _, r := range text {
		if r >= 0x80 && r < 0xa0 {
			return "holds a control character"
		}
	}
	return ""
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (v *validator) identity(e *Entry) {
	if !ValidListName(e.List) {
		v.add("/list", "is not a list's name: 1 to 100 letters, digits and . _ - / are allowed")
	}
	rest, ok := strings.CutPrefix(e.ID, e.List+"/")
	switch {
	case !ok:
		v.add("/id", "does not start with the list's name and a slash")
	case len(rest) > 200:
		v.add("/id", "has more than 200 bytes after the list's name")
	default:
		v.text("/id", rest, 200, false)
	}
}

func (v *validator) names(names []Name) {
	if len(names) == 0 {
		v.add("/names", "is empty")
	}
	v.count("/names", len(names), MaxNames)
	// An entry of which no name can be read (charset damage: "?????? ????") can never
	// match, and would look as if its party were screened for.
	if len(names) > 0 && !slices.ContainsFunc(names, func(name Name) bool { return strings.ContainsFunc(name.Value, isLetterOrDigit) }) {
		v.addAt("names", 0, "/value", "holds no letter and no digit")
	}
	for i, name := range names {
		v.textAt("names", i, "/value", name.Value, MaxTextBytes, false)
		if !name.Type.Valid() {
			v.addAt("names", i, "/type", "is none of primary, alias, weak, former")
		}
		if name.Type == NamePrimary && i > 0 {
			v.addAt("names", i, "/type", "is a primary name that is not the first")
		}
	}
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (v *validator) count(pointer string, have, limit int) {
	if have > limit {
		v.add(pointer, fmt.Sprintf("has %d members, more than %d", have, limit))
	}
}

func (v *validator) countries(pointer string, countries []string) {
	v.count(pointer, len(countries), 300)
	for i, country := range countries {
		if !ValidCountry(country) {
			v.add(pointer+"/"+strconv.Itoa(i), "is not a country of two capital letters")
		}
	}
}

func (v *validator) identifiers(identifiers []Identifier) {
	v.count("/identifiers", len(identifiers), MaxIdentifiers)
	for i, identifier := range identifiers {
		if !identifier.Type.Valid() {
			v.addAt("identifiers", i, "/type", "is not a known type of identifier")
		}
		v.textAt("identifiers", i, "/value", identifier.Value, MaxTextBytes, false)
		if identifier.Country != "" && !ValidCountry(identifier.Country) {
			v.addAt("identifiers", i, "/country", "is not a country of two capital letters")
		}
	}
}

func (v *validator) addresses(addresses []Address) {
	v.count("/addresses", len(addresses), MaxAddresses)
	for i, address := range addresses {
		if address == (Address{}) {
			v.addAt("addresses", i, "", "is empty")
		}
		v.textAt("addresses", i, "/street", address.Street, MaxTextBytes, true)
		v.textAt("addresses", i, "/city", address.City, MaxTextBytes, true)
		v.textAt("addresses", i, "/state", address.State, MaxTextBytes, true)
		v.textAt("addresses", i, "/postal_code", address.PostalCode, MaxTextBytes, true)
		if address.Country != "" && !ValidCountry(address.Country) {
			v.addAt("addresses", i, "/country", "is not a country of two capital letters")
		}
	}
}

func (v *validator) programs(programs []string) {
	v.count("/programs", len(programs), 200)
	for i, program := range programs {
		v.textAt("programs", i, "", program, MaxTextBytes, false)
	}
}

func (v *validator) measures(measures []Measure) {
	for i, measure := range measures {
		if !measure.Valid() {
			v.addAt("measures", i, "", "is not a known measure")
		} else if slices.Contains(measures[:i], measure) {
			v.addAt("measures", i, "", "is there twice")
		}
	}
}

func (v *validator) birthDates(dates []DateRange) {
	v.count("/birth_dates", len(dates), 200)
	for i, date := range dates {
		if _, err := date.Span(); err != nil {
			v.addAt("birth_dates", i, "", err.Error())
		}
	}
}

func (v *validator) links(links []Link) {
	v.count("/links", len(links), MaxLinks)
	for i, link := range links {
		v.textAt("links", i, "/type", link.Type, MaxTextBytes, false)
		v.textAt("links", i, "/name", link.Name, MaxTextBytes, false)
		v.textAt("links", i, "/id", link.ID, MaxTextBytes, true)
	}
}
