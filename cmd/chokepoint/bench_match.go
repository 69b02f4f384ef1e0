package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"chokepoint/pkg/evaluate"
)

var benchMatchCommand = command{
	name: "bench match", arguments: "--list FILE --queries FILE [--positives FILE] [--cores N]",
	summary: "measure how many names a second are searched in a list, and how long one takes",
	example: "chokepoint bench match --list list.jsonl.gz --queries negatives.csv --positives positives.csv",
	run:     runBenchMatch,
}

func runBenchMatch(_ context.Context, term *terminal, set *flags, args []string) error {
	list := set.withJSON().String("list", "", "the list as JSON lines, plain or gzip: a `FILE`")
	queries := set.String("queries", "", "names to search: a `FILE`, CSV with the columns query,kind or one name a line")
	positives := set.String("positives", "", "names that are listed, as for eval recall, to be mixed in, one in twenty: a CSV `FILE`")
	cores := set.Int("cores", 1, "how many goroutines search at once")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if *list == "" || *queries == "" {
		return usagef("--list and --queries are both needed")
	}
	if *cores < 1 || *cores > 4*runtime.NumCPU() {
		return usagef("--cores %d is not 1 to %d", *cores, 4*runtime.NumCPU())
	}
	entries, err := readWith(*list, evaluate.ReadEntries)
	if err != nil {
		return err
	}
	names, err := readWith(*queries, readNames)
	if err != nil {
		return err
	}
	var listed []evaluate.Positive
	if *positives != "" {
		if listed, err = readWith(*positives, evaluate.ReadPositives); err != nil {
			return err
		}
	}
	show, end := term.progress()
	show("searching %d names in %d entries …", len(names), len(entries))
	began := time.Now()
	report, err := evaluate.Speed(entries, evaluate.Mix(listed, names), *cores, func() time.Duration { return time.Since(began) })
	end()
	if err != nil {
		return err
	}
	if *set.asJSON {
		return term.printJSON(report)
	}
	term.printf("%12.0f names a second, on %d cores\n", report.NamesPerSecond, report.Cores)
	term.printf("%12.1f µs median, %.1f µs 99th percentile, %.1f µs 99.9th\n", report.P50, report.P99, report.P999)
	term.printf("%12.2f allocations a search\n", report.AllocsPerSearch)
	term.printf("%12.0f ms to compile %d names, %.1f MiB\n", report.CompileMillis, report.Names, float64(report.IndexBytes)/(1<<20))
	return nil
}

// readNames reads query,kind with a header, or one name a line.
func readNames(r io.Reader) ([]evaluate.Negative, error) {
	buffered := bufio.NewReader(r)
	head, err := buffered.Peek(len("query"))
	if err == nil && string(head) == "query" {
		return evaluate.ReadNegatives(buffered)
	}
	var names []evaluate.Negative
	lines := bufio.NewScanner(buffered)
	for lines.Scan() {
		if name := strings.TrimSpace(lines.Text()); name != "" {
			names = append(names, evaluate.Negative{Query: name})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return names, nil
}
