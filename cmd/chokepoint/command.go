package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// The exit codes.
const (
	exitDone = iota
	exitNo
	exitUsage
	exitFailed
)

// command is one thing the program can do.
type command struct {
	// name is its words ("lists check"), arguments what follows them.
	name, arguments string
	// summary is one line, example one that works.
	summary, example string
	run              func(ctx context.Context, term *terminal, set *flags, args []string) error
}

// commands are listed in the order a newcomer meets them.
func commands() []command {
	return []command{
		demoCommand, upCommand,
		screenNameCommand, screenEventCommand,
		listsCheckCommand, listsSyncCommand, listsStatusCommand,
		deadLettersListCommand, deadLettersShowCommand,
		auditReconcileCommand, verifyCommand, historyRebuildCommand,
		policyExplainCommand, policyCheckCommand,
		benchPipelineCommand, benchMatchCommand, evalPairsCommand, evalRecallCommand,
	}
}

// errNo is the answer no: exit code 1. Its text is already printed.
var errNo = errors.New("no")

// usageError is wrong use: exit code 2.
type usageError struct{ problem string }

func (e *usageError) Error() string { return e.problem }

// usagef makes a usageError.
func usagef(format string, args ...any) error {
	return &usageError{problem: fmt.Sprintf(format, args...)}
}

func dispatch(ctx context.Context, term *terminal, args []string) int {
	if len(args) == 0 {
		printUsage(term.errors)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		if len(args) == 1 {
			printUsage(term.out)
			return exitDone
		}
		// "help lists check" is "lists check -h".
		args = append(args[1:len(args):len(args)], "-h")
	}
	chosen, rest := choose(args)
	if chosen == nil {
		return unknownCommand(term, args)
	}
	return report(term, chosen, chosen.run(ctx, term, newFlags(term, chosen), rest))
}

// choose finds the command whose words the arguments begin with.
func choose(args []string) (*command, []string) {
	for _, candidate := range commands() {
		words := strings.Fields(candidate.name)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == candidate.name {
			return &candidate, args[len(words):]
		}
	}
	return nil, nil
}

// unknownCommand says what there is instead: for "lists" and "lists bogus" the
// commands that begin with lists.
func unknownCommand(term *terminal, args []string) int {
	var family []command
	for _, known := range commands() {
		if strings.HasPrefix(known.name, args[0]+" ") {
			family = append(family, known)
		}
	}
	if len(family) == 0 {
		term.complainf("chokepoint: there is no command %q; chokepoint help lists them\n", args[0])
		return exitUsage
	}
	out, code := term.errors, exitUsage
	switch {
	case len(args) > 1 && isHelp(args[1]):
		out, code = term.out, exitDone
	case len(args) > 1 && !strings.HasPrefix(args[1], "-"):
		fmt.Fprintf(out, "chokepoint: there is no command %q; there are:\n\n", args[0]+" "+args[1])
	default:
		fmt.Fprintf(out, "chokepoint: %s is the beginning of a command; there are:\n\n", args[0])
	}
	printCommands(out, family)
	return code
}

func isHelp(word string) bool { return word == "-h" || word == "-help" || word == "--help" }

func report(term *terminal, chosen *command, err error) int {
	var usage *usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errNo):
		return exitNo
	case errors.As(err, &usage):
		term.complainf("chokepoint %s: %s\nusage: %s\n", chosen.name, usage.problem, chosen.usage())
		return exitUsage
	default:
		term.complainf("chokepoint %s: %v\n", chosen.name, err)
		return exitFailed
	}
}

func printUsage(out io.Writer) {
	fmt.Fprint(out, "Chokepoint screens shipments and payments while they move.\nNew here? chokepoint demo needs nothing and takes seconds.\n\n")
	printCommands(out, commands())
	fmt.Fprint(out, "\nchokepoint COMMAND -h tells a command's flags. Exit codes: 0 done, 1 the answer is no,\n2 wrong use, 3 it could not be done.\n")
}

func printCommands(out io.Writer, these []command) {
	for _, known := range these {
		fmt.Fprintf(out, "  %-18s %s\n", known.name, known.summary)
	}
}

// usage is the command as it is typed.
func (c *command) usage() string {
	return strings.TrimSpace("chokepoint " + c.name + " " + c.arguments)
}

// argument is the name of an argument that must be there: the nth word of the usage
// that is neither a flag nor in brackets.
func (c *command) argument(n int) string {
	for _, word := range strings.Fields(c.arguments) {
		if strings.ContainsAny(word, "[]-|") {
			break
		}
		if n == 0 {
			return word
		}
		n--
	}
	return "an argument"
}

// flags makes a command's flag set. Its errors come back as wrong use.
type flags struct {
	*flag.FlagSet
	of     *command
	help   io.Writer
	asJSON *bool
}

func newFlags(term *terminal, of *command) *flags {
	set := flag.NewFlagSet(of.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	made := &flags{FlagSet: set, of: of, help: term.out}
	// The library would also print the usage on every wrong flag, among the results.
	set.Usage = func() {}
	return made
}

// printHelp prints what -h asks for.
func (f *flags) printHelp(out io.Writer) {
	fmt.Fprintf(out, "chokepoint %s: %s\n\nusage: %s\n", f.of.name, f.of.summary, f.of.usage())
	if f.of.example != "" {
		fmt.Fprintf(out, "for example: %s\n", f.of.example)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	f.VisitAll(func(each *flag.Flag) {
		value, text := flag.UnquoteUsage(each)
		switch value {
		case "":
		case "int":
			value = " N"
		case "string":
			value = " TEXT"
		case "folder":
			value = " DIR"
		case "address":
			value = " ADDR"
		default:
			value = " " + strings.ToUpper(value)
		}
		switch each.DefValue {
		case "", "false", "0":
		default:
			text += " (default " + each.DefValue + ")"
		}
		fmt.Fprintf(table, "  --%s%s\t%s\n", each.Name, value, text)
	})
	_ = table.Flush()
}

// flagProblem tells the library's complaint the way flags are written here.
func (f *flags) flagProblem(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return fmt.Sprintf("there is no flag --%s; chokepoint %s -h lists them", strings.TrimLeft(name, "-"), f.of.name)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return fmt.Sprintf("--%s needs a value", strings.TrimLeft(name, "-"))
	}
	if before, reason, ok := strings.Cut(text, ": "); ok {
		if value, name, ok := strings.Cut(strings.TrimPrefix(before, "invalid value "), " for flag -"); ok {
			if reason == "parse error" {
				reason = "it is not a whole number"
			}
			return fmt.Sprintf("--%s does not take %s: %s", name, value, reason)
		}
	}
	return text
}

// withJSON adds --json.
func (f *flags) withJSON() *flags {
	f.asJSON = f.Bool("json", false, "print the result as JSON")
	return f
}

// parse reads the arguments, flags before or after them, and checks how many
// arguments there are.
func (f *flags) parse(args []string, least, most int) ([]string, error) {
	var positional []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				f.printHelp(f.help)
				return nil, err
			}
			return nil, &usageError{problem: f.flagProblem(err)}
		}
		if f.NArg() == 0 {
			break
		}
		positional = append(positional, f.Arg(0))
		args = f.Args()[1:]
	}
	if len(positional) < least {
		return nil, usagef("%s is missing", f.of.argument(len(positional)))
	}
	if len(positional) > most {
		return nil, usagef("%q is one argument too many", positional[most])
	}
	return positional, nil
}
