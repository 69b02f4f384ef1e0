package evaluate_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/evaluate"
	"chokepoint/pkg/match"
)

const twoEntries = `{"id":"A/1","list":"A","kind":"person","names":[{"value":"Oswin Tarrapel","type":"primary"}]}

{"id":"A/2","list":"A","kind":"unknown","names":[{"value":"Brambleford Shipping Ltd","type":"primary"}]}
`

func TestReadEntriesPlainAndGzip(t *testing.T) {
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, err := writer.Write([]byte(twoEntries))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for _, reader := range []*strings.Reader{strings.NewReader(twoEntries), strings.NewReader(zipped.String())} {
		entries, err := evaluate.ReadEntries(reader)
		require.NoError(t, err)
		require.Len(t, entries, 2)
		require.Equal(t, controllist.KindUnknown, entries[1].Kind)
	}
	_, err = evaluate.ReadEntries(strings.NewReader(`{"id":"A/1","nmaes":[]}`))
	require.ErrorContains(t, err, "line 1")
}

func TestReadersSayWhatIsWrong(t *testing.T) {
	_, err := evaluate.ReadPositives(strings.NewReader("query,kind\n"))
	require.ErrorContains(t, err, `positives: column 3 must be "slice"`)
	_, err = evaluate.ReadPairs(strings.NewReader("schema,name1,name2,is_match\nPerson,a,b,perhaps\n"))
	require.ErrorContains(t, err, `pairs line 2: is_match "perhaps"`)
	_, err = evaluate.ReadNegatives(strings.NewReader("query,kind\nlonely\n"))
	require.ErrorContains(t, err, "negatives line 2")
}

func TestRecallArithmetic(t *testing.T) {
	scored := func(kind controllist.Kind, slice string, scores ...decision.BasisPoints) []evaluate.Scored {
		var all []evaluate.Scored
		for _, score := range scores {
			all = append(all, evaluate.Scored{Kind: kind, Slice: slice, Score: score})
		}
		return all
	}
	negatives := make([]evaluate.Scored, 1000)
	for i := range negatives {
		negatives[i] = evaluate.Scored{Kind: controllist.KindPerson}
	}
	negatives[0].Score, negatives[1].Score, negatives[2].Score = 9000, 8500, 8000
	positives := append(scored(controllist.KindPerson, "typo", 9500, 8600, 8500), scored(controllist.KindOrganization, "order", 0)...)
	report := evaluate.Summarise(positives, negatives)
	require.InDelta(t, 0.8501, report.Rates[0].Threshold, 1e-9, "one of a thousand may stay above")
	require.InDelta(t, 0.5, report.Rates[0].Recall, 1e-9)
	require.InDelta(t, 2.0/3, report.Rates[0].Slices["typo"], 1e-9)
	require.InDelta(t, 0.0, report.Rates[0].Slices["order"], 1e-9)
	require.InDelta(t, 0.003, report.Default.FPR, 1e-9)
	bytes, err := json.Marshal(report)
	require.NoError(t, err)
	for _, field := range []string{`"rates":[{"fpr":0.001,"threshold":`, `"by_kind":{`, `"default":{`, `"slices":{`} {
		require.Contains(t, string(bytes), field)
	}
}

func TestPairsArithmetic(t *testing.T) {
	report, err := evaluate.Pairs([]evaluate.Pair{
		{Schema: "Person", Name1: "Oswin Tarrapel", Name2: "Oswin Tarrapel", Match: true},
		{Schema: "Person", Name1: "Tarrapel, Oswin", Name2: "Oswin Tarrapel", Match: true, Category: "order"},
		{Schema: "Company", Name1: "Brambleford Ltd", Name2: "Quillwort GmbH", Match: false},
		{Schema: "Company", Name1: "Nettlecombe Ltd", Name2: "Nettlecombe Ltd", Match: false},
	})
	require.NoError(t, err)
	require.InDelta(t, 0.8, report.DefaultF1, 1e-9)
	require.InDelta(t, 0.8, report.BestF1, 1e-9)
	require.InDelta(t, 2.5/4, report.AUC, 0.2)
	require.Equal(t, evaluate.Confusion{TruePositives: 1}, report.Confusion["order"])
	require.Equal(t, evaluate.Confusion{FalsePositives: 1, TrueNegatives: 1}, report.Confusion["Company"])
}

