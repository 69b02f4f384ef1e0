package telemetry

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Check says whether one thing is well: nil, or the reason why it is not. It
// should answer at once, from what the program knows already; it is given up on
// when its context ends. The reason is shown to whoever can reach the admin
// address, so it must hold no party data and no secret.
type Check func(ctx context.Context) error

// checkResult is one line of a health answer.
type checkResult struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// namedCheck is a check and the call of it that is under way, if any. Probes that
// come while a call is under way wait for that call's answer: a check that hangs
// holds one goroutine, however often it is probed.
type namedCheck struct {
	name  string
	check Check

	mutex sync.Mutex
	call  *checkCall
}

// checkCall is one call of a check; err may be read when done is closed.
type checkCall struct {
	done chan struct{}
	err  error
}

// checkSet is the checks of one endpoint, in the order they were added.
type checkSet struct {
	mutex  sync.Mutex
	checks []*namedCheck
}

func (s *checkSet) add(name string, check Check) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.checks = append(s.checks, &namedCheck{name: name, check: check})
}

// run asks all checks at the same time and returns within timeout, whatever they do.
func (s *checkSet) run(ctx context.Context, timeout time.Duration) (results []checkResult, ok bool) {
	s.mutex.Lock()
	checks := append([]*namedCheck(nil), s.checks...)
	s.mutex.Unlock()

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	results = make([]checkResult, len(checks))
	var group sync.WaitGroup
	for i, check := range checks {
		group.Go(func() { results[i] = check.run(ctx, timeout) })
	}
	group.Wait()
	ok = true
	for _, result := range results {
		ok = ok && result.OK
	}
	return results, ok
}

// run waits for the answer of the check until ctx ends. The call itself is bounded
// by timeout and not by ctx, because other probes may be waiting for it too.
func (c *namedCheck) run(ctx context.Context, timeout time.Duration) checkResult {
	call := c.begin(context.WithoutCancel(ctx), timeout)
	select {
	case <-call.done:
		if call.err != nil {
			return checkResult{Name: c.name, Reason: printable(call.err.Error())}
		}
		return checkResult{Name: c.name, OK: true}
	case <-ctx.Done():
		return checkResult{Name: c.name, Reason: "did not answer in time"}
	}
}

// maxReasonBytes keeps a health answer readable whatever an error holds.
const maxReasonBytes = 500

// printable makes a reason fit into JSON.
func printable(reason string) string {
	if len(reason) > maxReasonBytes {
		reason = reason[:maxReasonBytes] + "…"
	}
	return strings.ToValidUTF8(reason, "\uFFFD")
}

// begin joins the call that is under way, or starts one.
func (c *namedCheck) begin(ctx context.Context, timeout time.Duration) *checkCall {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.call != nil {
		return c.call
	}
	call := &checkCall{done: make(chan struct{})}
	c.call = call
	go func() {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		call.err = c.ask(ctx)
		c.mutex.Lock()
		c.call = nil
		c.mutex.Unlock()
		close(call.done)
	}()
	return call
}

// ask turns a panic into a reason: a broken check must not end the program that
// it reports on.
func (c *namedCheck) ask(ctx context.Context) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("check panicked: %v", recovered)
		}
	}()
	return c.check(ctx)
}
