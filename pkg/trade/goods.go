package trade

import "time"

// Goods is one line of a shipment.
type Goods struct {
	// HS is the tariff code as written: 6 to 12 digits. The first six are the
	// Harmonized System's, the rest national.
	HS string `json:"hs,omitzero"`
	// Description is the text on the document.
	Description string `json:"description,omitzero"`
	// ECCN is the export control classification number (15 CFR 774 Supp. 1) or EAR99.
	ECCN string `json:"eccn,omitzero"`
	// Origin is the ISO 3166-1 alpha-2 country the goods were made in.
	Origin string `json:"origin,omitzero"`
	// Quantity is how many, in Unit.
	Quantity Decimal `json:"quantity,omitzero"`
	// Unit is the UN/ECE Recommendation 20 unit (PCE, KGM).
	Unit string `json:"unit,omitzero"`
	// Value is what the line is worth.
	Value *Money `json:"value,omitempty"`
}

// Money is an amount in a currency.
type Money struct {
	// Amount is a non-negative decimal string.
	Amount Decimal `json:"amount"`
	// Currency is the ISO 4217 code.
	Currency string `json:"currency"`
}

// Decimal is a non-negative decimal number as text, at most 18 digits before and
// 9 after the point: "1200", "182000.00". Text, because floats do not keep money.
type Decimal string

// Route is the way of a shipment, by UN/LOCODE (two letters of country, three of place).
type Route struct {
	// Origin is where the goods set out.
	Origin string `json:"origin,omitzero"`
	// Destination is the last place of this transport.
	Destination string `json:"destination,omitzero"`
	// Legs are the parts of the way in order.
	Legs []Leg `json:"legs,omitempty"`
	// FinalCountry is where the goods are declared to end, ISO 3166-1 alpha-2.
	FinalCountry string `json:"final_country,omitzero"`
}

// Leg is one part of a route.
type Leg struct {
	// From and To are UN/LOCODEs.
	From string `json:"from,omitzero"`
	To   string `json:"to,omitzero"`
	// Mode is sea, air, road, rail or inland_waterway.
	Mode string `json:"mode,omitzero"`
	// Departure and Arrival are planned or actual times; zero is unknown.
	Departure time.Time `json:"departure,omitzero"`
	Arrival   time.Time `json:"arrival,omitzero"`
	// Vessel is the ship of the leg.
	Vessel *Vessel `json:"vessel,omitempty"`
}

// Vessel is a ship as the route names it.
type Vessel struct {
	// IMO is the ship's seven digit IMO number.
	IMO string `json:"imo,omitzero"`
	// MMSI is the nine digit radio identity.
	MMSI string `json:"mmsi,omitzero"`
	// Name is the ship's name.
	Name string `json:"name,omitzero"`
	// Flag is the flag state, ISO 3166-1 alpha-2.
	Flag string `json:"flag,omitzero"`
}

// EndUse is what the shipper says of the use of the goods.
type EndUse struct {
	// EndUser is the name of who will use them.
	EndUser string `json:"end_user,omitzero"`
	// Statement says whether a signed end-use statement is on file.
	Statement bool `json:"statement,omitzero"`
	// Purpose is the stated use.
	Purpose string `json:"purpose,omitzero"`
}

// Authorisation is a licence the sender claims.
type Authorisation struct {
	// Authority issued it: "BIS", "OFAC", "BAFA".
	Authority string `json:"authority"`
	// Number is its number.
	Number string `json:"number"`
	// Expires is its last day.
	Expires Date `json:"expires,omitzero"`
}
