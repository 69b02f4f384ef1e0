package scripttest

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// Command is one command of scripts beside those of testscript.
type Command = func(ts *testscript.TestScript, negated bool, args []string)

// Main lets the test binary be the program: run is called for it and returns the exit
// code.
func Main(m *testing.M, program string, run func() int) {
	testscript.Main(m, map[string]func(){program: func() { os.Exit(run()) }})
}

// Run runs testdata/script with the command exits and those given.
func Run(t *testing.T, commands map[string]Command) {
	known := map[string]Command{"exits": exits}
	maps.Copy(known, commands)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("CHOKEPOINT_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           condition,
		Cmds:                known,
	})
}

// condition knows [root], beside testscript's own.
func condition(name string) (bool, error) {
	if name == "root" {
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
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
		ts.Fatalf("%s ended with exit code %d, not %d", strings.Join(args[1:], " "), got, want)
	}
}

// DeployedConfigurationIsSound wants a worker to take its configuration in deploy/.
func DeployedConfigurationIsSound(t *testing.T, worker string) {
	path, err := filepath.Abs(filepath.Join("..", "..", "deploy", "k8s", "base", "config", worker+".yaml"))
	require.NoError(t, err)
	executable, err := os.Executable()
	require.NoError(t, err)
	// The test binary is the program when it is called by its name.
	program := filepath.Join(t.TempDir(), worker)
	require.NoError(t, os.Symlink(executable, program))
	output, err := exec.CommandContext(t.Context(), program, "--config", path, "--check").CombinedOutput()
	require.NoError(t, err, "%s", output)
}
