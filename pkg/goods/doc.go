// Package goods says what goods are: their Harmonized System code, whether it is
// on the Common High Priority List (CHPL) and in which tier, and whether an export
// control classification number (ECCN) is one the authorities watch.
//
// The CHPL is the list of 50 six-digit codes that the United States, the European
// Union, Japan and the United Kingdom agreed on: what Russia needs most for its
// weapons and finds hardest to make. Tier 1 are the integrated circuits, tier 2
// other electronics, tiers 3.A and 3.B further components, tiers 4.A and 4.B the
// machines that make and test them. The list of 2024-02-23 is built in as data
// with its source ([CHPL]); its codes are those of HS 2022.
//
//	hs6, ok := goods.HS6("8542.31.10") // "854231", true
//	tier := goods.TierOf(hs6)           // goods.Tier1
//
// Documents still come in HS 2017. Where an HS 2017 code became a listed one,
// [TierOf] knows it; where the old code covers other goods as well (8541.40 holds
// solar cells), [Lookup] says that the listing is only possible.
//
// A tariff code says what goods are called, not what they are: a listed code is a
// reason to look, and no code is no proof of harmlessness. The package is pure.
package goods
