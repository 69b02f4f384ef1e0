// Package match is the name engine: how likely a party is an entry of a control list, and why.
//
// [Compile] turns a list version into an [Index], immutable and shared by any number of
// goroutines; each takes a [Searcher] of its own, which holds all the memory a search
// needs, so that searching allocates nothing:
//
//	index, err := match.Compile(snapshot.Entries)
//	searcher := index.NewSearcher()
//	for _, c := range searcher.Search(&match.Query{Name: "…", Kind: controllist.KindOrganization}, match.DefaultThreshold, 10) {
//		evidence := searcher.Explain(&query, c)
//	}
//
// A search looks for equal identifiers first, then for address entries by the query's
// addresses, then for names. Names are cut into units by package normalize; each unit is
// looked up under its meaning, its sound and its sound with letters left out; the forms
// (distinct listed names) that share enough with the query are aligned with it unit by
// unit, and the alignment is scored. The files follow that order: identifier.go, address.go,
// near.go (words a word may stand for), search.go (forms worth aligning), join.go and align.go
// (alignment and score), adjust.go (birth date, country and the like), explain.go.
//
// Scores are basis points reckoned in whole numbers, so they are the same on every
// processor, and depend on nothing but the query and the entries: not on the threshold, the
// limit, or what a searcher did before. [Version] changes whenever a score could.
//
// What the engine does not do is listed in docs/matching.md, with what it measures.
package match
