package redflag

import (
	"strings"

	"chokepoint/pkg/trade"
)

// NamesPlace reports whether an address names one of the places, each given as
// words in any script: as words anywhere in its city and lines where anywhere is
// set, else as its whole city. Marks and case do not matter, endings do: a street
// called Sevastopolska does not name Sevastopol. It returns the place that it names.
func NamesPlace(address *trade.Address, places []string, anywhere bool) (string, bool) {
	if address == nil {
		return "", false
	}
	texts := []string{address.City}
	if anywhere {
		texts = append(texts, address.Lines...)
	}
	for _, text := range texts {
		folded := fold(text)
		if folded == "" {
			continue
		}
		for _, place := range places {
			name := fold(place)
			if name == "" {
				continue
			}
			if folded == name || anywhere && strings.Contains(" "+folded+" ", " "+name+" ") {
				return place, true
			}
		}
	}
	return "", false
}
