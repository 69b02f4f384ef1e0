package screener

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are a screener's. Labels are few and bounded: never a party or an event.
type metrics struct {
	decisions       *prometheus.CounterVec
	rejected        *prometheus.CounterVec
	duplicates      prometheus.Counter
	retried         prometheus.Counter
	historyMissing  prometheus.Counter
	historyFailures prometheus.Counter
	listFailures    prometheus.Counter
	listEntries     prometheus.Gauge
	listSince       prometheus.Gauge
	batchSeconds    prometheus.Histogram
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	return &metrics{
		decisions: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_screener_decisions_total", Help: "Decisions stored, by outcome.",
		}, []string{"outcome"}),
		rejected: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_screener_rejected_events_total", Help: "Events that became dead letters, by reason.",
		}, []string{"reason"}),
		duplicates: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_screener_duplicate_events_total", Help: "Events whose decision was found instead of made.",
		}),
		retried: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_screener_retried_events_total", Help: "Events handed back to be delivered again.",
		}),
		historyMissing: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_screener_decisions_without_history_total", Help: "Decisions made while history was incomplete or gone.",
		}),
		historyFailures: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_screener_history_failures_total", Help: "Batches for which the history store did not answer.",
		}),
		listFailures: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_screener_list_failures_total", Help: "List snapshots that could not be brought into use.",
		}),
		listEntries: factory.NewGauge(prometheus.GaugeOpts{
			Name: "chokepoint_screener_list_entries", Help: "Entries of the lists in use; 0 while nothing is screened.",
		}),
		listSince: factory.NewGauge(prometheus.GaugeOpts{
			Name: "chokepoint_screener_list_in_use_since_timestamp_seconds", Help: "When the lists in use were brought into use.",
		}),
		batchSeconds: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "chokepoint_screener_batch_seconds", Help: "Time from taking a batch of events to having its decisions stored.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}),
	}
}

func (m *metrics) listLoaded(engine Engine, now time.Time) {
	entries := 0
	for _, list := range engine.Lists() {
		entries += list.Entries
	}
	m.listEntries.Set(float64(entries))
	m.listSince.Set(float64(now.Unix()))
}
