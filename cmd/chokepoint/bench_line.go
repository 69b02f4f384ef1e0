package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"chokepoint/pkg/app"
	"chokepoint/pkg/bus"
	"chokepoint/pkg/bus/natsserver"
	"chokepoint/pkg/cache"
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/replay"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/trade"
)

// variant is how much of the pipeline is measured.
type variant string

const (
	variantWhole            variant = "the whole pipeline"
	variantWithoutScreening variant = "without screening"
	variantPlumbing         variant = "plumbing alone"
)

// measurement is what one run gave.
type measurement struct {
	rate        float64
	latencies   []time.Duration
	unaccounted uint64
	outcomes    map[string]int
}

func (m measurement) percentile(share int) float64 {
	if len(m.latencies) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(m.latencies))
	return float64(sorted[min(len(sorted)-1, len(sorted)*share/100)]) / float64(time.Millisecond)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted)%2 == 1 {
		return sorted[len(sorted)/2]
	}
	return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
}

// line is a bus with a screener on it, and a second connection that plays the
// ingestor and watches decisions.
type line struct {
	server   *natsserver.Server
	door     *bus.Bus
	work     *bus.Bus
	redis    *cache.Client
	screener *screener.Screener
	stored   storedDecisions
}

// open starts NATS and a screener of the variant.
func (b *pipelineBench) open(ctx context.Context, kind variant, folder string) (*line, error) {
	server, err := natsserver.Start(natsserver.Options{Dir: folder, SyncAlways: b.durability == bus.DurabilityAlways})
	if err != nil {
		return nil, err
	}
	l := &line{server: server}
	if err := l.wire(ctx, b, kind); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *line) wire(ctx context.Context, b *pipelineBench, kind variant) (err error) {
	config := bus.DefaultConfig()
	config.InProcess, config.Durability = l.server, b.durability
	if l.door, err = bus.Connect(ctx, config, zap.NewNop()); err != nil {
		return err
	}
	if l.work, err = bus.Connect(ctx, config, zap.NewNop()); err != nil {
		return err
	}
	if err := l.work.Ensure(ctx); err != nil {
		return err
	}
	parts := app.ScreenerParts{
		Bus: l.work, Policy: policy.Default(), Config: screener.DefaultConfig(),
		Logger: zap.NewNop(), Registerer: prometheus.NewRegistry(),
	}
	if parts.History, err = l.openHistory(ctx, b.redis, kind); err != nil {
		return err
	}
	parts.Cache = l.redis
	parts.Compile, parts.Stored = compileFor(kind), l.stored.note
	if err := app.PublishSnapshot(ctx, app.NewListStore(l.work, l.redis), b.snapshot); err != nil {
		return err
	}
	if l.screener, err = app.NewScreener(ctx, parts); err != nil {
		return err
	}
	if err := l.screener.Start(ctx); err != nil {
		return err
	}
	for l.screener.Ready() != nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func (l *line) openHistory(ctx context.Context, redisURL string, kind variant) (screener.History, error) {
	if kind == variantPlumbing {
		return noHistory{}, nil
	}
	if redisURL == "" {
		memory, err := history.NewMemory(history.DefaultMemoryConfig())
		if err != nil {
			return nil, err
		}
		return memory, memory.MarkComplete(ctx)
	}
	config := cache.DefaultConfig()
	config.URL, config.Tenant = redisURL, "bench-"+strings.ToLower(rand.Text()[:12])
	opened, err := cache.Open(config)
	if err != nil {
		return nil, err
	}
	l.redis = opened
	store := cache.NewHistory(opened)
	return store, store.MarkComplete(ctx)
}

// close ends everything; of a Redis it empties the tenant.
func (l *line) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var faults []error
	if l.screener != nil {
		faults = append(faults, l.screener.Stop(ctx))
	}
	if l.work != nil {
		l.work.Close()
	}
	if l.door != nil {
		l.door.Close()
	}
	if l.redis != nil {
		faults = append(faults, l.redis.DeleteTenant(ctx), l.redis.Close())
	}
	l.server.Stop()
	return errors.Join(faults...)
}

// doors is how many connections' worth of requests come in at once, doorBatch how
// many events each has under way: what many clients of an ingestor amount to.
const (
	doors     = 2
	doorBatch = 256
)

// measure takes the raw events in as the door does and waits for all decisions. The
// first fifth of them warms up; the rate is from its last decision's acknowledgement to
// the last of all. With a pace, events are sent one by one at so many a second.
func (l *line) measure(ctx context.Context, events [][]byte, pace int) (measurement, error) {
	l.stored.expect(len(events))
	acknowledged := make([]time.Time, len(events)+1)
	send := l.sendAtOnce
	if pace > 0 {
		send = func(ctx context.Context, events [][]byte, at []time.Time) error {
			return l.sendPaced(ctx, events, at, pace)
		}
	}
	if err := send(ctx, events, acknowledged); err != nil {
		return measurement{}, err
	}
	if err := l.stored.wait(ctx); err != nil {
		return measurement{}, err
	}
	result := measurement{rate: l.stored.rate(), outcomes: l.stored.outcomes}
	for sequence, at := range l.stored.at {
		if sent := acknowledged[sequence]; !sent.IsZero() && !at.IsZero() {
			result.latencies = append(result.latencies, max(at.Sub(sent), 0))
		}
	}
	audit := app.NewAudit(l.door)
	report, err := replay.NewReconciler(audit, audit, 1).Run(ctx, nil)
	result.unaccounted = report.Unaccounted
	return result, err
}

