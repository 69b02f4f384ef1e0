package escalate

import (
	"context"
	"errors"
	"time"
)

// recordStage writes down what came of a notice, so that nobody is told twice.
type recordStage struct {
	leases leases
}

// Exec settles the ledger's entry. When another replica took the lease meanwhile,
// the receiver may be told twice, with one key; the entry is then the other's.
func (s *recordStage) Exec(ctx context.Context, delivery *Delivery) (bool, error) {
	delivery.Entry.Status, delivery.Entry.Done, delivery.Entry.Until = EntrySent, s.leases.clock().UTC(), time.Time{}
	if delivery.Refusal != nil {
		delivery.Entry.Status, delivery.Entry.Reason = EntryRefused, delivery.Refusal.Error()
	}
	err := s.leases.write(ctx, delivery, false)
	if err != nil && !errors.Is(err, ErrTaken) {
		return false, err
	}
	return true, nil
}
