package ingestor

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"chokepoint/pkg/codec"
	"chokepoint/pkg/trade"
)

// acceptedTypes are the content types of an event.
var acceptedTypes = []string{"application/json", codec.CloudEventMediaType}

// decoder turns a body into an event. Its errors are *trade.DecodeError.
type decoder func(body []byte) (trade.Event, error)

// decoderOf chooses the decoder by the headers: a canonical event, a CloudEvent in
// the structured mode, or one in the binary mode, which its headers give away.
func (i *Ingestor) decoderOf(header http.Header) (decoder, *problem) {
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		if len(header.Values(name)) > 1 {
			return nil, newProblem(problemInvalidRequest, "the header %s stands there twice", name)
		}
	}
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, newProblem(problemUnsupportedMediaType, "the body is encoded; send it as it is")
	}
	content := header.Get("Content-Type")
	if content == "" {
		return nil, newProblem(problemUnsupportedMediaType, "there is no Content-Type header")
	}
	media, parameters, err := mime.ParseMediaType(content)
	if err != nil {
		return nil, newProblem(problemUnsupportedMediaType, "the Content-Type header is not one of %s", strings.Join(acceptedTypes, ", "))
	}
	if charset, given := parameters["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return nil, newProblem(problemUnsupportedMediaType, "the charset is not UTF-8")
	}
	limits := i.config.limits()
	switch {
	case media == codec.CloudEventMediaType:
		return func(body []byte) (trade.Event, error) { return codec.DecodeCloudEvent(body, limits) }, nil
	case media != "application/json":
		return nil, newProblem(problemUnsupportedMediaType, "the content type is not one of %s", strings.Join(acceptedTypes, ", "))
	case header.Get("Ce-Specversion") != "":
		attribute := func(name string) string { return header.Get("Ce-" + name) }
		return func(body []byte) (trade.Event, error) { return codec.DecodeBinaryCloudEvent(attribute, body, limits) }, nil
	default:
		return func(body []byte) (trade.Event, error) { return trade.Decode(body, limits) }, nil
	}
}

// bodies bounds the memory that all bodies take together, and lends buffers.
type bodies struct {
	most    int64
	used    atomic.Int64
	buffers sync.Pool
}

// keptBuffer is the largest buffer that is kept for another body: a rare large one
// must not stay in memory for ever.
const keptBuffer = 64 << 10

func newBodies(most int64) *bodies {
	return &bodies{most: most, buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// reserve sets n bytes aside, or reports that there are not so many left.
func (b *bodies) reserve(n int64) bool {
	if b.used.Add(n) > b.most {
		b.used.Add(-n)
		return false
	}
	return true
}

// decodeBody reads the body and decodes it. The memory of the body is given back
// before it returns: an event shares none of it.
func (i *Ingestor) decodeBody(x *exchange, decode decoder) (trade.Event, *problem) {
	most := int64(i.config.MaxEventBytes)
	size := x.request.ContentLength
	if size > most {
		return trade.Event{}, tooLarge(most)
	}
	if size < 0 {
		size = most // a body of unknown length may become as large as any
	}
	if !i.bodies.reserve(size) {
		return trade.Event{}, newProblem(problemOverloaded, "the bodies being read take all the memory set aside for them").after(time.Second)
	}
	i.metrics.bodyBytes.Add(float64(size))
	buffer := i.bodies.buffers.Get().(*bytes.Buffer)
	defer func() {
		i.bodies.used.Add(-size)
		i.metrics.bodyBytes.Sub(float64(size))
		if buffer.Cap() <= keptBuffer {
			buffer.Reset()
			i.bodies.buffers.Put(buffer)
		}
	}()
	if problem := i.readBody(x, buffer, most); problem != nil {
		return trade.Event{}, problem
	}
	event, err := decode(buffer.Bytes())
	if err != nil {
		return trade.Event{}, decodeProblem(err)
	}
	return event, nil
}

func (i *Ingestor) readBody(x *exchange, buffer *bytes.Buffer, most int64) *problem {
	_, err := buffer.ReadFrom(http.MaxBytesReader(x.response.ResponseWriter, x.request.Body, most))
	if err == nil {
		// The body is here. What comes now is ours to do and may take longer than a
		// body may, so the connection must not be cut meanwhile.
		_ = http.NewResponseController(x.response).SetReadDeadline(time.Time{})
		return nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(most)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return newProblem(problemSlowBody, "the body was not complete after %s", i.config.ReadTimeout)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return newProblem(problemInvalidRequest, "the body ends before its announced length")
	}
	return newProblem(problemInvalidRequest, "the body could not be read").because(err)
}

func tooLarge(most int64) *problem {
	return newProblem(problemTooLarge, "the body is larger than %d bytes", most)
}

// decodeProblem says what is wrong with a body that is no event.
func decodeProblem(err error) *problem {
	failure, ok := errors.AsType[*trade.DecodeError](err)
	if !ok {
		return newProblem(problemInternal, "").because(err)
	}
	if failure.Invalid {
		return invalidEvent(failure.Faults)
	}
	p := newProblem(problemInvalidJSON, "%s, at byte %d", failure.Faults[0], failure.Offset)
	p.faults, p.offset = failure.Faults, failure.Offset
	return p
}

func invalidEvent(faults []trade.Fault) *problem {
	p := newProblem(problemInvalidEvent, "the event has %d faults", len(faults))
	if len(faults) == 1 {
		p.detail = faults[0].String()
	}
	p.faults = faults
	return p
}
