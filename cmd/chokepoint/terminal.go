package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/term"
)

// terminal is where a command prints: results to out, everything else to errors.
type terminal struct {
	out, errors io.Writer
	// interactive says that a person is looking at errors.
	interactive bool
}

func newTerminal(out, errors *os.File) *terminal {
	return &terminal{out: out, errors: errors, interactive: term.IsTerminal(int(errors.Fd()))}
}

// printJSON prints a result for machines.
func (t *terminal) printJSON(result any) error {
	encoded, err := json.Marshal(result, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("write the result as JSON: %w", err)
	}
	_, err = fmt.Fprintln(t.out, string(encoded))
	return err
}

// printf prints for people.
func (t *terminal) printf(format string, args ...any) {
	_, _ = io.WriteString(t.out, harmless(fmt.Sprintf(format, args...)))
}

// complainf prints what is wrong.
func (t *terminal) complainf(format string, args ...any) {
	_, _ = io.WriteString(t.errors, harmless(fmt.Sprintf(format, args...)))
}

// table prints rows in columns; fill writes them, cells parted by tabs.
func (t *terminal) table(fill func(rows io.Writer)) {
	var text strings.Builder
	rows := tabwriter.NewWriter(&text, 0, 4, 2, ' ', 0)
	fill(rows)
	_ = rows.Flush()
	t.printf("%s", text.String())
}

// harmless puts a dot in the place of characters that command the terminal or turn the
// reading direction round: names, files and messages from outside are in what is
// printed, and must not be able to show something else than they are.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return '·'
		default:
			return r
		}
	}, text)
}

// progress returns a function that shows how far long work is, at most ten times a
// second, on a terminal only, and one that wipes it away.
func (t *terminal) progress() (show func(format string, args ...any), end func()) {
	if !t.interactive {
		return func(string, ...any) {}, func() {}
	}
	var mutex sync.Mutex
	var last time.Time
	show = func(format string, args ...any) {
		mutex.Lock()
		defer mutex.Unlock()
		if time.Since(last) < 100*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(t.errors, "\r\x1b[K"+format, args...)
	}
	return show, func() { fmt.Fprint(t.errors, "\r\x1b[K") }
}
