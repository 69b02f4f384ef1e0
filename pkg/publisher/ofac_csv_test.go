package publisher

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
)

// The rows in these tests are invented; their form is that of OFAC's files.

const null = "-0- "

// party is a row of sdn.csv: number, name, type, programmes, remarks.
func party(number int, name, kind, programs, remarks string) string {
	return fmt.Sprintf("%d,%s,%s,%s,%s", number, quoted(name), quoted(kind), quoted(programs), strings.Repeat(null+",", 7)+quoted(remarks))
}

func quoted(text string) string {
	if text == "" {
		return null
	}
	return `"` + text + `"`
}

func alias(party, number int, kind, name string) string {
	return fmt.Sprintf("%d,%d,%s,%s,%s", party, number, quoted(kind), quoted(name), null)
}

func address(party, number int, street, city, country string) string {
	return fmt.Sprintf("%d,%d,%s,%s,%s,%s", party, number, quoted(street), quoted(city), quoted(country), null)
}

// file joins rows the way OFAC does: CRLF, and 0x1A at the end.
func file(name string, rows ...string) File {
	return File{Name: name, Data: []byte(strings.Join(rows, "\r\n") + "\r\n\x1a")}
}

// setOf is a whole set with one address row a party.
func setOf(parties []string, others ...File) []File {
	var addresses []string
	for i, row := range parties {
		number, _, _ := strings.Cut(row, ",")
		addresses = append(addresses, fmt.Sprintf("%s,%d,%s,%s,%s,%s", number, 900+i, null, null, null, null))
	}
	files := []File{file("sdn.csv", parties...)}
	seen := map[string]bool{}
	for _, other := range others {
		seen[other.Name] = true
		files = append(files, other)
	}
	if !seen["add.csv"] {
		files = append(files, file("add.csv", addresses...))
	}
	if !seen["alt.csv"] {
		number, _, _ := strings.Cut(parties[0], ",")
		files = append(files, file("alt.csv", number+`,77,"aka","EXAMPLE ALIAS",-0- `))
	}
	return files
}

// one parses files that make one set.
func one(t *testing.T, files []File) Set {
	t.Helper()
	sets := OFAC{}.Parse(files)
	require.Len(t, sets, 1)
	return sets[0]
}

// first parses a set of one party.
func first(t *testing.T, row string, others ...File) controllist.Entry {
	t.Helper()
	set := one(t, setOf([]string{row}, others...))
	require.NoError(t, set.Damage)
	require.Empty(t, set.Rejected)
	require.Len(t, set.Entries, 1)
	return set.Entries[0]
}

func TestOFACReadsAParty(t *testing.T) {
	entry := first(t, party(42, "EXAMPLE TRADING CO.", "", "EXAMPLE-EO1] [EX2", "Tax ID No. 7700000001 (Russia); a.k.a. 'EXTRA'."),
		file("alt.csv", alias(42, 1, "aka", "EXAMPLE TRADE"), alias(42, 2, "fka", "OLD EXAMPLE"), alias(42, 3, "nka", "NEW EXAMPLE")),
		file("add.csv", address(42, 1, "1 Example Street", "Houston, TX 77002", "United States"), address(42, 2, "", "", "Turkey")),
	)
	require.Equal(t, controllist.Entry{
		ID: "US-SDN/42", List: "US-SDN", Kind: controllist.KindOrganization,
		Names: []controllist.Name{
			{Value: "EXAMPLE TRADING CO.", Type: controllist.NamePrimary}, {Value: "EXAMPLE TRADE", Type: controllist.NameAlias},
			{Value: "OLD EXAMPLE", Type: controllist.NameFormer}, {Value: "NEW EXAMPLE", Type: controllist.NameAlias},
			{Value: "EXTRA", Type: controllist.NameWeak},
		},
		Countries:   []string{"TR", "US"},
		Identifiers: []controllist.Identifier{{Type: controllist.IdentifierTax, Value: "7700000001", Country: "RU"}},
		Addresses: []controllist.Address{
			{Street: "1 Example Street", City: "Houston", State: "TX", PostalCode: "77002", Country: "US"}, {Country: "TR"},
		},
		Programs: []string{"EXAMPLE-EO1", "EX2"}, Measures: []controllist.Measure{controllist.MeasureFreeze},
		Row: 1, Source: "sdn.csv",
	}, entry)
}

