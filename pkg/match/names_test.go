package match_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
)

// among compiles the given entries among so many invented others.
func among(t *testing.T, size int, entries ...controllist.Entry) *match.Index {
	t.Helper()
	syllables := [...]string{"bra", "kel", "tov", "min", "dru", "sal", "gor", "vex", "lin", "pom", "tar", "zil"}
	trades := [...]string{"Sanayi ve Ticaret A.S.", "Elektronik Ltd", "Shipping Company", "ve Ortaklari", "Kimya Sanayi Limited Sirketi"}
	for n := len(entries); n < size; n++ {
		word := ""
		for rest := n*7 + 11; rest > 0 || len(word) < 6; rest /= len(syllables) {
			word += syllables[rest%len(syllables)]
		}
		entries = append(entries, controllist.Entry{
			ID: fmt.Sprintf("F/%d", n), List: "F", Kind: controllist.KindOrganization,
			Names: []controllist.Name{{Value: word + " " + trades[n%len(trades)], Type: controllist.NamePrimary}},
		})
	}
	index, err := match.Compile(entries)
	require.NoError(t, err)
	return index
}

func organization(name string) controllist.Entry {
	return controllist.Entry{ID: "A/1", List: "A", Kind: controllist.KindOrganization, Names: []controllist.Name{{Value: name, Type: controllist.NamePrimary}}}
}

// scoreOf is the score at which a search finds the first entry, 0 where it does not.
func scoreOf(index *match.Index, query match.Query) decision.BasisPoints {
	for _, candidate := range index.NewSearcher().Search(&query, 1000, 50) {
		if candidate.Entry == 0 {
			return candidate.Score
		}
	}
	return 0
}

func TestAbbreviatedLegalFormsHitOnListsOfAnySize(t *testing.T) {
	for _, size := range []int{1, 61, 208, 20000} {
		index := among(t, size, organization("QUILVANTEC ELEKTRONIK SANAYI VE TICARET ANONIM SIRKETI"))
		for _, test := range []struct {
			query string
			least decision.BasisPoints
		}{
			{"Quilvantec Elektronik San. ve Tic. A.Ş.", 9500},
			{"QUILVANTEC ELEKTRONİK SANAYİ VE TİCARET ANONİM ŞİRKETİ", 9500},
			{"Quilvantec Elektronik San. Tic. A.S.", 9000},
			{"Quilvantec Elektronik A.Ş.", 8000},
		} {
			for _, kind := range []controllist.Kind{controllist.KindOrganization, controllist.KindUnknown} {
				require.GreaterOrEqual(t, scoreOf(index, match.Query{Name: test.query, Kind: kind}), test.least, "%q among %d", test.query, size)
			}
		}
	}
}

func TestPhrasesOfTradeDoNotSwallowLegalWords(t *testing.T) {
	index := among(t, 61, organization("ORVANDEL KIMYA VE MAKINA SANAYI VE TICARET LIMITED SIRKETI"))
	require.GreaterOrEqual(t, scoreOf(index, match.Query{Name: "ORVANDEL KIMYA VE MAKINE SAN. TIC. LTD. STI", Kind: controllist.KindOrganization}), decision.BasisPoints(8500))
}

func TestWordsOfOneTradeAreNoContradiction(t *testing.T) {
	for listed, query := range map[string]string{
		"Zelvograd Plant JSC":                    "АО Завод Зелвоград",
		"Torvessa Airlines":                      "Air Torvessa",
		"Ulmara Heat and Energy Fund":            "Ulmara Heat and Power Fund",
		"Joint Stock Company 917 Repair Plant":   "АО 917-й ремонтный завод",
		"417th Vostrelin Special Centre":         "417-й Вострелинский специальный центр",
		"Gorvessa Trading House":                 "Горвесский торговый дом",
		"Kelmor Scientific and Technical Centre": "Научно-технический центр Келмор",
	} {
		index := among(t, 208, organization(listed))
		require.GreaterOrEqual(t, scoreOf(index, match.Query{Name: query, Kind: controllist.KindOrganization}), decision.BasisPoints(6000), "%q against %q", query, listed)
	}
}

func TestWeakAliasOfCommonWordsAloneDoesNotHit(t *testing.T) {
	entry := controllist.Entry{
		ID: "A/1", List: "A", Kind: controllist.KindPerson, BirthDates: []controllist.DateRange{"1971-02-03"}, Countries: []string{"KM"},
		Names: []controllist.Name{{Value: "Orvandel Quissaby Thranemoor", Type: controllist.NamePrimary}, {Value: "Mohammed Ali", Type: controllist.NameWeak}, {Value: "Quissabeth Vorrin", Type: controllist.NameWeak}},
	}
	index := among(t, 208, entry)
	query := match.Query{Name: "Mohammed Ali", Kind: controllist.KindPerson}
	require.Less(t, scoreOf(index, query), match.DefaultThreshold)
	query.BirthDates = []controllist.DateRange{"1971"}
	require.GreaterOrEqual(t, scoreOf(index, query), match.DefaultThreshold, "a birth date corroborates")
	query.BirthDates, query.Countries = nil, []string{"KM"}
	require.GreaterOrEqual(t, scoreOf(index, query), match.DefaultThreshold, "a country corroborates")
	query.Countries = []string{"PT"}
	require.Less(t, scoreOf(index, query), match.DefaultThreshold)
	require.GreaterOrEqual(t, scoreOf(index, match.Query{Name: "Quissabeth Vorrin", Kind: controllist.KindPerson}), match.DefaultThreshold, "rare words of a weak alias say enough")
}

func TestSwappedLettersAreASlip(t *testing.T) {
	index := among(t, 208, organization("Velquarison Ltd"))
	swapped := scoreOf(index, match.Query{Name: "Velqaurison Ltd", Kind: controllist.KindOrganization})
	require.GreaterOrEqual(t, swapped, match.DefaultThreshold)
	require.Greater(t, swapped, scoreOf(index, match.Query{Name: "Velqoirison Ltd", Kind: controllist.KindOrganization}))
}
