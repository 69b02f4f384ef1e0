package controllist

// ValidIMO reports whether the text is a ship's IMO number: seven digits of which the
// last is the check digit (the sum of the first six, weighted 7 down to 2, modulo 10).
// A company's IMO number follows another rule and mostly fails this one.
func ValidIMO(text string) bool {
	if len(text) != 7 {
		return false
	}
	sum := 0
	for i := range 7 {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
		if i < 6 {
			sum += int(text[i]-'0') * (7 - i)
		}
	}
	return sum%10 == int(text[6]-'0')
}

// LooksLikeLEI reports whether the text has the shape of a legal entity identifier
// (ISO 17442): 18 capital letters or digits and two check digits. The check digits are
// not verified: publishers print wrong ones, and a wrong number still identifies.
func LooksLikeLEI(text string) bool {
	if len(text) != 20 {
		return false
	}
	for i := range 20 {
		digit := text[i] >= '0' && text[i] <= '9'
		letter := text[i] >= 'A' && text[i] <= 'Z' && i < 18
		if !digit && !letter {
			return false
		}
	}
	return true
}
