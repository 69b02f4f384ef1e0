package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program itself, so that the scripts run what
// people run: with arguments, exit codes, signals and standard output.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"chokepoint": func() { os.Exit(run()) }})
}

// TestScripts runs testdata/script: one file is one story, told in commands and what
// they must print. CHOKEPOINT_UPDATE=1 rewrites the expected texts; read the
// difference before you keep it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("CHOKEPOINT_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(condition string) (bool, error) {
			if condition == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", condition)
		},
		Cmds: map[string]func(ts *testscript.TestScript, negated bool, args []string){
			"exits":     scriptExits,
			"up":        scriptUp,
			"down":      scriptDown,
			"waitready": scriptWaitReady,
			"http":      scriptHTTP,
			"poison":    scriptPoison,
			"normalise": scriptNormalise,
			"mode":      scriptMode,
			"crlf":      scriptCRLF,
			"shorten":   scriptShorten,
			"headlines": scriptHeadLines,
			"text":      scriptText,
			"replace":   scriptReplace,
		},
	})
}