func TestOFACNullIsAWholeFieldOnly(t *testing.T) {
	entry := first(t, party(1, "AREA -0- HOLDING", "", "X", ""), file("alt.csv", alias(1, 1, "aka", "PLOT-0-7")))
	require.Equal(t, "AREA -0- HOLDING", entry.Primary())
	require.Equal(t, "PLOT-0-7", entry.Names[1].Value)
	require.Equal(t, controllist.KindOrganization, entry.Kind, "a null type is an organisation")
}

func TestOFACEndMark(t *testing.T) {
	rows := []string{party(1, "A EXAMPLE", "", "X", ""), party(2, "B EXAMPLE", "", "X", "")}
	for name, end := range map[string]string{
		"CRLF and mark": "\r\n\x1a", "mark at once": "\x1a", "mark and CRLF": "\r\n\x1a\r\n", "two marks": "\r\n\x1a\x1a",
		"no mark": "\r\n", "LF": "\n", "no line end, the row is whole": "",
	} {
		t.Run(name, func(t *testing.T) {
			files := setOf(rows)
			files[0].Data = []byte(strings.Join(rows, "\r\n") + end)
			set := one(t, files)
			require.NoError(t, set.Damage)
			require.Zero(t, set.RejectedRows)
			require.Len(t, set.Entries, 2)
		})
	}
	files := setOf(rows)
	files[0].Data = []byte(rows[0] + "\r\n\x1a\r\n" + rows[1] + "\r\n")
	require.ErrorContains(t, one(t, files).Damage, "behind its end mark")
}

func TestOFACLineEnds(t *testing.T) {
	for name, end := range map[string]string{"CRLF": "\r\n", "LF": "\n", "CR": "\r"} {
		t.Run(name, func(t *testing.T) {
			files := setOf([]string{party(1, "A EXAMPLE", "", "X", ""), party(2, "B EXAMPLE", "", "X", "")})
			for i := range files {
				files[i].Data = []byte(strings.ReplaceAll(string(files[i].Data), "\r\n", end))
			}
			set := one(t, files)
			require.NoError(t, set.Damage)
			require.Zero(t, set.RejectedRows)
			require.Len(t, set.Entries, 2)
		})
	}
}

func TestOFACInnerQuotes(t *testing.T) {
	tail := strings.Repeat(","+null, 10)
	for name, test := range map[string]struct{ field, want string }{
		"escaped":              {`"KONTSERN ""EXAMPLE"""`, `KONTSERN "EXAMPLE"`},
		"escaped in front":     {`"""EXAMPLE"" OAO"`, `"EXAMPLE" OAO`},
		"bare in the middle":   {`"KONTSERN "EXAMPLE" OAO"`, `KONTSERN "EXAMPLE" OAO`},
		"bare at the end":      {`"KONTSERN "EXAMPLE""`, `KONTSERN "EXAMPLE"`},
		"single quotes":        {`"KONTSERN 'EXAMPLE'"`, `KONTSERN 'EXAMPLE'`},
		"commas inside":        {`"EXAMPLE, INC., LTD"`, `EXAMPLE, INC., LTD`},
		"a comma after quotes": {`"EXAMPLE ""A"", LTD"`, `EXAMPLE "A", LTD`},
		"blanks about it":      {` "EXAMPLE" `, `EXAMPLE`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, first(t, "7,"+test.field+tail).Primary())
		})
	}
}

