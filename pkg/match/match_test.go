package match_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
)

func invented(t testing.TB) []controllist.Entry {
	t.Helper()
	file, err := os.Open("testdata/entries.jsonl")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	var entries []controllist.Entry
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var entry controllist.Entry
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &entry))
		entries = append(entries, entry)
	}
	return entries
}

func compiled(t testing.TB) (*match.Index, []controllist.Entry) {
	t.Helper()
	entries := invented(t)
	index, err := match.Compile(entries)
	require.NoError(t, err)
	return index, entries
}

// best searches and returns the best entry's ID and score, "" for none.
func best(index *match.Index, entries []controllist.Entry, query match.Query, threshold decision.BasisPoints) (string, decision.BasisPoints) {
	found := index.NewSearcher().Search(&query, threshold, 5)
	if len(found) == 0 {
		return "", 0
	}
	return entries[found[0].Entry].ID, found[0].Score
}

func TestNamesThatAreOneParty(t *testing.T) {
	index, entries := compiled(t)
	for _, test := range []struct {
		query, id string
		kind      controllist.Kind
		least     decision.BasisPoints
	}{
		{"QZU Bilgi Teknolojileri ve Dış Tic. Ltd. Şti.", "T/1", controllist.KindOrganization, 9000},
		{"KORVANTA ELEKTRONİK SAN. VE TİC. A.Ş.", "T/2", controllist.KindOrganization, 9800},
		{"Sergey Gennadyevich Belozubov", "T/3", controllist.KindPerson, 9500},
		{"Сергій Геннадійович Бєлозубов", "T/3", controllist.KindPerson, 8500},
		{"БЕЛОЗУБОВ Сергей Геннадиевич", "T/3", controllist.KindPerson, 9500},
		{"S. G. Belozubov", "T/3", controllist.KindPerson, 7500},
		{"محمد حسین طالب زاده", "T/4", controllist.KindPerson, 8000},
		{"Talebzadeh, Mohammed Hussein", "T/4", controllist.KindPerson, 9000},
		{"Mohammadhossein Talebzadeh", "T/4", controllist.KindPerson, 9000},
		{"M/V Ocean Quillwort", "T/5", controllist.KindVessel, 9500},
		{"OCEAN QUILWORT", "T/5", controllist.KindVessel, 8500},
		{"ООО «Волкарский завод приборов»", "T/6", controllist.KindOrganization, 8500},
		{"Volkarsky Instrument Plant LLC", "T/6", controllist.KindOrganization, 7500},
		{"김철관", "T/7", controllist.KindPerson, 8000},
		{"Brindlewick Partners 7 LP", "T/9", controllist.KindOrganization, 9500},
		{"Limted Liability Compnay Volkarskii Zavod Priborov", "T/6", controllist.KindOrganization, 9500},
		{"Abdurrahman Magomedov", "T/13", controllist.KindPerson, 9500},
		{"THALMER GRIEVE SCHIFFAHRTS GMBH", "T/14", controllist.KindOrganization, 9000},
	} {
		id, score := best(index, entries, match.Query{Name: test.query, Kind: test.kind}, 1000)
		require.Equal(t, test.id, id, "%q scored %d", test.query, score)
		require.GreaterOrEqual(t, score, test.least, "%q", test.query)
	}
}

func TestNamesThatAreNot(t *testing.T) {
	index, entries := compiled(t)
	for _, test := range []struct {
		query string
		kind  controllist.Kind
	}{
		// They share nothing but words of trade with listed companies.
		{"Yeldirim Elektronik Sanayi ve Ticaret A.Ş.", controllist.KindOrganization},
		{"Tamsoy Bilgi Teknolojileri ve Dış Ticaret Limited Şirketi", controllist.KindOrganization},
		{"Horizon General Trading LLC", controllist.KindOrganization},
		// One name in common, another instead of the rest.
		{"Sergei Gennadievich Morozkin", controllist.KindPerson},
		{"Nikolai Belozubov", controllist.KindPerson},
		{"Mohammad Hossein Karbalaian", controllist.KindPerson},
		{"Smith", controllist.KindPerson},
		{"Peter Smith", controllist.KindPerson},
		{"John", controllist.KindPerson},
		{"Kim Song Ho", controllist.KindPerson},
		// Another number is another fund.
		{"Brindlewick Partners IX L.P.", controllist.KindOrganization},
	} {
		id, score := best(index, entries, match.Query{Name: test.query, Kind: test.kind}, match.DefaultThreshold)
		require.Empty(t, id, "%q scored %d", test.query, score)
	}
}

