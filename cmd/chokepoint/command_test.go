package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// call runs a command inside the test, for what needs no process.
func call(t *testing.T, args ...string) (code int, out, errors string) {
	t.Helper()
	var printed, complained bytes.Buffer
	code = dispatch(t.Context(), &terminal{out: &printed, errors: &complained}, args)
	return code, printed.String(), complained.String()
}

func TestEveryCommandHelps(t *testing.T) {
	for _, known := range commands() {
		t.Run(known.name, func(t *testing.T) {
			words := strings.Fields(known.name)
			code, out, errors := call(t, append(words, "-h")...)
			require.Equal(t, exitDone, code)
			require.Empty(t, errors)
			require.Contains(t, out, known.summary)
			require.Contains(t, out, "usage: chokepoint "+known.name)
			require.Contains(t, out, "for example: chokepoint "+known.name, "an example helps more than a grammar")
			for _, asked := range [][]string{append(words, "--help"), append([]string{"help"}, words...), append([]string{"--help"}, words...)} {
				code, again, errors := call(t, asked...)
				require.Equal(t, exitDone, code)
				require.Empty(t, errors)
				require.Equal(t, out, again)
			}
		})
	}
}

func TestEveryCommandRefusesWrongUse(t *testing.T) {
	for _, known := range commands() {
		t.Run(known.name, func(t *testing.T) {
			words := strings.Fields(known.name)
			for name, args := range map[string][]string{
				"a flag there is not":   append(words, "--bogus"),
				"an argument too many":  append(words, "1", "2", "3"),
				"an argument after all": append(words, "--", "1", "2", "3"),
			} {
				code, out, errors := call(t, args...)
				require.Equal(t, exitUsage, code, name)
				require.Empty(t, out, "results alone go to standard output")
				require.True(t, strings.HasPrefix(errors, "chokepoint "+known.name+": "), "%s: %s", name, errors)
				require.Contains(t, errors, "\nusage: chokepoint "+known.name, name)
			}
		})
	}
}

// What a command's usage leaves out nobody finds.
func TestUsageNamesEveryFlagGroup(t *testing.T) {
	for _, known := range commands() {
		_, out, _ := call(t, append(strings.Fields(known.name), "-h")...)
		_, usage, _ := strings.Cut(out, "\nusage: ")
		usage, _, _ = strings.Cut(usage, "\n")
		for _, shown := range []string{"--from", "--lists", "--data", "--redis", "--policy"} {
			if strings.Contains(out, "\n  "+shown+" ") {
				require.Contains(t, usage, shown, known.name)
			}
		}
	}
}

func TestCommandNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, known := range commands() {
		require.False(t, seen[known.name], known.name)
		seen[known.name] = true
	}
}

func TestPayloadsCannotTalkToTheTerminal(t *testing.T) {
	require.Equal(t, "a·[31mb\n\tc", printable([]byte("a\x1b[31mb\n\tc")))
	require.Equal(t, `"a\xff\x1b"`, printable([]byte("a\xff\x1b")))
	require.Len(t, printable(bytes.Repeat([]byte("x"), 1<<20)), 64<<10)
	require.Equal(t, "a·b·c", harmless("a\u202eb\u009bc"))
	require.Equal(t, "می\u200cخواهم İ", harmless("می\u200cخواهم İ"), "a joiner is part of the writing")
	require.Equal(t, "ab…", firstLine("abc\nd", 2))
	require.Equal(t, "abc", firstLine("abc\nd", 3))
}
