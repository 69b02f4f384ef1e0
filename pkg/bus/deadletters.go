package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The headers of a dead letter, beside those of the message it was.
const (
	HeaderDeadReason   = "Chokepoint-Dead-Reason"
	HeaderDeadAttempts = "Chokepoint-Dead-Attempts"
	HeaderDeadStream   = "Chokepoint-Dead-Stream"
	HeaderDeadSubject  = "Chokepoint-Dead-Subject"
	HeaderDeadSequence = "Chokepoint-Dead-Sequence"
	// HeaderDeadPayload is "omitted" where the payload did not fit beside the headers;
	// the original still has it.
	HeaderDeadPayload = "Chokepoint-Dead-Payload"
	// deadOriginal precedes the server's own headers of the original, which would take
	// effect again.
	deadOriginal = "Chokepoint-Dead-Original-"
)

// Limits of what a dead letter takes over: the server allows 64 KiB of headers.
const (
	maxReason        = 2000
	maxLetterHeaders = 32 << 10
)

// DeadLetter is a message that could not be handled, and why.
type DeadLetter struct {
	// Sequence is its place in DEADLETTERS, Stored when it came there.
	Sequence uint64    `json:"sequence"`
	Stored   time.Time `json:"stored"`
	// Component could not handle it ("screener").
	Component string `json:"component"`
	// Reason says why, at most 2,000 bytes.
	Reason string `json:"reason"`
	// Attempts is how often it was tried.
	Attempts int `json:"attempts"`
	// OriginalStream, OriginalSubject and OriginalSequence say where the message is.
	OriginalStream   string `json:"original_stream"`
	OriginalSubject  string `json:"original_subject"`
	OriginalSequence uint64 `json:"original_sequence"`
	// EventSequence is the event it is about; 0 where there is none.
	EventSequence uint64 `json:"event_sequence,omitzero"`
	// Header are the headers of the message.
	Header Header `json:"header,omitempty"`
	// Data is its payload; nil in [Bus.ListDeadLetters], and where Omitted is set because the
	// letter would have been larger than the server accepts.
	Data    []byte `json:"data,omitempty"`
	Omitted bool   `json:"omitted,omitzero"`
}

// DeadLetter stores a dead letter and returns after its acknowledgement. The same
// component, stream and sequence within [Config.DuplicateWindow] is stored once.
// Sequence and Stored are not read. Consumers do this for what their handler
// returns as [Permanent].
func (b *Bus) DeadLetter(ctx context.Context, letter DeadLetter) error {
	msg, err := b.letterMsg(letter)
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	ctx, cancel := b.publishTimeout(ctx)
	defer cancel()
	if _, err := b.js.PublishMsg(ctx, msg); err != nil {
		return fmt.Errorf("dead letter of %s %d: %w", letter.OriginalStream, letter.OriginalSequence, classify(err))
	}
	return nil
}

func (b *Bus) letterMsg(letter DeadLetter) (*nats.Msg, error) {
	if err := checkToken("component", letter.Component); err != nil {
		return nil, err
	}
	sequence := strconv.FormatUint(letter.OriginalSequence, 10)
	own := newMsg("deadletters."+letter.Component, letter.Data,
		HeaderDeadReason, encodeHeader(cut(letter.Reason, maxReason)),
		HeaderDeadAttempts, strconv.Itoa(letter.Attempts),
		HeaderDeadStream, letter.OriginalStream,
		HeaderDeadSubject, encodeHeader(letter.OriginalSubject),
		HeaderDeadSequence, sequence)
	if letter.OriginalSequence > 0 {
		own.Header[jetstream.MsgIDHeader] = []string{letter.Component + "/" + letter.OriginalStream + "/" + sequence}
	}
	if letter.EventSequence > 0 {
		own.Header[HeaderEventSequence] = []string{strconv.FormatUint(letter.EventSequence, 10)}
	}
	original := originalHeaders(letter.Header)
	if headerSize(original) <= maxLetterHeaders {
		for name, values := range original {
			if _, taken := own.Header[name]; !taken {
				own.Header[name] = values
			}
		}
	}
	if limit := b.conn.MaxPayload(); limit > 0 && int64(own.Size()) > limit {
		own.Data = nil
		own.Header[HeaderDeadPayload] = []string{"omitted"}
	}
	return own, nil
}

