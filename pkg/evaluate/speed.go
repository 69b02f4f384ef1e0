package evaluate

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/match"
)

// SpeedReport is what `bench match` prints.
type SpeedReport struct {
	Cores          int     `json:"cores"`
	Names          int     `json:"names"`
	Queries        int     `json:"queries"`
	NamesPerSecond float64 `json:"names_per_second"`
	// P50, P99 and P999 are the times of single searches in microseconds.
	P50  float64 `json:"p50_us"`
	P99  float64 `json:"p99_us"`
	P999 float64 `json:"p999_us"`
	// AllocsPerSearch is the allocations of a search once its buffers have grown.
	AllocsPerSearch float64 `json:"allocs_per_search"`
	CompileMillis   float64 `json:"compile_ms"`
	// IndexBytes is the heap an index takes beyond the entries it was made from.
	IndexBytes int64 `json:"index_bytes"`
}

// SearchLimit is how many candidates a measured search asks for.
const SearchLimit = 10

// Speed compiles the entries and searches every query once on each of the given cores, each
// with its own searcher, after a warm-up over a tenth of them. now is a clock that never goes
// back; the measure is only as good as the machine is idle.
func Speed(entries []controllist.Entry, queries []match.Query, cores int, now func() time.Duration) (SpeedReport, error) {
	before := heap()
	start := now()
	index, err := match.Compile(entries)
	if err != nil {
		return SpeedReport{}, err
	}
	compiled := now() - start
	report := SpeedReport{Cores: max(cores, 1), Queries: len(queries), CompileMillis: milliseconds(compiled), IndexBytes: heap() - before}
	for i := range entries {
		report.Names += len(entries[i].Names)
	}
	if len(queries) == 0 {
		return report, nil
	}
	searchers := make([]*match.Searcher, report.Cores)
	for i := range searchers {
		searchers[i] = index.NewSearcher()
		for j := 0; j < len(queries); j += 10 {
			searchers[i].Search(&queries[j], match.DefaultThreshold, SearchLimit)
		}
	}
	report.AllocsPerSearch = allocations(searchers[0], queries)
	times := make([][]time.Duration, report.Cores)
	start = now()
	var running sync.WaitGroup
	for i, searcher := range searchers {
		times[i] = make([]time.Duration, len(queries))
		running.Go(func() {
			for j := range queries {
				from := now()
				searcher.Search(&queries[j], match.DefaultThreshold, SearchLimit)
				times[i][j] = now() - from
			}
		})
	}
	running.Wait()
	took := now() - start
	all := slices.Concat(times...)
	slices.Sort(all)
	report.NamesPerSecond = float64(len(all)) / max(took.Seconds(), 1e-9)
	report.P50, report.P99, report.P999 = quantile(all, 500), quantile(all, 990), quantile(all, 999)
	runtime.KeepAlive(index)
	return report, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func quantile(sorted []time.Duration, perMille int) float64 {
	return float64(sorted[min(len(sorted)*perMille/1000, len(sorted)-1)]) / float64(time.Microsecond)
}

// heap is how much is in use after a collection.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// allocations counts those of a thousand searches with grown buffers. The runtime
// counts what the whole process allocates, so of several passes the quietest is told.
func allocations(searcher *match.Searcher, queries []match.Query) float64 {
	n := min(len(queries), 1000)
	pass := func() uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range n {
			searcher.Search(&queries[i], match.DefaultThreshold, SearchLimit)
		}
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	pass()
	least := pass()
	for range 4 {
		least = min(least, pass())
	}
	return float64(least) / float64(n)
}

// Mix interleaves positives and negatives so that one query in twenty is a positive, as the
// speed of screening is measured.
func Mix(positives []Positive, negatives []Negative) []match.Query {
	var queries []match.Query
	for i, negative := range negatives {
		if i%19 == 0 && len(positives) > 0 {
			positive := positives[i/19*7%len(positives)]
			queries = append(queries, match.Query{Name: positive.Query, Kind: positive.Kind})
		}
		queries = append(queries, match.Query{Name: negative.Query, Kind: negative.Kind})
	}
	return queries
}
