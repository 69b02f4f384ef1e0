package match

import (
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// Scores of equal identifiers. One that names a party alone is certain; one that others may
// share, or that fails its own check digit, is nearly so.
const (
	scoreIdentifier = decision.Full
	scoreUnchecked  = decision.BasisPoints(9700)
	scoreContact    = decision.BasisPoints(9000)
)

// identifiers finds entries by number: a hash of kind and canonical number leads to the
// entries that print it.
type identifiers struct {
	table   hashTable
	holders lists // entry<<8 | place of the identifier, by number of the hash
}

// mostIdentifiers is how many identifiers of one entry are filed.
const mostIdentifiers = 255

func buildIdentifiers(entries []controllist.Entry) identifiers {
	numbers := map[uint64]uint32{}
	var links []pair
	var scratch []byte
	for e := range entries {
		for i, identifier := range entries[e].Identifiers {
			if i >= mostIdentifiers {
				break
			}
			var hash uint64
			hash, _, scratch = identifierHash(scratch[:0], identifier)
			if hash == 0 {
				continue
			}
			number, ok := numbers[hash]
			if !ok {
				number = uint32(len(numbers))
				numbers[hash] = number
			}
			links = append(links, pair{number, uint32(e)<<8 | uint32(i)})
		}
	}
	table := newHashTable(len(numbers))
	for hash, number := range numbers {
		table.put(hash, number)
	}
	return identifiers{table: table, holders: layOut(links, len(numbers))}
}

// identifierHash hashes a number with its kind, 0 where it cannot be one.
func identifierHash(scratch []byte, identifier controllist.Identifier) (uint64, normalize.Check, []byte) {
	scratch = append(scratch, kindGroup(identifier.Type)...)
	start := len(scratch)
	scratch, check := normalize.AppendIdentifier(scratch, string(identifier.Type), identifier.Country, identifier.Value)
	if len(scratch) == start {
		return 0, check, scratch
	}
	return hashBytes(scratch) | 1, check, scratch
}

// kindGroup names the kinds whose numbers are compared with each other: senders and lists
// do not agree on what is a tax, a registration or an identity number.
func kindGroup(kind controllist.IdentifierType) string {
	switch kind {
	case controllist.IdentifierTax, controllist.IdentifierRegistration, controllist.IdentifierNationalID,
		controllist.IdentifierOther, controllist.IdentifierUnknown, controllist.IdentifierPassport:
		return "document "
	}
	return string(kind) + " "
}

// searchIdentifiers adds the entries that bear one of the query's numbers.
func (s *Searcher) searchIdentifiers(q *Query, threshold decision.BasisPoints) {
	x := s.index
	for i := range q.Identifiers {
		asked := &q.Identifiers[i]
		var hash uint64
		var check normalize.Check
		hash, check, s.bytes = identifierHash(s.bytes[:0], *asked)
		if hash == 0 {
			continue
		}
		number, ok := x.identifiers.table.get(hash)
		if !ok {
			continue
		}
		for _, holder := range x.identifiers.holders.at(number) {
			entry := int32(holder >> 8)
			listed := &x.entries[entry].Identifiers[holder&0xff]
			score := identifierScore(asked, listed, check)
			if score < threshold || score == 0 {
				continue
			}
			s.note(Candidate{Entry: entry, Name: -1, Score: score, Basis: decision.BasisIdentifier, Identifier: int32(i)})
		}
	}
}

func identifierScore(asked, listed *controllist.Identifier, check normalize.Check) decision.BasisPoints {
	switch asked.Type {
	case controllist.IdentifierWebsite, controllist.IdentifierEmail, controllist.IdentifierPhone:
		return scoreContact
	case controllist.IdentifierCallSign, controllist.IdentifierAircraftMSN:
		return scoreUnchecked
	}
	if kindGroup(asked.Type) == "document " {
		if asked.Country != "" && listed.Country != "" && asked.Country != listed.Country {
			return 0
		}
		if asked.Type != listed.Type || asked.Country == "" || listed.Country == "" {
			return scoreUnchecked
		}
	}
	if check == normalize.CheckInvalid {
		return scoreUnchecked
	}
	return scoreIdentifier
}

// contradicting reports a number of the query that the entry has otherwise, of a kind of
// which a party has one only.
func (s *Searcher) contradicting(q *Query, entry int32) (asked, listed *controllist.Identifier) {
	for i := range q.Identifiers {
		a := &q.Identifiers[i]
		if a.Type != controllist.IdentifierIMO && a.Type != controllist.IdentifierLEI && a.Type != controllist.IdentifierCompanyIMO {
			continue
		}
		hash, check, bytes := identifierHash(s.bytes[:0], *a)
		s.bytes = bytes
		if hash == 0 || check != normalize.CheckValid {
			continue
		}
		for j := range s.index.entries[entry].Identifiers {
			l := &s.index.entries[entry].Identifiers[j]
			if l.Type != a.Type {
				continue
			}
			other, check, bytes := identifierHash(s.bytes[:0], *l)
			s.bytes = bytes
			if other == hash {
				return nil, nil
			}
			if other != 0 && check == normalize.CheckValid {
				asked, listed = a, l
			}
		}
	}
	return asked, listed
}
