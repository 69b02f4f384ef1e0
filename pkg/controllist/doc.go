// Package controllist holds what governments and firms list: entries with their
// names, identifiers and addresses, what each listing forbids, and the snapshot
// of all lists that one decision was made against.
//
// An [Entry] is one party on one list. Its identity is the publisher's own id,
// never its name: publishers rename entries (vessels above all) and list
// several parties under one name. What a listing does is its [Measure]: an entry
// of OFAC's SDN list is a freeze, a sectoral entry or an unverified one is not,
// and treating them alike is how honest importers come to be blocked.
//
// A [Snapshot] is all entries in use at once, ordered and digested. Two replicas
// with the same digest screen against the same bytes; a decision names the digest
// it was made against, and the snapshot is kept as long as a decision names it.
//
//	snapshot, err := controllist.NewSnapshot(version, lists, entries)
//	err = snapshot.Encode(writer)         // the same entries, the same bytes
//	same, err := controllist.DecodeSnapshot(reader, limits)
//
// The package is pure: it reads and writes through io.Reader and io.Writer that
// it is given, and knows no file, no network and no clock.
package controllist
