package main

import (
	"testing"

	"chokepoint/pkg/scripttest"
)

// TestMain lets the test binary be the program itself, so that the scripts run what
// people run: with arguments, exit codes, signals and standard output.
func TestMain(m *testing.M) { scripttest.Main(m, "chokepoint", run) }

// TestScripts runs testdata/script: one file is one story, told in commands and what
// they must print.
func TestScripts(t *testing.T) {
	scripttest.Run(t, map[string]scripttest.Command{
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
	})
}
