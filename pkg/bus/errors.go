package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors that callers tell apart with [errors.Is].
var (
	// ErrFull says that the stream has reached its limit and takes nothing new until
	// somebody makes room. What was published is not stored.
	ErrFull = errors.New("stream is full")
	// ErrUnavailable says that NATS cannot be reached, is overloaded or did not answer
	// in time. What was published may or may not be stored.
	ErrUnavailable = errors.New("message bus is unavailable")
	// ErrConflict says that somebody else wrote first: the expected sequence or
	// revision is not the last one any more. Nothing of the call is stored.
	ErrConflict = errors.New("written by somebody else in between")
	// ErrTooLarge says that the message is larger than the server takes.
	ErrTooLarge = errors.New("message is larger than the server accepts")
	// ErrNotFound says that there is no such message, object or key.
	ErrNotFound = errors.New("not found")
	// ErrNoList says that no list has been published yet.
	ErrNoList = errors.New("no control list has been published")
	// ErrInvalid says that the caller gave something that can never be published, such as a
	// name that is no subject token.
	ErrInvalid = errors.New("invalid")
	// ErrDifferent says that a stream, bucket or consumer exists with a configuration that
	// could only be changed by destroying something ([Difference]).
	ErrDifferent = errors.New("existing configuration differs")
)

// PermanentError marks a failure that trying again cannot cure. Make one with [Permanent].
type PermanentError struct {
	// Err is what went wrong.
	Err error
}

// Error is the text of the failure.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent marks err as one that trying again cannot cure: the message becomes a
// dead letter. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{Err: err}
}

// IsPermanent says whether err, or an error it wraps, was marked by [Permanent].
func IsPermanent(err error) bool {
	var permanent *PermanentError
	return errors.As(err, &permanent)
}

// The server's error codes that the client library has no names for.
const (
	codeAccountResourcesExceeded jetstream.ErrorCode = 10002
	codeInsufficientResources    jetstream.ErrorCode = 10023
	codeStorageExceeded          jetstream.ErrorCode = 10047
	codeStoreFailed              jetstream.ErrorCode = 10077
	codeHeaderExceedsMaximum     jetstream.ErrorCode = 10097
	codeDuplicateInFlight        jetstream.ErrorCode = 10158
	codeTooManyRequests          jetstream.ErrorCode = 10167
	codeBatchDisabled            jetstream.ErrorCode = 10174
	codeBatchIncomplete          jetstream.ErrorCode = 10176
	codeBatchTooLarge            jetstream.ErrorCode = 10199
	codeBatchDuplicate           jetstream.ErrorCode = 10201
	codeBatchTooManyInFlight     jetstream.ErrorCode = 10210
)

// apiError returns the server's error that err carries, or nil.
func apiError(err error) *jetstream.APIError {
	var direct *jetstream.APIError
	if errors.As(err, &direct) {
		return direct
	}
	var wrapped jetstream.JetStreamError
	if errors.As(err, &wrapped) {
		return wrapped.APIError()
	}
	return nil
}

// classify adds the sentinel that callers look for to an error of the client
// library, deciding by type and by the server's error code, never by text.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if api := apiError(err); api != nil {
		if kind := kindOfCode(api); kind != nil {
			return fmt.Errorf("%w: %w", kind, err)
		}
		return err
	}
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrObjectNotFound), errors.Is(err, jetstream.ErrBucketNotFound):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, nats.ErrBadSubject), errors.Is(err, jetstream.ErrInvalidKey), errors.Is(err, jetstream.ErrInvalidSubject):
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	case isUnavailable(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// kindOfCode returns the sentinel of a server error, nil where there is none.
func kindOfCode(api *jetstream.APIError) error {
	switch api.ErrorCode {
	case codeStoreFailed, codeAccountResourcesExceeded, codeStorageExceeded:
		return ErrFull
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return ErrConflict
	case jetstream.JSErrCodeStreamMessageExceedsMaximum, codeHeaderExceedsMaximum, codeBatchTooLarge:
		return ErrTooLarge
	case jetstream.JSErrCodeMessageNotFound:
		return ErrNotFound
	case codeInsufficientResources, codeTooManyRequests, codeDuplicateInFlight, codeBatchIncomplete, codeBatchTooManyInFlight,
		jetstream.JSErrCodeStreamNotFound, jetstream.JSErrCodeJetStreamNotEnabled, jetstream.JSErrCodeJetStreamNotEnabledForAccount:
		return ErrUnavailable
	}
	if api.Code == 503 || api.Code == 429 {
		return ErrUnavailable
	}
	return nil
}

// unavailable are the client's errors that mean nobody answered.
var unavailable = []error{
	nats.ErrNoResponders, nats.ErrTimeout, nats.ErrConnectionClosed, nats.ErrConnectionReconnecting, nats.ErrDisconnected,
	nats.ErrReconnectBufExceeded, nats.ErrNoServers, nats.ErrConnectionDraining, nats.ErrStaleConnection,
	jetstream.ErrNoStreamResponse, jetstream.ErrTooManyStalledMsgs, jetstream.ErrAsyncPublishTimeout, jetstream.ErrNoHeartbeat,
	jetstream.ErrConnectionClosed, context.DeadlineExceeded, context.Canceled,
}

func isUnavailable(err error) bool {
	for _, known := range unavailable {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
