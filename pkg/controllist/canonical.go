package controllist

import (
	"slices"
	"strings"
)

// Canonical returns the entry in the one form it has in a snapshot: the primary
// name first, names that differ in nothing once (under the strongest type they were
// given), countries, nationalities and measures sorted, no empty slices. It changes
// order and repetition only, never a text.
func (e Entry) Canonical() Entry {
	e.Names = canonicalNames(e.Names)
	e.Countries = sortedUnique(e.Countries)
	e.Nationalities = sortedUnique(e.Nationalities)
	e.Measures = sortedUnique(e.Measures)
	e.Programs = unique(e.Programs)
	e.Identifiers = unique(e.Identifiers)
	e.Addresses = unique(e.Addresses)
	e.BirthDates = unique(e.BirthDates)
	e.Links = unique(e.Links)
	return e
}

// strength orders the types of names by how much they say.
func (t NameType) strength() int {
	switch t {
	case NamePrimary:
		return 4
	case NameAlias:
		return 3
	case NameFormer:
		return 2
	case NameWeak:
		return 1
	}
	return 0
}

// canonicalNames puts the primary name first and drops repeated values. It does not
// touch the slice it is given, and returns it as it is where nothing is to be done.
func canonicalNames(names []Name) []Name {
	if canonicalAlready(names) {
		if len(names) == 0 {
			return nil
		}
		return names
	}
	result := make([]Name, 0, len(names))
	at := make(map[string]int, len(names))
	for _, name := range names {
		if i, ok := at[name.Value]; ok {
			if name.Type.strength() > result[i].Type.strength() {
				result[i].Type = name.Type
			}
			continue
		}
		at[name.Value] = len(result)
		result = append(result, name)
	}
	slices.SortStableFunc(result, func(a, b Name) int {
		return primaryRank(a) - primaryRank(b)
	})
	return result
}

func primaryRank(name Name) int {
	if name.Type == NamePrimary {
		return 0
	}
	return 1
}

// canonicalAlready reports whether names need no work: no value twice, primary first.
func canonicalAlready(names []Name) bool {
	if len(names) > 16 {
		return false
	}
	for i, name := range names {
		if i > 0 && name.Type == NamePrimary {
			return false
		}
		for _, other := range names[:i] {
			if other.Value == name.Value {
				return false
			}
		}
	}
	return true
}

// sortedUnique returns the values sorted and once each, nil for none.
func sortedUnique[T ~string](values []T) []T {
	if len(values) == 0 {
		return nil
	}
	strictly := true
	for i := 1; i < len(values); i++ {
		strictly = strictly && values[i-1] < values[i]
	}
	if strictly {
		return values
	}
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b T) int { return strings.Compare(string(a), string(b)) })
	return slices.Compact(sorted)
}

// unique returns the values once each, in their first order, nil for none.
func unique[T comparable](values []T) []T {
	if len(values) == 0 {
		return nil
	}
	if len(values) == 1 {
		return values
	}
	seen := make(map[T]struct{}, len(values))
	for _, value := range values {
		seen[value] = struct{}{}
	}
	if len(seen) == len(values) {
		return values
	}
	result := make([]T, 0, len(seen))
	for _, value := range values {
		if _, ok := seen[value]; ok {
			delete(seen, value)
			result = append(result, value)
		}
	}
	return result
}
