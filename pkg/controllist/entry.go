package controllist

// Kind says what is listed.
type Kind string

// The kinds of entry. Unknown is common: the US Consolidated Screening List gives
// no type for a quarter of its rows.
const (
	KindUnknown      Kind = ""
	KindPerson       Kind = "person"
	KindOrganization Kind = "organization"
	KindVessel       Kind = "vessel"
	KindAircraft     Kind = "aircraft"
	// KindAddress is an entry that is only an address (BIS, 89 FR 51644, June 2024).
	KindAddress Kind = "address"
)

// Entry is one party on one list.
type Entry struct {
	// ID names the entry across all lists: the list's name, a slash and the
	// publisher's id ("US-SDN/42033").
	ID string `json:"id"`
	// List is the list's name ("US-SDN").
	List string `json:"list"`
	// Kind is what is listed.
	Kind Kind `json:"kind,omitzero"`
	// Names are its names, at least one. At most one is primary, and it stands first;
	// there is none where the publisher knows the party by weak or former names only.
	Names []Name `json:"names"`
	// Countries are those the publisher connects it with (addresses, flag,
	// nationality), ISO 3166-1 alpha-2, sorted.
	Countries []string `json:"countries,omitempty"`
	// Identifiers are its numbers.
	Identifiers []Identifier `json:"identifiers,omitempty"`
	// Addresses are its addresses.
	Addresses []Address `json:"addresses,omitempty"`
	// Programs are the publisher's programme tags ("RUSSIA-EO14024").
	Programs []string `json:"programs,omitempty"`
	// Measures are what the listing does, sorted.
	Measures []Measure `json:"measures,omitempty"`
	// BirthDates are a person's, each a [DateRange] in text.
	BirthDates []DateRange `json:"birth_dates,omitempty"`
	// Gender is male or female where the publisher says so.
	Gender string `json:"gender,omitzero"`
	// Nationalities are a person's, ISO 3166-1 alpha-2.
	Nationalities []string `json:"nationalities,omitempty"`
	// Links are other parties the publisher ties it to.
	Links []Link `json:"links,omitempty"`
	// Remarks are what the publisher says that has no field of its own, and all of
	// it where a remark could not be read.
	Remarks string `json:"remarks,omitzero"`
	// Row is the place in the publisher's file, counted from 1; 0 is unknown.
	Row int `json:"row,omitzero"`
	// Source is the publisher's file.
	Source string `json:"source,omitzero"`
}

// Primary returns the primary name, or "" where there is none.
func (e Entry) Primary() string {
	for _, name := range e.Names {
		if name.Type == NamePrimary {
			return name.Value
		}
	}
	if len(e.Names) > 0 {
		return e.Names[0].Value
	}
	return ""
}

// NameType says how much a name says.
type NameType string

// The types of name. A weak alias is one the publisher calls weak or of low
// quality (OFAC prints them in quotes in the remarks and does not expect them to
// be screened alone); a former name is one no longer used.
const (
	NameUnknown NameType = ""
	NamePrimary NameType = "primary"
	NameAlias   NameType = "alias"
	NameWeak    NameType = "weak"
	NameFormer  NameType = "former"
)

// Name is one name of an entry, as printed.
type Name struct {
	Value string   `json:"value"`
	Type  NameType `json:"type"`
}

// Identifier is a number of an entry.
type Identifier struct {
	Type IdentifierType `json:"type"`
	// Value is the number as printed.
	Value string `json:"value"`
	// Country is who issued it, ISO 3166-1 alpha-2; empty is unknown.
	Country string `json:"country,omitzero"`
}

// IdentifierType says what kind of number an identifier is.
type IdentifierType string

// The identifier types screening knows. A ship's IMO number and a company's are
// counted apart: they look alike and their check digits differ.
const (
	IdentifierUnknown      IdentifierType = ""
	IdentifierIMO          IdentifierType = "imo"
	IdentifierCompanyIMO   IdentifierType = "company_imo"
	IdentifierMMSI         IdentifierType = "mmsi"
	IdentifierCallSign     IdentifierType = "call_sign"
	IdentifierAircraftTail IdentifierType = "aircraft_tail"
	IdentifierAircraftMSN  IdentifierType = "aircraft_serial"
	IdentifierBIC          IdentifierType = "bic"
	IdentifierLEI          IdentifierType = "lei"
	IdentifierTax          IdentifierType = "tax_id"
	IdentifierRegistration IdentifierType = "registration_number"
	IdentifierPassport     IdentifierType = "passport"
	IdentifierNationalID   IdentifierType = "national_id"
	IdentifierWallet       IdentifierType = "wallet"
	IdentifierWebsite      IdentifierType = "website"
	IdentifierEmail        IdentifierType = "email"
	IdentifierPhone        IdentifierType = "phone"
	IdentifierOther        IdentifierType = "other"
)

// Address is an address of an entry.
type Address struct {
	// Street is everything before the city.
	Street string `json:"street,omitzero"`
	City   string `json:"city,omitzero"`
	// State is the state, province or region within the country, as printed.
	State string `json:"state,omitzero"`
	// PostalCode is the postal code where the publisher separates it.
	PostalCode string `json:"postal_code,omitzero"`
	// Country is ISO 3166-1 alpha-2; empty is unknown.
	Country string `json:"country,omitzero"`
}

// Link ties an entry to another party the publisher names.
type Link struct {
	// Type is the publisher's relation ("linked_to").
	Type string `json:"type"`
	// Name is the other party's name as printed; lists often give no id.
	Name string `json:"name"`
	// ID is the other party's entry where the publisher says so, or where exactly one
	// entry of the same list has this very name.
	ID string `json:"id,omitzero"`
}

// DateRange is a date or a span of dates: YYYY, YYYY-MM, YYYY-MM-DD, a leading ~
// for "circa", or two of them joined by a slash ("1951/1953").
type DateRange string

// Measure is what a listing does to the listed party.
type Measure string

// The measures. Whom a measure binds (its nexus) and what follows is the
// policy's to say.
const (
	MeasureUnknown              Measure = ""
	MeasureFreeze               Measure = "freeze"
	MeasureReject               Measure = "reject"
	MeasureDebtEquityLimit      Measure = "debt_or_equity_limit"
	MeasureSecuritiesBan        Measure = "securities_ban"
	MeasureCorrespondentAccount Measure = "correspondent_account_limit"
	MeasureLicenceRequirement   Measure = "licence_requirement"
	MeasureDenialOrder          Measure = "denial_order"
	MeasureUnverified           Measure = "unverified"
	MeasureExportRestriction    Measure = "export_restriction"
	// MeasureInternal is a firm's own list: what follows is the firm's choice.
	MeasureInternal Measure = "internal"
)

// Measures lists every measure, in the order of the constants.
func Measures() []Measure {
	return []Measure{
		MeasureFreeze, MeasureReject, MeasureDebtEquityLimit, MeasureSecuritiesBan, MeasureCorrespondentAccount,
		MeasureLicenceRequirement, MeasureDenialOrder, MeasureUnverified, MeasureExportRestriction, MeasureInternal,
	}
}
