package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"chokepoint/pkg/bus"
)

var deadLettersListCommand = command{
	name: "deadletters list", arguments: "[--limit N] [--data DIR | --nats URL]",
	summary: "list what could not be handled, the newest first",
	example: "chokepoint deadletters list --limit 20",
	run:     runDeadLettersList,
}

var deadLettersShowCommand = command{
	name: "deadletters show", arguments: "SEQUENCE [--data DIR | --nats URL]",
	summary: "show one dead letter with its payload and the reason",
	example: "chokepoint deadletters show 12",
	run:     runDeadLettersShow,
}

func runDeadLettersList(ctx context.Context, term *terminal, set *flags, args []string) error {
	limit := set.withJSON().Int("limit", 100, "list at most `N`")
	where := set.withConnection()
	if _, err := set.parse(args, 0, 0); err != nil {
		return err
	}
	if *limit < 1 {
		return usagef("--limit %d is not a number from 1", *limit)
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	letters, err := connected.ListDeadLetters(ctx, *limit)
	if err != nil {
		return err
	}
	if *set.asJSON {
		if letters == nil {
			letters = []bus.DeadLetter{}
		}
		return term.printJSON(letters)
	}
	if len(letters) == 0 {
		term.printf("no dead letters\n")
		return nil
	}
	term.table(func(rows io.Writer) {
		fmt.Fprintln(rows, "SEQUENCE\tSTORED\tCOMPONENT\tATTEMPTS\tEVENT\tREASON")
		for _, letter := range letters {
			fmt.Fprintf(rows, "%d\t%s\t%s\t%d\t%d\t%s\n", letter.Sequence, letter.Stored.UTC().Format("2006-01-02 15:04:05"),
				letter.Component, letter.Attempts, letter.EventSequence, firstLine(letter.Reason, 120))
		}
	})
	if len(letters) == *limit {
		term.printf("there may be older ones: --limit\n")
	}
	return nil
}

func runDeadLettersShow(ctx context.Context, term *terminal, set *flags, args []string) error {
	where := set.withJSON().withConnection()
	sequences, err := set.parse(args, 1, 1)
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseUint(sequences[0], 10, 64)
	if err != nil || sequence == 0 {
		return usagef("%q is not a sequence; deadletters list shows them", sequences[0])
	}
	connected, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	letter, err := connected.ShowDeadLetter(ctx, sequence)
	if errors.Is(err, bus.ErrNotFound) {
		term.complainf("there is no dead letter %d; chokepoint deadletters list shows those there are\n", sequence)
		return errNo
	}
	if err != nil {
		return err
	}
	if *set.asJSON {
		return term.printJSON(letter)
	}
	term.printf("dead letter %d of %s, stored %s\n", letter.Sequence, letter.Component, letter.Stored.UTC().Format("2006-01-02 15:04:05 MST"))
	term.printf("reason    %s\n", letter.Reason)
	term.printf("attempts  %d\n", letter.Attempts)
	term.printf("from      %s, sequence %d, subject %s\n", letter.OriginalStream, letter.OriginalSequence, letter.OriginalSubject)
	if letter.Omitted {
		term.printf("payload   left out, it was too large; it is still in %s at sequence %d\n", letter.OriginalStream, letter.OriginalSequence)
		return nil
	}
	term.printf("payload   %d bytes\n%s\n", len(letter.Data), printable(letter.Data))
	return nil
}

func firstLine(text string, most int) string {
	text, _, _ = strings.Cut(text, "\n")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// printable shows a payload as text where it is text, and at most its first 64 KiB.
func printable(data []byte) string {
	const most = 64 << 10
	if len(data) > most {
		data = data[:most]
	}
	if !utf8.Valid(data) {
		return fmt.Sprintf("%q", data)
	}
	return harmless(string(data))
}
