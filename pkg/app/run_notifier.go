package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/escalate"
	"chokepoint/pkg/escalate/webhook"
	"chokepoint/pkg/notifier"
)

// RunNotifier runs a notifier until ctx ends, and with it the reconciliation that
// its gauge reports. Logs go to output.
func RunNotifier(ctx context.Context, config NotifierConfig, output io.Writer) error {
	p, err := begin(ctx, config.Observed, output)
	if err != nil {
		return err
	}
	connected, err := p.connect(ctx, config.NATS.busConfig("notifier"))
	if err != nil {
		return p.abandon(err)
	}
	made, closeReceivers, err := newNotifier(ctx, connected, config, p.logger, p.registry)
	if err != nil {
		return p.abandon(err)
	}
	p.stopLater("receivers", closeReceivers)
	p.admin.AddReadiness("notifier", func(context.Context) error { return made.Healthy() })
	if err := made.Start(ctx); err != nil {
		return p.abandon(err)
	}
	p.stopLater("notifier", made.Stop)
	p.stopLater("reconciliation", startReconciliation(connected, reconcileEvery, p.logger, p.registry))
	return p.serve(ctx)
}

// newNotifier wires a notifier on a connected bus. The function it returns drops
// the receivers' connections.
func newNotifier(ctx context.Context, connected *bus.Bus, config NotifierConfig, logger *zap.Logger, registerer prometheus.Registerer,
) (*notifier.Notifier, func(context.Context) error, error) {
	receivers, names, closeAll, err := openWebhooks(config.Webhooks)
	if err != nil {
		return nil, nil, err
	}
	settings := config.Notifier
	if reflect.DeepEqual(settings.Routes, notifier.DefaultConfig().Routes) {
		settings.Routes = escalate.DefaultRoutes(names...)
	}
	for _, queue := range settings.Routes.Queues() {
		if err := connected.EnsureQueue(ctx, queue); err != nil {
			return nil, nil, errors.Join(err, closeAll(ctx))
		}
	}
	pipeline, err := escalate.NewPipeline(config.Notify, escalate.Deps{
		Receivers: receivers, Ledger: noticeLedger{connected.Bucket(bus.BucketNotifications)},
		Letters: refusedNotices{connected}, Clock: time.Now, Holder: holder(),
	})
	if err != nil {
		return nil, nil, errors.Join(err, closeAll(ctx))
	}
	consume := bus.DefaultConsumeConfig("notifier")
	consume.Outcomes = []decision.Outcome{decision.OutcomeAlert, decision.OutcomeHold}
	decisions := notifierDecisions{bus: connected, consume: consume}
	made, err := notifier.New(settings, notifier.Deps{
		Decisions: decisions, Effect: decisions, Parties: decisions,
		Cases: notifierCases{connected}, Queues: notifierQueues{connected}, Notices: pipeline,
		Clock: time.Now, Logger: logger, Registerer: registerer,
	})
	if err != nil {
		return nil, nil, errors.Join(err, closeAll(ctx))
	}
	return made, closeAll, nil
}

// openWebhooks makes the receivers, and returns the names of those that are told of
// every case.
func openWebhooks(hooks []Webhook) (map[string]escalate.Receiver, []string, func(context.Context) error, error) {
	receivers := make(map[string]escalate.Receiver, len(hooks))
	var names []string
	var opened []*webhook.Receiver
	for i, hook := range hooks {
		receiver, err := webhook.New(hook.withDefaults(), time.Now)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("webhook %d: %w", i+1, err)
		}
		name := hook.Name
		if name == "" {
			name = fmt.Sprintf("webhook-%d", i+1)
			names = append(names, name)
		}
		if _, taken := receivers[name]; taken {
			return nil, nil, nil, fmt.Errorf("webhook %d: the name %q is taken", i+1, name)
		}
		receivers[name] = receiver
		opened = append(opened, receiver)
	}
	closeAll := func(context.Context) error {
		for _, receiver := range opened {
			receiver.Close()
		}
		return nil
	}
	return receivers, names, closeAll, nil
}

// holder names this process in leases: the host is a pod's name in Kubernetes.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
}
