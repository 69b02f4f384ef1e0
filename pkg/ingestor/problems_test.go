package ingestor_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/trade"
)

// Every way to be refused, with the exact answer in testdata/problems.
func TestProblems(t *testing.T) {
	const invalid = `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z","amount":{"amount":"-5","currency":"eur"},"parties":[{"role":"debtor"}]}`
	failing := errors.New("nats: no responders")
	for name, test := range map[string]struct {
		request *http.Request
		prepare func(*door)
		change  func(*ingestor.Config)
	}{
		"400 truncated":           {request: post("/v1/events", payment[:len(payment)-10])},
		"400 duplicate member":    {request: post("/v1/events", strings.Replace(payment, `"kind"`, `"id":"P-2","kind"`, 1))},
		"400 unknown member":      {request: post("/v1/events", strings.Replace(payment, `"role"`, `"rolle"`, 1))},
		"400 empty body":          {request: post("/v1/events", "")},
		"400 wait is no duration": {request: post("/v1/events?wait=5", payment)},
		"400 wait is too long":    {request: post("/v1/events?wait=31s", payment)},
		"400 wait twice":          {request: post("/v1/events?wait=5s&wait=6s", payment)},
		"400 unknown parameter":   {request: post("/v1/events?timeout=5s", payment)},
		"400 bad query":           {request: post("/v1/events?wait=%zz", payment)},
		"400 revision":            {request: get("/v1/decisions/swift/P-1?revision=01")},
		"400 content type twice": {request: func() *http.Request {
			r := post("/v1/events", payment)
			r.Header.Add("Content-Type", "text/plain")
			return r
		}()},
		"401 no token":              {request: post("/v1/events", payment, "Authorization", "")},
		"401 basic":                 {request: post("/v1/events", payment, "Authorization", "Basic c3dpZnQ6eA==")},
		"401 unknown token":         {request: post("/v1/events", payment, "Authorization", "Bearer cp_wrong")},
		"401 expired token":         {request: get("/v1/decisions/swift/P-1", "Authorization", "Bearer expired")},
		"401 endless token":         {request: post("/v1/events", payment, "Authorization", "Bearer "+strings.Repeat("x", 201))},
		"403 other source":          {request: post("/v1/events", payment, "Authorization", "Bearer tms")},
		"403 other source's answer": {request: get("/v1/decisions/tms/S-1")},
		"404 path":                  {request: post("/v2/events", payment)},
		"404 no decision":           {request: get("/v1/decisions/swift/P-1")},
		"404 problem":               {request: get("/problems/none")},
		"405 events":                {request: get("/v1/events")},
		"405 decisions":             {request: post("/v1/decisions/swift/P-1", "")},
		"409 other content": {request: post("/v1/events", strings.Replace(payment, "INV-1", "INV-2", 1)), prepare: func(d *door) {
			d.do(post("/v1/events", payment))
		}},
		"413 announced": {request: post("/v1/events", strings.Repeat(" ", 1<<20+1))},
		"413 chunked": {request: func() *http.Request {
			r := post("/v1/events", strings.Repeat(" ", 1<<20+1))
			r.ContentLength = -1
			return r
		}()},
		"415 no type":     {request: post("/v1/events", payment, "Content-Type", "")},
		"415 XML":         {request: post("/v1/events", payment, "Content-Type", "application/xml")},
		"415 bad type":    {request: post("/v1/events", payment, "Content-Type", "application/json;;")},
		"415 charset":     {request: post("/v1/events", payment, "Content-Type", "application/json; charset=iso-8859-9")},
		"415 gzip":        {request: post("/v1/events", payment, "Content-Encoding", "gzip")},
		"415 CloudEvents": {request: post("/v1/events", payment, "Content-Type", "application/cloudevents-batch+json")},
		"422 faults":      {request: post("/v1/events", invalid)},
		"422 one fault":   {request: post("/v1/events", strings.Replace(payment, `"debtor"`, `"shopper"`, 1))},
		"422 future":      {request: post("/v1/events", strings.Replace(payment, "2026-11-20", "2026-11-22", 1))},
		"422 CloudEvent": {request: post("/v1/events", `{"specversion":"1.0","id":"m","source":"/","type":"chokepoint.payment.v1","data":`+invalid+`}`,
			"Content-Type", "application/cloudevents+json")},
		"422 CloudEvent headers": {request: post("/v1/events", payment, "Ce-Specversion", "1.0", "Ce-Id", "m", "Ce-Type", "chokepoint.shipment.v1")},
		"422 many faults": {request: post("/v1/events", `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z","references":[`+
			strings.TrimSuffix(strings.Repeat(`{},`, 60), ",")+`]}`)},
		"429 rate": {request: post("/v1/events", payment, "Authorization", "Bearer slow"), prepare: func(d *door) {
			d.do(post("/v1/events", payment, "Authorization", "Bearer slow"))
			d.do(post("/v1/events", payment, "Authorization", "Bearer slow"))
			d.clock.Advance(300 * time.Millisecond)
		}},
		"500 tokens": {request: post("/v1/events", payment, "Authorization", "Bearer broken")},
		"500 panic": {request: post("/v1/events", payment), prepare: func(d *door) {
			d.stream.publish = func(m ingestor.Message) { panic("cannot handle " + string(m.Data)) }
		}},
		"503 full": {request: post("/v1/events", payment), prepare: func(d *door) {
			d.stream.publishErr = fmt.Errorf("publish: %w", ingestor.ErrFull)
		}},
		"503 unavailable":           {request: post("/v1/events", payment), prepare: func(d *door) { d.stream.publishErr = failing }},
		"503 no answers":            {request: post("/v1/events?wait=1s", payment), prepare: func(d *door) { d.stream.subscribeErr = failing }},
		"503 decisions unavailable": {request: get("/v1/decisions/swift/P-1"), prepare: func(d *door) { d.stream.lookupErr = failing }},
		"503 memory": {
			request: func() *http.Request { r := post("/v1/events", payment); r.ContentLength = -1; return r }(),
			change:  func(c *ingestor.Config) { c.MaxBodyBytes = 1 << 20 },
			prepare: func(d *door) { d.holdBody() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, test.change)
			if test.prepare != nil {
				test.prepare(d)
			}
			before := len(d.stream.stored())
			response := d.do(test.request)
			require.Equal(t, name[:3], fmt.Sprint(response.Code))
			require.Equal(t, "application/problem+json", response.Header().Get("Content-Type"))
			require.NotContains(t, response.Body.String(), "Secret")
			require.Len(t, d.stream.stored(), before)
			golden(t, "problems/"+name, response)
			for _, entry := range d.logs.All() {
				line, err := json.Marshal(entry.ContextMap())
				require.NoError(t, err)
				require.NotContains(t, string(line)+entry.Message, "Secret")
			}
		})
	}
}

