package match

import (
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
)

// Version names the scoring; it changes whenever any score could.
const Version = "match/2"

// DefaultThreshold is the score from which a candidate is a hit. It is one for people,
// companies and vessels: their scores are brought to one scale (see costs), so that about
// one clear name in a hundred and fifty of any kind reaches it against a full set of lists.
const DefaultThreshold decision.BasisPoints = 7500

// Query is what is screened. Whatever is empty is unknown and neither corroborates
// nor contradicts; a query with neither name nor identifier nor address finds nothing.
type Query struct {
	// Name is the party's name as written.
	Name string
	// Kind is what the party is.
	Kind controllist.Kind
	// Countries are those it is connected with, ISO 3166-1 alpha-2.
	Countries []string
	// BirthDates and Gender are a person's.
	BirthDates []controllist.DateRange
	Gender     string
	// Identifiers are its numbers.
	Identifiers []controllist.Identifier
	// Addresses are its addresses.
	Addresses []controllist.Address
}

// Candidate is an entry that a query may be.
type Candidate struct {
	// Entry is its place in the compiled entries; Name is the place of the name that
	// agreed best in the entry's names, -1 where the basis is no name.
	Entry, Name int32
	// Score is the likeness after corroboration.
	Score decision.BasisPoints
	// Basis says what agreed.
	Basis decision.Basis
	// Identifier is the place in the query's identifiers of the one that agreed, -1 for none.
	Identifier int32
}