func TestSpeedCountsWithTheGivenClock(t *testing.T) {
	entries, err := evaluate.ReadEntries(strings.NewReader(twoEntries))
	require.NoError(t, err)
	ticks := time.Duration(0)
	clock := func() time.Duration { ticks += time.Microsecond; return ticks }
	report, err := evaluate.Speed(entries, []match.Query{{Name: "Oswin Tarrapel"}, {Name: "Nobody"}}, 1, clock)
	require.NoError(t, err)
	require.InDelta(t, 1.0, report.P50, 1e-9)
	require.Zero(t, report.AllocsPerSearch)
	require.Equal(t, 2, report.Names)
}

// realData opens the development half of the real names, or skips, saying so.
func realData(t *testing.T) func(name string) *os.File {
	t.Helper()
	folder := os.Getenv("CHOKEPOINT_DATA")
	if folder == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CHOKEPOINT_DATA is unset: the name engine must be measured in CI")
		}
		t.Skip("CHOKEPOINT_DATA is unset: recall on real names is NOT measured")
	}
	return func(name string) *os.File {
		file, err := os.Open(filepath.Join(folder, "names", "dev", name))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, file.Close()) })
		return file
	}
}

// TestMeasured holds the engine to what it reached on real names, a little less each.
func TestMeasured(t *testing.T) {
	open := realData(t)
	entries, err := evaluate.ReadEntries(open("list.jsonl.gz"))
	require.NoError(t, err)
	positives, err := evaluate.ReadPositives(open("positives.csv"))
	require.NoError(t, err)
	negatives, err := evaluate.ReadNegatives(open("negatives.csv"))
	require.NoError(t, err)
	pairs, err := evaluate.ReadPairs(open("pairs.csv"))
	require.NoError(t, err)

	report, err := evaluate.Recall(entries, positives, negatives)
	require.NoError(t, err)
	for _, rate := range append(report.Rates, report.Default) {
		t.Logf("false positives %.4f: threshold %.4f recall %.4f slices %.3v kinds %.3v", rate.FPR, rate.Threshold, rate.Recall, rate.Slices, rate.Kinds)
	}
	for _, kind := range []string{"person", "organization"} {
		for _, rate := range report.ByKind[kind] {
			t.Logf("%s, false positives %.4f: threshold %.4f recall %.4f", kind, rate.FPR, rate.Threshold, rate.Recall)
		}
	}
	require.GreaterOrEqual(t, report.Rates[0].Recall, 0.83)
	require.GreaterOrEqual(t, report.Rates[2].Recall, 0.9)
	require.GreaterOrEqual(t, report.Default.Recall, 0.895)
	require.LessOrEqual(t, report.Default.FPR, 0.01)

	labelled, err := evaluate.Pairs(pairs)
	require.NoError(t, err)
	t.Logf("pairs: best F1 %.3f at %.3f, default %.3f, AUC %.3f", labelled.BestF1, labelled.BestThreshold, labelled.DefaultF1, labelled.AUC)
	require.GreaterOrEqual(t, labelled.BestF1, 0.875)
	require.GreaterOrEqual(t, labelled.DefaultF1, labelled.BestF1-0.015)

	began := time.Now()
	speed, err := evaluate.Speed(entries, evaluate.Mix(positives, negatives), 1, func() time.Duration { return time.Since(began) })
	require.NoError(t, err)
	t.Logf("speed: %.0f names/s, p50 %.1f µs, p99 %.1f µs, p99.9 %.1f µs, compile %.0f ms, index %.1f MiB, %g allocations", speed.NamesPerSecond, speed.P50, speed.P99, speed.P999, speed.CompileMillis, float64(speed.IndexBytes)/(1<<20), speed.AllocsPerSearch)
	require.Zero(t, speed.AllocsPerSearch)
	require.LessOrEqual(t, speed.IndexBytes, int64(60<<20))
}

func TestDrawCurve(t *testing.T) {
	var svg strings.Builder
	report := evaluate.RecallReport{Curve: []evaluate.Point{{Threshold: 0.5, Recall: 1, FPR: 1}, {Threshold: 0.7, Recall: 0.9, FPR: 0.01}, {Threshold: 0.9, Recall: 0.7, FPR: 0.001}}}
	report.Default.Threshold = 0.75
	require.NoError(t, evaluate.DrawCurve(&svg, report))
	require.True(t, strings.HasPrefix(svg.String(), "<svg "))
	require.Equal(t, 2, strings.Count(svg.String(), "<polyline"))
	require.Contains(t, svg.String(), "default 0.75")
}
