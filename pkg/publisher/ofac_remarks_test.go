package publisher

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
)

func identifier(kind controllist.IdentifierType, value, country string) []controllist.Identifier {
	return []controllist.Identifier{{Type: kind, Value: value, Country: country}}
}

func TestRemarksIdentifiers(t *testing.T) {
	const person, firm, ship, plane = controllist.KindPerson, controllist.KindOrganization, controllist.KindVessel, controllist.KindAircraft
	cases := []struct {
		name, text string
		kind       controllist.Kind
		want       []controllist.Identifier
	}{
		{"a Russian tax number", "Tax ID No. 7700000001 (Russia).", firm, identifier(controllist.IdentifierTax, "7700000001", "RU")},
		{"dates go", "Passport X123456 (Iran) issued 01 Feb 2003 expires 31 Jan 2013.", person, identifier(controllist.IdentifierPassport, "X123456", "IR")},
		{"no country", "Passport A1.", person, identifier(controllist.IdentifierPassport, "A1", "")},
		{"an inverted country", "Passport 1 (Korea, North).", person, identifier(controllist.IdentifierPassport, "1", "KP")},
		{"a bracket that is no country", "Telephone (98)(9125550100).", person, identifier(controllist.IdentifierPhone, "(98)(9125550100)", "")},
		{"a code in brackets in the label", "Unified Social Credit Code (USCC) 9100000000EXAMPLE1 (China).", firm, identifier(controllist.IdentifierRegistration, "9100000000EXAMPLE1", "CN")},
		{"a hash in the label", "NIT # 12345-1 (Colombia).", firm, identifier(controllist.IdentifierTax, "12345-1", "CO")},
		{"a ship's IMO", "Vessel Registration Identification IMO 9074729.", ship, identifier(controllist.IdentifierIMO, "9074729", "")},
		{"a ship's IMO without the letters", "Vessel Registration Identification 9074729.", ship, identifier(controllist.IdentifierIMO, "9074729", "")},
		{"a number that is no IMO", "Vessel Registration Identification 1234568.", ship, identifier(controllist.IdentifierRegistration, "1234568", "")},
		{"a company's IMO", "Identification Number IMO 5000001.", firm, identifier(controllist.IdentifierCompanyIMO, "5000001", "")},
		{"a company's IMO by another label", "Company Number IMO 5000001.", firm, identifier(controllist.IdentifierCompanyIMO, "5000001", "")},
		{"a ship's by the company's label", "Identification Number IMO 9074729.", ship, identifier(controllist.IdentifierIMO, "9074729", "")},
		{"a company number", "Company Number 01000001 (United Kingdom).", firm, identifier(controllist.IdentifierRegistration, "01000001", "GB")},
		{"a person's identification number", "Identification Number 1.234 (Paraguay).", person, identifier(controllist.IdentifierNationalID, "1.234", "PY")},
		{"a firm's identification number", "Identification Number 1.234 (Italy).", firm, identifier(controllist.IdentifierRegistration, "1.234", "IT")},
		{"an LEI", "Legal Entity Number 5493001KJTIIGC8Y1R12 (Russia).", firm, identifier(controllist.IdentifierLEI, "5493001KJTIIGC8Y1R12", "RU")},
		{"a legal entity number that is no LEI", "Legal Entity Number 123.", firm, identifier(controllist.IdentifierRegistration, "123", "")},
		{"a wallet", "Digital Currency Address - XBT 1ExampleAddr355.", firm, identifier(controllist.IdentifierWallet, "1ExampleAddr355", "")},
		{"a BIC", "SWIFT/BIC EXAMRUMM.", firm, identifier(controllist.IdentifierBIC, "EXAMRUMM", "")},
		{"a website", "Website http://www.example.com/.", firm, identifier(controllist.IdentifierWebsite, "http://www.example.com/", "")},
		{"an e-mail address", "Email Address info@example.com.", firm, identifier(controllist.IdentifierEmail, "info@example.com", "")},
		{"a tail number", "Aircraft Tail Number EP-EXA.", plane, identifier(controllist.IdentifierAircraftTail, "EP-EXA", "")},
		{"a serial number", "Aircraft Manufacturer's Serial Number (MSN) 1234.", plane, identifier(controllist.IdentifierAircraftMSN, "1234", "")},
		{"MMSI", "MMSI 572000000 (Malta).", ship, identifier(controllist.IdentifierMMSI, "572000000", "MT")},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			remarks := readRemarks(test.text, test.kind)
			require.Equal(t, test.want, remarks.identifiers)
			require.Empty(t, remarks.rest)
		})
	}
}

