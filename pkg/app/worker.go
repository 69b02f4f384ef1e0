package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"chokepoint/pkg/config"
)

// The exit codes of a worker: 0 ended in good order, 1 could not start or stop, 2
// wrong use, configuration faults included.
const (
	exitDone = iota
	exitFailed
	exitUsage
)

// Worker runs one of the three workers as a process: it reads --config FILE over the
// defaults, runs until ctx ends, and returns the exit code. With --check it only
// says whether the configuration is sound.
func Worker[T any](ctx context.Context, name string, args []string, output io.Writer, defaults T,
	run func(context.Context, T, io.Writer) error,
) int {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(output)
	path := flags.String("config", "/etc/chokepoint/"+name+".yaml", "the configuration `file`, YAML")
	check := flags.Bool("check", false, "only check the configuration, naming every fault")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitDone
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(output, "%s: %q is not understood; it takes --config FILE\n", name, flags.Arg(0))
		return exitUsage
	}
	settings, err := config.Load(*path, defaults)
	if err != nil {
		fmt.Fprintf(output, "%s: configuration:\n%v\n", name, err)
		return exitUsage
	}
	if *check {
		fmt.Fprintf(output, "%s: %s is sound\n", name, *path)
		return exitDone
	}
	if err := run(ctx, settings, output); err != nil {
		fmt.Fprintf(output, "%s: %v\n", name, err)
		return exitFailed
	}
	return exitDone
}