func TestIdentifiersComeFirst(t *testing.T) {
	index, entries := compiled(t)
	for _, test := range []struct {
		name       string
		identifier controllist.Identifier
		id         string
		score      decision.BasisPoints
	}{
		{"renamed ship", controllist.Identifier{Type: controllist.IdentifierIMO, Value: "9074729"}, "T/5", decision.Full},
		{"a company's number is not a ship's", controllist.Identifier{Type: controllist.IdentifierCompanyIMO, Value: "9074729"}, "", 0},
		{"branch of a bank", controllist.Identifier{Type: controllist.IdentifierBIC, Value: "THGRDEFF123"}, "T/14", decision.Full},
		{"tax number", controllist.Identifier{Type: controllist.IdentifierTax, Value: "123 456 78 90", Country: "TR"}, "T/1", decision.Full},
		{"tax number of another country", controllist.Identifier{Type: controllist.IdentifierTax, Value: "1234567890", Country: "RU"}, "", 0},
		{"too short", controllist.Identifier{Type: controllist.IdentifierTax, Value: "90"}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			id, score := best(index, entries, match.Query{Name: "Unheard Of", Identifiers: []controllist.Identifier{test.identifier}}, match.DefaultThreshold)
			require.Equal(t, test.id, id)
			require.Equal(t, test.score, score)
		})
	}
}

func TestAddressEntryIsFoundByAddress(t *testing.T) {
	index, entries := compiled(t)
	query := match.Query{Name: "Nevertold Components Ltd", Kind: controllist.KindOrganization, Addresses: []controllist.Address{{Street: "Unit 12, 9/F, Brambleford Commercial Bldg, 88 Teasel Rd", City: "Kowloon", Country: "HK"}}}
	found := index.NewSearcher().Search(&query, match.DefaultThreshold, 5)
	require.Len(t, found, 1)
	require.Equal(t, "T/8", entries[found[0].Entry].ID)
	require.Equal(t, decision.BasisAddress, found[0].Basis)
	query.Addresses[0].Street = "Unit 3, 4/F, Brambleford Commercial Bldg, 17 Teasel Rd"
	require.Empty(t, index.NewSearcher().Search(&query, match.DefaultThreshold, 5))
}

func TestWhatStandsBesideTheNameOnlyTakes(t *testing.T) {
	index, entries := compiled(t)
	name := "Sergei Gennadievich Belozubov"
	score := func(q match.Query) decision.BasisPoints {
		q.Name, q.Kind = name, controllist.KindPerson
		id, score := best(index, entries, q, 1000)
		require.Equal(t, "T/3", id)
		return score
	}
	plain := score(match.Query{})
	require.Equal(t, plain, score(match.Query{BirthDates: []controllist.DateRange{"1961"}, Gender: "male", Countries: []string{"RU"}}))
	require.Less(t, score(match.Query{BirthDates: []controllist.DateRange{"1985-01-01"}}), plain)
	require.Less(t, score(match.Query{Gender: "female"}), plain)
	require.Less(t, score(match.Query{Countries: []string{"BR"}}), plain)
	require.Less(t, score(match.Query{BirthDates: []controllist.DateRange{"1985"}}), score(match.Query{BirthDates: []controllist.DateRange{"1961-05"}}))
	weak, _ := best(index, entries, match.Query{Name: "Серый", Kind: controllist.KindPerson}, 1000)
	require.Equal(t, "T/3", weak)
}

func TestExplainShowsTheAlignment(t *testing.T) {
	index, entries := compiled(t)
	searcher := index.NewSearcher()
	query := match.Query{Name: "QZU Bilgi Teknolojileri ve Dış Tic. Ltd. Şti.", Kind: controllist.KindOrganization}
	found := searcher.Search(&query, match.DefaultThreshold, 1)
	require.Len(t, found, 1)
	m := searcher.Explain(&query, found[0])
	require.Equal(t, "T/1", m.Entry.ID)
	require.Equal(t, entries[0].Names[0].Value, m.MatchedName)
	require.Contains(t, m.Explanation, "QZU = QZU; Bilgi = BILGI")
	require.Contains(t, m.Explanation, "INTERNATIONAL missing")
	for _, a := range m.Alignment {
		if a.Query.Text != "" {
			require.Equal(t, a.Query.Text, query.Name[a.Query.Start:a.Query.End])
		}
		if a.Entry.Text != "" {
			require.Equal(t, a.Entry.Text, m.MatchedName[a.Entry.Start:a.Entry.End])
		}
	}
}

