package ingestor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"go.uber.org/zap"

	"chokepoint/pkg/trade"
)

// acceptance is the answer to an event that was stored.
type acceptance struct {
	Event     trade.Identity `json:"event"`
	Sequence  uint64         `json:"sequence"`
	Duplicate bool           `json:"duplicate"`
}

// serveEvents takes one event in.
func (i *Ingestor) serveEvents(x *exchange) *problem {
	wait, problem := i.waitOf(x.request.URL)
	if problem != nil {
		return problem
	}
	decode, problem := i.decoderOf(x.request.Header)
	if problem != nil {
		return problem
	}
	if problem := i.takeRate(x); problem != nil {
		return problem
	}
	event, problem := i.decodeBody(x, decode)
	if problem != nil {
		return problem
	}
	if !x.grant.Allows(event.Source) {
		return newProblem(problemSourceNotAllowed, "the event is of source %s", event.Source)
	}
	if faults := trade.ValidateTime(event, i.clock()); len(faults) > 0 {
		return invalidEvent(faults)
	}
	message, problem := messageOf(event)
	if problem != nil {
		return problem
	}
	return i.accept(x, message, wait)
}

func messageOf(event trade.Event) (Message, *problem) {
	data, err := trade.Encode(event)
	if err != nil {
		return Message{}, newProblem(problemInternal, "").because(err)
	}
	return Message{Identity: event.Identity(), Kind: event.Kind, Time: event.Time, Data: data, Digest: trade.Digest(data)}, nil
}

// accept stores the event and answers, at once or with the decision.
func (i *Ingestor) accept(x *exchange, message Message, wait time.Duration) *problem {
	held, existing, ok := i.memory.claim(message.Identity, message.Digest, i.clock())
	if !ok {
		i.metrics.conflicts.Inc()
		i.logger.Warn("an identity came again with other content",
			zap.String("request_id", x.id), zap.String("token", x.grant.ID), zap.String("event_id", message.Identity.String()),
			zap.String("digest", existing), zap.String("other_digest", message.Digest))
		conflict := newProblem(problemIdentityConflict, "revision %d of this id came with other content before", message.Identity.Revision)
		conflict.existing, conflict.given = existing, message.Digest
		return conflict
	}
	stored := false
	defer func() { i.memory.settle(held, stored) }()
	var inbox Inbox
	if wait > 0 {
		var problem *problem
		if inbox, problem = i.subscribe(x.request.Context()); problem != nil {
			return problem
		}
		defer inbox.Close()
		message.Answer = inbox.Subject()
	}
	receipt := i.publish(x.request.Context(), message)
	if receipt.Err != nil {
		return publishProblem(receipt.Err)
	}
	stored = true
	i.metrics.events.WithLabelValues(string(message.Kind), strconv.FormatBool(receipt.Duplicate)).Inc()
	if wait > 0 {
		if decision := i.await(x.request.Context(), message.Identity, receipt.Duplicate, inbox, wait); decision != nil {
			return writeJSON(x, http.StatusOK, decision)
		}
	}
	return writeAcceptance(x, message.Identity, receipt)
}

// publish stores one message. It does not end when the client goes away: then nobody
// would know whether the event is there, least of all the door's memory.
func (i *Ingestor) publish(ctx context.Context, message Message) Receipt {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), i.config.PublishTimeout)
	defer cancel()
	receipts := i.publisher.PublishEvents(ctx, []Message{message})
	if len(receipts) != 1 {
		return Receipt{Err: fmt.Errorf("publish one event: %d receipts", len(receipts))}
	}
	return receipts[0]
}

func publishProblem(err error) *problem {
	if errors.Is(err, ErrFull) {
		return newProblem(problemStreamFull, "").because(err).after(5 * time.Second)
	}
	if errors.Is(err, ErrTooLarge) {
		return newProblem(problemTooLarge, "the event is larger than the stream of events takes").because(err)
	}
	return newProblem(problemUnavailable, "").because(err).after(time.Second)
}

func (i *Ingestor) subscribe(ctx context.Context) (Inbox, *problem) {
	ctx, cancel := context.WithTimeout(ctx, i.config.PublishTimeout)
	defer cancel()
	inbox, err := i.answers.SubscribeAnswer(ctx)
	if err != nil {
		return nil, newProblem(problemUnavailable, "the answer could not be subscribed to; nothing was stored").because(err).after(time.Second)
	}
	return inbox, nil
}

func writeAcceptance(x *exchange, identity trade.Identity, receipt Receipt) *problem {
	body, err := json.Marshal(acceptance{Event: identity, Sequence: receipt.Sequence, Duplicate: receipt.Duplicate})
	if err != nil {
		return newProblem(problemInternal, "").because(err)
	}
	x.header().Set("Location", decisionPath(identity))
	return writeJSON(x, http.StatusAccepted, append(body, '\n'))
}

// decisionPath is where the decision on an event will be found.
func decisionPath(identity trade.Identity) string {
	return "/v1/decisions/" + url.PathEscape(identity.Source) + "/" + url.PathEscape(identity.ID) +
		"?revision=" + strconv.Itoa(identity.Revision)
}

func writeJSON(x *exchange, status int, body []byte) *problem {
	x.header().Set("Content-Type", "application/json")
	x.response.WriteHeader(status)
	_, err := x.response.Write(body)
	return x.unwritten(err)
}

// waitOf reads ?wait=, a duration such as 5s or 500ms; zero is not to wait.
func (i *Ingestor) waitOf(u *url.URL) (time.Duration, *problem) {
	parameters, problem := parametersOf(u, "wait")
	if problem != nil {
		return 0, problem
	}
	text, given := parameters["wait"]
	if !given {
		return 0, nil
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait <= 0 || wait > i.config.MaxWait {
		return 0, newProblem(problemInvalidRequest, "wait must be a duration above 0 and up to %s, such as 5s", i.config.MaxWait)
	}
	return wait, nil
}

// parametersOf reads the query strictly: what is not known or stands there twice is
// refused, because a sender that mistypes "wait" must not believe that it waits.
func parametersOf(u *url.URL, known string) (map[string]string, *problem) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, newProblem(problemInvalidRequest, "the query cannot be read")
	}
	parameters := make(map[string]string, len(query))
	for name, values := range query {
		if name != known {
			return nil, newProblem(problemInvalidRequest, "the only parameter here is %s", known)
		}
		if len(values) > 1 {
			return nil, newProblem(problemInvalidRequest, "the parameter %s stands there twice", known)
		}
		parameters[name] = values[0]
	}
	return parameters, nil
}
