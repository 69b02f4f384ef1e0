package controllist

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// invented returns count entries of two lists, in no order.
func invented(count int) ([]List, []Entry) {
	lists := []List{{Name: "TEST-B", Source: "firm_jsonl: b.jsonl"}, {Name: "TEST-A", Source: "firm_jsonl: a.jsonl", Rejected: 1}}
	entries := make([]Entry, count)
	for i := range entries {
		list := lists[i%2].Name
		entries[i] = Entry{
			ID: fmt.Sprintf("%s/%d", list, (i*7919)%count), List: list, Kind: KindOrganization,
			Names: []Name{
				{fmt.Sprintf("Example Trading Company Number %d Limited", i), NamePrimary},
				{fmt.Sprintf("Örnek Ticaret %d A.Ş.", i), NameAlias},
			},
			Countries:   []string{"TR"},
			Identifiers: []Identifier{{IdentifierTax, fmt.Sprintf("%010d", i), "TR"}},
			Addresses:   []Address{{Street: fmt.Sprintf("Deneme Cad. %d", i), City: "Istanbul", PostalCode: "34000", Country: "TR"}},
			Programs:    []string{"EXAMPLE-EO1"}, Measures: []Measure{MeasureInternal},
			Remarks: "Organization Established Date 01 Jan 2001", Row: i + 1, Source: "test.jsonl",
		}
		entries[i].ID = fmt.Sprintf("%s/%06d", list, (i*7919)%count)
	}
	return lists, entries
}

func encode(t testing.TB, snapshot Snapshot) []byte {
	var buffer bytes.Buffer
	require.NoError(t, snapshot.Encode(&buffer))
	return buffer.Bytes()
}

func TestSnapshotRoundTrip(t *testing.T) {
	lists, entries := invented(1000)
	snapshot, err := NewSnapshot("20261123T163000Z-1a2b3c4d", lists, entries)
	require.NoError(t, err)
	require.Equal(t, "TEST-A", snapshot.Lists[0].Name)
	require.Equal(t, 500, snapshot.Lists[0].Entries)
	require.Equal(t, 1000, snapshot.Lists[0].Names)
	encoded := encode(t, snapshot)
	require.Equal(t, 1001, bytes.Count(encoded, []byte{'\n'}), "a header and a line per entry")
	decoded, err := DecodeSnapshot(bytes.NewReader(encoded), SnapshotLimits{})
	require.NoError(t, err)
	require.Equal(t, snapshot, decoded)
	require.Equal(t, encoded, encode(t, decoded))
}

func TestSnapshotDigestDependsOnContentAlone(t *testing.T) {
	lists, entries := invented(50)
	first, err := NewSnapshot("one", lists, entries)
	require.NoError(t, err)
	for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
		entries[i], entries[j] = entries[j], entries[i]
	}
	second, err := NewSnapshot("two", []List{lists[1], lists[0]}, entries)
	require.NoError(t, err)
	require.Equal(t, first.Digest, second.Digest)
	entries[0].Names[0].Value += "!"
	third, err := NewSnapshot("two", lists, entries)
	require.NoError(t, err)
	require.NotEqual(t, first.Digest, third.Digest)
}

