package controllist

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sound returns an entry without fault that uses every member.
func sound() Entry {
	return Entry{
		ID: "TEST-LIST/7", List: "TEST-LIST", Kind: KindOrganization,
		Names:         []Name{{"Example Elektronik Ltd", NamePrimary}, {"Örnek Elektronik", NameAlias}, {"EXEL", NameWeak}, {"Old Example", NameFormer}},
		Countries:     []string{"CY", "TR"},
		Identifiers:   []Identifier{{IdentifierTax, "1234567890", "TR"}, {IdentifierWebsite, "www.example.com", ""}},
		Addresses:     []Address{{Street: "Deneme Sk. 1", City: "Istanbul", State: "Kadikoy", PostalCode: "34000", Country: "TR"}},
		Programs:      []string{"EXAMPLE-EO1"},
		Measures:      []Measure{MeasureFreeze, MeasureReject},
		BirthDates:    []DateRange{"1957", "~1957-03", "1951/1953", "1960-01-31"},
		Gender:        "female",
		Nationalities: []string{"TR"},
		Links:         []Link{{"linked_to", "Example Holding", "TEST-LIST/8"}},
		Remarks:       "POB Example City", Row: 3, Source: "test.csv",
	}
}

func TestValidateAcceptsASoundEntry(t *testing.T) {
	require.Empty(t, sound().Validate())
	require.NoError(t, FaultsError(sound().Validate()))
}

func TestValidateNamesTheFault(t *testing.T) {
	cases := map[string]struct {
		change  func(*Entry)
		pointer string
	}{
		"id without its list":        {func(e *Entry) { e.ID = "OTHER/7" }, "/id"},
		"id that is only the list":   {func(e *Entry) { e.ID = "TEST-LIST/" }, "/id"},
		"id too long":                {func(e *Entry) { e.ID = "TEST-LIST/" + strings.Repeat("9", 201) }, "/id"},
		"list with a blank":          {func(e *Entry) { e.List, e.ID = "TEST LIST", "TEST LIST/7" }, "/list"},
		"no list":                    {func(e *Entry) { e.List, e.ID = "", "/7" }, "/list"},
		"kind nobody knows":          {func(e *Entry) { e.Kind = "ghost" }, "/kind"},
		"no names":                   {func(e *Entry) { e.Names = nil }, "/names"},
		"empty name":                 {func(e *Entry) { e.Names[1].Value = "" }, "/names/1/value"},
		"name with a control":        {func(e *Entry) { e.Names[1].Value = "a\x01b" }, "/names/1/value"},
		"name with a C1 control":     {func(e *Entry) { e.Names[1].Value = "B\u0081key" }, "/names/1/value"},
		"name of broken UTF-8":       {func(e *Entry) { e.Names[1].Value = "B\xfc\xff" }, "/names/1/value"},
		"name with a leading blank":  {func(e *Entry) { e.Names[1].Value = " I. EXAMPLE" }, "/names/1/value"},
		"name too long":              {func(e *Entry) { e.Names[1].Value = strings.Repeat("x", MaxTextBytes+1) }, "/names/1/value"},
		"name without type":          {func(e *Entry) { e.Names[2].Type = NameUnknown }, "/names/2/type"},
		"second primary name":        {func(e *Entry) { e.Names[2].Type = NamePrimary }, "/names/2/type"},
		"country by name":            {func(e *Entry) { e.Countries[1] = "Turkey" }, "/countries/1"},
		"nationality in small":       {func(e *Entry) { e.Nationalities[0] = "tr" }, "/nationalities/0"},
		"identifier of unknown type": {func(e *Entry) { e.Identifiers[0].Type = "shoe size" }, "/identifiers/0/type"},
		"identifier without value":   {func(e *Entry) { e.Identifiers[0].Value = "" }, "/identifiers/0/value"},
		"identifier of a place":      {func(e *Entry) { e.Identifiers[0].Country = "Cali" }, "/identifiers/0/country"},
		"empty address":              {func(e *Entry) { e.Addresses[0] = Address{} }, "/addresses/0"},
		"address in a named country": {func(e *Entry) { e.Addresses[0].Country = "TUR" }, "/addresses/0/country"},
		"empty programme":            {func(e *Entry) { e.Programs[0] = "" }, "/programs/0"},
		"unknown measure":            {func(e *Entry) { e.Measures[0] = "frown" }, "/measures/0"},
		"measure twice":              {func(e *Entry) { e.Measures[1] = e.Measures[0] }, "/measures/1"},
		"birth date in words":        {func(e *Entry) { e.BirthDates[0] = "1 Jan 1957" }, "/birth_dates/0"},
		"gender of another kind":     {func(e *Entry) { e.Gender = "Male" }, "/gender"},
		"link without name":          {func(e *Entry) { e.Links[0].Name = "" }, "/links/0/name"},
		"remarks too long":           {func(e *Entry) { e.Remarks = strings.Repeat("x", MaxRemarksBytes+1) }, "/remarks"},
		"negative row":               {func(e *Entry) { e.Row = -1 }, "/row"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			entry := sound()
			test.change(&entry)
			faults := entry.Validate()
			require.Len(t, faults, 1)
			require.Equal(t, test.pointer, faults[0].Pointer)
		})
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	entry := Entry{ID: "x", Kind: "ghost", Gender: "?", Measures: []Measure{"a", "b"}}
	require.Len(t, entry.Validate(), 7)
}