// holdBody keeps one request in its body for good, so that its memory is taken.
func (d *door) holdBody() {
	reader, writer := io.Pipe()
	request := post("/v1/events", "")
	request.Body, request.ContentLength = reader, 1<<20
	held := make(chan struct{})
	go func() {
		d.do(request)
		close(held)
	}()
	_, _ = writer.Write([]byte("{")) // returns when the door has read it
	d.release = func() {
		_ = writer.Close()
		<-held
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	d := newDoor(t, nil)
	response := d.do(get("/problems/identity-conflict", "Authorization", ""))
	require.Equal(t, http.StatusOK, response.Code)
	golden(t, "problem", response)
}

// The identity is forgotten where its event was not stored.
func TestIdentityIsFreeAgainAfterAFailure(t *testing.T) {
	d := newDoor(t, nil)
	d.stream.publishErr = ingestor.ErrFull
	require.Equal(t, http.StatusServiceUnavailable, d.do(post("/v1/events", payment)).Code)
	d.stream.publishErr = nil
	require.Equal(t, http.StatusAccepted, d.do(post("/v1/events", strings.Replace(payment, "INV-1", "INV-2", 1))).Code)
	require.Equal(t, http.StatusConflict, d.do(post("/v1/events", payment)).Code)
	d.clock.Advance(15 * time.Minute)
	require.Equal(t, http.StatusAccepted, d.do(post("/v1/events", payment)).Code)
}

// Two contents of one identity at the same moment: one goes through.
func TestConflictWhileUnderWay(t *testing.T) {
	d := newDoor(t, nil)
	inside, proceed := make(chan struct{}), make(chan struct{})
	d.stream.publish = func(ingestor.Message) {
		close(inside)
		<-proceed
	}
	first := make(chan int)
	go func() { first <- d.do(post("/v1/events", payment)).Code }()
	<-inside
	require.Equal(t, http.StatusConflict, d.do(post("/v1/events", strings.Replace(payment, "INV-1", "INV-2", 1))).Code)
	close(proceed)
	require.Equal(t, http.StatusAccepted, <-first)
	require.Len(t, d.stream.stored(), 1)
}

func TestOverloaded(t *testing.T) {
	d := newDoor(t, func(c *ingestor.Config) { c.MaxConcurrent = 1 })
	inside, proceed := make(chan struct{}), make(chan struct{})
	d.stream.publish = func(ingestor.Message) {
		close(inside)
		<-proceed
	}
	first := make(chan int)
	go func() { first <- d.do(post("/v1/events", payment)).Code }()
	<-inside
	response := d.do(post("/v1/events", payment))
	close(proceed)
	require.Equal(t, http.StatusAccepted, <-first)
	require.Equal(t, http.StatusServiceUnavailable, response.Code)
	golden(t, "problems/503 overloaded", response)
}

// What is accepted is exactly the canonical form.
func TestMessage(t *testing.T) {
	d := newDoor(t, nil)
	require.Equal(t, http.StatusAccepted, d.do(post("/v1/events", payment)).Code)
	event, err := trade.Decode([]byte(payment), trade.Limits{})
	require.NoError(t, err)
	data, err := trade.Encode(event)
	require.NoError(t, err)
	require.Equal(t, []ingestor.Message{{
		Identity: trade.Identity{Source: "swift", ID: "P-1", Revision: 1}, Kind: trade.KindPayment,
		Time: time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC), Data: data, Digest: trade.Digest(data),
	}}, d.stream.stored())
}

func TestEventTheStreamNeverTakesIsTooLarge(t *testing.T) {
	d := newDoor(t, nil)
	d.stream.publishErr = fmt.Errorf("publish: %w", ingestor.ErrTooLarge)
	response := d.do(post("/v1/events", payment))
	require.Equal(t, http.StatusRequestEntityTooLarge, response.Code)
	require.Contains(t, response.Body.String(), "larger than the stream of events takes")
	require.Empty(t, response.Header().Get("Retry-After"), "trying again cannot help")
}
