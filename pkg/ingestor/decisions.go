package ingestor

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/trade"
)

// serveDecision answers with the decision in effect on an event.
func (i *Ingestor) serveDecision(x *exchange) *problem {
	identity := trade.Identity{Source: x.request.PathValue("source"), ID: x.request.PathValue("id")}
	parameters, problem := parametersOf(x.request.URL, "revision")
	if problem != nil {
		return problem
	}
	if text, given := parameters["revision"]; given {
		revision, err := strconv.ParseUint(text, 10, 31)
		if err != nil || revision == 0 || strconv.FormatUint(revision, 10) != text {
			return newProblem(problemInvalidRequest, "revision must be a whole number from 1")
		}
		identity.Revision = int(revision)
	}
	// Before anything is looked up: whether an event exists is told only to those who
	// may know.
	if !x.grant.Allows(identity.Source) {
		return newProblem(problemSourceNotAllowed, "the path names another source")
	}
	if problem := i.takeRate(x); problem != nil {
		return problem
	}
	ctx, cancel := context.WithTimeout(x.request.Context(), i.config.LookupTimeout)
	defer cancel()
	data, found, err := i.decisions.Lookup(ctx, identity)
	switch {
	case err != nil:
		return newProblem(problemUnavailable, "the decision could not be looked up").because(err).after(time.Second)
	case !found || len(data) == 0:
		return newProblem(problemNoDecision, "")
	default:
		return writeJSON(x, http.StatusOK, data)
	}
}

// Pauses between look-ups of the decision on a duplicate.
const (
	firstPause = 25 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// await returns the decision on an event that was just stored, or nil where it is not
// ready in time. A first delivery is answered on the inbox; the answer to a duplicate
// goes to whoever sent the event first, so that one is looked up.
func (i *Ingestor) await(ctx context.Context, identity trade.Identity, duplicate bool, inbox Inbox, wait time.Duration) []byte {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	// Stopping must not take as long as the longest wait: the event is stored, and
	// 202 is a true answer.
	defer context.AfterFunc(i.stopping, cancel)()
	if duplicate {
		return i.poll(waiting, identity)
	}
	decision, err := inbox.Wait(waiting)
	if err == nil && len(decision) > 0 {
		return decision
	}
	if ctx.Err() != nil || i.stopping.Err() != nil {
		return nil
	}
	// Answers are sent once and not kept, so one may have been lost on the way. Looking
	// once more must not make the wait much longer than was asked for.
	last, cancelLast := context.WithTimeout(ctx, lastPause)
	defer cancelLast()
	if decision, found := i.lookup(last, identity); found {
		return decision
	}
	return nil
}

// poll looks the decision up until it is there or ctx ends.
func (i *Ingestor) poll(ctx context.Context, identity trade.Identity) []byte {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if decision, found := i.lookup(ctx, identity); found {
			return decision
		}
		timer.Reset(pause)
	}
}

// lookup looks a decision up once. A failure is logged here, because the caller
// answers 202 whatever the reason is.
func (i *Ingestor) lookup(ctx context.Context, identity trade.Identity) ([]byte, bool) {
	ctx, cancel := context.WithTimeout(ctx, i.config.LookupTimeout)
	defer cancel()
	decision, found, err := i.decisions.Lookup(ctx, identity)
	if err != nil {
		if ctx.Err() == nil {
			i.logger.Warn("decision not looked up", zap.String("event_id", identity.String()), zap.Error(err))
		}
		return nil, false
	}
	return decision, found && len(decision) > 0
}
