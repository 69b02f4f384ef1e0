package escalate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retryStage tells the receiver until it accepts, refuses for good, or the time
// for one go is over.
type retryStage struct {
	leases    leases
	config    Config
	receivers map[string]Receiver
	observe   func(notice Notice, err error, pause time.Duration)
}

// Exec tells the receiver. The lease is lengthened over every pause, so that no
// other replica thinks this one dead meanwhile; losing it ends the attempts.
func (s *retryStage) Exec(ctx context.Context, delivery *Delivery) (bool, error) {
	receiver, known := s.receivers[delivery.Notice.Receiver]
	if !known {
		delivery.Refusal = fmt.Errorf("there is no receiver named %q", delivery.Notice.Receiver)
		delivery.Result = ResultRefused
		return true, nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = s.config.FirstPause, s.config.LongestPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		delivery.Entry.Attempts++
		return struct{}{}, s.attempt(ctx, receiver, delivery.Notice)
	}, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(s.config.GiveUpAfter),
		backoff.WithNotify(func(err error, pause time.Duration) {
			s.observe(delivery.Notice, err, pause)
			if err := s.leases.extend(ctx, delivery, pause+s.config.AttemptTimeout+s.config.Margin); err != nil {
				stop(err)
			}
		}))
	switch {
	case err == nil:
		delivery.Result = ResultSent
		return true, nil
	case errors.Is(err, ErrTaken):
		delivery.Result = ResultBusy
		return false, nil
	case isPermanent(err):
		delivery.Refusal, delivery.Result = err, ResultRefused
		return true, nil
	default:
		return false, fmt.Errorf("given up for now after %d attempts: %w", delivery.Entry.Attempts, err)
	}
}

// attempt tells the receiver once, and says what follows in the retrier's words.
func (s *retryStage) attempt(ctx context.Context, receiver Receiver, notice Notice) error {
	ctx, cancel := context.WithTimeout(ctx, s.config.AttemptTimeout)
	defer cancel()
	err := receiver.Notify(ctx, notice)
	var later *RetryAfterError
	switch {
	case err == nil:
		return nil
	case isPermanent(err):
		// The retrier unwraps its own mark and leaves ours.
		return backoff.Permanent(err)
	case errors.As(err, &later) && later.After > 0:
		return &pausedError{err: err, pause: backoff.RetryAfterError{Duration: min(later.After, s.config.LongestPause)}}
	default:
		return err
	}
}

// pausedError carries the receiver's words beside the pause the retrier looks for.
type pausedError struct {
	err   error
	pause backoff.RetryAfterError
}

// Error is what the receiver said.
func (e *pausedError) Error() string { return e.err.Error() }

// Unwrap returns both.
func (e *pausedError) Unwrap() []error { return []error{e.err, &e.pause} }
