package publisher

import (
	"strings"

	"chokepoint/pkg/controllist"
)

// number returns a reader of numbers of one kind: "R123 (Turkey) issued 01 Feb 2003".
func number(kind controllist.IdentifierType) remarkReader {
	return func(r *ofacRemarks, value string, _ controllist.Kind) bool {
		return r.identifier(kind, value)
	}
}

// identifier adds a number; it must have a digit, since a label before a word is not
// a number ("Passport unknown").
func (r *ofacRemarks) identifier(kind controllist.IdentifierType, text string) bool {
	value, country := cutIssuer(text)
	letters := kind == controllist.IdentifierAircraftTail && value != "" && !strings.Contains(value, " ")
	if !letters && !hasDigit(value) {
		return false
	}
	r.identifiers = append(r.identifiers, controllist.Identifier{Type: kind, Value: value, Country: country})
	return true
}

// cutIssuer takes the dates and the issuing country off a number. What stands in
// brackets and is no country is part of the number ("(98)(912 555 0100)").
func cutIssuer(text string) (value, country string) {
	for _, word := range []string{" issued ", " expires ", " expired "} {
		if before, _, ok := strings.Cut(text, word); ok {
			text = before
		}
	}
	text = strings.Trim(text, " .,:#")
	if strings.HasSuffix(text, ")") {
		if open := strings.LastIndex(text, "("); open > 0 {
			if code, ok := Country(text[open+1 : len(text)-1]); ok {
				return strings.Trim(text[:open], " .,:#"), code
			}
		}
	}
	return text, ""
}

// readVesselNumber reads "IMO 9074729" and the bare number that one ship has. Without
// the letters only a number whose check digit is right is taken for an IMO number.
func readVesselNumber(r *ofacRemarks, value string, _ controllist.Kind) bool {
	if imo, ok := cutLabel(value, "IMO"); ok {
		return r.identifier(controllist.IdentifierIMO, imo)
	}
	if plain, _ := cutIssuer(value); controllist.ValidIMO(plain) {
		return r.identifier(controllist.IdentifierIMO, value)
	}
	return r.identifier(controllist.IdentifierRegistration, value)
}

// readIdentificationNumber reads a label of many meanings. With the letters IMO it is
// a company's IMO number (of which nine in ten fail the check digit of ships: another
// rule), a ship's only if the entry is a ship. Without them it is a person's identity
// card or a company's registration.
func readIdentificationNumber(r *ofacRemarks, value string, kind controllist.Kind) bool {
	if imo, ok := cutLabel(value, "IMO"); ok {
		if kind == controllist.KindVessel {
			return r.identifier(controllist.IdentifierIMO, imo)
		}
		return r.identifier(controllist.IdentifierCompanyIMO, imo)
	}
	switch kind {
	case controllist.KindPerson:
		return r.identifier(controllist.IdentifierNationalID, value)
	case controllist.KindOrganization:
		return r.identifier(controllist.IdentifierRegistration, value)
	}
	return r.identifier(controllist.IdentifierOther, value)
}

// readMaritimeNumber reads a number of the International Maritime Organization that is
// not called IMO: a ship's on a ship, a company's on anything else.
func readMaritimeNumber(r *ofacRemarks, value string, kind controllist.Kind) bool {
	return readIdentificationNumber(r, "IMO "+strings.Trim(value, "()"), kind)
}

// readCompanyNumber reads "01074897 (United Kingdom)" and "IMO 5055293".
func readCompanyNumber(r *ofacRemarks, value string, _ controllist.Kind) bool {
	if imo, ok := cutLabel(value, "IMO"); ok {
		return r.identifier(controllist.IdentifierCompanyIMO, imo)
	}
	return r.identifier(controllist.IdentifierRegistration, value)
}

// readLegalEntityNumber reads an LEI; what has not the shape of one is a registration.
func readLegalEntityNumber(r *ofacRemarks, value string, _ controllist.Kind) bool {
	if plain, _ := cutIssuer(value); controllist.LooksLikeLEI(plain) {
		return r.identifier(controllist.IdentifierLEI, value)
	}
	return r.identifier(controllist.IdentifierRegistration, value)
}

// readWallet reads "XBT 12Qt…": the currency and the address. The address alone is
// the value, since a payment gives the address alone.
func readWallet(r *ofacRemarks, value string, _ controllist.Kind) bool {
	currency, address, ok := strings.Cut(value, " ")
	if !ok || len(currency) > 8 {
		address = value
	}
	address = strings.TrimSpace(address)
	if address == "" || strings.Contains(address, " ") {
		return false
	}
	r.identifiers = append(r.identifiers, controllist.Identifier{Type: controllist.IdentifierWallet, Value: address})
	return true
}

func readWebsite(r *ofacRemarks, value string, _ controllist.Kind) bool {
	value = strings.TrimRight(value, ". ")
	if !strings.Contains(value, ".") || strings.Contains(value, " ") {
		return false
	}
	r.identifiers = append(r.identifiers, controllist.Identifier{Type: controllist.IdentifierWebsite, Value: value})
	return true
}

func readEmail(r *ofacRemarks, value string, _ controllist.Kind) bool {
	value = strings.TrimRight(value, ". ")
	if !strings.Contains(value, "@") || strings.Contains(value, " ") {
		return false
	}
	r.identifiers = append(r.identifiers, controllist.Identifier{Type: controllist.IdentifierEmail, Value: value})
	return true
}

func readBIC(r *ofacRemarks, value string, _ controllist.Kind) bool {
	value, country := cutIssuer(value)
	if len(value) < 6 || strings.Contains(value, " ") {
		return false
	}
	r.identifiers = append(r.identifiers, controllist.Identifier{Type: controllist.IdentifierBIC, Value: value, Country: country})
	return true
}
