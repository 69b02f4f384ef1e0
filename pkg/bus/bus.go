package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// Bus is a connection to NATS. Its methods may be called by several goroutines at
// once. It reconnects by itself, for ever; meanwhile publishing fails with
// [ErrUnavailable] at once instead of filling a buffer, and consumers wait.
type Bus struct {
	config Config
	logger *zap.Logger
	conn   *nats.Conn
	// js serves everything but events and decisions, which have windows of their own,
	// so that a flood at the door cannot keep decisions from being stored.
	js        jetstream.JetStream
	events    *publisher
	decisions *publisher
	replies   *replies
	lists     lists
	connected *signal
	closed    chan struct{}
	// done ends what runs in the background, stop ends it.
	done    <-chan struct{}
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Connect connects to NATS and returns once connected. It tries until it
// succeeds, [Config.ConnectTimeout] has passed or ctx ends; the error then wraps
// [ErrUnavailable]. The logger gets what happens to the connection afterwards.
func Connect(ctx context.Context, config Config, logger *zap.Logger) (*Bus, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("bus configuration: %w", err)
	}
	if logger == nil {
		logger = zap.NewNop()
	}
	b := &Bus{config: config, logger: logger.Named("bus"), connected: newSignal(), closed: make(chan struct{})}
	conn, err := nats.Connect(config.URL, b.options()...)
	if err != nil {
		return nil, fmt.Errorf("connect to nats: %w: %w", ErrUnavailable, err)
	}
	b.conn = conn
	if err := b.awaitConnection(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	if err := b.open(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// open makes what lives on the connection.
func (b *Bus) open() (err error) {
	if b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(b.config.PublishTimeout)); err != nil {
		return fmt.Errorf("open jetstream: %w", err)
	}
	if b.replies, err = newReplies(b.conn); err != nil {
		return fmt.Errorf("subscribe to replies: %w", classify(err))
	}
	ctx, stop := context.WithCancel(context.Background())
	b.done, b.stop = ctx.Done(), stop
	if b.events, err = b.newPublisher(ctx, streamEvents); err != nil {
		return err
	}
	b.decisions, err = b.newPublisher(ctx, streamDecisions)
	return err
}

func (b *Bus) options() []nats.Option {
	options := []nats.Option{
		nats.Name(b.config.Name),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(200*time.Millisecond, 500*time.Millisecond),
		// Without a buffer a publish fails while nobody is there, instead of being stored
		// long after its caller was told that it had failed.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(20 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.logger.Warn("nats connection lost", zap.Error(err))
			}
		}),
		nats.ConnectHandler(func(*nats.Conn) { b.connected.raise() }),
		nats.ReconnectHandler(func(*nats.Conn) {
			b.logger.Info("nats connection restored")
			b.connected.raise()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.logger.Error("nats reported an error", zap.Error(err))
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }),
	}
	if b.config.InProcess != nil {
		options = append(options, nats.InProcessServer(b.config.InProcess))
	}
	if b.config.CredentialsFile != "" {
		options = append(options, nats.UserCredentials(b.config.CredentialsFile))
	}
	if b.config.Token != "" {
		options = append(options, nats.Token(b.config.Token))
	}
	return options
}

// awaitConnection waits for the first connection.
func (b *Bus) awaitConnection(ctx context.Context) error {
	deadline := time.NewTimer(b.config.ConnectTimeout)
	defer deadline.Stop()
	for {
		raised := b.connected.wait()
		if b.conn.IsConnected() {
			return nil
		}
		select {
		case <-raised:
		case <-b.closed:
			return fmt.Errorf("connect to nats: %w: %w", ErrUnavailable, b.lastError())
		case <-deadline.C:
			return fmt.Errorf("connect to nats: %w: not connected after %v: %w", ErrUnavailable, b.config.ConnectTimeout, b.lastError())
		case <-ctx.Done():
			return fmt.Errorf("connect to nats: %w: %w", ErrUnavailable, ctx.Err())
		}
	}
}

func (b *Bus) lastError() error {
	if err := b.conn.LastError(); err != nil {
		return err
	}
	return nats.ErrNoServers
}

// Close sends what is still to be sent, closes the connection and returns when
// nothing of the bus runs any more. End consumers before, by their contexts. It
// may be called more than once.
func (b *Bus) Close() {
	if b.stop != nil {
		b.stop()
	}
	b.running.Wait()
	if b.conn.IsConnected() {
		_ = b.conn.FlushTimeout(2 * time.Second)
	}
	b.conn.Close()
	<-b.closed
}

// Healthy returns nil while connected, and otherwise why not.
func (b *Bus) Healthy() error {
	status := b.conn.Status()
	if status == nats.CONNECTED {
		return nil
	}
	reason := fmt.Errorf("%w: connection is %s", ErrUnavailable, status)
	if err := b.conn.LastError(); err != nil {
		reason = fmt.Errorf("%w: %w", reason, err)
	}
	return reason
}

// flush waits until the server has read everything sent so far.
func (b *Bus) flush(ctx context.Context) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, b.config.PublishTimeout)
		defer cancel()
	}
	return classify(b.conn.FlushWithContext(ctx))
}

// ended says whether ctx is why err happened.
func ended(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

// signal wakes everybody who waits each time it is raised.
type signal struct {
	mu sync.Mutex
	ch chan struct{}
}

func newSignal() *signal { return &signal{ch: make(chan struct{})} }

// wait returns a channel that the next raise closes.
func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ch
}

func (s *signal) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ch)
	s.ch = make(chan struct{})
}
