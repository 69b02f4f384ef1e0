package trade

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The checks below look at the shape of codes only. Check digits are not looked at:
// a wrong one is worth a note to a person, not the loss of an event. They are written
// out by hand because regular expressions would cost most of the time that decoding
// an event may take.

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// every reports whether s has least to most bytes and each of them is right.
func every(s string, least, most int, right func(byte) bool) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for i := range len(s) {
		if !right(s[i]) {
			return false
		}
	}
	return true
}

func isUpperOrDigit(c byte) bool { return isUpper(c) || isDigit(c) }

func isSource(s string) bool {
	return every(s, 1, 64, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' })
}

func isTypeName(s string) bool {
	return every(s, 1, 40, func(c byte) bool { return isLower(c) || isDigit(c) || c == '_' })
}

func isHS(s string) bool       { return every(s, 6, 12, isDigit) }
func isIMO(s string) bool      { return every(s, 7, 7, isDigit) }
func isMMSI(s string) bool     { return every(s, 9, 9, isDigit) }
func isCurrency(s string) bool { return every(s, 3, 3, isUpper) }

// isBIC follows ISO 9362: four characters of the institution, two letters of the
// country, two of the location and, with eleven characters, three of the branch.
func isBIC(s string) bool {
	return (len(s) == 8 || len(s) == 11) && every(s, 8, 11, isUpperOrDigit) && isUpper(s[4]) && isUpper(s[5])
}

// isLEI follows ISO 17442: eighteen characters and two check digits.
func isLEI(s string) bool {
	return every(s, 20, 20, isUpperOrDigit) && isDigit(s[18]) && isDigit(s[19])
}

// isPlace follows UN/LOCODE, whose places use the digits 2 to 9 and whose country
// XZ stands for installations in international waters.
func isPlace(s string) bool {
	if len(s) != 5 || !IsCountry(s[:2]) && s[:2] != "XZ" {
		return false
	}
	return every(s[2:], 3, 3, func(c byte) bool { return isUpper(c) || '2' <= c && c <= '9' })
}

func isMode(s string) bool {
	switch s {
	case "sea", "air", "road", "rail", "inland_waterway":
		return true
	default:
		return false
	}
}

// isDecimal reports whether s is a plain number: digits, and digits after a point
// where there is one. No sign, no exponent, no separators of thousands.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return every(whole, 1, 18, isDigit) && (!point || every(fraction, 1, 9, isDigit))
}

// known reports whether the role is one of [Roles].
func (r Role) known() bool {
	switch r {
	case RoleShipper, RoleConsignee, RoleNotifyParty, RoleEndUser, RoleFreightForwarder, RoleCarrier,
		RoleBuyer, RoleSeller, RoleManufacturer, RoleDebtor, RoleCreditor, RoleUltimateDebtor,
		RoleUltimateCreditor, RoleInitiatingParty, RoleInvoicer, RoleInvoicee:
		return true
	default:
		return false
	}
}

func (r AgentRole) known() bool {
	switch r {
	case AgentRoleDebtorAgent, AgentRoleCreditorAgent, AgentRoleIntermediaryAgent,
		AgentRoleInstructingAgent, AgentRoleInstructedAgent, AgentRolePreviousInstructor:
		return true
	default:
		return false
	}
}

// number reads the digits s[from:to], or returns -1.
func (d Date) number(from, to int) int {
	n := 0
	for _, c := range []byte(d[from:to]) {
		if !isDigit(c) {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// valid reports whether the date is in the calendar and the years 1000 to 2199.
func (d Date) valid() bool { return !d.start().IsZero() }

// start returns the first moment of the date in UTC, or the zero time where the date
// is empty or no date.
func (d Date) start() time.Time {
	year, month, day := 0, 1, 1
	switch {
	case len(d) == 4:
	case len(d) == 7 && d[4] == '-':
		month = d.number(5, 7)
	case len(d) == 10 && d[4] == '-' && d[7] == '-':
		month, day = d.number(5, 7), d.number(8, 10)
	default:
		return time.Time{}
	}
	year = d.number(0, 4)
	if year < 1000 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}
	}
	start := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if start.Day() != day {
		return time.Time{} // 30 February
	}
	return start
}

// textState is what may be wrong with a text.
type textState uint8

const (
	textFine textState = iota
	textTooLong
	textControl
	textEncoding
)

// textFault says what is wrong with a text of at most so many characters. Tabs and
// line breaks are how addresses come; other control characters are how terminals,
// logs and naive parsers are attacked.
func textFault(s string, most int) textState {
	ascii := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return textControl
		}
		if c >= utf8.RuneSelf {
			ascii = false
		}
	}
	if len(s) <= most && ascii {
		return textFine
	}
	if !utf8.ValidString(s) {
		return textEncoding
	}
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return textTooLong
	}
	for i := 0; i+1 < len(s); i++ {
		if s[i] == 0xc2 && s[i+1] < 0xa0 { // U+0080 to U+009F
			return textControl
		}
	}
	return textFine
}

// isPrintable reports whether s has 1 to most printable characters and no space at
// either end, where it would be lost on the way.
func isPrintable(s string, most int) bool {
	if s == "" || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	n := 0
	for i, c := range s {
		if n++; n > most || !unicode.IsPrint(c) {
			return false
		}
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}

func isBlank(s string) bool {
	if s != "" && s[0] > ' ' && s[0] < utf8.RuneSelf {
		return false
	}
	return strings.TrimSpace(s) == ""
}

func hasLetterOrDigit(s string) bool {
	for _, c := range s {
		if unicode.IsLetter(c) || unicode.IsNumber(c) {
			return true
		}
	}
	return false
}
