package listsync

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"chokepoint/pkg/controllist"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memoryStore is a Store that remembers the order of what was done to it.
type memoryStore struct {
	objects         map[string][]byte
	version, digest string
	log             []string
	failPut         error
	failSet         error
	readOnly        int
}

func newMemoryStore() *memoryStore { return &memoryStore{objects: map[string][]byte{}} }

func (s *memoryStore) PutObject(_ context.Context, name string, r io.Reader) error {
	if s.readOnly > 0 {
		_, err := io.CopyN(io.Discard, r, int64(s.readOnly))
		return errors.Join(err, s.failPut)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, s.failPut); err != nil {
		return err
	}
	s.objects[name] = data
	s.log = append(s.log, "put "+name)
	return nil
}

func (s *memoryStore) GetObject(_ context.Context, name string) (io.ReadCloser, error) {
	data, ok := s.objects[name]
	if !ok {
		return nil, errors.New("no such object")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (s *memoryStore) SetCurrentList(_ context.Context, version, digest string) error {
	if s.failSet != nil {
		return s.failSet
	}
	s.version, s.digest = version, digest
	s.log = append(s.log, "set "+version)
	return nil
}

func (s *memoryStore) CurrentList(context.Context) (string, string, bool, error) {
	return s.version, s.digest, s.digest != "", nil
}

// current reads the snapshot in use.
func (s *memoryStore) current(t *testing.T) controllist.Snapshot {
	t.Helper()
	snapshot, err := controllist.DecodeSnapshot(bytes.NewReader(s.objects[ObjectName(s.digest)]), controllist.SnapshotLimits{})
	require.NoError(t, err)
	require.Equal(t, s.digest, snapshot.Digest)
	return snapshot
}

var day = time.Date(2026, 11, 23, 17, 30, 0, 0, time.FixedZone("CET", 3600))

// firm returns count rows of a list.
func firm(list string, count int) []byte {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, `{"id":"%d","list":"%s","names":[{"value":"Example %d"},{"value":"Alias %d"}]}`+"\n", i, list, i, i)
	}
	return []byte(text.String())
}

func folderOf(files map[string][]byte) fstest.MapFS {
	result := fstest.MapFS{}
	for name, data := range files {
		result[name] = &fstest.MapFile{Data: data}
	}
	return result
}

// ofac returns a set of count parties in a folder.
func ofac(folder string, count int) map[string][]byte {
	const rest = ",-0- ,\"EXAMPLE-EO1\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"a.k.a. 'EX'.\"\r\n"
	var parties, aliases, addresses strings.Builder
	for i := 1; i <= count; i++ {
		fmt.Fprintf(&parties, "%d,\"EXAMPLE %d\"%s", i, i, rest)
		fmt.Fprintf(&aliases, "%d,%d,\"aka\",\"ALIAS %d\",-0- \r\n", i, i, i)
		fmt.Fprintf(&addresses, "%d,%d,-0- ,\"Example City\",\"Turkey\",-0- \r\n", i, i)
	}
	return map[string][]byte{
		folder + "sdn.csv": []byte(parties.String() + "\x1a"), folder + "alt.csv": []byte(aliases.String() + "\x1a"),
		folder + "add.csv": []byte(addresses.String() + "\x1a"),
	}
}

func syncInto(t *testing.T, store Store, files map[string][]byte, change ...func(*Options)) Result {
	t.Helper()
	options := DefaultOptions()
	for _, apply := range change {
		apply(&options)
	}
	result, err := Sync(t.Context(), folderOf(files), store, day, options)
	require.NoError(t, err)
	return result
}

func TestCheckRefusesAnEmptyFile(t *testing.T) {
	files := ofac("us/", 30)
	files["own/watch.jsonl"] = []byte("\n")
	report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
	require.NoError(t, err)
	require.False(t, report.OK())
	require.Len(t, entries, 30)
	require.Equal(t, "own/watch.jsonl", report.Refused[0].File)
	require.Contains(t, report.Refused[0].Reason, "empty")
}

// Of a short file five bad rows are not a few.
func TestCheckRefusesAShortListThatIsMostlyUnreadable(t *testing.T) {
	rows := strings.Repeat("{\"id\":\"x\",\"list\":\"ACME\",\"names\":[]}\n", 4)
	files := map[string][]byte{"watch.jsonl": append(firm("ACME", 2), rows...)}
	report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
	require.NoError(t, err)
	require.False(t, report.OK())
	require.Empty(t, entries)
}

