package ingestor

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/access"
)

// exchange is one request and its answer.
type exchange struct {
	id       string
	request  *http.Request
	response *recorder
	// grant is what the caller's token allows; empty on an open endpoint.
	grant access.Grant
}

func (x *exchange) header() http.Header { return x.response.Header() }

// unwritten notes that an answer could not be written: the client has gone, and there
// is nobody left to tell.
func (x *exchange) unwritten(err error) *problem {
	if err != nil {
		x.response.failure = err
	}
	return nil
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status  int
	failure error
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(data)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// endpoint is one path: its name in metrics, its methods, and what it does. A nil
// problem means that it has answered.
type endpoint struct {
	route   string
	methods []string
	open    bool // no token is asked for
	serve   func(*exchange) *problem
}

// handler makes an endpoint a handler: everything that is the same for every request
// happens here, and every refusal is written here.
func (i *Ingestor) handler(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		started := i.clock()
		x := &exchange{id: i.requestID(), request: request, response: &recorder{ResponseWriter: w}}
		i.metrics.underway.Inc()
		defer i.metrics.underway.Dec()
		defer func() { i.finish(e, x, started) }()
		defer i.recover(e, x)

		x.header().Set("X-Request-Id", x.id)
		x.header().Set("X-Content-Type-Options", "nosniff")
		x.header().Set("Cache-Control", "no-store")
		// Until a body has been read to its end it may come this slowly and no slower,
		// also where the answer does not wait for it. Not every server can do that.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(i.config.ReadTimeout))
		if problem := i.admit(e, x); problem != nil {
			i.refuse(e, x, problem)
		}
	})
}

// admit lets a request through to its endpoint, or says why not.
func (i *Ingestor) admit(e endpoint, x *exchange) *problem {
	select {
	case i.places <- struct{}{}:
		defer func() { <-i.places }()
	default:
		return newProblem(problemOverloaded, "%d requests are being served already", cap(i.places)).after(time.Second)
	}
	if !e.allows(x.request.Method) {
		problem := newProblem(problemMethodNotAllowed, "%.20q is not one of %s", x.request.Method, strings.Join(e.methods, ", "))
		problem.allow = strings.Join(e.methods, ", ")
		return problem
	}
	if !e.open {
		grant, problem := i.authenticate(x.request)
		if problem != nil {
			return problem
		}
		x.grant = grant
	}
	return e.serve(x)
}

func (e endpoint) allows(method string) bool {
	for _, allowed := range e.methods {
		if method == allowed {
			return true
		}
	}
	return len(e.methods) == 0
}

// maxToken is longer than any token, and short enough to hash for nothing.
const maxToken = 200

func (i *Ingestor) authenticate(request *http.Request) (access.Grant, *problem) {
	values := request.Header.Values("Authorization")
	if len(values) == 0 {
		return access.Grant{}, newProblem(problemUnauthenticated, "there is no Authorization header")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return access.Grant{}, newProblem(problemUnauthenticated, "the Authorization header is not Bearer and one token")
	}
	grant, err := i.tokens.Authenticate(token, i.clock())
	switch {
	case err == nil:
		return grant, nil
	case errors.Is(err, access.ErrUnknownToken), errors.Is(err, access.ErrExpiredToken):
		return access.Grant{}, newProblem(problemUnauthenticated, "the token is not known or no longer good").because(err)
	default:
		return access.Grant{}, newProblem(problemInternal, "").because(err)
	}
}

// refuse answers with a problem, unless an answer is under way already.
func (i *Ingestor) refuse(e endpoint, x *exchange, p *problem) {
	i.metrics.problems.WithLabelValues(p.kind.name).Inc()
	fields := []zap.Field{
		zap.String("request_id", x.id), zap.String("route", e.route), zap.String("problem", p.kind.name),
		zap.String("token", x.grant.ID), zap.Error(p.cause),
	}
	switch {
	case p.kind.status == http.StatusInternalServerError:
		i.logger.Error("request failed", fields...)
	case p.cause != nil && p.kind.status >= http.StatusInternalServerError:
		i.logger.Warn("request not served", fields...)
	default:
		// What clients do wrong is theirs to see; here the metrics count it.
		i.logger.Debug("request refused", fields...)
	}
	if x.response.status == 0 {
		x.unwritten(p.write(x.response, x.id))
	}
}

// recover turns a panic into an answer without details. The value of the panic may
// hold a part of an event, so only one of the runtime's own is logged.
func (i *Ingestor) recover(e endpoint, x *exchange) {
	value := recover()
	if value == nil {
		return
	}
	if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(value)
	}
	i.metrics.panics.Inc()
	cause := errors.New("panic")
	if err, ok := value.(runtime.Error); ok {
		cause = err
	}
	i.logger.Error("panic in a request", zap.String("request_id", x.id), zap.Error(cause), zap.String("stack", string(debug.Stack())))
	if x.response.status != 0 {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	i.refuse(e, x, newProblem(problemInternal, "").because(cause))
}

func (i *Ingestor) finish(e endpoint, x *exchange, started time.Time) {
	status := x.response.status
	i.metrics.requests.WithLabelValues(e.route, strconv.Itoa(status)).Inc()
	i.metrics.seconds.WithLabelValues(e.route).Observe(i.clock().Sub(started).Seconds())
	if x.response.failure != nil {
		i.logger.Debug("answer not delivered", zap.String("request_id", x.id), zap.String("route", e.route), zap.Error(x.response.failure))
	}
}

// randomID is 16 random hex digits.
func randomID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // Never fails: crypto/rand ends the program instead.
	return hex.EncodeToString(id[:])
}