func TestOFACDamagedRowsAreCountedAndNamed(t *testing.T) {
	rows := []string{
		party(1, "A EXAMPLE", "", "X", ""),
		`2,"B EXAMPLE",-0- ,"X"`,
		`3,"C EXAMPLE,-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- `,
		party(4, "D EXAMPLE", "person", "X", ""),
		party(5, "", "", "X", ""),
		party(1, "AGAIN", "", "X", ""),
		strings.Replace(party(6, "F EXAMPLE", "", "X", ""), "6,", "six,", 1),
		party(7, "G\x07EXAMPLE", "", "X", ""),
		party(8, "H\xfcEXAMPLE", "", "X", ""),
		party(9, "I EXAMPLE \"J\", LTD", "", "X", ""),
		party(0, "ZERO", "", "X", ""),
		party(10, "K EXAMPLE", "", "X", ""),
	}
	for i := range 30 {
		rows = append(rows, party(100+i, fmt.Sprintf("EXAMPLE %d", i), "", "X", ""))
	}
	files := setOf([]string{rows[0]}, file("add.csv", address(1, 1, "", "", ""), address(10, 2, "", "", ""), "100,x,-0- ,-0- ,-0- ,-0- "),
		file("alt.csv", alias(1, 1, "dba", "X"), alias(1, 2, "aka", ""), alias(10, 3, "aka", "K"), alias(999, 4, "aka", "NOBODY")))
	files[0] = file("sdn.csv", rows...)
	set := one(t, files)
	require.NoError(t, set.Damage)
	require.Len(t, set.Entries, 32)
	require.Equal(t, 14, set.RejectedRows)
	require.Equal(t, 14, set.Lists[0].Rejected)
	require.Equal(t, 1, set.Orphans)
	reasons := map[string]string{}
	for _, row := range set.Rejected {
		reasons[fmt.Sprintf("%s:%d", row.File, row.Row)] = row.Reason
	}
	require.Equal(t, map[string]string{
		"sdn.csv:2": "it has 4 fields, not 12", "sdn.csv:3": "a quote stands where none can",
		"sdn.csv:4": "its type is none of individual, vessel, aircraft and null",
		"sdn.csv:5": "it has no name", "sdn.csv:6": "there is a party 1 already",
		"sdn.csv:7": "its record number is not a positive whole number",
		"sdn.csv:8": "it holds the control character 0x07", "sdn.csv:9": "it is not valid UTF-8",
		"sdn.csv:10": "a quote stands where none can", "sdn.csv:11": "its record number is not a positive whole number",
		"add.csv:3": "its address number is not a positive whole number",
		"alt.csv:1": "its type is none of aka, fka and nka", "alt.csv:2": "it has no name",
		"alt.csv:4": "it is about party 999, which sdn.csv does not have",
	}, reasons)
}

func TestOFACAnUnclosedQuoteCostsOneRow(t *testing.T) {
	rows := []string{party(1, "A EXAMPLE", "", "X", "cut off"), party(2, "B EXAMPLE", "", "X", ""), party(3, "C EXAMPLE", "", "X", "")}
	rows[0] = strings.TrimSuffix(rows[0], `"`)
	set := one(t, setOf(rows, file("alt.csv", alias(2, 1, "aka", "BE"))))
	require.Len(t, set.Entries, 2)
	require.Equal(t, "a quoted field is not closed", set.Rejected[len(set.Rejected)-1].Reason)
}

func TestOFACARowMayBeWrapped(t *testing.T) {
	set := one(t, setOf([]string{
		party(2, "B EXAMPLE", "", "X", ""), party(1, "A EXAMPLE", "", "X", "POB Example City;\r\nGender Male."),
		party(3, "C EXAMPLE", "", "X", ""), party(4, "D EXAMPLE", "", "X", ""),
	}))
	require.NoError(t, set.Damage)
	require.Empty(t, set.Rejected)
	require.Equal(t, "male", set.Entries[1].Gender)
	require.Equal(t, "POB Example City", set.Entries[1].Remarks)
	require.Equal(t, 4, set.Entries[2].Row, "rows are counted in lines of the file")
}

func TestOFACRejectionsNamedAreBoundedTheCountIsNot(t *testing.T) {
	rows := []string{party(1, "A EXAMPLE", "", "X", "")}
	for i := range 600 {
		rows = append(rows, party(i+2, fmt.Sprintf("EXAMPLE %d", i), map[bool]string{true: "ghost"}[i%3 == 0], "X", ""))
	}
	files := setOf(rows[:1])
	files[0] = file("sdn.csv", rows...)
	set := one(t, files)
	require.GreaterOrEqual(t, set.RejectedRows, 200)
	require.Len(t, set.Rejected, MaxRejections)
}

func TestOFACRemarksGoOnInTheCommentsMidWord(t *testing.T) {
	head := "DOB 1961; Digital Currency Address - XBT 1Exampl"
	entry := first(t, party(1, "EXAMPLE GROUP", "", "X", head),
		file("sdn_comments.csv", `1,"eAddr355; a.k.a. 'WHOIS EXAMPLE TEAM'."`))
	require.Equal(t, []controllist.Identifier{{Type: controllist.IdentifierWallet, Value: "1ExampleAddr355"}}, entry.Identifiers)
	require.Equal(t, controllist.Name{Value: "WHOIS EXAMPLE TEAM", Type: controllist.NameWeak}, entry.Names[2])
}

