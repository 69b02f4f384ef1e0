package notifier

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/escalate"
)

// metrics are what a notifier counts. No label names a party, an event or a case.
type metrics struct {
	decisions       *prometheus.CounterVec
	records         *prometheus.CounterVec
	conflicts       prometheus.Counter
	broken          prometheus.Counter
	queueWrites     *prometheus.CounterVec
	notices         *prometheus.CounterVec
	noticesDeferred prometheus.Counter
	openCases       *prometheus.GaugeVec
	reconciliation  *prometheus.CounterVec
	handling        prometheus.Histogram
}

// What becomes of a decision, as a label.
const (
	decisionHandled   = "handled"
	decisionReplayed  = "replayed"
	decisionNoEffect  = "not_in_effect"
	decisionPassed    = "pass"
	decisionRetried   = "retried"
	decisionPermanent = "refused"
)

func newMetrics(registerer prometheus.Registerer) *metrics {
	factory := promauto.With(registerer)
	m := &metrics{
		decisions: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_notifier_decisions_total", Help: "Decisions by what became of them.",
		}, []string{"result"}),
		records: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_notifier_case_records_total", Help: "Records appended to cases, by type.",
		}, []string{"type"}),
		conflicts: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_notifier_case_conflicts_total", Help: "Appends that lost against another writer and were planned anew.",
		}),
		broken: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_notifier_broken_dockets_total", Help: "Times that a docket's records did not verify.",
		}),
		queueWrites: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_notifier_queue_writes_total", Help: "Writes to queues, by what was written.",
		}, []string{"write"}),
		notices: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_notifier_notices_total", Help: "Notices by receiver and what came of them.",
		}, []string{"receiver", "result"}),
		noticesDeferred: factory.NewCounter(prometheus.CounterOpts{
			Name: "chokepoint_notifier_notices_deferred_total", Help: "Notices that were left to the next reconciliation because too many waited.",
		}),
		openCases: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "chokepoint_notifier_open_cases", Help: "Cases not closed, as of the last reconciliation, by severity.",
		}, []string{"severity"}),
		reconciliation: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "chokepoint_notifier_reconciliations_total", Help: "Passes over all open cases, by result.",
		}, []string{"result"}),
		handling: factory.NewHistogram(prometheus.HistogramOpts{
			Name: "chokepoint_notifier_decision_duration_seconds", Help: "Time from taking a decision to its queue being right.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15),
		}),
	}
	// Every label value that is known beforehand is there from the start: a rate over
	// a counter that only appears with its first failure misses the first failure.
	for _, result := range []string{decisionHandled, decisionReplayed, decisionNoEffect, decisionPassed, decisionRetried, decisionPermanent} {
		m.decisions.WithLabelValues(result)
	}
	for _, severity := range casework.Severities() {
		m.openCases.WithLabelValues(severity.String())
	}
	return m
}

func (m *metrics) told(notice escalate.Notice, result escalate.Result) {
	m.notices.WithLabelValues(notice.Receiver, string(result)).Inc()
}
