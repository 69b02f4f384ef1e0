package goods

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Tier is a tier of the Common High Priority List.
type Tier string

// The tiers, the gravest first. The zero value is not listed.
const (
	TierNone Tier = ""
	Tier1    Tier = "1"
	Tier2    Tier = "2"
	Tier3A   Tier = "3.A"
	Tier3B   Tier = "3.B"
	Tier4A   Tier = "4.A"
	Tier4B   Tier = "4.B"
)

// Tiers lists every tier, the gravest first.
func Tiers() []Tier { return []Tier{Tier1, Tier2, Tier3A, Tier3B, Tier4A, Tier4B} }

// Meaning says in a few words what goods are in the tier; "" for [TierNone].
func (t Tier) Meaning() string {
	switch t {
	case TierNone:
		return ""
	case Tier1:
		return "integrated circuits of the highest concern"
	case Tier2:
		return "electronics Russia makes little of"
	case Tier3A:
		return "further electronic components"
	case Tier3B:
		return "mechanical and other components"
	case Tier4A:
		return "equipment to make and test electronics"
	case Tier4B:
		return "computer-controlled machine tools and their parts"
	default:
		return ""
	}
}

// Item is one code of the list.
type Item struct {
	// Code is the HS 2022 code, six digits.
	Code string
	// Tier is its tier.
	Tier Tier
	// Description says what it is, in our words and not the tariff's.
	Description string
}

// List is an edition of the Common High Priority List.
type List struct {
	// Name is the list's name.
	Name string
	// Published is the date of the edition, Checked when it was last compared with
	// the source; both YYYY-MM-DD.
	Published, Checked string
	// Source is who published it and where; Edition the tariff edition of its codes.
	Source, Edition string
	// Items are the codes, sorted.
	Items []Item
}

// CHPL returns the Common High Priority List in force here. The caller owns the
// copy.
func CHPL() List {
	return List{
		Name:      "Common High Priority List",
		Published: "2024-02-23",
		Checked:   "2026-08-11",
		Source:    "US Bureau of Industry and Security with the EU, Japan and the UK, https://bis.gov/node/6280",
		Edition:   "HS 2022",
		Items:     slices.Clone(items),
	}
}

// Listing is what the list says of one code.
type Listing struct {
	// Item is the listed code; the zero Item where there is none.
	Item Item
	// Alias is the code that was asked for where it is one of HS 2017 that became
	// the item's; Note says how.
	Alias, Note string
	// Possible says that the HS 2017 code covers goods that are not listed too.
	Possible bool
}

// TierOf returns the tier of a six-digit code as [HS6] returns it, or [TierNone].
// Codes of HS 2017 that became listed ones have the tier of those; see [Lookup]
// for which of them are only possibly listed.
func TierOf(hs6 string) Tier {
	listing, _ := Lookup(hs6)
	return listing.Item.Tier
}

// Lookup returns what the list says of a six-digit code as [HS6] returns it, and
// whether it says anything.
func Lookup(hs6 string) (Listing, bool) {
	listing, ok := listings[hs6]
	return listing, ok
}

//go:embed data/*.csv
var data embed.FS

var (
	items    = mustItems()
	listings = mustListings()
)

// The data are compiled in and covered by tests, so a fault in them is a fault of
// the program: it ends at start, not in the middle of screening.

func mustItems() []Item {
	rows := mustRows("data/chpl.csv", "code", "tier", "description")
	read := make([]Item, 0, len(rows))
	for _, row := range rows {
		item := Item{Code: row[0], Tier: Tier(row[1]), Description: row[2]}
		if code, ok := HS6(item.Code); !ok || code != item.Code || item.Tier.Meaning() == "" || item.Description == "" {
			panic(fmt.Sprintf("goods: data/chpl.csv: row %q is no code with a tier and a description", row))
		}
		read = append(read, item)
	}
	slices.SortFunc(read, func(a, b Item) int { return strings.Compare(a.Code, b.Code) })
	return read
}

func mustListings() map[string]Listing {
	all := make(map[string]Listing, len(items))
	for _, item := range items {
		if _, twice := all[item.Code]; twice {
			panic("goods: data/chpl.csv: code " + item.Code + " stands twice")
		}
		all[item.Code] = Listing{Item: item}
	}
	for _, row := range mustRows("data/editions.csv", "from", "to", "whole", "note") {
		target, listed := all[row[1]]
		whole, err := strconv.ParseBool(row[2])
		_, twice := all[row[0]]
		if !listed || err != nil || twice {
			panic(fmt.Sprintf("goods: data/editions.csv: row %q leads from no old code to a listed one", row))
		}
		all[row[0]] = Listing{Item: target.Item, Alias: row[0], Note: row[3], Possible: !whole}
	}
	return all
}

// mustRows reads an embedded table and checks its heading.
func mustRows(name string, heading ...string) [][]string {
	file, err := data.Open(name)
	if err != nil {
		panic("goods: " + err.Error())
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic("goods: " + name + ": " + err.Error())
	}
	if len(rows) < 2 || !slices.Equal(rows[0], heading) {
		panic("goods: " + name + ": the heading is not " + strings.Join(heading, ","))
	}
	return rows[1:]
}
