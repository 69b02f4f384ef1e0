package screener

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/history"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

// item is one delivery on its way through a batch.
type item struct {
	Delivery
	event  trade.Event
	digest string
	facts  decision.Facts
	// lookup says that a decision may be stored already, and not before since.
	lookup bool
	since  time.Time
	// settled says that nothing more is to be done; err is its verdict then.
	settled bool
	err     error
	// result is the canonical JSON of the decision in effect.
	result []byte
}

// handle screens one batch: decode, observe, look up, decide, store, answer. Its
// verdicts are in the order of the deliveries.
func (s *Screener) handle(ctx context.Context, deliveries []Delivery) []error {
	began := time.Now()
	items := make([]item, len(deliveries))
	for i, delivery := range deliveries {
		items[i] = decode(delivery)
	}
	s.observe(ctx, items)
	s.lookUp(ctx, items)
	s.decide(ctx, items)
	verdicts := make([]error, len(items))
	for i := range items {
		verdicts[i] = s.verdict(&items[i])
	}
	s.metrics.batchSeconds.Observe(time.Since(began).Seconds())
	return verdicts
}

func decode(delivery Delivery) item {
	// An event delivered again may have been decided since it was stored.
	it := item{Delivery: delivery, lookup: delivery.Attempt > 1, since: delivery.Stored}
	event, err := trade.Decode(delivery.Data, trade.Limits{})
	if err != nil {
		it.settle(&RejectedError{Reason: "malformed", Err: err})
		return it
	}
	it.event, it.digest = event, trade.Digest(delivery.Data)
	return it
}

func (it *item) settle(err error) { it.settled, it.err = true, err }

// observe asks history for the facts of all events of the batch, and whether it saw
// them before. Where it does not know, the facts are unavailable, and decisions are
// looked up for as long as that can be afforded; beyond, a second copy of an event is
// noticed by the bus alone, when its decision is stored.
func (s *Screener) observe(ctx context.Context, items []item) {
	records := make([]history.Record, 0, len(items))
	places := make([]int, 0, len(items))
	for i := range items {
		if !items[i].settled {
			records = append(records, history.Record{Event: items[i].event, Digest: items[i].digest})
			places = append(places, i)
		}
	}
	if len(records) == 0 {
		return
	}
	s.gap.close(ctx, s.deps.History)
	observations, err := s.deps.History.Observe(ctx, records)
	if err != nil {
		noted := s.gap.open(ctx)
		s.metrics.historyFailures.Inc()
		s.deps.Logger.Error("history does not answer; screening without it", zap.Error(err))
		for _, place := range places {
			it := &items[place]
			if noted != nil {
				it.settle(noted)
			} else if !it.lookup {
				it.lookup, it.since = s.lookBacks.affordable(), s.lookBack()
			}
		}
		return
	}
	for i, place := range places {
		s.observed(&items[place], observations[i])
	}
}

// observed takes in what history answered about one event.
func (s *Screener) observed(it *item, seen history.Observation) {
	it.facts = seen.Facts
	switch {
	case seen.Seen && seen.Digest != it.digest:
		it.settle(contradiction(it.event.Identity(), seen.Digest, it.digest))
	case it.lookup:
	case seen.Seen:
		// A second copy; or one that only a rebuild of history has seen, whose decision
		// cannot be older than itself. After a restart there may be thousands of those.
		it.lookup = true
		if s.lookBacks.affordable() {
			it.since = s.lookBack()
		}
	case !seen.Facts.Complete:
		// It may have been seen by a history that was lost since.
		it.lookup, it.since = s.lookBacks.affordable(), s.lookBack()
	}
}

func contradiction(event trade.Identity, known, got string) error {
	return &RejectedError{Reason: "contradiction", Err: fmt.Errorf(
		"event %s came before with other content (sha256 %.12s, now %.12s): a changed event needs a higher revision", event, known, got)}
}

// lookUp finds the decisions of events that may have been decided before.
func (s *Screener) lookUp(ctx context.Context, items []item) {
	for i := range items {
		it := &items[i]
		if it.settled || !it.lookup {
			continue
		}
		began := time.Now()
		data, found, err := s.find(ctx, it.event.Identity(), it.since)
		s.lookBacks.spent(time.Since(began))
		switch {
		case err != nil:
			it.settle(err)
		case found:
			s.settleDecided(it, data)
		}
	}
}

