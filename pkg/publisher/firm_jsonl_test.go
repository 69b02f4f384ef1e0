package publisher

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
)

const firmGood = `{"id":"17","list":"ACME-WATCH","kind":"organization","names":[{"value":"Example Trading Ltd","type":"primary"},{"value":"ExTra","type":"weak"}],"countries":["TR"],"identifiers":[{"type":"tax_id","value":"1234567890","country":"TR"}],"addresses":[{"street":"Deneme Sk. 1","city":"Istanbul","postal_code":"34000","country":"TR"}],"programs":["WATCH"],"measures":["internal"],"birth_dates":[]}`

func packedBytes(t testing.TB, data []byte) []byte {
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	_, err := writer.Write(data)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return buffer.Bytes()
}

func firmSet(t *testing.T, text string) Set {
	t.Helper()
	sets := Firm{}.Parse([]File{{"list.jsonl", []byte(text)}})
	require.Len(t, sets, 1)
	return sets[0]
}

func TestFirmReadsARow(t *testing.T) {
	set := firmSet(t, firmGood+"\n")
	require.NoError(t, set.Damage)
	require.Empty(t, set.Rejected)
	require.Equal(t, []controllist.Entry{{
		ID: "ACME-WATCH/17", List: "ACME-WATCH", Kind: controllist.KindOrganization,
		Names: []controllist.Name{
			{Value: "Example Trading Ltd", Type: controllist.NamePrimary}, {Value: "ExTra", Type: controllist.NameWeak},
		},
		Countries:   []string{"TR"},
		Identifiers: []controllist.Identifier{{Type: controllist.IdentifierTax, Value: "1234567890", Country: "TR"}},
		Addresses:   []controllist.Address{{Street: "Deneme Sk. 1", City: "Istanbul", PostalCode: "34000", Country: "TR"}},
		Programs:    []string{"WATCH"}, Measures: []controllist.Measure{controllist.MeasureInternal},
		Row: 1, Source: "list.jsonl",
	}}, set.Entries)
	require.Equal(t, "ACME-WATCH", set.Lists[0].Name)
	require.Equal(t, 2, set.Lists[0].Names)
	require.Len(t, set.Lists[0].Digest, 64)
}

func TestFirmDefaults(t *testing.T) {
	set := firmSet(t, `{"id":"A/1","list":"A","kind":"unknown","names":[{"value":"  One   Two "},{"value":"Three"}]}`)
	require.NoError(t, set.Damage)
	entry := set.Entries[0]
	require.Equal(t, "A/1", entry.ID)
	require.Equal(t, controllist.KindUnknown, entry.Kind)
	require.Equal(t, []controllist.Measure{controllist.MeasureInternal}, entry.Measures)
	require.Equal(t, []controllist.Name{{Value: "One Two", Type: controllist.NamePrimary}, {Value: "Three", Type: controllist.NameAlias}}, entry.Names)
}

func TestFirmAWeakNameIsNotMadePrimary(t *testing.T) {
	entry := firmSet(t, `{"id":"1","list":"A","names":[{"value":"Nick","type":"weak"}]}`).Entries[0]
	require.Equal(t, []controllist.Name{{Value: "Nick", Type: controllist.NameWeak}}, entry.Names)
	entry = firmSet(t, `{"id":"1","list":"A","names":[{"value":"Nick","type":"weak"},{"value":"Full Name","type":"alias"}]}`).Entries[0]
	require.Equal(t, "Full Name", entry.Primary())
}

func TestFirmCountriesNeverCostARow(t *testing.T) {
	set := firmSet(t, `{"id":"1","list":"A","names":[{"value":"x"}],"countries":["RU;CY","ru","Turkey","Korea, North","Ruritanian;DE",""],"remarks":"seen"}`)
	entry := set.Entries[0]
	require.Equal(t, []string{"CY", "DE", "KP", "RU", "TR"}, entry.Countries)
	require.Equal(t, "seen; countries: Ruritanian", entry.Remarks)
	require.Equal(t, []string{"list.jsonl: 1 rows with countries that are not understood; they are kept as remarks"}, set.Warnings)
}

func TestFirmDamagedLettersNeverCostARow(t *testing.T) {
	set := firmSet(t, "{\"id\":\"1\",\"list\":\"A\",\"names\":[{\"value\":\"\u00d6rnek B\u0081l\u0092\"}]}")
	require.Equal(t, "Örnek Bül’", set.Entries[0].Primary())
	require.Contains(t, set.Warnings[0], "1 names with letters damaged")
	require.Len(t, []rune(damagedLetters), 32)
}

// A file in another encoding is not a file with some bad rows: its sound rows are
// those that happen to be plain.
func TestFirmInAnotherEncodingIsDamaged(t *testing.T) {
	file := []byte("{\"id\":\"1\",\"list\":\"A\",\"names\":[{\"value\":\"Caf\xe9\"}]}\n{\"id\":\"2\",\"list\":\"A\",\"names\":[{\"value\":\"x\"}]}\n")
	format, known := Recognise("list.jsonl", file)
	require.True(t, known)
	require.Equal(t, FormatFirm, format)
	require.ErrorContains(t, firmSet(t, string(file)).Damage, "row 1 is not valid UTF-8")
}

