package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/controllist"
)

var benchPipelineCommand = command{
	name: "bench pipeline", arguments: "[--events N] [--redis URL] [--durability interval|always] [--lists DIR]",
	summary: "measure events a second from the door to the stored decision, and what screening costs",
	example: "chokepoint bench pipeline --events 20000 --json",
	run:     runBenchPipeline,
}

// pipelineResult is the result of bench pipeline.
type pipelineResult struct {
	// EventsPerSecond is the whole pipeline, WithoutScreeningPerSecond the same with
	// history and without screening, PlumbingPerSecond with neither; Ratio is the
	// first by the second.
	EventsPerSecond           float64 `json:"events_per_second"`
	WithoutScreeningPerSecond float64 `json:"without_screening_per_second"`
	PlumbingPerSecond         float64 `json:"plumbing_per_second"`
	Ratio                     float64 `json:"ratio"`
	// P50Milliseconds and P99Milliseconds are from an event's acknowledgement to its
	// decision's, at PacedRate events a second.
	P50Milliseconds float64 `json:"p50_ms"`
	P99Milliseconds float64 `json:"p99_ms"`
	PacedRate       int     `json:"paced_rate"`
	// Unaccounted is how many events had neither decision nor dead letter in the end.
	Unaccounted uint64 `json:"unaccounted"`
	// Events is how many each run took, Rounds how often each was run; the rates are
	// medians.
	Events int `json:"events"`
	Rounds int `json:"rounds"`
	// FreshNames is how many of a hundred names were of companies never seen before.
	FreshNames int    `json:"fresh_names"`
	Durability string `json:"durability"`
	History    string `json:"history"`
	// ListEntries and ListNames are what was screened against.
	ListEntries int `json:"list_entries"`
	ListNames   int `json:"list_names"`
	// Outcomes counts the decisions of the last whole run.
	Outcomes map[string]int `json:"outcomes"`
}

func runBenchPipeline(ctx context.Context, term *terminal, set *flags, args []string) error {
	set.withJSON()
	count := set.Int("events", 20_000, "how many events each run takes")
	rounds := set.Int("rounds", 1, "how often each of the three is run; the median counts")
	fresh := set.Int("fresh", 10, "how many of a hundred names are of companies never seen before")
	rate := set.Int("rate", 2_000, "events a second while latency is measured")
	redis := set.String("redis", "", "the `URL` of a Redis for history; a tenant of its own is used and left empty. Without it history is in memory")
	durability := set.String("durability", "interval", "interval or always")
	lists := set.String("lists", "", "a `folder` of publishers' files; without it 54,000 invented parties")
	profile := set.String("profile", "", "write a CPU profile of the runs to this `file`")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if *count < 100 || *count > 10_000_000 || *rounds < 1 || *rounds > 99 || *rate < 1 || *fresh < 0 || *fresh > 100 {
		return usagef("--events must be 100 to 10,000,000, --rounds 1 to 99, --rate at least 1, --fresh 0 to 100")
	}
	mode, err := bus.ParseDurability(*durability)
	if err != nil || mode == bus.DurabilityUnknown {
		return usagef("--durability is interval or always")
	}
	snapshot, err := benchSnapshot(ctx, term, *lists)
	if err != nil {
		return err
	}
	stopProfile, err := startProfile(*profile)
	if err != nil {
		return err
	}
	defer stopProfile()
	show, end := term.progress()
	bench := &pipelineBench{snapshot: snapshot, redis: *redis, durability: mode, fresh: *fresh, show: show}
	result, err := bench.measure(ctx, *count, *rounds, *rate)
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		err = term.printJSON(result)
	} else {
		printPipeline(term, result)
	}
	if err == nil && result.Unaccounted > 0 {
		return errNo
	}
	return err
}

// startProfile writes a CPU profile until the function it returns is called.
func startProfile(path string) (func(), error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}

