package codec

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"chokepoint/pkg/trade"
)

// CloudEventMediaType is the content type of a CloudEvent in the structured mode.
const CloudEventMediaType = "application/cloudevents+json"

// The types of our events as CloudEvents name them.
const (
	TypeShipment = "chokepoint.shipment.v1"
	TypePayment  = "chokepoint.payment.v1"
)

// CloudEventType returns the CloudEvents type of a kind, empty where it has none.
func CloudEventType(kind trade.Kind) string {
	switch kind {
	case trade.KindShipment:
		return TypeShipment
	case trade.KindPayment:
		return TypePayment
	default:
		return ""
	}
}

// DecodeCloudEvent reads a CloudEvent in the structured mode (CloudEvents 1.0, JSON
// format) whose data is an event in the canonical form. Attributes that we do not
// know are extensions and skipped, as the specification asks; the data is as strict
// as [trade.Decode]. The CloudEvent's own id and source name the message, not the
// shipment or payment, and are checked but not kept.
//
// The error is a [*trade.DecodeError] whose pointers lead into the CloudEvent
// ("/data/parties/0/name").
func DecodeCloudEvent(body []byte, limits trade.Limits) (trade.Event, error) {
	envelope, err := readEnvelope(body, limits)
	if err != nil {
		return trade.Event{}, err
	}
	faults := envelope.attributes.faults(func(name string) string { return "/" + name })
	if envelope.data == nil {
		faults = append(faults, trade.Fault{Pointer: "/data", Message: "is required"})
		return trade.Event{}, &trade.DecodeError{Faults: faults, Invalid: true}
	}
	event, err := trade.Decode(envelope.data, limits)
	if decodeError, ok := errors.AsType[*trade.DecodeError](err); ok {
		return trade.Event{}, below("/data", envelope.dataOffset, decodeError, faults)
	}
	faults = append(faults, envelope.attributes.kindFaults("/type", event.Kind)...)
	if len(faults) > 0 {
		return trade.Event{}, &trade.DecodeError{Faults: faults, Invalid: true}
	}
	return event, nil
}

// DecodeBinaryCloudEvent reads a CloudEvent in the binary mode: the body is the
// event in the canonical form, the attributes are headers. The function attribute
// returns the value of the header "ce-" + name, empty where there is none; an
// [net/http.Header]'s Get after the prefix is put before it will do.
//
// The error is a [*trade.DecodeError]; faults of headers point at the whole event
// and name the header.
func DecodeBinaryCloudEvent(attribute func(name string) string, body []byte, limits trade.Limits) (trade.Event, error) {
	attributes := attributes{}
	for _, name := range attributeNames {
		attributes[name] = attribute(name)
	}
	delete(attributes, "datacontenttype") // the content type says it in this mode
	faults := attributes.faults(func(name string) string { return "" })
	event, err := trade.Decode(body, limits)
	if decodeError, ok := errors.AsType[*trade.DecodeError](err); ok {
		return trade.Event{}, below("", 0, decodeError, faults)
	}
	faults = append(faults, attributes.kindFaults("", event.Kind)...)
	if len(faults) > 0 {
		return trade.Event{}, &trade.DecodeError{Faults: faults, Invalid: true}
	}
	return event, nil
}

// below moves an error of the data to its place in the message. Faults of the
// attributes come first, but where the data is not even JSON of an event, that
// stands alone.
func below(place string, offset int64, err *trade.DecodeError, attributes []trade.Fault) *trade.DecodeError {
	moved := &trade.DecodeError{Invalid: err.Invalid}
	if err.Invalid {
		moved.Faults = attributes
	} else {
		moved.Offset = offset + err.Offset
	}
	for _, fault := range err.Faults {
		fault.Pointer = place + fault.Pointer
		moved.Faults = append(moved.Faults, fault)
	}
	return moved
}

// attributes are the context attributes that are given, by name. All are strings.
type attributes map[string]string

// attributeNames are the attributes of CloudEvents 1.0, required ones first.
var attributeNames = []string{
	"specversion", "id", "source", "type",
	"datacontenttype", "dataschema", "subject", "time",
}

