// Command ingestor is the worker that takes events in at the door and publishes them to NATS.
//
//	ingestor --config /etc/chokepoint/ingestor.yaml
//	ingestor --config FILE --check
//
// It ends in good order on SIGTERM and SIGINT. Exit codes: 0 ended in good order, 1
// could not start or stop, 2 wrong use or faults in the configuration.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"chokepoint/pkg/app"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends a stop that hangs.
	context.AfterFunc(ctx, stop)
	return app.Worker(ctx, "ingestor", os.Args[1:], os.Stderr, app.DefaultIngestorConfig(), app.RunIngestor)
}