func TestCheckReportsLists(t *testing.T) {
	files := ofac("us/", 30)
	files["own/watch.jsonl"] = firm("ACME", 3)
	files["own/readme.txt"] = []byte("These are ours.")
	files[".git/watch.jsonl"] = firm("HIDDEN", 3)
	report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
	require.NoError(t, err)
	require.True(t, report.OK())
	require.Len(t, entries, 33)
	encoded, err := json.Marshal(report)
	require.NoError(t, err)
	require.JSONEq(t, `{"lists":[
		{"list":"ACME","source":"firm_jsonl: own/watch.jsonl","entries":3,"names":6,"rejected":0},
		{"list":"US-SDN","source":"ofac_csv: us/sdn.csv, us/alt.csv, us/add.csv","entries":30,"names":90,"rejected":0}],
		"refused":[],"unrecognised":["own/readme.txt"],"rejected_rows":[]}`, string(encoded))
}

func TestCheckOfNothing(t *testing.T) {
	report, entries, err := Check(t.Context(), fstest.MapFS{}, DefaultOptions())
	require.NoError(t, err)
	require.False(t, report.OK())
	require.Empty(t, entries)
	encoded, err := json.Marshal(report)
	require.NoError(t, err)
	require.JSONEq(t, `{"lists":[],"refused":[],"unrecognised":[],"rejected_rows":[]}`, string(encoded))
	_, _, err = Check(t.Context(), os.DirFS(filepath.Join(t.TempDir(), "missing")), DefaultOptions())
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCheckFloorsForRejectedRows(t *testing.T) {
	bad := []byte(`{"id":"x"}` + "\n")
	for rejected, refused := range map[int]bool{0: false, 5: false, 6: true} {
		data := append(firm("ACME", 1000), bytes.Repeat(bad, rejected)...)
		report, _, err := Check(t.Context(), folderOf(map[string][]byte{"a.jsonl": data}), DefaultOptions())
		require.NoError(t, err)
		require.Equal(t, refused, !report.OK(), rejected)
		require.Len(t, report.RejectedRows, rejected)
		if refused {
			require.Contains(t, report.Refused[0].Reason, "6 of 1006 rows cannot be read")
			require.Contains(t, report.Refused[0].Reason, "a.jsonl, row 1001")
			require.Equal(t, []string{"ACME"}, report.Refused[0].Lists)
		}
	}
	data := append(firm("ACME", 10_000), bytes.Repeat(bad, 10)...)
	report, _, err := Check(t.Context(), folderOf(map[string][]byte{"a.jsonl": data}), DefaultOptions())
	require.NoError(t, err)
	require.True(t, report.OK(), "a thousandth of the rows is allowed")
	require.Equal(t, 10, report.Lists[0].Rejected)
}

func TestCheckFloorsForOrphans(t *testing.T) {
	files := ofac("", 1000)
	drop := func(count int) map[string][]byte {
		files := maps.Clone(files)
		rows := bytes.SplitAfter(files["sdn.csv"], []byte("\n"))
		files["sdn.csv"] = bytes.Join(append(slices.Clone(rows[:400]), rows[400+count:]...), nil)
		return files
	}
	for missing, refused := range map[int]bool{0: false, 10: false, 200: true} {
		report, _, err := Check(t.Context(), folderOf(drop(missing)), DefaultOptions())
		require.NoError(t, err)
		require.Equal(t, refused, !report.OK(), missing)
		if refused {
			require.Contains(t, report.Refused[0].Reason, "about parties that are missing")
		}
	}
}

func TestCheckRefusesDamagedFilesAndGoesOn(t *testing.T) {
	files := ofac("us/", 100)
	files["us/sdn.csv"] = files["us/sdn.csv"][:len(files["us/sdn.csv"])/2]
	files["own/watch.jsonl"] = firm("ACME", 3)
	report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.Len(t, report.Refused, 1)
	require.Equal(t, "us/sdn.csv", report.Refused[0].File)
	require.Contains(t, report.Refused[0].Reason, "cut off")
	require.Equal(t, []string{"US-SDN"}, report.Refused[0].Lists)
}

func TestCheckRefusesAListClaimedTwice(t *testing.T) {
	files := ofac("old/", 10)
	maps.Copy(files, ofac("new/", 12))
	report, entries, err := Check(t.Context(), folderOf(files), DefaultOptions())
	require.NoError(t, err)
	require.Empty(t, entries)
	require.Len(t, report.Lists, 2, "both are described")
	require.Len(t, report.Refused, 2)
	require.Contains(t, report.Refused[0].Reason, "US-SDN is also in old/sdn.csv")
}

func TestCheckLimits(t *testing.T) {
	files := folderOf(map[string][]byte{"a.jsonl": firm("A", 10), "b.jsonl": firm("B", 10)})
	options := DefaultOptions()
	options.FileBytes = 100
	report, _, err := Check(t.Context(), files, options)
	require.NoError(t, err)
	require.Len(t, report.Refused, 2)
	require.Contains(t, report.Refused[0].Reason, "more than 100")
	options = DefaultOptions()
	options.Files = 1
	_, _, err = Check(t.Context(), files, options)
	require.ErrorContains(t, err, "more than 1 files")
	options = DefaultOptions()
	options.TotalBytes = 1000
	_, _, err = Check(t.Context(), files, options)
	require.ErrorContains(t, err, "more than 1000 bytes")
}

func TestCheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := Check(ctx, folderOf(ofac("", 3)), DefaultOptions())
	require.ErrorIs(t, err, context.Canceled)
}

