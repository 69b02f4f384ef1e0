package trade

// Party is a person, company or ship that takes part in an event.
type Party struct {
	// Role is the part it plays.
	Role Role `json:"role"`
	// Name is the name as written, 1 to 1,000 characters.
	Name string `json:"name"`
	// Kind is person, organization or vessel; empty is unknown.
	Kind PartyKind `json:"kind,omitzero"`
	// Country is the ISO 3166-1 alpha-2 country the sender gives for the party.
	Country string `json:"country,omitzero"`
	// Address is where it is.
	Address *Address `json:"address,omitempty"`
	// Identifiers are its numbers in registers.
	Identifiers []Identifier `json:"identifiers,omitempty"`
	// Account is its account number or IBAN.
	Account string `json:"account,omitzero"`
	// Incorporated is when the company was founded: YYYY, YYYY-MM or YYYY-MM-DD.
	Incorporated Date `json:"incorporated,omitzero"`
	// Industry is its line of business, an ISIC or NACE code or text.
	Industry string `json:"industry,omitzero"`
	// BirthDate is a person's: YYYY, YYYY-MM or YYYY-MM-DD.
	BirthDate Date `json:"birth_date,omitzero"`
	// Nationality is a person's ISO 3166-1 alpha-2 country.
	Nationality string `json:"nationality,omitzero"`
}

// PartyKind says what a party is.
type PartyKind string

// The kinds of party.
const (
	PartyKindUnknown      PartyKind = ""
	PartyKindPerson       PartyKind = "person"
	PartyKindOrganization PartyKind = "organization"
	PartyKindVessel       PartyKind = "vessel"
)

// Role is the part a party plays in an event.
type Role string

// The roles of parties: those of shipments first, then those of payments.
const (
	RoleUnknown          Role = ""
	RoleShipper          Role = "shipper"
	RoleConsignee        Role = "consignee"
	RoleNotifyParty      Role = "notify_party"
	RoleEndUser          Role = "end_user"
	RoleFreightForwarder Role = "freight_forwarder"
	RoleCarrier          Role = "carrier"
	RoleBuyer            Role = "buyer"
	RoleSeller           Role = "seller"
	RoleManufacturer     Role = "manufacturer"
	RoleDebtor           Role = "debtor"
	RoleCreditor         Role = "creditor"
	RoleUltimateDebtor   Role = "ultimate_debtor"
	RoleUltimateCreditor Role = "ultimate_creditor"
	RoleInitiatingParty  Role = "initiating_party"
	RoleInvoicer         Role = "invoicer"
	RoleInvoicee         Role = "invoicee"
)

// Roles lists every role, in the order of the constants.
func Roles() []Role {
	return []Role{
		RoleShipper, RoleConsignee, RoleNotifyParty, RoleEndUser, RoleFreightForwarder, RoleCarrier,
		RoleBuyer, RoleSeller, RoleManufacturer, RoleDebtor, RoleCreditor, RoleUltimateDebtor,
		RoleUltimateCreditor, RoleInitiatingParty, RoleInvoicer, RoleInvoicee,
	}
}

// Address is a postal address, structured as far as the sender did.
type Address struct {
	// Lines are the unstructured lines or the street, at most 10.
	Lines []string `json:"lines,omitempty"`
	// City is the town.
	City string `json:"city,omitzero"`
	// PostalCode is the postal code.
	PostalCode string `json:"postal_code,omitzero"`
	// Country is the ISO 3166-1 alpha-2 country.
	Country string `json:"country,omitzero"`
}

// Identifier is a number that names a party in some register.
type Identifier struct {
	// Type says which kind of number: imo, mmsi, bic, lei, tax_id,
	// registration_number, passport, national_id, wallet, … Lower case,
	// [a-z0-9_]{1,40}. The types lists know are in package controllist.
	Type string `json:"type"`
	// Value is the number as written.
	Value string `json:"value"`
	// Country is who issued it, ISO 3166-1 alpha-2, where that matters.
	Country string `json:"country,omitzero"`
}

// Date is a calendar date of whole-year, month or day precision: YYYY, YYYY-MM
// or YYYY-MM-DD. The empty date is unknown.
type Date string
