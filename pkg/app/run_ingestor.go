package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"chokepoint/pkg/access"
	"chokepoint/pkg/ingestor"
)

// RunIngestor runs an ingestor until ctx ends, and returns why it could not start or
// stop in good order. Logs go to output.
func RunIngestor(ctx context.Context, config IngestorConfig, output io.Writer) error {
	p, err := begin(ctx, config.Observed, output)
	if err != nil {
		return err
	}
	connected, err := p.connect(ctx, config.NATS.busConfig("ingestor"))
	if err != nil {
		return p.abandon(err)
	}
	tokens, err := access.Open(config.TokensFile)
	if err != nil {
		return p.abandon(fmt.Errorf("open the tokens: %w", err))
	}
	door, err := ingestor.New(config.Ingestor, ingestor.Dependencies{
		Publisher: ingestorBus{connected}, Answers: ingestorBus{connected}, Decisions: ingestorBus{connected},
		Tokens: tokens, Clock: time.Now, Logger: p.logger, Registerer: p.registry,
	})
	if err != nil {
		return p.abandon(err)
	}
	if err := door.Start(ctx); err != nil {
		return p.abandon(err)
	}
	p.stopLater("door", door.Stop)
	return p.serve(ctx)
}