func TestOptionsValidateReportsEveryFault(t *testing.T) {
	require.NoError(t, DefaultOptions().Validate())
	err := Options{RejectedShare: -1, OrphanShare: 2, ShrinkShare: 2, RejectedRows: -1, MinimumEntries: map[string]int{"": 1}, Retire: []string{"a b"}}.Validate()
	for _, want := range []string{"rejected share", "orphan share", "shrink share", "rejected rows", "file bytes", "total bytes", "files", "minimum entries", "a b"} {
		require.ErrorContains(t, err, want)
	}
	_, _, err = Check(t.Context(), fstest.MapFS{}, Options{})
	require.Error(t, err)
}

func TestSyncPublishesTheObjectFirstAndThePointerLast(t *testing.T) {
	store := newMemoryStore()
	result := syncInto(t, store, ofac("", 30))
	require.True(t, result.Changed)
	require.Equal(t, []string{"US-SDN"}, result.Updated)
	require.Equal(t, 30, result.Entries)
	require.Equal(t, 90, result.Names)
	require.Regexp(t, `^20261123T163000Z-[0-9a-f]{8}$`, result.Version)
	require.Equal(t, result.Digest[:8], result.Version[17:])
	require.Equal(t, []string{"put snapshots/" + result.Digest, "set " + result.Version}, store.log)
	require.Equal(t, result.Version, store.current(t).Version)
}

func TestSyncOfTheSameContentIsNoNewVersion(t *testing.T) {
	store := newMemoryStore()
	first := syncInto(t, store, ofac("", 30))
	second := syncInto(t, store, ofac("another/folder/", 30))
	require.False(t, second.Changed)
	require.Equal(t, first.Version, second.Version)
	require.Equal(t, first.Digest, second.Digest)
	require.Len(t, store.log, 2)
}

func TestSyncKeepsWhatIsRefusedAndWhatIsNotThere(t *testing.T) {
	store := newMemoryStore()
	files := ofac("us/", 100)
	files["watch.jsonl"] = firm("ACME", 20)
	files["other.jsonl"] = firm("OTHER", 5)
	syncInto(t, store, files)

	damaged := ofac("us/", 100)
	damaged["us/sdn.csv"] = damaged["us/sdn.csv"][:len(damaged["us/sdn.csv"])/2]
	damaged["watch.jsonl"] = firm("ACME", 21)
	result := syncInto(t, store, damaged)
	require.True(t, result.Changed)
	require.Len(t, result.Report.Refused, 1)
	require.Equal(t, []string{"ACME"}, result.Updated)
	require.Equal(t, []string{"OTHER", "US-SDN"}, result.Kept)
	snapshot := store.current(t)
	require.Equal(t, map[string]int{"ACME": 21, "OTHER": 5, "US-SDN": 100}, entriesByList(snapshot))
}

func entriesByList(snapshot controllist.Snapshot) map[string]int {
	counts := map[string]int{}
	for _, list := range snapshot.Lists {
		counts[list.Name] = list.Entries
	}
	return counts
}

func TestSyncRefusesAListThatShrank(t *testing.T) {
	for count, refused := range map[int]bool{100: false, 90: false, 89: true, 1: true} {
		store := newMemoryStore()
		before := syncInto(t, store, ofac("", 100))
		result := syncInto(t, store, ofac("", count))
		require.Equal(t, refused, len(result.Report.Refused) > 0, count)
		if refused {
			require.False(t, result.Changed)
			require.Equal(t, before.Digest, store.digest)
			require.Contains(t, result.Report.Refused[0].Reason, fmt.Sprintf("US-SDN has %d entries, down from 100", count))
		}
	}
}

func TestSyncRefusesAListThatLostItsNames(t *testing.T) {
	store := newMemoryStore()
	before := syncInto(t, store, map[string][]byte{"a.jsonl": firm("A", 50)})
	thin := bytes.ReplaceAll(firm("A", 50), []byte(`,{"value":"Alias`), []byte(`],"remarks":"`))
	thin = bytes.ReplaceAll(thin, []byte(`"}]}`), []byte(`"}`))
	result := syncInto(t, store, map[string][]byte{"a.jsonl": thin})
	require.Contains(t, result.Report.Refused[0].Reason, "names, down from 100")
	require.Equal(t, before.Digest, store.digest)
}

