package listsync

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dataFolder reads a folder of real data into memory. Without CHOKEPOINT_DATA the
// test is skipped, except in CI, where that is an error.
func dataFolder(t testing.TB, folder string) map[string][]byte {
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
	require.NotEmpty(t, names)
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		files[path.Join(path.Base(folder), filepath.Base(name))] = data
	}
	return files
}

func TestDataSyncAndThenDamage(t *testing.T) {
	good := dataFolder(t, "lists/us_ofac/2026-08-02")
	maps.Copy(good, dataFolder(t, "lists/us_ofac_consolidated"))
	store := newMemoryStore()
	started := time.Now()
	result := syncInto(t, store, good)
	t.Logf("%d entries, %d names in %s, %d bytes", result.Entries, result.Names, time.Since(started), len(store.objects[ObjectName(result.Digest)]))
	require.True(t, result.Changed)
	require.Empty(t, result.Report.Refused)
	require.Equal(t, map[string]int{"US-SDN": 19_181, "US-CONS": 442}, entriesByList(store.current(t)))
	require.False(t, syncInto(t, store, good).Changed)

	const sdn = "2026-08-02/sdn.csv"
	half := len(good[sdn]) / 2
	line := half + bytes.IndexByte(good[sdn][half:], '\n') + 1
	lastRow := bytes.LastIndexByte(good[sdn][:len(good[sdn])-2], '\n') + 1
	cases := map[string]struct {
		file string
		data []byte
	}{
		"cut in half":                 {sdn, good[sdn][:half]},
		"cut in half at a row":        {sdn, good[sdn][:line]},
		"without its last row":        {sdn, good[sdn][:lastRow]},
		"empty":                       {sdn, nil},
		"a web page instead":          {sdn, []byte("<html><body>Service unavailable</body></html>")},
		"its second half":             {sdn, good[sdn][line:]},
		"every row damaged":           {sdn, bytes.ReplaceAll(good[sdn], []byte(`"`), nil)},
		"one row in fifty damaged":    {sdn, damageEvery(good[sdn], 50)},
		"aliases cut in half":         {"2026-08-02/alt.csv", nil},
		"addresses cut in half":       {"2026-08-02/add.csv", nil},
		"aliases cut in half, row":    {"2026-08-02/alt.csv", atRow(good["2026-08-02/alt.csv"])},
		"addresses cut in half, row":  {"2026-08-02/add.csv", atRow(good["2026-08-02/add.csv"])},
		"the non-SDN list cut at row": {"us_ofac_consolidated/cons_prim.csv", atRow(good["us_ofac_consolidated/cons_prim.csv"])},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(good)
			files[test.file] = test.data
			if test.data == nil && name != "empty" {
				files[test.file] = good[test.file][:len(good[test.file])/2]
			}
			// What is refused by itself never reaches the snapshot: two cases go all the
			// way through Sync, the others spare the time.
			if !strings.HasPrefix(name, "cut in half") {
				report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
				require.NoError(t, err)
				require.NotEmpty(t, report.Refused)
				t.Log(report.Refused)
				require.Contains(t, []int{442, 19_181}, len(entries), "the other list is not touched")
				return
			}
			after := syncInto(t, store, files)
			require.Len(t, after.Report.Refused, 1)
			require.Equal(t, []string{"US-SDN"}, after.Kept)
			require.False(t, after.Changed)
			require.Equal(t, result.Digest, store.digest)
		})
	}
	require.Equal(t, map[string]int{"US-SDN": 19_181, "US-CONS": 442}, entriesByList(store.current(t)))
}

// atRow cuts data in half at the end of a row.
func atRow(data []byte) []byte {
	half := len(data) / 2
	return data[:half+bytes.IndexByte(data[half:], '\n')+1]
}

// damageEvery drops a field of every nth row.
func damageEvery(data []byte, n int) []byte {
	rows := bytes.SplitAfter(data, []byte("\n"))
	for i := range rows {
		if i%n == 0 {
			rows[i] = bytes.Replace(rows[i], []byte("-0- ,"), nil, 1)
		}
	}
	return bytes.Join(rows, nil)
}

func TestDataAnOlderListIsRefusedAsShrunk(t *testing.T) {
	store := newMemoryStore()
	syncInto(t, store, dataFolder(t, "lists/us_ofac/2026-08-02"))
	before := store.digest
	result := syncInto(t, store, dataFolder(t, "lists/us_ofac/2024-05-03"))
	require.Contains(t, result.Report.Refused[0].Reason, "US-SDN has 14965 entries, down from 19181")
	require.Equal(t, before, store.digest)
}

func TestDataTheListOf2024LoadsAlone(t *testing.T) {
	store := newMemoryStore()
	result := syncInto(t, store, dataFolder(t, "lists/us_ofac/2024-05-03"))
	require.Empty(t, result.Report.Refused)
	require.Equal(t, 14_965, result.Entries)
	require.Equal(t, 173, result.Report.Lists[0].Rejected)
	require.Len(t, result.Report.RejectedRows, 100)
}

func TestDataTheWholeTree(t *testing.T) {
	root := os.Getenv("CHOKEPOINT_DATA")
	dataFolder(t, "lists/us_ofac/2026-08-02")
	report, _, err := Check(t.Context(), os.DirFS(filepath.Join(root, "lists")), DefaultOptions())
	require.NoError(t, err)
	for _, list := range report.Lists {
		t.Log(list)
	}
	for _, refusal := range report.Refused {
		t.Log(refusal)
	}
	require.Contains(t, report.Lists, ListReport{
		List: "US-CONS", Entries: 442, Names: 1657,
		Source: "ofac_csv: us_ofac_consolidated/cons_prim.csv, us_ofac_consolidated/cons_alt.csv, us_ofac_consolidated/cons_add.csv, us_ofac_consolidated/cons_comments.csv",
	})
	require.NotEmpty(t, report.Unrecognised)
}

func BenchmarkSync(b *testing.B) {
	files := folderOf(dataFolder(b, "lists/us_ofac/2026-08-02"))
	for b.Loop() {
		_, err := Sync(b.Context(), files, newMemoryStore(), day, DefaultOptions())
		require.NoError(b, err)
	}
}
