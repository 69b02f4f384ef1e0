package ingestor

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are an ingestor's. Labels are few and bounded: never a token, a source, a
// party or an event.
type metrics struct {
	requests       *prometheus.CounterVec
	seconds        *prometheus.HistogramVec
	events         *prometheus.CounterVec
	problems       *prometheus.CounterVec
	conflicts      prometheus.Counter
	panics         prometheus.Counter
	underway       prometheus.Gauge
	bodyBytes      prometheus.Gauge
	remembered     prometheus.Gauge
	tokenRefreshes *prometheus.CounterVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	return &metrics{
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "chokepoint_ingestor_request_duration_seconds", Help: "Time from the headers of a request to its answer, by route.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 12),
		}, []string{"route"}),
		events: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_events_total", Help: "Events stored, by kind and whether they were there already.",
		}, []string{"kind", "duplicate"}),
		problems: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_problems_total", Help: "Requests refused, by problem.",
		}, []string{"problem"}),
		conflicts: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_identity_conflicts_total", Help: "Events refused because their identity was taken by other content.",
		}),
		panics: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_panics_total", Help: "Requests that ended in a panic.",
		}),
		underway: factory.NewGauge(prometheus.GaugeOpts{
			Name: "chokepoint_ingestor_requests_underway", Help: "Requests being served.",
		}),
		bodyBytes: factory.NewGauge(prometheus.GaugeOpts{
			Name: "chokepoint_ingestor_body_bytes", Help: "Bytes set aside for the bodies of requests.",
		}),
		remembered: factory.NewGauge(prometheus.GaugeOpts{
			Name: "chokepoint_ingestor_identities_remembered", Help: "Identities whose content the door remembers.",
		}),
		tokenRefreshes: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_ingestor_token_refreshes_total", Help: "Times the tokens were read again, by result: unchanged, changed or failed.",
		}, []string{"result"}),
	}
}
