package controllist

// List is one list in a snapshot: what was read, and what was not.
type List struct {
	// Name is the list's name ("US-SDN").
	Name string `json:"name"`
	// Source is where it came from: the format and the files ("ofac_csv: sdn.csv, alt.csv").
	Source string `json:"source"`
	// Entries and Names count what was read; Rejected counts the rows that were not.
	Entries  int `json:"entries"`
	Names    int `json:"names"`
	Rejected int `json:"rejected"`
	// Digest is the SHA-256 of the publisher's bytes, hex.
	Digest string `json:"digest,omitzero"`
}

// Snapshot is all lists in use at one moment.
type Snapshot struct {
	// Version is a label for people, unique and rising ("20261123T163000Z-1a2b3c4d").
	Version string
	// Digest is the SHA-256 of the encoded entries and lists, hex; it does not
	// depend on Version.
	Digest string
	// Lists describe the lists, sorted by name.
	Lists []List
	// Entries are all entries, sorted by ID, no ID twice.
	Entries []Entry
}
