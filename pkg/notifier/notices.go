package notifier

import (
	"context"
	"slices"
	"sync"

	"go.uber.org/zap"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/escalate"
)

// errands are the notices that wait to be told to one receiver, each once. They are
// only a hint: what is due is found again from the records, so what does not fit
// may be left to the next reconciliation.
type errands struct {
	mutex sync.Mutex
	ready *sync.Cond
	most  int
	done  bool
	// waiting are the notices not yet told, in the order they came; known are the
	// keys of those and of the ones a worker tells now, so that one notice is never
	// told by two workers of this replica at once.
	waiting []escalate.Notice
	known   map[string]bool
	// told are the keys of notices that the ledger has settled. They need not be
	// asked for again at every reconciliation.
	told map[string]bool
}

func newErrands(most int) *errands {
	e := &errands{most: most, known: map[string]bool{}, told: map[string]bool{}}
	e.ready = sync.NewCond(&e.mutex)
	return e
}

// add queues a notice; false means that there was no room for it.
func (e *errands) add(notice escalate.Notice) bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.known[notice.Key] || e.told[notice.Key] {
		return true
	}
	if e.done || len(e.waiting) >= e.most {
		return false
	}
	e.known[notice.Key] = true
	e.waiting = append(e.waiting, notice)
	e.ready.Signal()
	return true
}

// next waits for a notice; false means the end.
func (e *errands) next() (escalate.Notice, bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for !e.done && len(e.waiting) == 0 {
		e.ready.Wait()
	}
	if e.done {
		return escalate.Notice{}, false
	}
	notice := e.waiting[0]
	e.waiting[0] = escalate.Notice{}
	e.waiting = e.waiting[1:]
	return notice, true
}

// finish says that a notice is not being told any more, and whether it is settled
// for good.
func (e *errands) finish(notice escalate.Notice, settled bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	delete(e.known, notice.Key)
	if !settled {
		return
	}
	if len(e.told) >= 4*e.most {
		clear(e.told) // forgetting costs one look at the ledger each
	}
	e.told[notice.Key] = true
}

// stop ends all waiting.
func (e *errands) stop() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.done = true
	e.ready.Broadcast()
}

// dispatch hands the notices of a case to the workers.
func (n *Notifier) dispatch(state casework.State) {
	for _, notice := range n.due(state) {
		if !n.errands[notice.Receiver].add(notice) {
			n.metrics.noticesDeferred.Inc()
		}
	}
}

// tell is one worker of one receiver.
func (n *Notifier) tell(ctx context.Context, errands *errands) {
	for {
		notice, more := errands.next()
		if !more {
			return
		}
		errands.finish(notice, n.tellOne(ctx, notice))
	}
}

// tellOne tells one receiver, and says whether nobody needs to do it again. What
// fails stays due, and is found by the next reconciliation.
func (n *Notifier) tellOne(ctx context.Context, notice escalate.Notice) (settled bool) {
	fields := []zap.Field{
		zap.String("case_id", notice.Group), zap.String("receiver", notice.Receiver), zap.String("step", notice.Step),
	}
	notice, due, err := n.stillDue(ctx, notice)
	if err == nil && !due {
		return false
	}
	result := escalate.ResultFailed
	if err == nil {
		result, err = n.deps.Notices.Notify(ctx, notice)
	}
	n.metrics.told(notice, result)
	fields = append(fields, zap.String("result", string(result)))
	switch {
	case err != nil && ctx.Err() != nil:
		n.logger.Info("notice not told before the stop; it stays due", fields...)
	case err != nil:
		n.logger.Error("notice not told; it stays due", append(fields, zap.Error(err))...)
	case result == escalate.ResultRefused:
		n.logger.Error("notice refused for good; it is a dead letter", fields...)
	case result == escalate.ResultSent:
		n.logger.Info("notice told", fields...)
	}
	return err == nil && (result == escalate.ResultSent || result == escalate.ResultRefused || result == escalate.ResultDuplicate)
}

// stillDue looks at the case again: while a notice waited, somebody may have
// claimed or closed it, and more may have joined it.
func (n *Notifier) stillDue(ctx context.Context, notice escalate.Notice) (escalate.Notice, bool, error) {
	id, _, err := casework.ParseCaseID(notice.Group)
	if err != nil {
		return notice, false, err
	}
	held, err := n.dockets.acquire(ctx, []string{id})
	if err != nil {
		return notice, false, err
	}
	defer n.dockets.release(held)
	if err := n.dockets.refresh(ctx, held[0]); err != nil {
		return notice, false, err
	}
	state, _ := held[0].docket.Case(notice.Group)
	notices := n.due(state)
	at := slices.IndexFunc(notices, func(now escalate.Notice) bool { return now.Key == notice.Key })
	if at < 0 {
		return notice, false, nil
	}
	return notices[at], true, nil
}
