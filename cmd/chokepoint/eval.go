package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"chokepoint/pkg/evaluate"
)

var evalPairsCommand = command{
	name: "eval pairs", arguments: "FILE",
	summary: "measure the name engine on labelled pairs of names",
	example: "chokepoint eval pairs pairs.csv",
	run:     runEvalPairs,
}

var evalRecallCommand = command{
	name: "eval recall", arguments: "--list FILE --positives FILE --negatives FILE",
	summary: "measure how many listed parties are found at given rates of false positives",
	example: "chokepoint eval recall --list list.jsonl.gz --positives positives.csv --negatives negatives.csv",
	run:     runEvalRecall,
}

// readWith opens a file and gives it to a reader of package evaluate.
func readWith[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	var nothing T
	file, err := os.Open(path)
	if err != nil {
		return nothing, err
	}
	defer func() { _ = file.Close() }()
	value, err := read(file)
	if err != nil {
		return nothing, fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

func runEvalPairs(_ context.Context, term *terminal, set *flags, args []string) error {
	files, err := set.withJSON().parse(args, 1, 1)
	if err != nil {
		return err
	}
	pairs, err := readWith(files[0], evaluate.ReadPairs)
	if err != nil {
		return err
	}
	report, err := evaluate.Pairs(pairs)
	if err != nil {
		return err
	}
	if *set.asJSON {
		return term.printJSON(report)
	}
	term.printf("%d pairs\n", report.Pairs)
	term.printf("F1 %.3f at the default threshold %.2f, best %.3f at %.2f; AUC %.3f\n\n",
		report.DefaultF1, report.DefaultThreshold, report.BestF1, report.BestThreshold, report.AUC)
	table := tabwriter.NewWriter(term.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "CATEGORY\tFOUND\tMISSED\tFALSE\tRIGHTLY NOT")
	for _, category := range slices.Sorted(maps.Keys(report.Confusion)) {
		c := report.Confusion[category]
		if category == "" {
			category = "(none)"
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\n", category, c.TruePositives, c.FalseNegatives, c.FalsePositives, c.TrueNegatives)
	}
	return table.Flush()
}

func runEvalRecall(_ context.Context, term *terminal, set *flags, args []string) error {
	list := set.withJSON().String("list", "", "the list as JSON lines, plain or gzip: a `FILE`")
	positives := set.String("positives", "", "queries that should be found, with their entries: a CSV `FILE`")
	negatives := set.String("negatives", "", "queries that should not be found: a CSV `FILE`")
	curve := set.String("curve", "", "also draw recall and false positives by threshold into this SVG `FILE`")
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if *list == "" || *positives == "" || *negatives == "" {
		return usagef("--list, --positives and --negatives are all needed")
	}
	entries, err := readWith(*list, evaluate.ReadEntries)
	if err != nil {
		return err
	}
	wanted, err := readWith(*positives, evaluate.ReadPositives)
	if err != nil {
		return err
	}
	unwanted, err := readWith(*negatives, evaluate.ReadNegatives)
	if err != nil {
		return err
	}
	show, end := term.progress()
	show("searching %d names in %d entries …", len(wanted)+len(unwanted), len(entries))
	report, err := evaluate.Recall(entries, wanted, unwanted)
	end()
	if err != nil {
		return err
	}
	if *curve != "" {
		var drawn bytes.Buffer
		if err := evaluate.DrawCurve(&drawn, report); err != nil {
			return err
		}
		if err := os.WriteFile(*curve, drawn.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if *set.asJSON {
		return term.printJSON(report)
	}
	term.printf("%d names that should be found, %d that should not, %d entries\n\n", report.Positives, report.Negatives, len(entries))
	printRates(term, "all", append(slices.Clone(report.Rates), report.Default))
	for _, kind := range slices.Sorted(maps.Keys(report.ByKind)) {
		printRates(term, kind, report.ByKind[kind])
	}
	return nil
}

func printRates(term *terminal, kind string, rates []evaluate.Rate) {
	if len(rates) == 0 {
		return
	}
	slices := slices.Sorted(maps.Keys(rates[0].Slices))
	table := tabwriter.NewWriter(term.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "%s\tFALSE POSITIVES\tTHRESHOLD\tFOUND", kind)
	for _, slice := range slices {
		fmt.Fprintf(table, "\t%s", slice)
	}
	fmt.Fprintln(table)
	for _, rate := range rates {
		fmt.Fprintf(table, "\t%.2f %%\t%.2f\t%.3f", 100*rate.FPR, rate.Threshold, rate.Recall)
		for _, slice := range slices {
			fmt.Fprintf(table, "\t%.3f", rate.Slices[slice])
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
	term.printf("\n")
}
