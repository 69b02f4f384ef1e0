package goods

// The shortest and the longest tariff code, in digits: the Harmonized System's
// six, and the longest national extension (Turkey's GTIP and others have twelve).
const (
	hs4Digits     = 4
	hs6Digits     = 6
	maxCodeDigits = 12
	// maxCodeBytes bounds what is looked at: twelve digits with a mark after each.
	maxCodeBytes = 2 * maxCodeDigits
)

// HS6 returns the first six digits of a tariff code of 6 to 12 digits: the part
// that is the same in every country. Dots, spaces and hyphens between digits are
// passed over ("8542.31.10", "8542 31 10"). It reports false for anything else, and
// for chapters that do not exist (00 and 77; 98 and 99 are national).
func HS6(code string) (string, bool) {
	if len(code) > maxCodeBytes {
		return "", false
	}
	if len(code) >= hs6Digits && len(code) <= maxCodeDigits && allDigits(code) {
		return chapterKnown(code[:hs6Digits])
	}
	var digits [maxCodeDigits]byte
	count := 0
	for i := range len(code) {
		switch c := code[i]; {
		case c >= '0' && c <= '9':
			if count == maxCodeDigits {
				return "", false
			}
			digits[count] = c
			count++
		case c == '.' || c == ' ' || c == '-':
		default:
			return "", false
		}
	}
	if count < hs6Digits {
		return "", false
	}
	return chapterKnown(string(digits[:hs6Digits]))
}

// HS4 returns the heading, the first four digits of a code that [HS6] accepts.
func HS4(code string) (string, bool) {
	hs6, ok := HS6(code)
	if !ok {
		return "", false
	}
	return hs6[:hs4Digits], true
}

func chapterKnown(hs6 string) (string, bool) {
	if chapter := hs6[:2]; chapter == "00" || chapter == "77" {
		return "", false
	}
	return hs6, true
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