// settleDecided ends an event whose decision is stored, unless that decision was
// about other content.
func (s *Screener) settleDecided(it *item, data []byte) {
	made, err := decision.Decode(data)
	if err != nil {
		it.settle(fmt.Errorf("the stored decision on %s: %w", it.event.Identity(), err))
		return
	}
	if made.EventDigest != it.digest {
		it.settle(contradiction(it.event.Identity(), made.EventDigest, it.digest))
		return
	}
	s.metrics.duplicates.Inc()
	it.result = data
	it.settle(nil)
	s.answer(it)
}

// lookBack is since when the decision on a second copy is looked for.
func (s *Screener) lookBack() time.Time {
	if s.config.LookBack == 0 {
		return time.Time{}
	}
	return s.deps.Clock().Add(-s.config.LookBack)
}

func (s *Screener) find(ctx context.Context, event trade.Identity, since time.Time) ([]byte, bool, error) {
	if s.deps.Memory != nil {
		if data, found, err := s.deps.Memory.Recall(ctx, event); err == nil && found {
			return data, true, nil
		}
	}
	data, found, err := s.deps.Decisions.Lookup(ctx, event, since)
	if err != nil {
		return nil, false, fmt.Errorf("look up the decision on %s: %w", event, err)
	}
	return data, found, nil
}

// decide screens what is not settled, stores the decisions and answers.
func (s *Screener) decide(ctx context.Context, items []item) {
	engine := s.Engine()
	publications := make([]Publication, 0, len(items))
	places := make([]int, 0, len(items))
	for i := range items {
		it := &items[i]
		if it.settled {
			continue
		}
		made, data, err := engine.Screen(screen.Input{
			Event: it.event, Digest: it.digest, Trigger: decision.TriggerEvent, Time: s.deps.Clock(), Facts: it.facts,
		})
		if err != nil {
			it.settle(&RejectedError{Reason: "undecidable", Err: err})
			continue
		}
		it.result = data
		publications = append(publications, Publication{Decision: made, Data: data, EventSequence: it.Sequence})
		places = append(places, i)
	}
	if len(publications) == 0 {
		return
	}
	stored := make([]Publication, 0, len(publications))
	for i, receipt := range s.deps.Decisions.Publish(ctx, publications) {
		it := &items[places[i]]
		switch {
		case errors.Is(receipt.Err, ErrTooLarge):
			it.settle(&RejectedError{Reason: "too_large", Err: receipt.Err})
		case receipt.Err != nil:
			it.settle(fmt.Errorf("store the decision on %s: %w", it.event.Identity(), receipt.Err))
		case receipt.Duplicate:
			s.settleStoredBefore(ctx, it, receipt.Sequence)
		default:
			s.settleStored(it, &publications[i])
			stored = append(stored, publications[i])
		}
	}
	if s.deps.Memory != nil && len(stored) > 0 {
		if err := s.deps.Memory.Remember(ctx, stored); err != nil {
			s.deps.Logger.Warn("decisions are stored but not remembered", zap.Error(err))
		}
	}
}

func (s *Screener) settleStored(it *item, publication *Publication) {
	it.settle(nil)
	s.metrics.decisions.WithLabelValues(publication.Decision.Outcome.String()).Inc()
	if !publication.Decision.Facts.Complete {
		s.metrics.historyMissing.Inc()
	}
	s.answer(it)
}

// settleStoredBefore ends an event whose decision another worker stored while we
// decided: theirs is in effect, so theirs is the answer.
func (s *Screener) settleStoredBefore(ctx context.Context, it *item, sequence uint64) {
	data, err := s.deps.Decisions.At(ctx, sequence)
	if err != nil {
		it.settle(fmt.Errorf("read the decision in effect on %s: %w", it.event.Identity(), err))
		return
	}
	s.settleDecided(it, data)
}

// answer tells whoever waits. A lost answer is not an error: the decision is
// stored, and the door looks it up.
func (s *Screener) answer(it *item) {
	if it.Answer == "" {
		return
	}
	if err := s.deps.Answers.Answer(it.Answer, it.result); err != nil {
		s.deps.Logger.Warn("nobody was told of a decision that is stored", zap.Error(err))
	}
}

// verdict turns an item's end into what the bus is told, and counts it.
func (s *Screener) verdict(it *item) error {
	if it.err == nil {
		return nil
	}
	if rejected, ok := it.err.(*RejectedError); ok {
		s.metrics.rejected.WithLabelValues(rejected.Reason).Inc()
	} else {
		s.metrics.retried.Inc()
	}
	return it.err
}
