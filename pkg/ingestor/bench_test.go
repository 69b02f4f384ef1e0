package ingestor_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"chokepoint/pkg/ingestor"
)

// nowhere takes every event and keeps none.
type nowhere struct{ *stream }

func (nowhere) PublishEvents(context.Context, []ingestor.Message) []ingestor.Receipt {
	return []ingestor.Receipt{{Sequence: 1}}
}

// discard is an answer that nobody reads.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header            { return d.header }
func (d *discard) Write(data []byte) (int, error) { return len(data), nil }
func (d *discard) WriteHeader(status int)         { d.status = status }

// BenchmarkPost is what the door itself costs for a shipment of 2 KB: authentication,
// decoding, validation, encoding, the digest and the door's memory, without the network
// and the stream.
func BenchmarkPost(b *testing.B) {
	data, err := os.ReadFile("../trade/testdata/events/shipment.json")
	require.NoError(b, err)
	text := strings.Replace(string(data), "tms-eu", "swift", 1)
	config := ingestor.DefaultConfig()
	config.Rate, config.Burst = 1_000_000, 1_000_000
	door, err := ingestor.New(config, ingestor.Dependencies{
		Publisher: nowhere{newStream()}, Answers: newStream(), Decisions: newStream(), Tokens: &tokens{},
		Clock: time.Now, Logger: zap.NewNop(), Registerer: prometheus.NewRegistry(),
	})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		answer := &discard{header: http.Header{}}
		door.Handler().ServeHTTP(answer, post("/v1/events", text))
		if answer.status != http.StatusAccepted {
			b.Fatal(answer.status)
		}
	}
}
