// Package archtest holds the code to docs/architecture.md.
//
// The document has four tables: which of our packages may import which, which
// outside modules come in by which door, what pure packages must not use, and what
// a program must never link. [ParseDocument] reads those very tables and [Check]
// compares every Go file of the module with them, so that the document and the
// code cannot drift apart: whoever needs a new import edits the document, in the
// same change, where a reviewer sees it.
//
// Besides the tables, Check wants what the project's style asks of every package:
// a package comment in doc.go that starts with "Package", or "Command" for a
// program; files of at most 600 lines; a main.go of at most 60; no dot imports and
// no cgo.
//
// Test files are held less tightly. They may import any of our packages except the
// programs, and outside modules whose row names "tests"; the rules for pure
// packages are not applied to them. Harness packages (under pkg/internal and
// deploy, and those named …test) are in turn only for tests: no other package may
// import one.
//
// Everything is parsed in-process with go/parser, whatever its build tags say.
// Asking `go list` from a test would be cached by `go test` and stay green after
// an import was added, because the tool's output is no input that the cache knows.
package archtest
