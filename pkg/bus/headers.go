package bus

import (
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"chokepoint/pkg/trade"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The headers of the messages that this package writes. Events carry the attributes
// of CloudEvents 1.0 in binary mode; their values are percent-encoded as its NATS
// binding demands.
const (
	HeaderSpecVersion = "ce-specversion"
	HeaderID          = "ce-id"
	HeaderSource      = "ce-source"
	HeaderType        = "ce-type"
	HeaderTime        = "ce-time"
	HeaderContentType = "content-type"
	// HeaderDigest is the digest of an event's canonical bytes.
	HeaderDigest = "Chokepoint-Digest"
	// HeaderAnswer is the inbox where the ingestor waits for the decision.
	HeaderAnswer = "Chokepoint-Answer"
	// HeaderEventSequence is the place in EVENTS of the event that a decision or dead
	// letter is about.
	HeaderEventSequence = "Chokepoint-Event-Sequence"
	// HeaderIdentity and HeaderTrigger say which decision it is.
	HeaderIdentity = "Chokepoint-Identity"
	HeaderTrigger  = "Chokepoint-Trigger"
	// HeaderRecord is the identifier of a record of a case.
	HeaderRecord = "Chokepoint-Record"
)

const contentTypeJSON = "application/json"

// Header are the headers of a message.
type Header map[string][]string

// Get returns the first value of a header, whatever the case of its name; empty
// where there is none.
func (h Header) Get(name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	if values := h[textproto.CanonicalMIMEHeaderKey(name)]; len(values) > 0 {
		return values[0]
	}
	for key, values := range h {
		if len(values) > 0 && strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// Delivery is one message of a stream, as a consumer or a scan gets it.
type Delivery struct {
	// Subject is where it was published.
	Subject string
	// Data is its payload; nil in a scan of headers only. It must not be changed.
	Data []byte
	// Header are its headers. They must not be changed.
	Header Header
	// Sequence is its place in the stream.
	Sequence uint64
	// Attempt counts the deliveries to this consumer from 1. From 2 on somebody may have
	// handled the message before.
	Attempt int
	// Stored is when the server stored it.
	Stored time.Time
	// Answer is the inbox of somebody who waits for the decision; empty where nobody does.
	Answer string
}

// Identity is the event that an event's or decision's headers name.
func (d Delivery) Identity() (trade.Identity, error) {
	text := d.Header.Get(HeaderIdentity)
	if text == "" {
		text = d.Header.Get(HeaderID)
	}
	return trade.ParseIdentity(decodeHeader(text))
}

// Trigger is what caused a decision; empty for other messages.
func (d Delivery) Trigger() string { return decodeHeader(d.Header.Get(HeaderTrigger)) }

// Digest is the digest of an event's canonical bytes as its sender gave it.
func (d Delivery) Digest() string { return d.Header.Get(HeaderDigest) }

// EventSequence is the place in EVENTS of the event that a decision or dead letter
// is about, false where the message does not say.
func (d Delivery) EventSequence() (uint64, bool) {
	sequence, err := strconv.ParseUint(d.Header.Get(HeaderEventSequence), 10, 64)
	return sequence, err == nil && sequence > 0
}

// encodeHeader makes text fit for a header: the server cuts spaces at the ends, and
// line breaks would end the header. CloudEvents asks for the same encoding.
func encodeHeader(text string) string {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '"' {
			return percentEncode(text)
		}
	}
	return text
}

func percentEncode(text string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	out.Grow(len(text) + 16)
	for i := 0; i < len(text); i++ {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '"' {
			out.WriteByte('%')
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// decodeHeader reads what encodeHeader writes; what it did not write stays as it is.
func decodeHeader(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return decoded
}

// newMsg makes a message with headers given as pairs; a pair without a value is left out.
func newMsg(subject string, data []byte, pairs ...string) *nats.Msg {
	header := make(nats.Header, len(pairs)/2+3)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			header[pairs[i]] = []string{pairs[i+1]}
		}
	}
	return &nats.Msg{Subject: subject, Data: data, Header: header}
}

// delivered makes a delivery of a message that a consumer got.
func delivered(msg jetstream.Msg, metadata *jetstream.MsgMetadata) Delivery {
	header := Header(msg.Headers())
	return Delivery{
		Subject:  msg.Subject(),
		Data:     msg.Data(),
		Header:   header,
		Sequence: metadata.Sequence.Stream,
		Attempt:  int(metadata.NumDelivered),
		Stored:   metadata.Timestamp,
		Answer:   header.first(HeaderAnswer),
	}
}

// first is Get for a name that is always written the same way.
func (h Header) first(name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}
