package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"chokepoint/pkg/decision"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"
)

// Handler handles a batch of messages and returns its verdict on each, in order:
// nil acknowledges it, an error marked by [Permanent] makes it a dead letter, any
// other brings it again later. A nil slice means that all are handled. What has to
// be stored before a message counts as handled must be stored when it returns. ctx
// ends after [ConsumeConfig.HandleTimeout], and some time after the consumer is
// told to end.
type Handler func(ctx context.Context, batch []Delivery) []error

// ConsumeConfig says how a consumer takes messages. Take [DefaultConsumeConfig] and
// change what differs.
type ConsumeConfig struct {
	// Name is the durable consumer, shared by all processes that give the same name,
	// and the component of dead letters.
	Name string
	// Outcomes are the decisions wanted; none is all. Only for [Bus.ConsumeDecisions].
	Outcomes []decision.Outcome
	// Batch is how many messages a handler gets at most. It gets what is there and
	// never waits for more.
	Batch int
	// Workers is how many handler calls may run at once.
	Workers int
	// MaxInFlight is how many messages may be delivered and not yet settled, over all
	// processes; those that wait to be tried again count.
	MaxInFlight int
	// AckWait is after how long without a sign of life a message is given to somebody
	// else. While a handler works, signs of life are sent.
	AckWait time.Duration
	// HandleTimeout is how long one handler call may take. Beyond it no sign of life is
	// sent any more.
	HandleTimeout time.Duration
	// RetryBase is the delay before the second attempt; it doubles up to RetryMax.
	RetryBase, RetryMax time.Duration
	// MaxPanics is how often a handler may panic over one message before it is a dead letter.
	MaxPanics int
	// DrainTimeout is how long a handler may still work after the end was asked for.
	DrainTimeout time.Duration
}

// DefaultConsumeConfig is a consumer of the given name.
func DefaultConsumeConfig(name string) ConsumeConfig {
	return ConsumeConfig{
		Name:          name,
		Batch:         256,
		Workers:       2,
		MaxInFlight:   8192,
		AckWait:       30 * time.Second,
		HandleTimeout: 5 * time.Minute,
		RetryBase:     200 * time.Millisecond,
		RetryMax:      time.Minute,
		MaxPanics:     3,
		DrainTimeout:  10 * time.Second,
	}
}

// Validate reports every fault of the configuration.
func (c ConsumeConfig) Validate() error {
	var faults []error
	if err := checkToken("name", c.Name); err != nil {
		faults = append(faults, err)
	}
	for _, outcome := range c.Outcomes {
		if err := checkOutcome(outcome); err != nil {
			faults = append(faults, err)
		}
	}
	whole := func(name string, value, most int) {
		if value < 1 || value > most {
			faults = append(faults, fmt.Errorf("%s: %d is not 1 to %d", name, value, most))
		}
	}
	whole("batch", c.Batch, 10_000)
	whole("workers", c.Workers, 256)
	whole("max in flight", c.MaxInFlight, 1<<20)
	whole("max panics", c.MaxPanics, 1000)
	positive := func(name string, value time.Duration) {
		if value <= 0 {
			faults = append(faults, fmt.Errorf("%s: %v is not positive", name, value))
		}
	}
	positive("ack wait", c.AckWait)
	positive("handle timeout", c.HandleTimeout)
	positive("retry base", c.RetryBase)
	positive("drain timeout", c.DrainTimeout)
	if c.RetryMax < c.RetryBase {
		faults = append(faults, fmt.Errorf("retry max: %v is less than retry base %v", c.RetryMax, c.RetryBase))
	}
	return errors.Join(faults...)
}

// ConsumeEvents gives the events of EVENTS to handle until ctx ends. Then it takes
// no more, lets handlers finish, gives back what they did not get and returns nil.
// It outlives lost connections. An error means that it could not begin.
func (b *Bus) ConsumeEvents(ctx context.Context, config ConsumeConfig, handle Handler) error {
	if len(config.Outcomes) > 0 {
		return fmt.Errorf("consume events: %w: events have no outcomes", ErrInvalid)
	}
	return b.consume(ctx, streamEvents, []string{"events.>"}, config, handle)
}

// ConsumeDecisions is [Bus.ConsumeEvents] for DECISIONS, those of config's outcomes.
func (b *Bus) ConsumeDecisions(ctx context.Context, config ConsumeConfig, handle Handler) error {
	filters := []string{"decisions.>"}
	if len(config.Outcomes) > 0 {
		filters = nil
		for _, outcome := range config.Outcomes {
			filters = append(filters, "decisions.*."+outcome.String()+".*")
		}
		slices.Sort(filters)
		filters = slices.Compact(filters)
	}
	return b.consume(ctx, streamDecisions, filters, config, handle)
}

// consumption is one running consumer.
type consumption struct {
	bus    *Bus
	stream string
	wanted jetstream.ConsumerConfig
	config ConsumeConfig
	handle Handler
	logger *zap.Logger
	// in holds what was fetched and no handler has yet; room bounds it together with
	// what was asked for, so that sending to it never blocks.
	in   chan *held
	room *semaphore.Weighted
	// held are all messages that are ours: in the channel or with a handler.
	mu     sync.Mutex
	held   map[*held]struct{}
	panics map[uint64]int
}