func TestNewSnapshotRefuses(t *testing.T) {
	lists, entries := invented(4)
	twice := append(append([]Entry{}, entries...), entries[0])
	unsound := append([]Entry{}, entries...)
	unsound[1].Kind = "ghost"
	unsound[2].Gender = "?"
	cases := map[string]struct {
		lists   []List
		entries []Entry
		want    string
	}{
		"an id twice":       {lists, twice, "is there twice"},
		"unsound entries":   {lists, unsound, "/kind"},
		"every unsound one": {lists, unsound, "/gender"},
		"a list unknown":    {lists[:1], entries, "not described"},
		"a list twice":      {append(lists, lists[0]), entries, "described twice"},
		"a list unnamed":    {append(lists, List{}), entries, "no proper name"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := NewSnapshot("v", test.lists, test.entries)
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := NewSnapshot("", lists, entries)
	require.Error(t, err)
}

func TestDecodeSnapshotRefuses(t *testing.T) {
	lists, entries := invented(300)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(t, err)
	good := string(encode(t, snapshot))
	lines := strings.SplitAfter(good, "\n")
	replace := func(old, replacement string) string { return strings.Replace(good, old, replacement, 1) }
	cases := map[string]struct {
		data string
		want error
	}{
		"nothing":                       {"", io.EOF},
		"a header cut off":              {good[:20], io.ErrUnexpectedEOF},
		"cut off within a line":         {good[:len(good)-30], io.ErrUnexpectedEOF},
		"cut off at the end of a line":  {strings.Join(lines[:200], ""), ErrDigest},
		"one letter changed":            {replace("Trading", "Trading"[:6]+"k"), ErrDigest},
		"a measure changed":             {replace(`"internal"`, `"reject"`), ErrDigest},
		"the counts of a list changed":  {replace(`"rejected":1`, `"rejected":0`), ErrDigest},
		"two entries swapped":           {lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], ""), ErrDigest},
		"an entry more":                 {good + lines[1], ErrSnapshotLimit},
		"another format":                {replace(SnapshotFormat, "chokepoint.snapshot.v9"), nil},
		"a member more":                 {replace(`"kind"`, `"shoe":1,"kind"`), nil},
		"a member twice":                {replace(`"kind":"organization"`, `"kind":"organization","kind":"vessel"`), nil},
		"an unsound entry":              {replace(`"kind":"organization"`, `"kind":"ghost"`), nil},
		"something behind it":           {good + "\n", nil},
		"a header that promises a lot":  {replace(`"entries":300`, `"entries":3000000`), ErrSnapshotLimit},
		"a header that promises little": {replace(`"entries":300`, `"entries":299`), ErrSnapshotLimit},
		"a header that promises more":   {replace(`"entries":300,"lists"`, `"entries":301,"lists"`), nil},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, test.data)
			_, err := DecodeSnapshot(strings.NewReader(test.data), SnapshotLimits{})
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
		})
	}
}

func TestDecodeSnapshotChecksWhatADigestCannot(t *testing.T) {
	lists, entries := invented(4)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(t, err)
	forge := func(change func(*Snapshot)) error {
		forged := snapshot
		forged.Entries = append([]Entry{}, snapshot.Entries...)
		forged.Lists = append([]List{}, snapshot.Lists...)
		change(&forged)
		var err error
		forged.Digest, err = forged.digest()
		require.NoError(t, err)
		_, err = DecodeSnapshot(bytes.NewReader(encode(t, forged)), SnapshotLimits{})
		return err
	}
	require.NoError(t, forge(func(*Snapshot) {}))
	require.ErrorContains(t, forge(func(s *Snapshot) { s.Entries[0], s.Entries[1] = s.Entries[1], s.Entries[0] }), "not in its place")
	require.ErrorContains(t, forge(func(s *Snapshot) { s.Entries[1] = s.Entries[0] }), "not in its place")
	require.ErrorContains(t, forge(func(s *Snapshot) { s.Lists[0], s.Lists[1] = s.Lists[1], s.Lists[0] }), "not sorted")
	require.ErrorContains(t, forge(func(s *Snapshot) { s.Lists[0].Names++ }), "other numbers")
	require.ErrorContains(t, forge(func(s *Snapshot) { s.Lists = s.Lists[:1] }), "not described")
}

func TestDecodeSnapshotLimits(t *testing.T) {
	lists, entries := invented(300)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(t, err)
	good := encode(t, snapshot)
	for name, limits := range map[string]SnapshotLimits{
		"bytes": {Bytes: 1000}, "line": {LineBytes: 100}, "entries": {Entries: 299}, "lists": {Lists: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := DecodeSnapshot(bytes.NewReader(good), limits)
			require.ErrorIs(t, err, ErrSnapshotLimit)
		})
	}
}