func TestSearchAllocatesNothing(t *testing.T) {
	index, _ := compiled(t)
	searcher := index.NewSearcher()
	queries := []match.Query{
		{Name: "QZU Bilgi Teknolojileri ve Dış Tic. Ltd. Şti.", Kind: controllist.KindOrganization},
		{Name: "Сергій Геннадійович Бєлозубов", Kind: controllist.KindPerson, BirthDates: []controllist.DateRange{"1961-04-02"}},
		{Name: "Ocean Quillwort", Identifiers: []controllist.Identifier{{Type: controllist.IdentifierIMO, Value: "IMO 9074729"}}},
	}
	allocations := testing.AllocsPerRun(200, func() {
		for i := range queries {
			searcher.Search(&queries[i], match.DefaultThreshold, 10)
		}
	})
	require.Zero(t, allocations)
}

// A name of letters, as a generator of small alphabets so that words meet.
func nameGenerator() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-dA-DşıЖжлكم김王]{1,8}[.,]?`), 1, 6).Draw(t, "words")
		return strings.Join(words, " ")
	})
}

func TestExactNameIsFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := nameGenerator().Draw(t, "name")
		index, err := match.Compile([]controllist.Entry{{ID: "A/1", Names: []controllist.Name{{Value: name, Type: controllist.NamePrimary}}}})
		require.NoError(t, err)
		found := index.NewSearcher().Search(&match.Query{Name: name}, 1, 1)
		require.Len(t, found, 1)
		require.Equal(t, decision.Full, found[0].Score)
		lower := index.NewSearcher().Search(&match.Query{Name: strings.ToLower(name)}, 1, 1)
		require.Len(t, lower, 1)
		require.Equal(t, decision.Full, lower[0].Score, "case does not matter")
	})
}

func TestOrderOfWordsMattersLittle(t *testing.T) {
	index, entries := compiled(t)
	for _, name := range []string{"Hossein Talebzadeh Mohammad", "Talebzadeh Mohammad Hossein", "TALEBZADEH, Hossein Mohammad"} {
		id, score := best(index, entries, match.Query{Name: name, Kind: controllist.KindPerson}, 1000)
		require.Equal(t, "T/4", id)
		require.GreaterOrEqual(t, score, decision.BasisPoints(9900))
		require.Less(t, score, decision.Full)
	}
}

func TestSymmetricWhereNothingIsMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z]{4,9}`), 2, 4).Draw(t, "words")
		a := strings.Join(words, " ")
		at := rapid.IntRange(0, len(a)-1).Draw(t, "at")
		b := a[:at] + "k" + a[at+1:]
		if strings.Count(a, " ") != strings.Count(b, " ") {
			t.Skip("the change joined two words")
		}
		score := func(query, listed string) decision.BasisPoints {
			index, err := match.Compile([]controllist.Entry{{ID: "A/1", Kind: controllist.KindPerson, Names: []controllist.Name{{Value: listed, Type: controllist.NamePrimary}}}})
			require.NoError(t, err)
			return index.NewSearcher().Compare(&match.Query{Name: query, Kind: controllist.KindPerson}, 0)
		}
		require.InDelta(t, int(score(a, b)), int(score(b, a)), 250)
	})
}

func TestSearchIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(nameGenerator(), 1, 12).Draw(t, "names")
		var entries []controllist.Entry
		for i, name := range names {
			entries = append(entries, controllist.Entry{ID: string(rune('a' + i)), Names: []controllist.Name{{Value: name, Type: controllist.NamePrimary}}})
		}
		query := match.Query{Name: nameGenerator().Draw(t, "query")}
		first, err := match.Compile(entries)
		require.NoError(t, err)
		second, err := match.Compile(entries)
		require.NoError(t, err)
		used := second.NewSearcher()
		for _, name := range names {
			used.Search(&match.Query{Name: name}, 1, 3)
		}
		require.ElementsMatch(t, first.NewSearcher().Search(&query, 2000, 20), used.Search(&query, 2000, 20), "what a searcher did before does not matter")
	})
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"", "QZU Bilgi", "I. I. I. I. I. I.", "\u202eabc\u0000\xff", "김철관 王 محمد", strings.Repeat("ab ", 400), strings.Repeat("ا", 1000), strings.Repeat("a.", 500), "((((", "&&&& && ", "S.A. de C.V.", strings.Repeat("al ", 300)} {
		f.Add(seed)
	}
	index, _ := compiled(f)
	searcher := index.NewSearcher()
	f.Fuzz(func(t *testing.T, name string) {
		for _, kind := range []controllist.Kind{controllist.KindPerson, controllist.KindOrganization, controllist.KindUnknown} {
			query := match.Query{Name: name, Kind: kind}
			for _, candidate := range searcher.Search(&query, 3000, 5) {
				if candidate.Score < 3000 || candidate.Score > decision.Full {
					t.Fatalf("score %d out of range", candidate.Score)
				}
				searcher.Explain(&query, candidate)
			}
		}
	})
}