func TestOFACMissingCommentsAreWarnedOf(t *testing.T) {
	remark := strings.Repeat("x", 1000)
	set := one(t, setOf([]string{party(1, "EXAMPLE", "", "X", remark)}))
	require.NoError(t, set.Damage)
	require.Equal(t, []string{"1 remarks are cut off at 1000 characters, and no file of comments has the rest"}, set.Warnings)
}

func TestOFACNullAddressesAddNothing(t *testing.T) {
	entry := first(t, party(1, "EXAMPLE", "", "X", ""), file("add.csv",
		address(1, 1, "", "", ""), address(1, 2, "", "", "Region: Gaza"), address(1, 3, "", "", "undetermined"), address(1, 4, "", "", "Region: Kafia Kingi")))
	require.Equal(t, []controllist.Address{{State: "Gaza", Country: "PS"}, {State: "Kafia Kingi"}}, entry.Addresses)
	require.Equal(t, []string{"PS"}, entry.Countries)
}

func TestOFACUnknownCountriesAreKeptAndWarnedOf(t *testing.T) {
	set := one(t, setOf([]string{party(1, "EXAMPLE", "", "X", "")}, file("add.csv", address(1, 1, "", "", "Ruritania"))))
	require.Equal(t, []controllist.Address{{State: "Ruritania"}}, set.Entries[0].Addresses)
	require.Contains(t, set.Warnings[0], "Ruritania")
}

func TestOFACShips(t *testing.T) {
	row := `5,"EXAMPLE STAR","vessel","X",-0- ,"9EXMP","Crude Oil Tanker","99,144","51,000","Panama","EXAMPLE SHIPPING","Vessel Registration Identification IMO 9074729; MMSI 572000000; f.k.a. 'EXAMPLE MOON'; Former Vessel Flag Malta."`
	entry := first(t, row)
	require.Equal(t, controllist.KindVessel, entry.Kind)
	require.Equal(t, []controllist.Identifier{
		{Type: controllist.IdentifierCallSign, Value: "9EXMP"}, {Type: controllist.IdentifierIMO, Value: "9074729"},
		{Type: controllist.IdentifierMMSI, Value: "572000000"},
	}, entry.Identifiers)
	require.Equal(t, []string{"PA"}, entry.Countries)
	require.Equal(t, "Vessel Type Crude Oil Tanker; Tonnage 99,144; Gross Registered Tonnage 51,000; Former Vessel Flag Malta", entry.Remarks)
	require.Equal(t, []controllist.Link{{Type: "owner", Name: "EXAMPLE SHIPPING"}}, entry.Links)
	require.Contains(t, entry.Names, controllist.Name{Value: "EXAMPLE MOON", Type: controllist.NameFormer})
}

func TestOFACSameNameDifferentParties(t *testing.T) {
	set := one(t, setOf([]string{party(1, "EXAMPLE FOUNDATION", "", "X", ""), party(2, "EXAMPLE FOUNDATION", "", "X", ""),
		party(3, "OTHER", "", "X", "Linked To: EXAMPLE FOUNDATION; Linked To: EXAMPLE ALIAS.")}))
	require.Len(t, set.Entries, 3)
	require.Equal(t, []controllist.Link{
		{Type: "linked_to", Name: "EXAMPLE FOUNDATION"}, {Type: "linked_to", Name: "EXAMPLE ALIAS", ID: "US-SDN/1"},
	}, set.Entries[2].Links, "a name two parties have is no id")
}

func TestOFACLinksFindNamesThatEndInAFullStop(t *testing.T) {
	set := one(t, setOf([]string{party(1, "EXAMPLE DE PETROLEOS, S.A.", "", "X", ""), party(2, "OTHER", "", "X", "Linked To: EXAMPLE DE PETROLEOS, S.A.")}))
	require.Equal(t, controllist.Link{Type: "linked_to", Name: "EXAMPLE DE PETROLEOS, S.A.", ID: "US-SDN/1"}, set.Entries[1].Links[0])
}

