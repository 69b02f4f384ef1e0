package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run())
}

// run turns signals into an ended context and a command's error into an exit code,
// and is what the tests call.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends things in good order; a second one ends them at once.
	context.AfterFunc(ctx, stop)
	return dispatch(ctx, newTerminal(os.Stdout, os.Stderr), os.Args[1:])
}
