package ingestor

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"chokepoint/pkg/trade"
)

// problemKind is one kind of problem: one type URI, always with the same title and
// status (RFC 9457 §3.1).
type problemKind struct {
	name    string
	status  int
	title   string
	meaning string
}

// The kinds of problems. Names are part of the interface; docs/api.md lists them, and
// a test compares it with this.
var (
	problemInvalidJSON = problemKind{
		"invalid-json", http.StatusBadRequest, "The body is not JSON of an event",
		"The body is truncated, is not JSON, or has a duplicate or unknown member or a member of the wrong type. The first such fault is named with its JSON Pointer and byte. Correct the message; sending it again will not help.",
	}
	problemInvalidRequest = problemKind{
		"invalid-request", http.StatusBadRequest, "The request is not understood",
		"A parameter or header is unknown, given twice, or has a value that is not allowed.",
	}
	problemUnauthenticated = problemKind{
		"unauthenticated", http.StatusUnauthorized, "A valid token is required",
		"The request has no bearer token, or one that is not known or no longer good. Send Authorization: Bearer and the token.",
	}
	problemSourceNotAllowed = problemKind{
		"source-not-allowed", http.StatusForbidden, "The token is not good for this source",
		"Every token is bound to sources. Use the token of the source, or have the source added to the token.",
	}
	problemNotFound = problemKind{
		"not-found", http.StatusNotFound, "There is nothing at this path",
		"The path is not one of the interface.",
	}
	problemNoDecision = problemKind{
		"no-decision", http.StatusNotFound, "There is no decision",
		"The event is not known, or it is accepted and not decided yet. Ask again a little later.",
	}
	problemMethodNotAllowed = problemKind{
		"method-not-allowed", http.StatusMethodNotAllowed, "The method is not allowed here",
		"The Allow header lists the methods of this path.",
	}
	problemSlowBody = problemKind{
		"slow-body", http.StatusRequestTimeout, "The body came too slowly",
		"The body was not complete in the time allowed. Nothing was stored.",
	}
	problemIdentityConflict = problemKind{
		"identity-conflict", http.StatusConflict, "The identity is taken by other content",
		"An event with the same source, id and revision came before with other content. If this is a new version of the same thing, raise the revision; if it is another thing, give it another id.",
	}
	problemTooLarge = problemKind{
		"too-large", http.StatusRequestEntityTooLarge, "The body is too large",
		"One event may have 1 MiB unless the operator chose otherwise. Nothing was stored.",
	}
	problemUnsupportedMediaType = problemKind{
		"unsupported-media-type", http.StatusUnsupportedMediaType, "The content type is not taken",
		"Send application/json, or application/cloudevents+json for a CloudEvent, in UTF-8 and not compressed.",
	}
	problemInvalidEvent = problemKind{
		"invalid-event", http.StatusUnprocessableEntity, "The event is invalid",
		"The body is well formed, but what it says cannot be. Every fault is named with its JSON Pointer.",
	}
	problemRateLimited = problemKind{
		"rate-limited", http.StatusTooManyRequests, "Too many events for this token",
		"The token's rate is used up. Send the same event again after the seconds in Retry-After.",
	}
	problemInternal = problemKind{
		"internal", http.StatusInternalServerError, "Something went wrong here",
		"The fault is ours. It is in our log under the request's id. Sending the same event again is safe.",
	}
	problemOverloaded = problemKind{
		"overloaded", http.StatusServiceUnavailable, "Too many requests at once",
		"Nothing was stored. Send the same event again after the seconds in Retry-After.",
	}
	problemStreamFull = problemKind{
		"stream-full", http.StatusServiceUnavailable, "The stream of events is full",
		"The event was not stored: accepting it would have meant to lose another. Send it again after the seconds in Retry-After.",
	}
	problemUnavailable = problemKind{
		"unavailable", http.StatusServiceUnavailable, "The stream is not available",
		"It is not certain whether the event was stored. Send the same event again after the seconds in Retry-After: if it was stored, it is recognised.",
	}
)

// problemKinds lists every kind.
var problemKinds = []problemKind{
	problemInvalidJSON, problemInvalidRequest, problemUnauthenticated, problemSourceNotAllowed, problemNotFound,
	problemNoDecision, problemMethodNotAllowed, problemSlowBody, problemIdentityConflict, problemTooLarge,
	problemUnsupportedMediaType, problemInvalidEvent, problemRateLimited, problemInternal, problemOverloaded,
	problemStreamFull, problemUnavailable,
}

