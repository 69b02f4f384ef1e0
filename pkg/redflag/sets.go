package redflag

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"chokepoint/pkg/trade"
)

// Sets are the dated data that rules compare with. They belong to the policy.
type Sets struct {
	// Hubs are the sets of transshipment countries; a country is a hub when any
	// of them holds it.
	Hubs []CountrySet
	// Coalition is the set of countries that apply like export controls (GECC).
	Coalition CountrySet
	// FoundedAfter is the day after which a company's founding is telling, YYYY-MM-DD.
	FoundedAfter trade.Date
	// Record says what a long record is.
	Record Record
}

// Record says from when a party's record of earlier events is long. The zero value
// means that none ever is.
type Record struct {
	// Events is how many earlier events must name the party, ControlledEvents how
	// many of them must have moved goods on the Common High Priority List, Days how
	// long before this event the first of them must be.
	Events, ControlledEvents, Days int
}

// CountrySet is a set of countries that somebody published.
type CountrySet struct {
	// Name is the set's stable name ("BIS_TRANSSHIP_2022").
	Name string
	// Published is the day or month of the edition, YYYY-MM-DD or YYYY-MM.
	Published string
	// Source is the text it stands in.
	Source string
	// Countries are ISO 3166-1 alpha-2 codes, sorted.
	Countries []string
}

// Has reports whether the set holds a country.
func (s CountrySet) Has(country string) bool {
	_, found := slices.BinarySearch(s.Countries, country)
	return found
}

// Invasion is the day of the further invasion of Ukraine: the alerts ask about
// companies incorporated after it (FIN-2023-Alert004).
const Invasion trade.Date = "2022-02-24"

// The names of the built-in country sets.
const (
	SetBISTransshipment2022 = "BIS_TRANSSHIP_2022"
	SetUKOTSI202501         = "UK_OTSI_2025_01"
	SetUKOTSI202508         = "UK_OTSI_2025_08"
	SetCoalition            = "GECC"
)

//go:embed data/country_sets.csv
var countrySetData []byte

var countrySets = mustCountrySets()

// mustCountrySets reads the embedded table. It is compiled in and covered by tests,
// so a fault in it is a fault of the program.
func mustCountrySets() []CountrySet {
	rows, err := csv.NewReader(bytes.NewReader(countrySetData)).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Equal(rows[0], []string{"name", "published", "source", "countries"}) {
		panic(fmt.Sprintf("redflag: data/country_sets.csv cannot be read: %v", err))
	}
	sets := make([]CountrySet, 0, len(rows)-1)
	for _, row := range rows[1:] {
		countries := strings.Fields(row[3])
		if !slices.IsSorted(countries) {
			panic("redflag: data/country_sets.csv: " + row[0] + " is not sorted")
		}
		sets = append(sets, CountrySet{Name: row[0], Published: row[1], Source: row[2], Countries: countries})
	}
	return sets
}

// CountrySets returns the built-in country sets, sorted by name. The caller owns
// the slice, and leaves the countries as they are.
func CountrySets() []CountrySet { return slices.Clone(countrySets) }

// CountrySetNamed returns a built-in country set.
func CountrySetNamed(name string) (CountrySet, bool) {
	at := slices.IndexFunc(countrySets, func(set CountrySet) bool { return set.Name == name })
	if at < 0 {
		return CountrySet{}, false
	}
	return countrySets[at], true
}

// DefaultSets returns the sets of the default policy.
func DefaultSets() Sets {
	sets := Sets{FoundedAfter: Invasion, Record: Record{Events: 20, ControlledEvents: 5, Days: 365}}
	for _, name := range []string{SetBISTransshipment2022, SetUKOTSI202501, SetUKOTSI202508} {
		set, _ := CountrySetNamed(name)
		sets.Hubs = append(sets.Hubs, set)
	}
	sets.Coalition, _ = CountrySetNamed(SetCoalition)
	return sets
}

// hubNames returns the names of the hub sets that hold a country, nil where it is
// no hub.
func (s Sets) hubNames(country string) []string {
	var names []string
	for i := range s.Hubs {
		if s.Hubs[i].Has(country) {
			names = append(names, s.Hubs[i].Name)
		}
	}
	return names
}
