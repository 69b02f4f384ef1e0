package escalate

import (
	"context"
	"errors"
	"time"
)

// Receiver is somebody, or something, that can be told.
type Receiver interface {
	// Notify tells the receiver, once. It returns nil when the receiver has accepted
	// the notice, an error made by [Permanent] when it never will, one made by
	// [RetryAfter] when it said when to come back, and any other error when it may
	// accept the same notice later.
	Notify(ctx context.Context, notice Notice) error
}

// PermanentError says that a notice will never be accepted.
type PermanentError struct{ Err error }

// Error is the refusal's text.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the refusal.
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent marks an error as final; nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{Err: err}
}

// RetryAfterError says when a receiver wants to be asked again.
type RetryAfterError struct {
	Err error
	// After is how long to wait from now.
	After time.Duration
}

// Error is the text of the receiver's answer.
func (e *RetryAfterError) Error() string { return e.Err.Error() }

// Unwrap returns the receiver's answer.
func (e *RetryAfterError) Unwrap() error { return e.Err }

// RetryAfter marks an error with the wait its receiver asked for; nil stays nil.
func RetryAfter(err error, after time.Duration) error {
	if err == nil {
		return nil
	}
	return &RetryAfterError{Err: err, After: after}
}

// isPermanent says whether trying again is of no use.
func isPermanent(err error) bool {
	var permanent *PermanentError
	return errors.As(err, &permanent)
}
