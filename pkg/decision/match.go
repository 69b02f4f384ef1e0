package decision

// Match is a party of an event against an entry of a list, with its evidence.
type Match struct {
	// Subject is the JSON Pointer of the party, agent or vessel in the event.
	Subject string `json:"subject"`
	// Role is its role there.
	Role string `json:"role,omitzero"`
	// Name is its name as the event writes it.
	Name string `json:"name"`
	// Entry is the list entry.
	Entry MatchedEntry `json:"entry"`
	// Basis says what agreed: identifier, name or address.
	Basis Basis `json:"basis"`
	// MatchedName is the entry's name that agreed best, NameType its type.
	MatchedName string `json:"matched_name,omitzero"`
	NameType    string `json:"name_type,omitzero"`
	// Identifier is what agreed where Basis is identifier ("imo 9307322").
	Identifier string `json:"identifier,omitzero"`
	// Score is the likeness after corroboration; an exact name is [Full].
	Score BasisPoints `json:"score"`
	// Alignment shows which words agree and how, in the order of the query.
	Alignment []Alignment `json:"alignment,omitempty"`
	// Adjustments are what birth date, country, identifiers and the kind of name
	// added or took away after the name.
	Adjustments []Adjustment `json:"adjustments,omitempty"`
	// Explanation is the alignment in one line.
	Explanation string `json:"explanation"`
}

// MatchedEntry is as much of a list entry as a reader of the decision needs.
type MatchedEntry struct {
	// ID is the entry, List its list, Name its primary name.
	ID   string `json:"id"`
	List string `json:"list"`
	Kind string `json:"kind,omitzero"`
	Name string `json:"name"`
	// Programs and Measures are what the listing does.
	Programs []string `json:"programs,omitempty"`
	Measures []string `json:"measures,omitempty"`
	// Countries are those the publisher connects it with.
	Countries []string `json:"countries,omitempty"`
}

// Basis says what two sides agreed on.
type Basis string

// What a match rests on.
const (
	BasisUnknown    Basis = ""
	BasisIdentifier Basis = "identifier"
	BasisName       Basis = "name"
	BasisAddress    Basis = "address"
)

// Alignment is one pair of words laid side by side, or one word that has no
// partner on the other side.
type Alignment struct {
	// Query is the span in the event's name, Entry the span in the entry's name.
	// The one that is missing is empty.
	Query Span `json:"query"`
	Entry Span `json:"entry"`
	// Agreement says how they agree.
	Agreement Agreement `json:"agreement"`
	// Class is what the word is ("legal_form", "generic", "place", "initial", "particle"); empty is an
	// ordinary distinguishing word.
	Class string `json:"class,omitzero"`
	// Weight is the word's share of the whole name; Likeness is how alike the two are.
	Weight   BasisPoints `json:"weight"`
	Likeness BasisPoints `json:"likeness"`
}

// Span is a piece of a name: its text as printed and its place in bytes.
type Span struct {
	Text  string `json:"text,omitzero"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Agreement is how two aligned words agree.
type Agreement string

// The kinds of agreement (design §7).
const (
	AgreementUnknown        Agreement = ""
	AgreementExact          Agreement = "exact"
	AgreementVariant        Agreement = "variant"
	AgreementAbbreviation   Agreement = "abbreviation"
	AgreementTransliterated Agreement = "transliterated"
	AgreementPhonetic       Agreement = "phonetic"
	AgreementTypo           Agreement = "typo"
	AgreementInitial        Agreement = "initial"
	AgreementJoined         Agreement = "joined"
	AgreementMissing        Agreement = "missing"
	AgreementExtra          Agreement = "extra"
	AgreementContradicted   Agreement = "contradicted"
)

// Adjustment is one thing beside the name that changed a score.
type Adjustment struct {
	// Kind is birth_date, country, gender, identifier, name_type or kind.
	Kind string `json:"kind"`
	// Change is what it added, negative where it took away.
	Change BasisPoints `json:"change"`
	// Explanation says what was compared ("born 1961-04-02, entry born 1985").
	Explanation string `json:"explanation"`
}
