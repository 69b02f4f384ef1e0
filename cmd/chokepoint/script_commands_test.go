package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// need ends the script when a command of it is written wrongly.
func need(ts *testscript.TestScript, negated, fits bool, usage string) {
	if negated || !fits {
		ts.Fatalf("usage: %s", usage)
	}
}

// unstable is what differs from run to run, and scores, which differ from one version
// of the matching to the next.
var unstable = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{8}`), "VERSION"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)?`), "TIME"},
	{regexp.MustCompile(`since \d{4}-\d\d-\d\d`), "since DATE"},
	{regexp.MustCompile(`age of \d+ years`), "age of N years"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "DIGEST"},
	{regexp.MustCompile(`(sha256|digest ) [0-9a-f]{12}\b`), "$1 DIGEST"},
	{regexp.MustCompile(`\bC-[a-z2-7]{20}-\d+`), "CASE"},
	{regexp.MustCompile(` *\b\d+(\.\d+)? %`), " N %"},
	{regexp.MustCompile(`\( N %`), "(N %"},
	{regexp.MustCompile(`("(?:score|risk|weight|likeness)":\s*)\d+`), "${1}N"},
	{regexp.MustCompile(`screen/\d+ match/\d+`), "ENGINE"},
	{regexp.MustCompile(`default-\d{4}-\d\d`), "POLICY"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDRESS"},
	{regexp.MustCompile(`urn:chokepoint:request:[0-9a-f]+`), "REQUEST"},
}

// scriptNormalise puts words in the place of what is unstable in files.
func scriptNormalise(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) > 0, "normalise FILE…")
	for _, name := range args {
		text := strings.ReplaceAll(ts.ReadFile(name), ts.Getenv("WORK"), "WORK")
		for _, each := range unstable {
			text = each.pattern.ReplaceAllString(text, each.instead)
		}
		write(ts, name, []byte(text))
	}
}

func write(ts *testscript.TestScript, name string, data []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o600))
}

// scriptMode checks the permissions of a file.
func scriptMode(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 2, "mode PERMISSIONS FILE")
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if info.Mode().Perm() != os.FileMode(want) {
		ts.Fatalf("%s has the permissions %o, not %o", args[1], info.Mode().Perm(), want)
	}
}

// scriptCRLF ends the lines of files as OFAC does: CRLF, and 0x1A at the end.
func scriptCRLF(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) > 0, "crlf FILE…")
	for _, name := range args {
		write(ts, name, []byte(strings.ReplaceAll(ts.ReadFile(name), "\n", "\r\n")+"\x1a"))
	}
}

// scriptShorten takes bytes from the end of a file.
func scriptShorten(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 2, "shorten FILE BYTES")
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	write(ts, args[0], []byte(text[:len(text)-count]))
}

// scriptHeadLines keeps the first lines of a file.
func scriptHeadLines(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 2, "headlines FILE LINES")
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	write(ts, args[0], []byte(strings.Join(lines[:count], "")))
}

// scriptText writes a file from Go's notation for strings, for bytes that a script
// cannot hold; a number repeats it.
func scriptText(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 2 || len(args) == 5, "text FILE TEXT | text FILE BEFORE TIMES TEXT AFTER")
	if len(args) == 2 {
		write(ts, args[0], unquote(ts, args[1]))
		return
	}
	times, err := strconv.Atoi(args[2])
	ts.Check(err)
	write(ts, args[0], bytes.Join([][]byte{unquote(ts, args[1]), bytes.Repeat(unquote(ts, args[3]), times), unquote(ts, args[4])}, nil))
}

func unquote(ts *testscript.TestScript, text string) []byte {
	plain, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
	ts.Check(err)
	return []byte(plain)
}

// scriptReplace makes a file from another with one text replaced by another.
func scriptReplace(ts *testscript.TestScript, negated bool, args []string) {
	need(ts, negated, len(args) == 4, "replace FROM TO OLD NEW")
	text, old := ts.ReadFile(args[0]), string(unquote(ts, args[2]))
	if !strings.Contains(text, old) {
		ts.Fatalf("%s does not hold %q", args[0], old)
	}
	write(ts, args[1], []byte(strings.Replace(text, old, string(unquote(ts, args[3])), 1)))
}
