package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"screener": func() { os.Exit(run()) }})
}

// TestScripts runs testdata/script. CHOKEPOINT_UPDATE=1 rewrites the expected texts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("CHOKEPOINT_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(ts *testscript.TestScript, negated bool, args []string){"exits": exits},
	})
}

// exits runs a program that must end with just this exit code.
func exits(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := 0, ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

// The configuration in deploy/ is one that this program takes.
func TestDeployedConfigurationIsSound(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("..", "..", "deploy", "k8s", "base", "config", "screener.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is the program when it is called by its name.
	program := filepath.Join(t.TempDir(), "screener")
	if err := os.Symlink(executable, program); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
	if output, err := exec.CommandContext(t.Context(), program, "--config", path, "--check").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}
