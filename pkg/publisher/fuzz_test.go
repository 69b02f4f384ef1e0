package publisher

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzOFAC holds that a set never panics, that every row is either read or counted,
// and that what is read is sound.
func FuzzOFAC(f *testing.F) {
	for _, files := range [][]File{
		setOf([]string{party(1, "A EXAMPLE", "", "X] [Y", "DOB 1961."), party(2, "B \"EXAMPLE\"", "vessel", "X", "")}),
		manyParties(3),
	} {
		f.Add(files[0].Data, files[1].Data, files[2].Data)
	}
	f.Add([]byte("1,\"a"), []byte("\x1a"), []byte("1,2,\"x\"\"\",\"y\"z\",-0-,-0-"))
	f.Fuzz(func(t *testing.T, parties, second, third []byte) {
		files := []File{{"sdn.csv", parties}, {"alt.csv", second}, {"add.csv", third}}
		for _, set := range (OFAC{}).Parse(files) {
			if set.Format == FormatUnknown {
				continue
			}
			for _, entry := range set.Entries {
				require.Empty(t, entry.Validate())
			}
			if set.Damage == nil {
				require.Len(t, set.Lists, 1)
				require.LessOrEqual(t, len(set.Entries)+set.RejectedRows, 2*set.Rows)
			}
			require.LessOrEqual(t, len(set.Rejected), MaxRejections)
		}
	})
}

// FuzzOFACRow holds that a row read back by the rules of CSV is the row.
func FuzzOFACRow(f *testing.F) {
	f.Add(`1,"a ""b"" c",-0- `, 3)
	f.Add(`1,"a "b" c","d`, 3)
	f.Add(`,,,""",`, 5)
	f.Fuzz(func(t *testing.T, row string, columns int) {
		if columns < 1 || columns > 20 {
			return
		}
		fields, err := splitOFAC(row, columns)
		if err != nil {
			return
		}
		require.Len(t, fields, columns)
		var again strings.Builder
		for i, field := range fields {
			if i > 0 {
				again.WriteByte(',')
			}
			again.WriteString(`"` + strings.ReplaceAll(field, `"`, `""`) + `"`)
		}
		back, err := splitOFAC(again.String(), columns)
		require.NoError(t, err)
		require.Equal(t, fields, back)
	})
}

// FuzzFirm holds that rows are read or counted, never both, never neither.
func FuzzFirm(f *testing.F) {
	f.Add([]byte(firmGood + "\n" + firmGood))
	f.Add([]byte(`{"id":"1","list":"A","names":[{"value":"x"}],"countries":["RU;CY","Ruritania"]}` + "\n{}\n\n[]"))
	f.Add([]byte("\xef\xbb\xbf{\"id\":"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Firm{}.Recognise(data)
		sets := Firm{}.Parse([]File{{"list.jsonl", data}})
		require.Len(t, sets, 1)
		set := sets[0]
		for _, entry := range set.Entries {
			require.Empty(t, entry.Validate())
		}
		if set.Damage == nil {
			require.Equal(t, set.Rows, len(set.Entries)+set.RejectedRows)
			rejected := 0
			for _, list := range set.Lists {
				rejected += list.Rejected
			}
			require.Equal(t, set.RejectedRows, rejected)
		}
	})
}

// FuzzUnpack holds that nothing is unpacked beyond the limit.
func FuzzUnpack(f *testing.F) {
	f.Add(packedBytes(f, bytes.Repeat([]byte("x"), 5000)))
	f.Add([]byte("plain"))
	f.Fuzz(func(t *testing.T, data []byte) {
		unpacked, err := Unpack(data, 1000)
		if err == nil {
			require.LessOrEqual(t, len(unpacked), 1000)
		}
		require.LessOrEqual(t, len(UnpackHead(data)), HeadBytes)
	})
}