func TestOFACFilesAreRecognisedByContent(t *testing.T) {
	files := setOf([]string{party(1, "EXAMPLE", "", "X", "DOB 1")}, file("sdn_comments.csv", `1,"961."`))
	for i := range files {
		require.Equal(t, map[string]ofacPart{
			"sdn.csv": partParties, "alt.csv": partAliases, "add.csv": partAddresses, "sdn_comments.csv": partComments,
		}[files[i].Name], recogniseOFAC(files[i].Data))
		files[i].Name = fmt.Sprintf("download (%d).csv", i)
	}
	set := one(t, files)
	require.NoError(t, set.Damage)
	require.Equal(t, []controllist.DateRange{"1961"}, set.Entries[0].BirthDates)
	for name, text := range map[string]string{
		"a header":         "id,name\n1,\"a\"\n",
		"prose":            "OFFICE OF EXAMPLES\nNull values consist of -0-\n",
		"XML":              "<?xml version=\"1.0\"?>\n<sdnList/>",
		"nothing":          "",
		"three columns":    "1,\"a\",\"b\"\n2,\"c\",\"d\"\n",
		"another 12":       strings.Repeat("1,2,3,4,5,6,7,8,9,10,11,12\n", 5),
		"another 12, text": strings.Repeat(`"a","b","c","d","e","f","g","h","i","j","k","l"`+"\n", 5),
		"numbers":          "1,2\n3,4\n",
	} {
		_, known := Recognise("sdn.csv", []byte(text))
		require.False(t, known, name)
	}
}

func TestOFACADamagedFirstRowDoesNotHideTheFormat(t *testing.T) {
	rows := []string{"1,broken", party(2, "B", "", "X", ""), party(3, "C", "", "X", ""), party(4, "D", "", "X", "")}
	format, known := Recognise("", file("", rows...).Data)
	require.True(t, known)
	require.Equal(t, FormatOFAC, format)
}

func TestOFACTwoListsInOneFolder(t *testing.T) {
	files := setOf([]string{party(1, "EXAMPLE BANK", "", "EXAMPLE-EO1", ""), party(2, "EXAMPLE TWO", "", "EXAMPLE-EO1", "")},
		file("alt.csv", alias(1, 1, "aka", "EX BANK"), alias(2, 2, "aka", "EX TWO")))
	files = append(files,
		file("cons_prim.csv", party(1, "EXAMPLE BANK", "", "UKRAINE-EO13662", "Executive Order 13662 Directive Determination - Subject to Directive 1."), party(9, "EXAMPLE NINE", "", "NS-PLC", "")),
		file("cons_alt.csv", alias(9, 3, "aka", "EX NINE")),
		file("cons_add.csv", address(1, 3, "", "", ""), address(9, 4, "", "", "")))
	sets := OFAC{}.Parse(files)
	require.Len(t, sets, 2)
	for _, set := range sets {
		require.NoError(t, set.Damage)
		require.Zero(t, set.RejectedRows)
		require.Len(t, set.Entries, 2)
	}
	require.Equal(t, []string{"sdn.csv", "alt.csv", "add.csv"}, sets[0].Files)
	require.Equal(t, []string{"cons_prim.csv", "cons_alt.csv", "cons_add.csv"}, sets[1].Files)
	both, other := sets[0].Entries[0], sets[1].Entries[0]
	require.Equal(t, []controllist.Measure{controllist.MeasureFreeze}, both.Measures)
	require.Equal(t, []controllist.Measure{controllist.MeasureDebtEquityLimit}, other.Measures, "a sectoral listing is not a freeze")
	require.Equal(t, []controllist.Link{{Type: "same_party", Name: "EXAMPLE BANK", ID: "US-CONS/1"}}, both.Links)
	require.Equal(t, []controllist.Link{{Type: "same_party", Name: "EXAMPLE BANK", ID: "US-SDN/1"}}, other.Links)
}

func TestOFACOrderOfFilesDoesNotMatter(t *testing.T) {
	files := setOf([]string{party(1, "A EXAMPLE", "", "X", "DOB 1"), party(2, "B EXAMPLE", "", "X", "")}, file("sdn_comments.csv", `1,"961."`))
	want := one(t, files)
	for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
		files[i], files[j] = files[j], files[i]
	}
	require.Equal(t, want, one(t, files))
}

