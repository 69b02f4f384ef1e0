package publisher

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
)

// dataFiles reads the files of a folder of real data. Without CHOKEPOINT_DATA the test
// is skipped, except in CI, where that is an error.
func dataFiles(t testing.TB, folder string) []File {
	t.Helper()
	root := os.Getenv("CHOKEPOINT_DATA")
	if root == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("CHOKEPOINT_DATA is not set: the real lists are needed in CI")
		}
		t.Skip("CHOKEPOINT_DATA is not set: no real lists to read")
	}
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*"))
	require.NoError(t, err)
	var files []File
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		if _, known := Recognise(name, UnpackHead(data)); !known {
			continue
		}
		data, err = Unpack(data, 256<<20)
		require.NoError(t, err)
		files = append(files, File{Name: filepath.Base(name), Data: data})
	}
	require.NotEmpty(t, files)
	return files
}

// figures counts what a set holds.
func figures(set Set) map[string]int {
	counts := map[string]int{"parties": len(set.Entries), "rejected": set.RejectedRows, "orphans": set.Orphans}
	for _, entry := range set.Entries {
		counts["kind "+string(entry.Kind)]++
		for _, name := range entry.Names {
			counts["name "+string(name.Type)]++
			counts["names"]++
		}
		for _, identifier := range entry.Identifiers {
			counts["identifier "+string(identifier.Type)]++
			counts["identifiers"]++
		}
		for _, measure := range entry.Measures {
			counts["measure "+string(measure)]++
		}
		for _, link := range entry.Links {
			counts["link "+link.Type]++
			if link.ID != "" {
				counts["links with id"]++
			}
		}
		counts["addresses"] += len(entry.Addresses)
		counts["birth dates"] += len(entry.BirthDates)
		counts["nationalities"] += len(entry.Nationalities)
		if entry.Gender != "" {
			counts["gender"]++
		}
	}
	return counts
}

func TestDataOFACOf2026(t *testing.T) {
	set := one(t, dataFiles(t, "lists/us_ofac/2026-08-02"))
	require.NoError(t, set.Damage)
	counts := figures(set)
	t.Log(counts, set.Warnings)
	require.Equal(t, 19_181, counts["parties"])
	require.Equal(t, 0, counts["rejected"])
	require.Equal(t, 64_303, set.Rows)
	require.Equal(t, 19_181, counts["measure freeze"])
	require.Equal(t, map[string]int{"person": 7473, "vessel": 1524, "aircraft": 344, "organization": 9840}, map[string]int{
		"person": counts["kind person"], "vessel": counts["kind vessel"], "aircraft": counts["kind aircraft"], "organization": counts["kind organization"],
	})
	// 20,169 rows of aliases less those that repeat a name of the same party.
	require.Greater(t, counts["name alias"]+counts["name former"], 20_000)
	require.Equal(t, set.Lists[0].Names, counts["names"])
	byID := map[string]controllist.Entry{}
	for _, entry := range set.Entries {
		byID[entry.ID] = entry
	}
	require.Contains(t, byID["US-SDN/42033"].Countries, "TR")
	require.Equal(t, controllist.NameWeak, nameType(byID["US-SDN/306"], "BNC"))
	require.Contains(t, byID["US-SDN/17018"].Identifiers, controllist.Identifier{Type: controllist.IdentifierTax, Value: "7707083893", Country: "RU"})
}

func nameType(entry controllist.Entry, value string) controllist.NameType {
	for _, name := range entry.Names {
		if name.Value == value {
			return name.Type
		}
	}
	return controllist.NameUnknown
}

func TestDataOFACOf2024(t *testing.T) {
	files := dataFiles(t, "lists/us_ofac/2024-05-03")
	set := one(t, files)
	require.NoError(t, set.Damage)
	counts := figures(set)
	t.Log(counts, set.Warnings)
	require.Equal(t, 14_965, counts["parties"])
	// The aliases and addresses are of four months before: parties removed since then.
	require.Equal(t, 173, counts["rejected"])
	require.Equal(t, 173, counts["orphans"])
	weak, read := 0, 0
	byID := map[string]controllist.Entry{}
	for _, entry := range set.Entries {
		byID[entry.ID] = entry
	}
	for _, file := range files {
		if recogniseOFAC(file.Data[:HeadBytes]) != partParties {
			continue
		}
		table := readOFAC(file, 12)
		require.True(t, table.ended, "the file has its 0x1A")
		for _, row := range table.rows {
			if !strings.Contains(row.fields[11], "a.k.a. '") {
				continue
			}
			weak++
			for _, name := range readRemarks(row.fields[11], byID["US-SDN/"+row.fields[0]].Kind).names {
				if name.Type == controllist.NameWeak {
					read++
					break
				}
			}
		}
	}
	require.Equal(t, 2_067, weak)
	require.Equal(t, 2_067, read, "every row with a weak alias gives one")
	require.InDelta(t, 842, counts["identifier imo"], 20)
}

func TestDataOFACNonSDN(t *testing.T) {
	set := one(t, dataFiles(t, "lists/us_ofac_consolidated"))
	require.NoError(t, set.Damage)
	counts := figures(set)
	t.Log(counts)
	require.Equal(t, "US-CONS", set.Lists[0].Name)
	require.Equal(t, 442, counts["parties"])
	require.Zero(t, counts["rejected"])
	require.Zero(t, counts["measure freeze"], "nothing on this list is blocked by being on it")
	require.Equal(t, 68, counts["measure securities_ban"])
}

func TestDataFirmList(t *testing.T) {
	sets := Firm{}.Parse(dataFiles(t, "names/dev")[:1])
	require.Len(t, sets, 1)
	require.NoError(t, sets[0].Damage)
	counts := figures(sets[0])
	t.Log(counts, sets[0].Warnings)
	require.Equal(t, 54_455, counts["parties"])
	require.Zero(t, counts["rejected"])
	require.Equal(t, 54_455, counts["measure internal"])
}

func BenchmarkOFAC(b *testing.B) {
	files := dataFiles(b, "lists/us_ofac/2026-08-02")
	b.ReportAllocs()
	for b.Loop() {
		OFAC{}.Parse(files)
	}
}

func BenchmarkFirm(b *testing.B) {
	files := dataFiles(b, "names/dev")[:1]
	b.ReportAllocs()
	for b.Loop() {
		Firm{}.Parse(files)
	}
}
