package trade_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/trade"
)

func benchmarkText(b *testing.B) []byte {
	b.Helper()
	data, err := os.ReadFile("testdata/events/shipment.json")
	require.NoError(b, err)
	event, err := trade.Decode(data, trade.Limits{})
	require.NoError(b, err)
	data, err = trade.Encode(event)
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	b.ReportMetric(float64(len(data)), "bytes/event")
	return data
}

func BenchmarkDecode(b *testing.B) {
	data := benchmarkText(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trade.Decode(data, trade.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	event, err := trade.Decode(benchmarkText(b), trade.Limits{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trade.Encode(event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	data := benchmarkText(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = trade.Digest(data)
	}
}
