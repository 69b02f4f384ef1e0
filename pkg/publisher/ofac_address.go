package publisher

import (
	"strings"

	"chokepoint/pkg/controllist"
)

// ofacAddress reads an address row: the street, the city with state and postal code
// in one field, and the country by name. It returns the country's name where it is no
// country this package knows. An address of nulls is the zero Address: a fifth of all
// rows are there only to say that nothing is known.
func ofacAddress(street, city, country string) (address controllist.Address, unknown string) {
	address = splitCity(city)
	address.Street = street
	if country == "" || strings.EqualFold(country, "undetermined") {
		return address, ""
	}
	code, ok := Country(country)
	address.Country = code
	region, isRegion := cutLabel(country, "Region:")
	switch {
	case isRegion && address.State == "":
		address.State = region
	case !ok && address.State == "":
		address.State = country
	}
	if !ok && !isRegion {
		unknown = country
	}
	return address, unknown
}

// splitCity takes "Houston, TX 77002" apart. What comes before the first comma is the
// city, a tail with enough digits is the postal code, what is between is the state.
func splitCity(text string) controllist.Address {
	text, postal := cutPostalCode(text)
	city, state, _ := strings.Cut(text, ",")
	return controllist.Address{City: strings.TrimSpace(city), State: strings.TrimSpace(state), PostalCode: postal}
}

// cutPostalCode cuts the postal code off the end: the last words that each hold a
// digit, with a leading "C.P." or "P.O. Box" if there is one. A postal code has three
// digits or more ("Tokyo 103") or two words that mix letters and digits ("EC3N 1DY");
// fewer are part of a place's name ("Dublin 2", "Sector 7").
func cutPostalCode(text string) (rest, postal string) {
	words := strings.Fields(text)
	first := len(words)
	for first > 0 && hasDigit(words[first-1]) && !strings.HasSuffix(words[first-1], ",") {
		first--
	}
	code := words[first:]
	if !postalCode(code) {
		return tidy(text), ""
	}
	for first > 0 && postalLabel(words[first-1]) {
		first--
	}
	return strings.TrimRight(strings.Join(words[:first], " "), ", "), strings.Join(code, " ")
}

// postalCode reports whether words look like a postal code.
func postalCode(words []string) bool {
	digits, mixed := 0, 0
	for _, word := range words {
		inWord := 0
		for _, r := range word {
			if r >= '0' && r <= '9' {
				inWord++
			}
		}
		digits += inWord
		if inWord > 0 && inWord < len(word) {
			mixed++
		}
	}
	return digits >= 3 || len(words) == 2 && mixed == 2
}

func postalLabel(word string) bool {
	switch strings.ToUpper(strings.Trim(word, ".:")) {
	case "CP", "C.P", "PO", "P.O", "BOX", "POB", "ZIP", "PC", "P.C":
		return true
	}
	return false
}

func hasDigit(text string) bool { return strings.ContainsAny(text, "0123456789") }