// take does the door's work on one event: decode, check, encode, digest.
func take(raw []byte) (bus.EventMessage, error) {
	event, err := trade.Decode(raw, trade.Limits{})
	if err != nil {
		return bus.EventMessage{}, err
	}
	data, err := trade.Encode(event)
	if err != nil {
		return bus.EventMessage{}, err
	}
	return bus.EventMessage{Identity: event.Identity(), Kind: event.Kind, Time: event.Time, Digest: trade.Digest(data), Data: data}, nil
}

func (l *line) send(ctx context.Context, raw [][]byte, acknowledged []time.Time) error {
	messages := make([]bus.EventMessage, len(raw))
	for i := range raw {
		var err error
		if messages[i], err = take(raw[i]); err != nil {
			return err
		}
	}
	receipts := l.door.PublishEvents(ctx, messages)
	now := time.Now()
	for _, receipt := range receipts {
		if receipt.Err != nil {
			return receipt.Err
		}
		acknowledged[receipt.Sequence] = now
	}
	return nil
}

func (l *line) sendAtOnce(ctx context.Context, events [][]byte, acknowledged []time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := slices.Collect(slices.Chunk(events, doorBatch))
	for door := range doors {
		group.Go(func() error {
			for i := door; i < len(batches); i += doors {
				if err := l.send(ctx, batches[i], acknowledged); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// sendPaced sends one event at a time, each when it is due and not after the one
// before was acknowledged: a slow answer must not make the load lighter.
func (l *line) sendPaced(ctx context.Context, events [][]byte, acknowledged []time.Time, pace int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4096)
	began := time.Now()
	for i := range events {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(pace))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		group.Go(func() error { return l.send(ctx, events[i:i+1], acknowledged) })
	}
	return group.Wait()
}

// storedDecisions notes when each decision was acknowledged.
type storedDecisions struct {
	mutex    sync.Mutex
	at       []time.Time
	missing  int
	outcomes map[string]int
	all      chan struct{}
}

func (s *storedDecisions) expect(events int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.at, s.missing, s.outcomes, s.all = make([]time.Time, events+1), events, map[string]int{}, make(chan struct{})
}

// rate is decisions a second, without the first fifth.
func (s *storedDecisions) rate() float64 {
	times := slices.SortedFunc(slices.Values(s.at[1:]), time.Time.Compare)
	warm := len(times) / 5
	return float64(len(times)-warm) / max(times[len(times)-1].Sub(times[warm]).Seconds(), 1e-9)
}

// note is called by the screener for decisions that were just stored.
func (s *storedDecisions) note(publications []screener.Publication) {
	now := time.Now()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for i := range publications {
		sequence := publications[i].EventSequence
		if sequence >= uint64(len(s.at)) || !s.at[sequence].IsZero() {
			continue
		}
		s.at[sequence] = now
		s.outcomes[publications[i].Decision.Outcome.String()]++
		if s.missing--; s.missing == 0 {
			close(s.all)
		}
	}
}

func (s *storedDecisions) wait(ctx context.Context) error {
	select {
	case <-s.all:
		return nil
	case <-ctx.Done():
		s.mutex.Lock()
		defer s.mutex.Unlock()
		return fmt.Errorf("%d events are not decided: %w", s.missing, ctx.Err())
	}
}

// noHistory says at once that nothing came before: the plumbing without history.
type noHistory struct{}

// Observe answers that nothing came before.
func (noHistory) Observe(_ context.Context, records []history.Record) ([]history.Observation, error) {
	observations := make([]history.Observation, len(records))
	for i := range observations {
		observations[i].Facts.Complete = true
	}
	return observations, nil
}

// Invalidate has nothing to do.
func (noHistory) Invalidate(context.Context) error { return nil }

// passEngine decides without screening, so that what screening costs can be told: it
// makes a decision as the engine does, encodes and seals it.
type passEngine struct{ inputs decision.Inputs }

// Screen passes everything.
func (e passEngine) Screen(in screen.Input) (decision.Decision, []byte, error) {
	return decision.Decision{
		Event: in.Event.Identity(), EventDigest: in.Digest, Kind: in.Event.Kind, Trigger: in.Trigger, Time: in.Time.UTC(),
		Outcome: decision.OutcomePass, Reasons: []string{"not screened: this measures the plumbing"}, Facts: in.Facts, Inputs: e.inputs,
	}.Seal()
}

// Inputs are those of the snapshot that is not screened against.
func (e passEngine) Inputs() decision.Inputs { return e.inputs }

// Lists are none.
func (passEngine) Lists() []controllist.List { return nil }

// compileFor is how a variant makes its engine; nil is the real one.
func compileFor(kind variant) func(controllist.Snapshot) (screener.Engine, error) {
	if kind == variantWhole {
		return nil
	}
	return func(snapshot controllist.Snapshot) (screener.Engine, error) {
		return passEngine{decision.Inputs{ListVersion: snapshot.Version, List: snapshot.Digest}}, nil
	}
}
