package normalize

// Check says whether a number fulfils its own check digit.
type Check uint8

// The outcomes of a check.
const (
	// CheckNone: numbers of the kind have no check digit, or none known here.
	CheckNone Check = iota
	// CheckValid and CheckInvalid: they have, and it fits or does not.
	CheckValid
	CheckInvalid
)

// maxIdentifier is the longest number kept.
const maxIdentifier = 128

// AppendIdentifier appends a number in the form in which two prints of it are equal:
// letters and digits only, in capitals, without the kind's own prefix ("IMO 9307322"), a bank
// code cut to its institution. Kinds are named as package controllist names them. Nothing is
// appended where the value cannot be a number of its kind, or is too short to mean anything.
func AppendIdentifier(to []byte, kind, country, value string) ([]byte, Check) {
	start := len(to)
	switch kind {
	case "wallet":
		return appendWallet(to, value)
	case "website", "email":
		return appendInternet(to, kind, value)
	}
	for i := 0; i < len(value) && len(to)-start < maxIdentifier; i++ {
		c := value[i]
		switch {
		case c >= 'a' && c <= 'z':
			to = append(to, c-'a'+'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80:
			to = append(to, c)
		}
	}
	number := to[start:]
	check := CheckNone
	fits := len(number) >= 5
	switch kind {
	case "imo", "company_imo":
		number = withoutPrefix(number, "IMO")
		fits, check = len(number) == 7 && allDigits(number), CheckInvalid
		if fits && (kind == "imo" && shipNumber(number) || kind == "company_imo" && companyNumber(number)) {
			check = CheckValid
		}
	case "mmsi":
		number = withoutPrefix(number, "MMSI")
		fits = len(number) == 9 && allDigits(number)
	case "bic":
		fits = (len(number) == 8 || len(number) == 11) && allLetters(number[:6])
		if fits {
			number = number[:8]
		}
	case "lei":
		number = withoutPrefix(number, "LEI")
		fits, check = len(number) == 20, CheckInvalid
		if fits && mod97(number) == 1 {
			check = CheckValid
		}
	case "call_sign", "aircraft_tail", "aircraft_serial":
		fits = len(number) >= 3
	case "phone":
		for len(number) > 0 && number[0] == '0' {
			number = number[1:]
		}
		fits = len(number) >= 7 && allDigits(number)
	case "tax_id", "registration_number":
		check = taxCheck(country, number)
	}
	if !fits || oneCharacter(number) {
		return to[:start], CheckNone
	}
	return append(to[:start], number...), check
}

func withoutPrefix(number []byte, prefix string) []byte {
	if len(number) > len(prefix) && string(number[:len(prefix)]) == prefix {
		return number[len(prefix):]
	}
	return number
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func allLetters(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// oneCharacter reports whether a number is one character over and over, as fillers are.
func oneCharacter(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

func weighted(number []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(number[i]-'0') * w
	}
	return sum
}

// shipNumber checks an IMO ship number (IMO resolution A.1117(30)).
func shipNumber(n []byte) bool { return weighted(n, 7, 6, 5, 4, 3, 2)%10 == int(n[6]-'0') }

// companyNumber checks an IMO company number, whose check digit is reckoned modulo 11.
func companyNumber(n []byte) bool {
	return (11-weighted(n, 8, 6, 4, 2, 9, 7)%11)%10 == int(n[6]-'0')
}

// mod97 is the ISO 7064 MOD 97-10 remainder of digits and capital letters.
func mod97(number []byte) int {
	r := 0
	for _, c := range number {
		switch {
		case c >= '0' && c <= '9':
			r = (r*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			r = (r*100 + int(c-'A') + 10) % 97
		default:
			return 0
		}
	}
	return r
}

// taxCheck checks the tax numbers of countries whose check digits are known here:
// Russian INN (10 or 12 digits), Turkish VKN (10) and identity number (11), Chinese unified
// social credit code (18).
func taxCheck(country string, n []byte) Check {
	valid := false
	switch {
	case country == "RU" && len(n) == 10 && allDigits(n):
		valid = weighted(n, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(n[9]-'0')
	case country == "RU" && len(n) == 12 && allDigits(n):
		valid = weighted(n, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(n[10]-'0') && weighted(n, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(n[11]-'0')
	case country == "TR" && len(n) == 10 && allDigits(n):
		valid = turkishTax(n)
	case country == "TR" && len(n) == 11 && allDigits(n):
		odd, even := weighted(n, 1, 0, 1, 0, 1, 0, 1, 0, 1), weighted(n, 0, 1, 0, 1, 0, 1, 0, 1)
		valid = n[0] != '0' && ((odd*7-even)%10+10)%10 == int(n[9]-'0') && (odd+even+int(n[9]-'0'))%10 == int(n[10]-'0')
	case country == "CN" && len(n) == 18:
		valid = socialCreditCode(n)
	default:
		return CheckNone
	}
	if valid {
		return CheckValid
	}
	return CheckInvalid
}

func turkishTax(n []byte) bool {
	sum := 0
	for i := range 9 {
		d := (int(n[i]-'0') + 9 - i) % 10
		if d != 0 {
			power := 1 << (9 - i)
			if d = d * power % 9; d == 0 {
				d = 9
			}
		}
		sum += d
	}
	return (10-sum%10)%10 == int(n[9]-'0')
}

func socialCreditCode(n []byte) bool {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for _, c := range n[:17] {
		value := indexByte(alphabet, c)
		if value < 0 {
			return false
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return (31-sum%31)%31 == indexByte(alphabet, n[17])
}

func indexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// appendWallet appends a wallet address: hexadecimal ones in lower case, others as they
// are, since their capitals count.
func appendWallet(to []byte, value string) ([]byte, Check) {
	start := len(to)
	hexadecimal := len(value) > 2 && value[0] == '0' && (value[1] == 'x' || value[1] == 'X')
	for i := 0; i < len(value) && len(to)-start < maxIdentifier; i++ {
		c := value[i]
		if c <= ' ' {
			continue
		}
		if hexadecimal && c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	if len(to)-start < 20 {
		return to[:start], CheckNone
	}
	return to, CheckNone
}

// appendInternet appends a mail address in lower case, or the host of a website.
func appendInternet(to []byte, kind, value string) ([]byte, Check) {
	start := len(to)
	if kind == "website" {
		for _, prefix := range [...]string{"https://", "http://", "HTTPS://", "HTTP://"} {
			if len(value) > len(prefix) && value[:len(prefix)] == prefix {
				value = value[len(prefix):]
				break
			}
		}
		if len(value) > 4 && (value[:4] == "www." || value[:4] == "WWW.") {
			value = value[4:]
		}
	}
	for i := 0; i < len(value) && len(to)-start < maxIdentifier; i++ {
		c := value[i]
		if kind == "website" && c == '/' {
			break
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c > ' ' {
			to = append(to, c)
		}
	}
	if len(to)-start < 4 {
		return to[:start], CheckNone
	}
	return to, CheckNone
}