// faults returns what is wrong with the attributes alone. The function place turns
// a name into a pointer; an empty one means that the message must name the header.
func (a attributes) faults(place func(name string) string) []trade.Fault {
	var faults []trade.Fault
	add := func(name, message string) { faults = append(faults, attributeFault(place(name), name, message)) }
	for _, name := range attributeNames[:4] {
		if a[name] == "" {
			add(name, "is required")
		}
	}
	if version := a["specversion"]; version != "" && version != "1.0" {
		add("specversion", "must be 1.0")
	}
	if kind := a["type"]; kind != "" && kind != TypeShipment && kind != TypePayment {
		add("type", "must be "+TypeShipment+" or "+TypePayment)
	}
	if content := a["datacontenttype"]; content != "" {
		if media, _, err := mime.ParseMediaType(content); err != nil || media != "application/json" {
			add("datacontenttype", "must be application/json")
		}
	}
	if moment := a["time"]; moment != "" {
		if _, err := time.Parse(time.RFC3339, moment); err != nil {
			add("time", "must be an RFC 3339 time with its zone")
		}
	}
	return faults
}

// kindFaults returns the fault of a type that is not that of the event it carries.
func (a attributes) kindFaults(place string, kind trade.Kind) []trade.Fault {
	given, want := a["type"], CloudEventType(kind)
	if given == want || given != TypeShipment && given != TypePayment {
		return nil // right, or a fault already
	}
	return []trade.Fault{attributeFault(place, "type", "must be "+want+", as the event is a "+string(kind))}
}

func attributeFault(pointer, name, message string) trade.Fault {
	if pointer == "" {
		message = "header ce-" + name + " " + message
	}
	return trade.Fault{Pointer: pointer, Message: message}
}

// envelope is a structured CloudEvent taken apart. Its data is still text.
type envelope struct {
	attributes attributes
	data       []byte
	dataOffset int64
}

// maxAttributes bounds how many members an envelope may have.
const maxAttributes = 50

// readEnvelope takes the envelope apart in one pass. Duplicate names and invalid
// UTF-8 are refused by the decoder, in the data too.
func readEnvelope(body []byte, limits trade.Limits) (envelope, error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	result := envelope{attributes: attributes{}}
	if kind := decoder.PeekKind(); kind != jsontext.KindBeginObject && kind != jsontext.KindInvalid {
		return result, formError(decoder, "", "must be an object")
	}
	if _, err := decoder.ReadToken(); err != nil {
		return result, trade.JSONError(body, err, limits)
	}
	for members := 0; decoder.PeekKind() != jsontext.KindEndObject; members++ {
		if members == maxAttributes {
			return result, formError(decoder, "", "has more attributes than a CloudEvent may have here")
		}
		name, err := decoder.ReadToken()
		if err != nil {
			return result, trade.JSONError(body, err, limits)
		}
		if err := result.readMember(decoder, name.String(), body, limits); err != nil {
			return result, err
		}
	}
	if _, err := decoder.ReadToken(); err != nil {
		return result, trade.JSONError(body, err, limits)
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return result, formError(decoder, "", "is followed by more text")
	}
	return result, nil
}

func (e *envelope) readMember(decoder *jsontext.Decoder, name string, body []byte, limits trade.Limits) error {
	place, kind := decoder.StackPointer(), decoder.PeekKind()
	value, err := decoder.ReadValue()
	if err != nil {
		return trade.JSONError(body, err, limits)
	}
	switch {
	case name == "data":
		end := decoder.InputOffset()
		e.dataOffset = end - int64(len(value))
		e.data = body[e.dataOffset:end]
	case name == "data_base64":
		return formError(decoder, place, "is not taken; data must be JSON")
	case !isAttributeName(name):
		return formError(decoder, place, "is not the name of an attribute: lower case letters and digits only")
	case kind == jsontext.KindBeginObject || kind == jsontext.KindBeginArray:
		return formError(decoder, place, "must be a string, a number or a boolean")
	case isCoreAttribute(name) && kind == jsontext.KindString:
		text, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return trade.JSONError(body, err, limits)
		}
		e.attributes[name] = string(text)
	case isCoreAttribute(name) && kind != jsontext.KindNull:
		return formError(decoder, place, "must be a string")
	}
	return nil
}

func formError(decoder *jsontext.Decoder, place jsontext.Pointer, message string) *trade.DecodeError {
	return trade.FormError(place, decoder.InputOffset(), message)
}

func isCoreAttribute(name string) bool {
	for _, known := range attributeNames {
		if name == known {
			return true
		}
	}
	return false
}

func isAttributeName(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