// originalHeaders renames what the server would act upon.
func originalHeaders(header Header) Header {
	kept := make(Header, len(header))
	for name, values := range header {
		if len(name) >= 5 && strings.EqualFold(name[:5], "nats-") {
			name = deadOriginal + name
		}
		kept[name] = values
	}
	return kept
}

func headerSize(header Header) (size int) {
	for name, values := range header {
		for _, value := range values {
			size += len(name) + len(value) + 4
		}
	}
	return size
}

// cut shortens text to at most limit bytes, between two characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

// ListDeadLetters returns the newest dead letters, the newest first, at most limit
// (0 is 1,000), without their payloads.
func (b *Bus) ListDeadLetters(ctx context.Context, limit int) ([]DeadLetter, error) {
	if limit <= 0 {
		limit = 1000
	}
	var letters []DeadLetter
	_, err := b.ScanDeadLetters(ctx, 1, true, func(d Delivery) error {
		letters = append(letters, d.deadLetter())
		if len(letters) >= 2*limit {
			letters = append(letters[:0], letters[len(letters)-limit:]...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	if len(letters) > limit {
		letters = letters[len(letters)-limit:]
	}
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return letters, nil
}

// ShowDeadLetter returns one dead letter with its payload, [ErrNotFound] where
// there is none.
func (b *Bus) ShowDeadLetter(ctx context.Context, sequence uint64) (DeadLetter, error) {
	d, err := b.messageAt(ctx, streamDeadLetters, sequence)
	if err != nil {
		return DeadLetter{}, fmt.Errorf("show dead letter: %w", err)
	}
	return d.deadLetter(), nil
}

// deadLetter reads back what letterMsg wrote.
func (d Delivery) deadLetter() DeadLetter {
	letter := DeadLetter{
		Sequence:        d.Sequence,
		Stored:          d.Stored,
		Component:       strings.TrimPrefix(d.Subject, "deadletters."),
		Reason:          decodeHeader(d.Header.Get(HeaderDeadReason)),
		OriginalStream:  d.Header.Get(HeaderDeadStream),
		OriginalSubject: decodeHeader(d.Header.Get(HeaderDeadSubject)),
		Omitted:         d.Header.Get(HeaderDeadPayload) != "",
		Data:            d.Data,
		Header:          make(Header, len(d.Header)),
	}
	letter.Attempts, _ = strconv.Atoi(d.Header.Get(HeaderDeadAttempts))
	letter.OriginalSequence, _ = strconv.ParseUint(d.Header.Get(HeaderDeadSequence), 10, 64)
	letter.EventSequence, _ = d.EventSequence()
	maps.Copy(letter.Header, d.Header)
	maps.DeleteFunc(letter.Header, func(name string, _ []string) bool {
		return strings.HasPrefix(name, "Nats-") || strings.HasPrefix(name, "Chokepoint-Dead-") && !strings.HasPrefix(name, deadOriginal)
	})
	for name, values := range letter.Header {
		if original, renamed := strings.CutPrefix(name, deadOriginal); renamed {
			delete(letter.Header, name)
			letter.Header[original] = values
		}
	}
	return letter
}

// deadLetterOf makes the dead letter of a message that component could not handle.
func deadLetterOf(stream, component string, d Delivery, reason error) DeadLetter {
	letter := DeadLetter{
		Component:        component,
		Reason:           reasonText(reason),
		Attempts:         d.Attempt,
		OriginalStream:   stream,
		OriginalSubject:  d.Subject,
		OriginalSequence: d.Sequence,
		Header:           d.Header,
		Data:             d.Data,
	}
	if stream == streamEvents {
		letter.EventSequence = d.Sequence
	} else {
		letter.EventSequence, _ = d.EventSequence()
	}
	return letter
}

// reasonText is the text of what was marked permanent, without the way there.
func reasonText(err error) string {
	var permanent *PermanentError
	if errors.As(err, &permanent) && permanent.Err != nil {
		return permanent.Err.Error()
	}
	return err.Error()
}