func TestValidateBoundsTheParts(t *testing.T) {
	entry := sound()
	entry.Names = make([]Name, MaxNames+1)
	for i := range entry.Names {
		entry.Names[i] = Name{"x", NameAlias}
	}
	require.Equal(t, "/names", entry.Validate()[0].Pointer)
}

func TestDateRangeSpan(t *testing.T) {
	cases := map[DateRange]string{
		"1957":            "1957-01-01 1957-12-31 false",
		"~1957":           "1957-01-01 1957-12-31 true",
		"2024-02":         "2024-02-01 2024-02-29 false",
		"1960-01-31":      "1960-01-31 1960-01-31 false",
		"1951/1953":       "1951-01-01 1953-12-31 false",
		"~1979/1982":      "1979-01-01 1982-12-31 true",
		"1979/~1982":      "1979-01-01 1982-12-31 true",
		"1960-05/1961-02": "1960-05-01 1961-02-28 false",
	}
	for text, want := range cases {
		span, err := text.Span()
		require.NoError(t, err, text)
		got := span.First.Format("2006-01-02") + " " + span.Last.Format("2006-01-02")
		require.Equal(t, want, got+map[bool]string{true: " true", false: " false"}[span.Circa], text)
	}
	for _, text := range []DateRange{"", "57", "1957-13", "1957-02-30", "1953/1951", "1957/", "/1957", "1957/1958/1959", "0000", "circa 1957"} {
		_, err := text.Span()
		require.Error(t, err, text)
	}
}

func TestCanonicalOrdersAndDropsRepetitionOnly(t *testing.T) {
	entry := Entry{
		Names: []Name{
			{"b", NameAlias}, {"weak", NameWeak}, {"a", NamePrimary}, {"b", NameAlias}, {"weak", NameAlias}, {"c", NameFormer},
		},
		Countries: []string{"TR", "CY", "TR"}, Measures: []Measure{MeasureReject, MeasureFreeze, MeasureReject},
		Nationalities: []string{}, Programs: []string{"Z", "A", "Z"}, Identifiers: []Identifier{},
	}
	before := entry.Names[0]
	got := entry.Canonical()
	require.Equal(t, []Name{{"a", NamePrimary}, {"b", NameAlias}, {"weak", NameAlias}, {"c", NameFormer}}, got.Names)
	require.Equal(t, []string{"CY", "TR"}, got.Countries)
	require.Equal(t, []Measure{MeasureFreeze, MeasureReject}, got.Measures)
	require.Equal(t, []string{"Z", "A"}, got.Programs)
	require.Nil(t, got.Nationalities)
	require.Nil(t, got.Identifiers)
	require.Equal(t, before, entry.Names[0], "the entry given is not changed")
	require.Equal(t, got, got.Canonical(), "doing it again changes nothing")
}

func TestValidIMOTellsShipsFromCompanies(t *testing.T) {
	require.True(t, ValidIMO("9074729"), "the example of the IMO's own rule")
	for _, text := range []string{"9074728", "907472", "90747290", "907472a", ""} {
		require.False(t, ValidIMO(text), text)
	}
}

func TestLooksLikeLEI(t *testing.T) {
	require.True(t, LooksLikeLEI("5493001KJTIIGC8Y1R12"))
	for _, text := range []string{"5493001KJTIIGC8Y1R1", "5493001kjtiigc8y1r12", "5493001KJTIIGC8Y1RAB", ""} {
		require.False(t, LooksLikeLEI(text), text)
	}
}

func TestValidListName(t *testing.T) {
	for _, name := range []string{"US-SDN", "EU-32014R0833/IV", "acme_watch.2", "A"} {
		require.True(t, ValidListName(name), name)
	}
	for _, name := range []string{"", "-A", "A B", "Ä", "A/", "A\n", strings.Repeat("A", 101), "A*", "A>"} {
		require.False(t, ValidListName(name), name)
	}
}