func TestOFACIncompleteSetsAreDamaged(t *testing.T) {
	whole := setOf([]string{party(1, "A EXAMPLE", "", "X", "")})
	for i, missing := range []string{"the file of parties", "the file of addresses", "the file of aliases"} {
		files := append(append([]File{}, whole[:i]...), whole[i+1:]...)
		set := one(t, files)
		require.ErrorContains(t, set.Damage, missing)
		require.Empty(t, set.Entries)
	}
	double := append(whole, file("sdn (1).csv", party(1, "A EXAMPLE", "", "X", "")))
	require.ErrorContains(t, one(t, double).Damage, "both sdn (1).csv and sdn.csv hold the parties")
}

func TestOFACATableOfTwoColumnsIsNoCommentsFile(t *testing.T) {
	stranger := File{Name: "prices.csv", Data: []byte("100,\"a\"\n200,\"b\"\n")}
	sets := OFAC{}.Parse([]File{stranger})
	require.Len(t, sets, 1)
	require.Equal(t, FormatUnknown, sets[0].Format)
	sets = OFAC{}.Parse(append(setOf([]string{party(1, "A EXAMPLE", "", "X", "")}), stranger))
	require.Len(t, sets, 2)
	require.NoError(t, sets[0].Damage)
	require.Equal(t, FormatUnknown, sets[1].Format)
}

// manyParties is a set of count parties without end marks, two in three with an alias.
func manyParties(count int) []File {
	var parties, aliases, addresses []string
	for i := 1; i <= count; i++ {
		parties = append(parties, party(i, fmt.Sprintf("EXAMPLE %d", i), "", "X", ""))
		addresses = append(addresses, address(i, i, "", "Example City", "Turkey"))
		if i%3 > 0 {
			aliases = append(aliases, alias(i, i, "aka", fmt.Sprintf("ALIAS %d", i)))
		}
	}
	join := func(rows []string) []byte { return []byte(strings.Join(rows, "\r\n") + "\r\n") }
	return []File{{"sdn.csv", join(parties)}, {"alt.csv", join(aliases)}, {"add.csv", join(addresses)}}
}

func TestOFACFilesCutOffAreDamaged(t *testing.T) {
	require.NoError(t, one(t, manyParties(300)).Damage)
	for i, name := range []string{"sdn.csv", "alt.csv", "add.csv"} {
		for _, at := range []int{1, 2, 10, 50, 90} {
			t.Run(fmt.Sprintf("%s cut within a row at %d %%", name, at), func(t *testing.T) {
				files := manyParties(300)
				data := files[i].Data
				cut := len(data) * at / 100
				for data[cut-1] == '\n' || data[cut-1] == '\r' || data[cut-1] == '"' || strings.HasSuffix(string(data[:cut]), "-0- ") {
					cut++
				}
				files[i].Data = data[:cut]
				set := one(t, files)
				require.Error(t, set.Damage)
				require.Empty(t, set.Entries)
			})
		}
		for _, at := range []int{1, 50, 75} {
			t.Run(fmt.Sprintf("%s cut at the end of a row at %d %%", name, at), func(t *testing.T) {
				files := manyParties(300)
				data := string(files[i].Data)
				cut := len(data) * at / 100
				files[i].Data = []byte(data[:cut+strings.Index(data[cut:], "\n")+1])
				set := one(t, files)
				require.ErrorContains(t, set.Damage, name+" was cut off")
				require.Empty(t, set.Entries)
			})
		}
	}
	files := manyParties(300)
	files[0].Data = []byte(strings.TrimSuffix(string(files[0].Data), party(300, "EXAMPLE 300", "", "X", "")+"\r\n"))
	require.ErrorContains(t, one(t, files).Damage, "sdn.csv ends at party 299", "one missing row at the end is enough")
}

func TestOFACEmptyFilesAreDamaged(t *testing.T) {
	for i, name := range []string{"sdn.csv", "alt.csv", "add.csv"} {
		files := manyParties(10)
		files[i].Data = []byte("\x1a")
		sets := OFAC{}.Parse(files)
		require.Len(t, sets, 1)
		require.ErrorContains(t, sets[0].Damage, "the set lacks", name)
	}
}
