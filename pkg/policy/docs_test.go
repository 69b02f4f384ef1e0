package policy

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/redflag"
)

// inDocs compares what stands between <!-- name:begin --> and <!-- name:end --> of a
// page of docs/ with the table the default policy makes, or writes it with -update.
func inDocs(t *testing.T, page, name string, rows []string) {
	file := filepath.Join("..", "..", "docs", page)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	before, rest, ok := strings.Cut(string(data), begin)
	require.True(t, ok, "%s has no %s", page, begin)
	stands, after, ok := strings.Cut(rest, end)
	require.True(t, ok, "%s has no %s", page, end)
	want := strings.Join(rows, "\n") + "\n"
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o644))
		return
	}
	require.Equal(t, want, stands, "docs/%s tells another policy: run with -update and read the difference", page)
}

func TestMeasuresTableIsTheDefaultPolicys(t *testing.T) {
	rows := []string{"| measure | nexus | effect | law |", "|---|---|---|---|"}
	for _, name := range measures {
		for _, rule := range Default().measures[name].rules {
			rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", name, rule.nexus, effectWord(rule.effect), rule.citation))
		}
	}
	inDocs(t, "measures.md", "measures", rows)
}

func TestEmbargoTableIsTheDefaultPolicys(t *testing.T) {
	rows := []string{"| embargo | where | controlled | nothing describes them | ordinary | only passing, at most | with an authorisation, at most | law |", "|---|---|---|---|---|---|---|---|"}
	for i := range Default().embargoes {
		e := &Default().embargoes[i]
		where := strings.Join(slices.Concat(e.countries, e.locodes), " ")
		if len(e.places)+len(e.cities) > 0 {
			where = strings.TrimSpace(fmt.Sprintf("%s and %d names in addresses", where, len(e.places)+len(e.cities)))
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |", e.name, strings.TrimPrefix(where, "and "),
			effectWord(e.effects[redflag.ClassControlled]), effectWord(e.effects[redflag.ClassUnknown]),
			effectWord(e.effects[redflag.ClassOrdinary]), effectWord(e.transit), effectWord(e.authorised), e.citation))
	}
	inDocs(t, "measures.md", "embargoes", rows)
}

func TestFlagTableIsTheDefaultPolicys(t *testing.T) {
	rules := redflag.Rules()
	slices.SortStableFunc(rules, func(a, b redflag.Rule) int { return strings.Compare(a.Group, b.Group) })
	rows := []string{"| group | flag | weight | weak | fires on | source |", "|---|---|---|---|---|---|"}
	for _, rule := range rules {
		weight := Default().flags[rule.Code]
		weak := ""
		if weight.weak {
			weak = "weak"
		}
		rows = append(rows, fmt.Sprintf("| %s | `%s` | %d | %s | %s | %s |", rule.Group, rule.Code, weight.weight, weak, rule.Meaning, rule.Citation))
	}
	inDocs(t, "policy.md", "flags", rows)
}