func benchSnapshot(ctx context.Context, term *terminal, folder string) (controllist.Snapshot, error) {
	if folder != "" {
		return snapshotOf(ctx, term, folder)
	}
	return inventedSnapshot(54_000)
}

func printPipeline(term *terminal, result pipelineResult) {
	term.printf("%d events a run, durability %s, history in %s, %d listed parties with %d names, %d %% new names\n\n",
		result.Events, result.Durability, result.History, result.ListEntries, result.ListNames, result.FreshNames)
	term.printf("%12.0f events/s  the whole pipeline\n", result.EventsPerSecond)
	term.printf("%12.0f events/s  the same with history and without screening\n", result.WithoutScreeningPerSecond)
	term.printf("%12.0f events/s  plumbing alone\n", result.PlumbingPerSecond)
	term.printf("%12.2f           ratio of the first to the second\n\n", result.Ratio)
	term.printf("%12.2f ms        from acknowledgement to decision, median, at %d events/s\n", result.P50Milliseconds, result.PacedRate)
	term.printf("%12.2f ms        99th percentile\n", result.P99Milliseconds)
	term.printf("%12d           unaccounted for\n", result.Unaccounted)
}

// pipelineBench measures the pipeline in its variants, each on a NATS and a history
// of its own that are gone afterwards.
type pipelineBench struct {
	snapshot   controllist.Snapshot
	redis      string
	durability bus.Durability
	fresh      int
	show       func(string, ...any)
}

func (b *pipelineBench) measure(ctx context.Context, count, rounds, rate int) (pipelineResult, error) {
	result := pipelineResult{
		PacedRate: rate, Events: count, Rounds: rounds, FreshNames: b.fresh, Durability: b.durability.String(), History: "memory",
		ListEntries: len(b.snapshot.Entries), ListNames: countNames(b.snapshot),
	}
	if b.redis != "" {
		result.History = "redis"
	}
	rates := map[variant][]float64{}
	for round := range rounds {
		for _, kind := range []variant{variantWhole, variantWithoutScreening, variantPlumbing} {
			b.show("round %d of %d: %s", round+1, rounds, kind)
			measured, err := b.run(ctx, kind, count, 0)
			if err != nil {
				return result, fmt.Errorf("%s: %w", kind, err)
			}
			rates[kind] = append(rates[kind], measured.rate)
			result.Unaccounted += measured.unaccounted
			if kind == variantWhole {
				result.Outcomes = measured.outcomes
			}
		}
	}
	b.show("latency at %d events/s", rate)
	paced, err := b.run(ctx, variantWhole, min(count, 10*rate), rate)
	if err != nil {
		return result, fmt.Errorf("latency: %w", err)
	}
	result.Unaccounted += paced.unaccounted
	result.P50Milliseconds, result.P99Milliseconds = paced.percentile(50), paced.percentile(99)
	result.EventsPerSecond, result.WithoutScreeningPerSecond = median(rates[variantWhole]), median(rates[variantWithoutScreening])
	result.PlumbingPerSecond = median(rates[variantPlumbing])
	result.Ratio = result.EventsPerSecond / result.WithoutScreeningPerSecond
	return result, nil
}

func countNames(snapshot controllist.Snapshot) int {
	names := 0
	for i := range snapshot.Entries {
		names += len(snapshot.Entries[i].Names)
	}
	return names
}

// run measures one variant; with a rate, events are sent at that pace.
func (b *pipelineBench) run(ctx context.Context, kind variant, count, rate int) (measured measurement, err error) {
	folder, err := os.MkdirTemp("", "chokepoint-bench-")
	if err != nil {
		return measurement{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	line, err := b.open(ctx, kind, filepath.Join(folder, natsFolder))
	if err != nil {
		return measurement{}, err
	}
	defer func() { err = errors.Join(err, line.close()) }()
	events := inventedEvents(b.snapshot, count, b.fresh)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	return line.measure(ctx, events, rate)
}