// problemPath is where the meaning of a kind is served; the type URI is relative.
const problemPath = "/problems/"

// problem is one refusal: a kind, and what is particular to this occurrence.
type problem struct {
	kind   problemKind
	detail string
	faults []trade.Fault
	// offset is the byte of the first fault; negative where it says nothing.
	offset int64
	// existing and given are the digests of an identity conflict.
	existing, given string
	// retryAfter is when to try again; zero is never.
	retryAfter time.Duration
	// allow is the Allow header of a method that is not allowed.
	allow string
	// cause is for our log only.
	cause error
}

func newProblem(kind problemKind, format string, values ...any) *problem {
	return &problem{kind: kind, detail: fmt.Sprintf(format, values...), offset: -1}
}

func (p *problem) because(err error) *problem {
	p.cause = err
	return p
}

func (p *problem) after(wait time.Duration) *problem {
	p.retryAfter = wait
	return p
}

// maxFaults is how many faults one document names.
const maxFaults = 100

// problemDocument is the JSON of a problem.
type problemDocument struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitzero"`
	Instance string `json:"instance"`
	// Faults are what is wrong and where; FaultsOmitted how many more there are.
	Faults        []problemFault `json:"faults,omitempty"`
	FaultsOmitted int            `json:"faults_omitted,omitzero"`
	// Offset is the byte at or after which the first fault stands.
	Offset *int64 `json:"offset,omitempty"`
	// Digests are those of the content that came first and of this one.
	Digests *problemDigests `json:"digests,omitempty"`
}

type problemFault struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

type problemDigests struct {
	Existing string `json:"existing"`
	Given    string `json:"given"`
}

// document builds the JSON of p.
func (p *problem) document(requestID string) problemDocument {
	document := problemDocument{
		Type: problemPath + p.kind.name, Title: p.kind.title, Status: p.kind.status,
		Detail: p.detail, Instance: instance(requestID),
	}
	shown := p.faults
	if len(shown) > maxFaults {
		document.FaultsOmitted = len(shown) - maxFaults
		shown = shown[:maxFaults]
	}
	for _, fault := range shown {
		document.Faults = append(document.Faults, problemFault{Pointer: fault.Pointer, Detail: fault.Message})
	}
	if p.offset >= 0 {
		document.Offset = &p.offset
	}
	if p.existing != "" {
		document.Digests = &problemDigests{Existing: p.existing, Given: p.given}
	}
	return document
}

// instance is the URI of one occurrence. It leads nowhere; our log knows the id.
func instance(requestID string) string { return "urn:chokepoint:request:" + requestID }

// write answers with p.
func (p *problem) write(w http.ResponseWriter, requestID string) error {
	body, err := json.Marshal(p.document(requestID), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("write problem %s: %w", p.kind.name, err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/problem+json")
	if p.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	if p.allow != "" {
		header.Set("Allow", p.allow)
	}
	switch p.kind.status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", `Bearer realm="chokepoint"`)
	case http.StatusUnsupportedMediaType:
		header.Set("Accept-Post", strings.Join(acceptedTypes, ", "))
		header.Set("Accept-Encoding", "identity")
	case http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		// The rest of the body is not worth reading.
		header.Set("Connection", "close")
	}
	w.WriteHeader(p.kind.status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		return fmt.Errorf("write problem %s: %w", p.kind.name, err)
	}
	return nil
}

// serveProblem explains a kind of problem to whoever follows its type.
func (i *Ingestor) serveProblem(x *exchange) *problem {
	name := x.request.PathValue("name")
	for _, kind := range problemKinds {
		if kind.name == name {
			x.header().Set("Content-Type", "text/plain; charset=utf-8")
			_, err := fmt.Fprintf(x.response, "%s (%d)\n\n%s\n", kind.title, kind.status, kind.meaning)
			return x.unwritten(err)
		}
	}
	return newProblem(problemNotFound, "there is no problem of this name")
}

// ProblemKind is one kind of problem, for those who document or test the interface.
type ProblemKind struct {
	// Type is the relative URI in problem documents ("/problems/too-large").
	Type string
	// Status and Title go with the type, always.
	Status int
	Title  string
}

// ProblemKinds returns every kind of problem, in no order that matters.
func ProblemKinds() []ProblemKind {
	kinds := make([]ProblemKind, 0, len(problemKinds))
	for _, kind := range problemKinds {
		kinds = append(kinds, ProblemKind{Type: problemPath + kind.name, Status: kind.status, Title: kind.title})
	}
	return kinds
}
