package publisher

import (
	"slices"
	"strings"
	"sync"

	"chokepoint/pkg/controllist"
)

// remarkReader reads the value of a labelled statement; false means that it cannot.
type remarkReader func(r *ofacRemarks, value string, kind controllist.Kind) bool

// labelRule is a label and what reads its value.
type labelRule struct {
	label string
	read  remarkReader
}

// findLabel finds the longest label a statement starts with, and its value.
func findLabel(statement string) (rule *labelRule, value string, ok bool) {
	if statement == "" {
		return nil, "", false
	}
	rules := labelRules()[statement[0]]
	for i := range rules {
		if value, ok := cutLabel(statement, rules[i].label); ok && value != "" {
			return &rules[i], value, true
		}
	}
	return nil, "", false
}

// labelRules are all labels by their first byte, longest first, so that "Registration
// Number" does not take "Registration Number ID" away from a rule of its own.
var labelRules = sync.OnceValue(func() map[byte][]labelRule {
	rules := []labelRule{
		{"DOB", (*ofacRemarks).birthDate},
		{"Gender", (*ofacRemarks).setGender},
		{"nationality", (*ofacRemarks).nationality},
		{"citizen", (*ofacRemarks).nationality},
		{"Nationality of Registration", (*ofacRemarks).country},
		{"Registration Country", (*ofacRemarks).country},
		{"Vessel Flag", (*ofacRemarks).country},
		{"Other Vessel Flag", (*ofacRemarks).country},
		{"Linked To:", link("linked_to")},
		{"Aircraft Operator", link("operator")},
		{"Issuer Name", (*ofacRemarks).alias},
		{"Vessel Registration Identification", readVesselNumber},
		{"Identification Number", readIdentificationNumber},
		{"Company Number", readCompanyNumber},
		{"International Maritime Organization No.", readMaritimeNumber},
		{"Legal Entity Number", readLegalEntityNumber},
		{"Digital Currency Address -", readWallet},
		{"Digital Currency Address", readWallet},
		{"Website", readWebsite},
		{"Email Address", readEmail},
		{"SWIFT/BIC", readBIC},
		{"MMSI", number(controllist.IdentifierMMSI)},
	}
	for kind, labels := range numberLabels {
		for label := range strings.SplitSeq(strings.TrimSpace(labels), "\n") {
			rules = append(rules, labelRule{strings.TrimSpace(label), number(kind)})
		}
	}
	slices.SortFunc(rules, func(a, b labelRule) int {
		if len(a.label) != len(b.label) {
			return len(b.label) - len(a.label)
		}
		return strings.Compare(a.label, b.label)
	})
	byFirst := make(map[byte][]labelRule)
	for _, rule := range rules {
		byFirst[rule.label[0]] = append(byFirst[rule.label[0]], rule)
	}
	return byFirst
})

// numberLabels are the labels of plain numbers, by what they are numbers of. They are
// those that occur, and OFAC adds new ones at will: an unknown label costs an
// identifier, never the statement, which stays in the remarks. What is no number of
// the party (stock tickers, permits, models, dates) has no label here on purpose.
var numberLabels = map[controllist.IdentifierType]string{
	controllist.IdentifierPassport: `
		Passport
		Passport Booklet
		Diplomatic Passport
		Stateless Person Passport
		British National Overseas Passport
		Travel Document Number
		Refugee Travel Document`,
	controllist.IdentifierNationalID: `
		National ID No.
		National ID Number
		National Foreign ID Number
		Cedula No.
		Cedula de Residencia
		Cedula de Ciudadania
		C.U.R.P.
		C.U.R.P. #
		D.N.I.
		Personal ID Card
		Citizen's Card Number
		Credencial electoral
		Electoral Registry No.
		Voter Identification Certificate
		Cartilla de Servicio Militar Nacional
		Birth Certificate Number
		Residency Number
		Refugee ID Card
		Tazkira National ID Card
		Turkish Identification Number
		Kenyan ID No.
		Bosnian Personal ID No.
		Stateless Person ID Card
		Numero de Identidad
		Immigration No.
		Driver's License No.
		Military Registration Number
		Matricula Consular
		I.F.E.
		SSN
		LE Number
		VisaNumberID
		Moroccan Personal ID No.
		Afghan ID
		Tarjeta de Identidad`,
	controllist.IdentifierTax: `
		Tax ID No.
		Tax ID Number
		R.F.C.
		R.F.C. #
		NIT #
		RUC #
		RIF #
		RTN
		NIE #
		N.I.E.
		C.U.I.T.
		C.U.I.
		C.I.F.
		V.A.T. Number
		V.A.T. Registration Number
		Italian Fiscal Code
		US FEIN
		Paraguayan tax identification number
		Numero Unico de Identificacao Tributaria (NUIT)
		Fiscal Code
		Tax Registration Number`,
	controllist.IdentifierRegistration: `
		Registration Number
		Registration ID
		Public Registration Number
		Business Registration Number
		Business Registration Document #
		Business Number
		UK Company Number
		Company ID
		Commercial Registry Number
		C.R. No.
		Romanian C.R.
		Chamber of Commerce Number
		Istanbul Chamber of Comm. No.
		Dubai Chamber of Commerce Membership No.
		Central Registration System Number
		Certificate of Incorporation Number
		Economic Register Number (CBLS)
		Economic Register Number
		Unified Social Credit Code (USCC)
		United Social Credit Code Certificate (USCCC)
		Government Gazette Number
		Folio Mercantil No.
		Matricula Mercantil No
		Matricula Mercantil No.
		Trade License No.
		Enterprise Number
		Branch Unit Number
		Organization Code
		Registered Charity No.
		MSB Registration Number
		Russian State Individual Business Registration Number Pattern (OGRNIP)
		File Number
		Registration Certificate Number
		Global Intermediary Identification Number`,
	controllist.IdentifierAircraftTail: `
		Aircraft Tail Number
		Previous Aircraft Tail Number
		Aircraft Registration Number`,
	controllist.IdentifierAircraftMSN: `
		Aircraft Manufacturer's Serial Number (MSN)
		Aircraft Construction Number (also called L/N or S/N or F/N)
		Aircraft Serial Identification`,
	controllist.IdentifierPhone: `
		Phone Number
		Telephone
		Telephone No.
		Telephone Number
		Tel.
		PHONE
		Fax
		Fax No.
		FAX`,
	controllist.IdentifierOther: `
		D-U-N-S Number
		BIK (RU)
		ISIN
		License
		Tourism License No.
		Afghan Money Service Provider License Number
		Pilot License Number
		SRE Permit No.
		Chinese Commercial Code
		Aircraft Mode S Transponder Code`,
}