func TestDecodeSnapshotPassesReadErrorsOn(t *testing.T) {
	lists, entries := invented(300)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(t, err)
	broken := errors.New("connection lost")
	reader := io.MultiReader(bytes.NewReader(encode(t, snapshot)[:5000]), failingReader{broken})
	_, err = DecodeSnapshot(reader, SnapshotLimits{})
	require.ErrorIs(t, err, broken)
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func TestLongLinesAreRead(t *testing.T) {
	lists, entries := invented(2)
	entries[0].Remarks = strings.Repeat("x", MaxRemarksBytes)
	for i := range 600 {
		entries[0].Names = append(entries[0].Names, Name{fmt.Sprintf("%d %s", i, strings.Repeat("y", 1000)), NameAlias})
	}
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(t, err)
	decoded, err := DecodeSnapshot(bytes.NewReader(encode(t, snapshot)), SnapshotLimits{})
	require.NoError(t, err)
	require.Equal(t, snapshot, decoded)
}

func TestSnapshotRoundTripProperty(t *testing.T) {
	text := rapid.StringMatching(`[A-Za-zÀ-ſЀ-я一-龠'"\\<>&/;,.-]([A-Za-zÀ-ſЀ-я一-龠 '"\\<>&/;,.-]{0,20}[a-z])?`)
	country := rapid.StringMatching(`[A-Z]{2}`)
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 20).Draw(t, "count")
		entries := make([]Entry, count)
		for i := range entries {
			entries[i] = Entry{
				ID: fmt.Sprintf("L/%d", i), List: "L", Kind: rapid.SampledFrom([]Kind{KindUnknown, KindPerson, KindVessel}).Draw(t, "kind"),
				Countries: rapid.SliceOfN(country, 0, 4).Draw(t, "countries"),
				Measures:  rapid.SliceOfN(rapid.SampledFrom(Measures()), 0, 3).Draw(t, "measures"),
				Remarks:   rapid.OneOf(rapid.Just(""), text).Draw(t, "remarks"),
			}
			for range rapid.IntRange(1, 30).Draw(t, "names") {
				entries[i].Names = append(entries[i].Names, Name{
					text.Draw(t, "name") + "x", rapid.SampledFrom([]NameType{NameAlias, NameWeak, NameFormer}).Draw(t, "type"),
				})
			}
		}
		snapshot, err := NewSnapshot("v", []List{{Name: "L"}}, entries)
		require.NoError(t, err)
		encoded := new(bytes.Buffer)
		require.NoError(t, snapshot.Encode(encoded))
		decoded, err := DecodeSnapshot(bytes.NewReader(encoded.Bytes()), SnapshotLimits{})
		require.NoError(t, err)
		require.Equal(t, snapshot.Digest, decoded.Digest)
		require.Equal(t, len(snapshot.Entries), len(decoded.Entries))
		for i := range decoded.Entries {
			require.Equal(t, snapshot.Entries[i], decoded.Entries[i])
		}
	})
}

// FuzzDecodeSnapshot holds that whatever is accepted encodes to the same snapshot.
func FuzzDecodeSnapshot(f *testing.F) {
	lists, entries := invented(3)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(f, err)
	f.Add(encode(f, snapshot))
	f.Add([]byte(`{"format":"chokepoint.snapshot.v1","version":"v","digest":"","entries":0,"lists":[]}` + "\n"))
	f.Add([]byte("{}\n{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded, err := DecodeSnapshot(bytes.NewReader(data), SnapshotLimits{Bytes: 1 << 20})
		if err != nil {
			return
		}
		again, err := DecodeSnapshot(bytes.NewReader(encode(t, decoded)), SnapshotLimits{})
		require.NoError(t, err)
		require.Equal(t, decoded.Digest, again.Digest)
	})
}

// FuzzDateRange holds that a span never ends before it starts, and never panics.
func FuzzDateRange(f *testing.F) {
	for _, seed := range []string{"1957", "~1957", "1951/1953", "1960-01-31/1961", "9999-12-31", "0001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, err := DateRange(text).Span()
		if err == nil && span.Last.Before(span.First) {
			t.Fatalf("%q ends before it starts", text)
		}
	})
}

func BenchmarkNewSnapshot(b *testing.B) {
	lists, entries := invented(54_000)
	b.ReportAllocs()
	for b.Loop() {
		_, err := NewSnapshot("v1", lists, entries)
		require.NoError(b, err)
	}
}

func BenchmarkEncodeSnapshot(b *testing.B) {
	lists, entries := invented(54_000)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, snapshot.Encode(io.Discard))
	}
}

func BenchmarkDecodeSnapshot(b *testing.B) {
	lists, entries := invented(54_000)
	snapshot, err := NewSnapshot("v1", lists, entries)
	require.NoError(b, err)
	encoded := encode(b, snapshot)
	b.SetBytes(int64(len(encoded)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := DecodeSnapshot(bytes.NewReader(encoded), SnapshotLimits{})
		require.NoError(b, err)
	}
}

// TestGoldenEncoding pins the encoding: a digest that changes makes every decision
// name a list that nobody has.
func TestGoldenEncoding(t *testing.T) {
	snapshot, err := NewSnapshot("20261123T163000Z-example", []List{{Name: "TEST-LIST", Source: "firm_jsonl: test.jsonl"}}, []Entry{sound()})
	require.NoError(t, err)
	golden := filepath.Join("testdata", "snapshot.golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, encode(t, snapshot), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(encode(t, snapshot)))
}