func TestFirmRejectsAndNames(t *testing.T) {
	bad := map[string]string{
		`{"id":"2","list":"A","names":[{"value":"x"}],"colour":"red"}`:                              "colour",
		`{"id":"2","id":"3","list":"A","names":[{"value":"x"}]}`:                                    "duplicate",
		`{"id":2,"list":"A","names":[{"value":"x"}]}`:                                               "/id",
		`{"list":"A","names":[{"value":"x"}]}`:                                                      "/id",
		`{"id":"2","names":[{"value":"x"}]}`:                                                        "/list",
		`{"id":"2","list":"A"}`:                                                                     "/names",
		`{"id":"2","list":"A","names":[{"value":""}]}`:                                              "/names/0/value",
		`{"id":"2","list":"A","names":[{"value":"x","type":"nick"}]}`:                               "/names/0/type",
		`{"id":"2","list":"A","names":[{"value":"x"}],"measures":["frown"]}`:                        "/measures/0",
		`{"id":"2","list":"A","names":[{"value":"x"}],"identifiers":[{"type":"shoe","value":"1"}]}`: "/identifiers/0/type",
		`{"id":"2","list":"A","names":[{"value":"x"}],"birth_dates":["1 Jan"]}`:                     "/birth_dates/0",
		`{"id":"2","list":"A","names":[{"value":"x"}],"kind":"ghost"}`:                              "/kind",
		`{"id":"1","list":"A","names":[{"value":"again"}]}`:                                         "that of row 1",
		`[]`:     "not an object",
		`null x`: "",
		`{"id":"2","list":"A","names":[{"value":"` + strings.Repeat("x", maxFirmLine) + `"}]}`: "more than 1048576",
	}
	for row, want := range bad {
		set := firmSet(t, `{"id":"1","list":"A","names":[{"value":"x"}]}`+"\n"+row+"\n"+`{"id":"9","list":"A","names":[{"value":"y"}]}`+"\n")
		require.NoError(t, set.Damage)
		require.Len(t, set.Entries, 2, row[:min(len(row), 80)])
		require.Equal(t, 1, set.RejectedRows)
		require.Equal(t, 1, set.Lists[0].Rejected)
		require.Equal(t, 2, set.Rejected[0].Row)
		require.Contains(t, set.Rejected[0].Reason, want)
	}
}

func TestFirmReportsEveryFaultOfARow(t *testing.T) {
	set := firmSet(t, `{"id":"1","list":"A","names":[{"value":"x"}]}`+"\n"+`{"id":"2","list":"A","names":[{"value":""}],"kind":"ghost","gender":"?"}`+"\n")
	for _, pointer := range []string{"/names/0/value", "/kind", "/gender"} {
		require.Contains(t, set.Rejected[0].Reason, pointer)
	}
}

func TestFirmAFileCutOffIsDamaged(t *testing.T) {
	set := firmSet(t, firmGood+"\n"+firmGood[:60])
	require.ErrorContains(t, set.Damage, "cut off")
	require.Empty(t, set.Entries)
	require.ErrorContains(t, firmSet(t, "").Damage, "none of its 0 rows")
	require.ErrorContains(t, firmSet(t, "{}\n{}\n").Damage, "none of its 2 rows")
}

func TestFirmSeveralListsInOneFile(t *testing.T) {
	set := firmSet(t, `{"id":"1","list":"B","names":[{"value":"x"}]}`+"\n"+`{"id":"1","list":"A","names":[{"value":"x"},{"value":"y"}]}`+"\n")
	require.Equal(t, []string{"A", "B"}, []string{set.Lists[0].Name, set.Lists[1].Name})
	require.Equal(t, []int{2, 1}, []int{set.Lists[0].Names, set.Lists[1].Names})
}

func TestFirmRecognise(t *testing.T) {
	for name, text := range map[string]string{
		"a row": firmGood, "a mark in front": "\xef\xbb\xbf" + firmGood, "a damaged first row": "{\"id\"\n" + firmGood, "blank lines": "\n\n" + firmGood,
		"names of another shape": `{"id":"x","list":"y","names":["z"]}`, "a member misspelt": `{"id":"x","list":"y","name":"z"}`, "cut off": `{"id":"x","list":"y","nam`,
	} {
		format, ok := Recognise("x", []byte(text))
		require.True(t, ok, name)
		require.Equal(t, FormatFirm, format)
	}
	for name, text := range map[string]string{
		"other JSON lines": `{"id":"x","caption":"y","schema":"Person","properties":{}}`, "an array": "[" + firmGood + "]", "prose": "hello", "nothing": "",
	} {
		_, ok := Recognise("list.jsonl", []byte(text))
		require.False(t, ok, name)
	}
}

func TestUnpack(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 1000)
	for _, stored := range [][]byte{data, packedBytes(t, data)} {
		got, err := Unpack(stored, int64(len(data)))
		require.NoError(t, err)
		require.Equal(t, data, got)
		_, err = Unpack(stored, int64(len(data))-1)
		require.ErrorIs(t, err, ErrTooLarge)
	}
	stored := packedBytes(t, data)
	_, err := Unpack(stored[:len(stored)/2], 1<<20)
	require.Error(t, err, "a file cut off is not a short file")
	require.NotEmpty(t, UnpackHead(stored[:len(stored)-6]))
}
