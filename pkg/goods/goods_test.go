package goods_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/goods"
)

func TestHS6(t *testing.T) {
	for _, test := range []struct {
		code, hs6, hs4 string
	}{
		{"854231", "854231", "8542"},
		{"85423110", "854231", "8542"},
		{"8542311000", "854231", "8542"},
		{"854231100000", "854231", "8542"},
		{"8542311", "854231", "8542"},
		{"8542.31", "854231", "8542"},
		{"8542.31.10.00", "854231", "8542"},
		{"8542 31 10", "854231", "8542"},
		{" 854231 ", "854231", "8542"},
		{"8542-31", "854231", "8542"},
		{"010121", "010121", "0101"},
		{"990000", "990000", "9900"},
		{"", "", ""},
		{"85423", "", ""},
		{"8542311000000", "", ""},
		{"8542.31.10.00.00.00.0", "", ""},
		{"85423A", "", ""},
		{"HS 854231", "", ""},
		{"000000", "", ""},
		{"770100", "", ""},
		{"８５４２３１", "", ""},
		{strings.Repeat(" ", 100) + "854231", "", ""},
	} {
		hs6, ok := goods.HS6(test.code)
		require.Equal(t, test.hs6, hs6, "%q", test.code)
		require.Equal(t, test.hs6 != "", ok, "%q", test.code)
		hs4, ok := goods.HS4(test.code)
		require.Equal(t, test.hs4, hs4, "%q", test.code)
		require.Equal(t, test.hs4 != "", ok, "%q", test.code)
	}
}

func TestTierOf(t *testing.T) {
	for code, tier := range map[string]goods.Tier{
		"854231": goods.Tier1, "854232": goods.Tier1, "854233": goods.Tier1, "854239": goods.Tier1,
		"851762": goods.Tier2, "854800": goods.Tier2, "854160": goods.Tier3A, "848210": goods.Tier3B,
		"903020": goods.Tier4A, "845710": goods.Tier4B,
		"852351": goods.TierNone, "620342": goods.TierNone, "": goods.TierNone, "8542": goods.TierNone,
		"854890": goods.Tier2, "880330": goods.Tier3B, "852580": goods.Tier3A, "854140": goods.Tier3A, "854150": goods.Tier3A,
	} {
		require.Equal(t, tier, goods.TierOf(code), "%q", code)
	}
	require.Equal(t, goods.TierNone, goods.Tier(""), "the zero value is not listed")
}

func TestCHPLHoldsFiftyCodesInSixTiers(t *testing.T) {
	list := goods.CHPL()
	require.Equal(t, "2024-02-23", list.Published)
	require.NotEmpty(t, list.Source)
	require.Len(t, list.Items, 50)
	counts := map[goods.Tier]int{}
	for i, item := range list.Items {
		counts[item.Tier]++
		require.NotEmpty(t, item.Description)
		listing, ok := goods.Lookup(item.Code)
		require.True(t, ok)
		require.Equal(t, goods.Listing{Item: item}, listing)
		if i > 0 {
			require.Less(t, list.Items[i-1].Code, item.Code)
		}
	}
	require.Equal(t, map[goods.Tier]int{
		goods.Tier1: 4, goods.Tier2: 5, goods.Tier3A: 16, goods.Tier3B: 9, goods.Tier4A: 11, goods.Tier4B: 5,
	}, counts)
	for _, tier := range goods.Tiers() {
		require.NotEmpty(t, tier.Meaning())
	}
	require.Empty(t, goods.TierNone.Meaning())
	require.Empty(t, goods.Tier("9").Meaning())

	list.Items[0].Code = "000000"
	require.NotEqual(t, "000000", goods.CHPL().Items[0].Code, "the caller owns the copy")
}

// TestCHPLAgreesWithTheReference compares codes and tiers with the transcription of
// the list among the real data.
func TestCHPLAgreesWithTheReference(t *testing.T) {
	folder := os.Getenv("CHOKEPOINT_DATA")
	if folder == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CHOKEPOINT_DATA is not set")
		}
		t.Skip("CHOKEPOINT_DATA is not set: the real list is not there to compare with")
	}
	file, err := os.Open(filepath.Join(folder, "reference", "chpl.csv"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 51)
	items := goods.CHPL().Items
	for _, row := range rows[1:] {
		at := slices.IndexFunc(items, func(item goods.Item) bool { return item.Code == row[0] })
		require.GreaterOrEqual(t, at, 0, row[0])
		require.Equal(t, row[1], string(items[at].Tier), row[0])
	}
}

func TestEditionsOf2017(t *testing.T) {
	for alias, want := range map[string]struct {
		code     string
		possible bool
	}{
		"854890": {"854800", true}, "880330": {"880730", false}, "852580": {"852589", true},
		"854140": {"854149", true}, "854150": {"854159", false},
	} {
		listing, ok := goods.Lookup(alias)
		require.True(t, ok, alias)
		require.Equal(t, want.code, listing.Item.Code)
		require.Equal(t, want.possible, listing.Possible)
		require.Equal(t, alias, listing.Alias)
		require.NotEmpty(t, listing.Note)
	}
	_, ok := goods.Lookup("854141")
	require.False(t, ok, "light-emitting diodes are not listed")
	_, ok = goods.Lookup("854143")
	require.False(t, ok, "solar cells are not listed")
}

func TestECCN(t *testing.T) {
	for code, want := range map[string]string{
		"3A991": "3A991", "3a991": "3A991", " 3A991.a.1 ": "3A991", "5A002a": "5A002", "EAR99": "EAR99", "ear99": "EAR99", "EAR 99": "EAR99",
		"": "", "3A": "", "3A99": "", "3A9911": "", "AA991": "", "3F991": "", "8542.31": "", "NLR": "",
	} {
		got, ok := goods.ECCN(code)
		require.Equal(t, want, got, "%q", code)
		require.Equal(t, want != "", ok, "%q", code)
	}
	require.True(t, goods.OnControlList("1C351"))
	require.False(t, goods.OnControlList("EAR99"))
	require.False(t, goods.OnControlList(""))
}

func TestECCNsOfConcern(t *testing.T) {
	require.Len(t, goods.ECCNsOfConcern(), 14, "FIN-2022-Alert003, p. 3, without EAR99")
	for code, concern := range map[string]bool{
		"3A001": true, "3A991.a": true, "5A991": true, "3C001": true, "3C005": true, "7A994": true, "8A992": true,
		"3C992": false, "5A992": false, "EAR99": false, "": false,
	} {
		found, ok := goods.ECCNOfConcern(code)
		require.Equal(t, concern, ok, code)
		require.Equal(t, concern, found.Commodity != "", code)
	}
}

func FuzzHS6(f *testing.F) {
	for _, seed := range []string{"8542.31.10", "854231", "", "8542 3", "------", "85423110000000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		hs6, ok := goods.HS6(code)
		if !ok {
			require.Empty(t, hs6)
			return
		}
		require.Len(t, hs6, 6)
		again, ok := goods.HS6(hs6)
		require.True(t, ok)
		require.Equal(t, hs6, again)
		hs4, ok := goods.HS4(code)
		require.True(t, ok)
		require.Equal(t, hs6[:4], hs4)
	})
}

func FuzzECCN(f *testing.F) {
	for _, seed := range []string{"3A991", "3a001.b.2", "EAR99", "", "5A002a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		eccn, ok := goods.ECCN(code)
		if !ok {
			require.Empty(t, eccn)
			return
		}
		again, ok := goods.ECCN(eccn)
		require.True(t, ok)
		require.Equal(t, eccn, again)
	})
}
