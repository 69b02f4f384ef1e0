package goods

import (
	"fmt"
	"slices"
	"strings"
)

// EAR99 is the classification of goods subject to the Export Administration
// Regulations that no ECCN names.
const EAR99 = "EAR99"

// eccnBytes is the length of an ECCN without its paragraphs: "3A991".
const eccnBytes = 5

// ConcernSource is where the ECCNs of concern come from.
const ConcernSource = "FIN-2022-Alert003 (2022-06-28), commodities of concern, p. 3"

// Concern is an ECCN, or the beginning of one, that FinCEN and BIS asked banks to
// look for.
type Concern struct {
	// Prefix is the ECCN, or its first characters where the alert names a range
	// ("3C00" for 3C00x).
	Prefix string
	// Commodity is what the alert calls the goods.
	Commodity string
}

// ECCN returns the five characters of an export control classification number
// without its paragraphs ("3A991.a.1" is 3A991), or [EAR99]. It reports false for
// text that is neither. Case and spaces around it do not matter.
func ECCN(code string) (string, bool) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if code == EAR99 || code == "EAR 99" {
		return EAR99, true
	}
	if len(code) < eccnBytes {
		return "", false
	}
	head, rest := code[:eccnBytes], code[eccnBytes:]
	if head[0] < '0' || head[0] > '9' || head[1] < 'A' || head[1] > 'E' || !allDigits(head[2:]) {
		return "", false
	}
	// Paragraphs follow after a dot, a space or at once ("5A002a" as the EU prints it).
	if rest != "" && rest[0] != '.' && rest[0] != ' ' && (rest[0] < 'A' || rest[0] > 'Z') {
		return "", false
	}
	return head, true
}

// OnControlList reports whether a classification is an ECCN of the Commerce Control
// List: one that can be read and is not [EAR99].
func OnControlList(code string) bool {
	eccn, ok := ECCN(code)
	return ok && eccn != EAR99
}

// ECCNOfConcern returns the alert's row for a classification, and whether there is
// one.
func ECCNOfConcern(code string) (Concern, bool) {
	eccn, ok := ECCN(code)
	if !ok {
		return Concern{}, false
	}
	for _, concern := range concerns {
		if strings.HasPrefix(eccn, concern.Prefix) {
			return concern, true
		}
	}
	return Concern{}, false
}

// ECCNsOfConcern returns the alert's table, sorted, without its row for oil field
// equipment, which is EAR99 and so no classification to look for. The caller owns
// the copy.
func ECCNsOfConcern() []Concern { return slices.Clone(concerns) }

var concerns = mustConcerns()

func mustConcerns() []Concern {
	rows := mustRows("data/eccn_of_concern.csv", "prefix", "commodity")
	read := make([]Concern, 0, len(rows))
	for _, row := range rows {
		if len(row[0]) < eccnBytes-1 || row[1] == "" {
			panic(fmt.Sprintf("goods: data/eccn_of_concern.csv: row %q is no ECCN with a commodity", row))
		}
		read = append(read, Concern{Prefix: row[0], Commodity: row[1]})
	}
	slices.SortFunc(read, func(a, b Concern) int { return strings.Compare(a.Prefix, b.Prefix) })
	return read
}