func TestRemarksBirthDates(t *testing.T) {
	cases := map[string]controllist.DateRange{
		"DOB 12 Mar 1961":                "1961-03-12",
		"DOB 1 Mar 1961":                 "1961-03-01",
		"DOB Mar 1961":                   "1961-03",
		"DOB 1961":                       "1961",
		"DOB circa 1961":                 "~1961",
		"DOB circa 12 Mar 1961":          "~1961-03-12",
		"DOB 1951 to 1953":               "1951/1953",
		"DOB 01 Jan 1960 to 31 Dec 1960": "1960-01-01/1960-12-31",
		"DOB Aug 1960 to Sep 1961":       "1960-08/1961-09",
		"DOB circa 1979-1982":            "~1979/1982",
	}
	for text, want := range cases {
		remarks := readRemarks(text+".", controllist.KindPerson)
		require.Equal(t, []controllist.DateRange{want}, remarks.birthDates, text)
	}
	for _, text := range []string{"DOB unknown", "DOB 1961 to", "DOB 1962 to 1961", "DOB 32 Jan 1961", "DOB"} {
		remarks := readRemarks(text+".", controllist.KindPerson)
		require.Empty(t, remarks.birthDates, text)
		require.Equal(t, []string{text}, remarks.rest)
	}
	remarks := readRemarks("DOB 31 Aug 1960; alt. DOB 31 Aug 1953.", controllist.KindPerson)
	require.Equal(t, []controllist.DateRange{"1960-08-31", "1953-08-31"}, remarks.birthDates)
}

func TestRemarksWeakAliasesAreOnlyHere(t *testing.T) {
	remarks := readRemarks("a.k.a. 'PAT'; a.k.a. 'EL EJEMPLO'; f.k.a. 'OLD EXAMPLE'.", controllist.KindPerson)
	require.Equal(t, []controllist.Name{
		{Value: "PAT", Type: controllist.NameWeak}, {Value: "EL EJEMPLO", Type: controllist.NameWeak}, {Value: "OLD EXAMPLE", Type: controllist.NameFormer},
	}, remarks.names)
}

func TestRemarksQuotedNamesMayHoldAnything(t *testing.T) {
	for text, want := range map[string]string{
		"a.k.a. 'AL-EXAMPLE, Sa'id'.":               "AL-EXAMPLE, Sa'id",
		"a.k.a. 'ONE; TWO'; Gender Male.":           "ONE; TWO",
		"a.k.a. 'EX.'.":                             "EX.",
		"alt. a.k.a. 'THIRD'.":                      "THIRD",
		"Gender Male; a.k.a. 'LAST; BUT ONE; TWO'.": "LAST; BUT ONE; TWO",
	} {
		remarks := readRemarks(text, controllist.KindPerson)
		require.Equal(t, []controllist.Name{{Value: want, Type: controllist.NameWeak}}, remarks.names, text)
		require.Empty(t, remarks.rest)
	}
	remarks := readRemarks("a.k.a. 'CUT OFF; Gender Male; a.k.a. 'WHOLE'.", controllist.KindPerson)
	require.Equal(t, []controllist.Name{{Value: "WHOLE", Type: controllist.NameWeak}}, remarks.names, "a name never closed swallows nothing")
	require.Equal(t, []string{"a.k.a. 'CUT OFF"}, remarks.rest)
	require.Equal(t, "male", remarks.gender)
}

func TestRemarksPeople(t *testing.T) {
	remarks := readRemarks("nationality Turkey; alt. nationality Korea, North; citizen Burma; Gender Female; Linked To: EXAMPLE GROUP.", controllist.KindPerson)
	require.Equal(t, []string{"TR", "KP", "MM"}, remarks.nationalities)
	require.Equal(t, "female", remarks.gender)
	require.Equal(t, []controllist.Link{{Type: "linked_to", Name: "EXAMPLE GROUP"}}, remarks.links)
}

func TestRemarksKeepWhatTheyDoNotUnderstand(t *testing.T) {
	text := "POB Example City; Member of the Example Council; nationality possibly Ruritania; Passport unknown; " +
		"Equity Ticker EXA US; Secondary sanctions risk: section 1 of an order.; Registration Numbers 7"
	remarks := readRemarks(text+".", controllist.KindPerson)
	require.Equal(t, strings.Split(text, "; "), remarks.rest)
	require.Empty(t, remarks.identifiers)
}

func TestRemarksNothing(t *testing.T) {
	for _, text := range []string{"", ".", " ", ";", "; ; ;."} {
		require.Empty(t, readRemarks(text, controllist.KindPerson).rest, text)
	}
}