// held is a message that was delivered and is not settled.
type held struct {
	msg      jetstream.Msg
	delivery Delivery
	// alive is when the server last heard of it.
	alive time.Time
	// deadline is when the handler's time is up; zero while no handler has it.
	deadline time.Time
}

// fetchers is how many requests are open at once, so that one brings messages
// while the other is being asked for; ahead is how many batches there is room for.
const fetchers, ahead = 2, 3

func (b *Bus) consume(ctx context.Context, stream string, filters []string, config ConsumeConfig, handle Handler) error {
	if err := config.Validate(); err != nil {
		return fmt.Errorf("consume %s: %w", stream, err)
	}
	c := &consumption{
		bus: b, stream: stream, config: config, handle: handle,
		logger: b.logger.With(zap.String("stream", stream), zap.String("consumer", config.Name)),
		in:     make(chan *held, ahead*config.Batch),
		room:   semaphore.NewWeighted(int64(ahead * config.Batch)),
		held:   make(map[*held]struct{}),
		panics: make(map[uint64]int),
		wanted: jetstream.ConsumerConfig{
			Durable:        config.Name,
			FilterSubjects: filters,
			AckWait:        config.AckWait,
			MaxAckPending:  config.MaxInFlight,
		},
	}
	consumer, err := b.ensureConsumer(ctx, stream, c.wanted)
	if err != nil {
		return fmt.Errorf("consume %s: %w", stream, err)
	}
	c.run(ctx, consumer)
	return nil
}

// ensureConsumer makes a durable pull consumer, or changes what may be changed of
// one that exists. What it filters and how it acknowledges may not.
func (b *Bus) ensureConsumer(ctx context.Context, stream string, want jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	want.AckPolicy = jetstream.AckExplicitPolicy
	want.DeliverPolicy = jetstream.DeliverAllPolicy
	want.MaxDeliver = -1
	have, err := b.js.Consumer(ctx, stream, want.Durable)
	if err == nil {
		if err := compareConsumers(stream, have.CachedInfo().Config, want); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, classify(err)
	}
	consumer, err := b.js.CreateOrUpdateConsumer(ctx, stream, want)
	if err != nil {
		return nil, classify(err)
	}
	return consumer, nil
}

// compareConsumers refuses a consumer of the same name that does something else.
func compareConsumers(stream string, have, want jetstream.ConsumerConfig) error {
	c := &comparison{stream: stream + " consumer " + want.Durable}
	filters := have.FilterSubjects
	if have.FilterSubject != "" {
		filters = []string{have.FilterSubject}
	}
	if !sameSet(filters, want.FilterSubjects) {
		c.add("filter_subjects", filters, want.FilterSubjects, true, nil)
	}
	fixed(c, "ack_policy", have.AckPolicy, want.AckPolicy)
	fixed(c, "deliver_policy", have.DeliverPolicy, want.DeliverPolicy)
	fixed(c, "deliver_subject", have.DeliverSubject, "")
	var faults []error
	for _, difference := range c.found {
		faults = append(faults, difference)
	}
	return errors.Join(faults...)
}

// run fetches, handles and settles until ctx ends and everything is given back.
func (c *consumption) run(ctx context.Context, consumer jetstream.Consumer) {
	// Handlers outlive ctx for a while, so that what they began is not done twice.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	release := context.AfterFunc(ctx, func() { time.AfterFunc(c.config.DrainTimeout, stop) })
	defer release()

	var fetching, handling, beating sync.WaitGroup
	for range fetchers {
		fetching.Go(func() { c.fetch(ctx, consumer) })
	}
	for range c.config.Workers {
		handling.Go(func() { c.work(ctx, working) })
	}
	quiet := make(chan struct{})
	beating.Go(func() { c.beat(quiet) })

	fetching.Wait()
	handling.Wait()
	c.giveBack()
	close(quiet)
	beating.Wait()
	flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = c.bus.flush(flushing) // what is not acknowledged comes again
}

// giveBack returns what no handler got, for others to take at once.
func (c *consumption) giveBack() {
	for {
		select {
		case h := <-c.in:
			c.settle(h, h.msg.Nak())
		default:
			return
		}
	}
}

// beat tells the server that what we hold is being worked on.
func (c *consumption) beat(quiet <-chan struct{}) {
	ticker := time.NewTicker(c.config.AckWait / 4)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			for _, h := range c.stale(now) {
				_ = h.msg.InProgress() // without it the message comes again
			}
		case <-quiet:
			return
		}
	}
}

// stale returns the messages the server has not heard of for a while, and notes
// that it is about to. Those whose handler's time is up are left alone.
func (c *consumption) stale(now time.Time) []*held {
	c.mu.Lock()
	defer c.mu.Unlock()
	var stale []*held
	for h := range c.held {
		if now.Sub(h.alive) < c.config.AckWait/4 || !h.deadline.IsZero() && now.After(h.deadline) {
			continue
		}
		h.alive = now
		stale = append(stale, h)
	}
	return stale
}

// settle forgets a message. err is what sending its settlement brought: it is of no
// use, because what the server did not hear of comes again.
func (c *consumption) settle(h *held, _ error) {
	c.mu.Lock()
	delete(c.held, h)
	c.mu.Unlock()
}