func TestSyncAcceptsWhatTheOperatorAccepts(t *testing.T) {
	store := newMemoryStore()
	syncInto(t, store, map[string][]byte{"a.jsonl": firm("A", 50), "b.jsonl": firm("B", 50)})
	result := syncInto(t, store, map[string][]byte{"a.jsonl": firm("A", 5)}, func(o *Options) { o.AcceptShrunk, o.Retire = []string{"A"}, []string{"B"} })
	require.True(t, result.Changed)
	require.Equal(t, []string{"B"}, result.Retired)
	require.Equal(t, map[string]int{"A": 5}, entriesByList(store.current(t)))
}

func TestSyncMinimumEntriesGuardTheFirstLoad(t *testing.T) {
	store := newMemoryStore()
	options := DefaultOptions()
	options.MinimumEntries = map[string]int{"US-SDN": 15_000}
	result, err := Sync(t.Context(), folderOf(ofac("", 30)), store, day, options)
	require.ErrorIs(t, err, ErrNothing)
	require.Contains(t, result.Report.Refused[0].Reason, "fewer than the least of 15000")
}

func TestSyncNeverPublishesNothing(t *testing.T) {
	store := newMemoryStore()
	for name, files := range map[string]map[string][]byte{
		"an empty folder": {}, "documents alone": {"a.txt": []byte("hello")}, "an empty list": {"a.jsonl": []byte(`{"id":"1","list":"A","names":[]}` + "\n")},
	} {
		_, err := Sync(t.Context(), folderOf(files), store, day, DefaultOptions())
		require.ErrorIs(t, err, ErrNothing, name)
	}
	require.Empty(t, store.log)
	syncInto(t, store, map[string][]byte{"a.jsonl": firm("A", 5)})
	options := DefaultOptions()
	options.Retire = []string{"A"}
	_, err := Sync(t.Context(), fstest.MapFS{}, store, day, options)
	require.ErrorIs(t, err, ErrNothing, "the last list does not leave")
	result := syncInto(t, store, map[string][]byte{})
	require.False(t, result.Changed)
	require.Equal(t, []string{"A"}, result.Kept)
}

func TestSyncWithoutTheSnapshotInUse(t *testing.T) {
	store := newMemoryStore()
	syncInto(t, store, ofac("", 30))
	good := store.objects[ObjectName(store.digest)]
	for name, object := range map[string][]byte{"gone": nil, "damaged": bytes.Replace(good, []byte("EXAMPLE 7"), []byte("EXAMPLE 8"), 1), "cut off": good[:len(good)/2]} {
		t.Run(name, func(t *testing.T) {
			store.objects[ObjectName(store.digest)] = object
			if object == nil {
				delete(store.objects, ObjectName(store.digest))
			}
			before := store.digest
			_, err := Sync(t.Context(), folderOf(ofac("", 31)), store, day, DefaultOptions())
			require.ErrorIs(t, err, ErrCurrent)
			require.Equal(t, before, store.digest)
		})
	}
	result := syncInto(t, store, ofac("", 31), func(o *Options) { o.IgnoreCurrent = true })
	require.True(t, result.Changed)
	require.Equal(t, map[string]int{"US-SDN": 31}, entriesByList(store.current(t)))
}

func TestSyncPassesTheStoresErrorsOn(t *testing.T) {
	full := errors.New("disk full")
	for name, store := range map[string]*memoryStore{
		"put":                 {objects: map[string][]byte{}, failPut: full},
		"put stopped reading": {objects: map[string][]byte{}, failPut: full, readOnly: 100},
		"set":                 {objects: map[string][]byte{}, failSet: full},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := Sync(t.Context(), folderOf(ofac("", 3000)), store, day, DefaultOptions())
			require.ErrorIs(t, err, full)
			require.False(t, result.Changed)
			require.Empty(t, store.digest)
		})
	}
	silent := &memoryStore{objects: map[string][]byte{}, readOnly: 100}
	_, err := Sync(t.Context(), folderOf(ofac("", 3000)), silent, day, DefaultOptions())
	require.ErrorContains(t, err, "did not read the whole snapshot")
}

func TestSyncTellsItsProgress(t *testing.T) {
	var steps []string
	syncInto(t, newMemoryStore(), ofac("us/", 3), func(o *Options) {
		o.Progress = func(p Progress) { steps = append(steps, strings.TrimSpace(p.Step+" "+p.Subject)) }
	})
	require.Equal(t, []string{"read us/add.csv", "read us/alt.csv", "read us/sdn.csv", "read", "parse us", "parse us", "compare"}, steps[:len(steps)-1])
	require.True(t, strings.HasPrefix(steps[len(steps)-1], "publish 20261123T163000Z-"))
}