func TestOFACProgramsHaveInnerBracketsOnly(t *testing.T) {
	require.Equal(t, []string{"SDGT", "IFSR"}, ofacPrograms("SDGT] [IFSR"))
	require.Equal(t, []string{"CAATSA - RUSSIA"}, ofacPrograms("CAATSA - RUSSIA"))
	require.Equal(t, []string{"A", "B", "C"}, ofacPrograms("[A] [B] [C]"))
	require.Nil(t, ofacPrograms(""))
}

func TestOFACMeasuresByProgramme(t *testing.T) {
	const ssi = "Executive Order 13662 Directive Determination - Subject to Directive "
	const russia = "Executive Order 14024 Directive Information Subject to Directive "
	cases := map[string]struct {
		list, programs, remarks string
		want                    []controllist.Measure
	}{
		"the SDN list blocks":            {listSDN, "SDGT", "", []controllist.Measure{controllist.MeasureFreeze}},
		"SSIDES is not SSI":              {listSDN, "SSIDES", "", []controllist.Measure{controllist.MeasureFreeze}},
		"blocked, with a menu beside it": {listSDN, "CAATSA - RUSSIA", "CAATSA Section 235 Information: EXPORT SANCTIONS Sec. 235(a)(2)", []controllist.Measure{controllist.MeasureFreeze}},
		"non-SDN tags alone":             {listSDN, "NS-PLC", "", []controllist.Measure{controllist.MeasureReject}},
		"no programme":                   {listSDN, "", "", []controllist.Measure{controllist.MeasureFreeze}},
		"sectoral, debt":                 {listCONS, "UKRAINE-EO13662", ssi + "1", []controllist.Measure{controllist.MeasureDebtEquityLimit}},
		"sectoral, oil projects":         {listCONS, "UKRAINE-EO13662", ssi + "4", []controllist.Measure{controllist.MeasureExportRestriction}},
		"sectoral, both":                 {listCONS, "UKRAINE-EO13662", ssi + "2; alt. " + ssi + "4", []controllist.Measure{controllist.MeasureDebtEquityLimit, controllist.MeasureExportRestriction}},
		"sectoral, nothing said":         {listCONS, "UKRAINE-EO13662", "", []controllist.Measure{controllist.MeasureDebtEquityLimit}},
		"CMIC":                           {listCONS, "CMIC-EO13959", "Equity Ticker EXA US", []controllist.Measure{controllist.MeasureSecuritiesBan}},
		"PLC":                            {listCONS, "NS-PLC", "", []controllist.Measure{controllist.MeasureReject}},
		"CAPTA, Part 561":                {listCONS, "561-Related", "", []controllist.Measure{controllist.MeasureCorrespondentAccount}},
		"CAPTA, Directive 2":             {listCONS, "RUSSIA-EO14024", "Listing Date (EO 14024 Directive 2): 24 Feb 2022", []controllist.Measure{controllist.MeasureCorrespondentAccount}},
		"Directive 3":                    {listCONS, "RUSSIA-EO14024", russia + "3 - All transactions in new debt", []controllist.Measure{controllist.MeasureDebtEquityLimit}},
		"Directives 1a and 4":            {listCONS, "RUSSIA-EO14024", russia + "1a - bonds; alt. " + russia + "4 - any transaction", []controllist.Measure{controllist.MeasureDebtEquityLimit, controllist.MeasureReject}},
		"Burma, Directive 1":             {listCONS, "BURMA-EO14014", "Executive Order 14014 Directive Information: Subject to Directive 1 - financial services", []controllist.Measure{controllist.MeasureReject}},
		"a menu without property":        {listCONS, "CAATSA - RUSSIA", "CAATSA Section 235 Information: EXPORT SANCTIONS Sec. 235(a)(2); alt. CAATSA Section 235 Information: LOANS FROM UNITED STATES FINANCIAL INSTITUTIONS. Sec. 235(a)(3)", []controllist.Measure{controllist.MeasureDebtEquityLimit, controllist.MeasureExportRestriction}},
		"a menu of an order":             {listCONS, "ILLICIT-DRUGS-EO14059", "Executive Order 14059 information: Prohibition on any transactions in foreign exchange", []controllist.Measure{controllist.MeasureReject}},
		"a menu with property":           {listCONS, "NS-MBS", "BLOCKING PROPERTY AND INTERESTS IN PROPERTY", []controllist.Measure{controllist.MeasureFreeze}},
		"nothing understood":             {listCONS, "NEW-PROGRAMME", "", []controllist.Measure{controllist.MeasureReject}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, ofacMeasures(test.list, ofacPrograms(test.programs), test.remarks))
		})
	}
}

func TestOFACCityFieldIsTakenApart(t *testing.T) {
	for text, want := range map[string]controllist.Address{
		"Havana":                               {City: "Havana"},
		"London EC3N 1DY":                      {City: "London", PostalCode: "EC3N 1DY"},
		"Zurich CH-8022":                       {City: "Zurich", PostalCode: "CH-8022"},
		"Tokyo 103":                            {City: "Tokyo", PostalCode: "103"},
		"Houston, TX 77002":                    {City: "Houston", State: "TX", PostalCode: "77002"},
		"Hebron, West Bank":                    {City: "Hebron", State: "West Bank"},
		"Jalisco, Example C.P. 80160":          {City: "Jalisco", State: "Example", PostalCode: "80160"},
		"Toronto, Ontario M5V 2T6":             {City: "Toronto", State: "Ontario", PostalCode: "M5V 2T6"},
		"Dublin 2":                             {City: "Dublin 2"},
		"Tehran, Tehran Province 19395-4833":   {City: "Tehran", State: "Tehran Province", PostalCode: "19395-4833"},
		"Odintsovo, Village 3, Region, 143084": {City: "Odintsovo", State: "Village 3, Region", PostalCode: "143084"},
		"420097":                               {PostalCode: "420097"},
		"":                                     {},
		"Bogota, D.C.":                         {City: "Bogota", State: "D.C."},
	} {
		require.Equal(t, want, splitCity(text), text)
	}
}

func TestCountryNamesOFACUses(t *testing.T) {
	for text, want := range map[string]string{
		"Turkey": "TR", "Türkiye": "TR", "Burma": "MM", "Korea, North": "KP", "Korea, South": "KR", "Region: Gaza": "PS", "West Bank": "PS",
		"Palestinian": "PS", "Congo, Democratic Republic of the": "CD", "Congo, Republic of the": "CG", "Cote d Ivoire": "CI",
		"Bahamas, The": "BS", "The Gambia": "GM", "Virgin Islands, British": "VG", "British Virgin Islands": "VG", "Man, Isle of": "IM",
		"North Macedonia, The Republic of": "MK", "St. Kitts & Nevis": "KN", "Democratic People's Republic of Korea": "KP",
		"Region: Crimea": "UA", "Burkina Faso": "BF", "Kosovo": "XK", "Macau": "MO", "tr": "TR", "UK": "GB", "DRC": "CD",
		"United States": "US", "Hong Kong": "HK", "Netherlands Antilles": "AN", "Guinea-Bissau": "GW", "  Iran ": "IR",
	} {
		code, ok := Country(text)
		require.True(t, ok, text)
		require.Equal(t, want, code, text)
	}
	for _, text := range []string{"", "undetermined", "None Identified", "Region: Kashmir", "Region: Commonwealth of Independent States", "Ruritania", "ZZ", "QQ", "T1"} {
		_, ok := Country(text)
		require.False(t, ok, text)
	}
}

// FuzzRemarks holds that no statement is lost: whatever a remark says is in a field or
// in the rest, and everything read is fit for an entry.
func FuzzRemarks(f *testing.F) {
	for _, seed := range []string{
		"DOB 12 Mar 1961; alt. DOB 1962; POB Example City; nationality Turkey; Gender Male; a.k.a. 'NICK'.",
		"Passport X123 (Turkey) issued 01 Feb 2003; Linked To: EXAMPLE TRADING.",
		"a.k.a. 'A; B; f.k.a. 'C'; Digital Currency Address - XBT 1a; alt. Website www.example.com.",
		"Vessel Registration Identification IMO 9074729; Company Number IMO 1; Telephone (98)(1)",
		"; ;alt. alt. ';'.", "a.k.a. '", "DOB circa 1979-1982; Tax ID No. (Russia)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkOFACText([]byte(text)) != nil || len(text) > 10_000 {
			return
		}
		remarks := readRemarks(text, controllist.KindPerson)
		entry := controllist.Entry{
			ID: "L/1", List: "L", Names: append([]controllist.Name{{Value: "x", Type: controllist.NamePrimary}}, remarks.names...),
			Identifiers: remarks.identifiers, BirthDates: remarks.birthDates, Nationalities: remarks.nationalities,
			Countries: remarks.countries, Gender: remarks.gender, Links: remarks.links, Remarks: strings.Join(remarks.rest, "; "),
		}
		for _, fault := range entry.Canonical().Validate() {
			if !strings.Contains(fault.Message, "more than") && !strings.Contains(fault.Message, "control character") {
				t.Fatalf("%q: %s", text, fault)
			}
		}
		parts := len(remarks.rest) + len(remarks.names) + len(remarks.identifiers) + len(remarks.birthDates) + len(remarks.nationalities) +
			len(remarks.countries) + len(remarks.links)
		if remarks.gender == "" && parts != len(splitRemarks(text)) {
			t.Fatalf("%q: %d statements, %d parts", text, len(splitRemarks(text)), parts)
		}
	})
}
