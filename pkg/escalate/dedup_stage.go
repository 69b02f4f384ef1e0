package escalate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// dedupStage stops what has been told already, and takes the lease on telling the rest.
type dedupStage struct {
	leases leases
	length time.Duration
}

// Exec takes the lease on the notice.
func (s *dedupStage) Exec(ctx context.Context, delivery *Delivery) (bool, error) {
	result, err := s.leases.take(ctx, delivery, s.length)
	if err != nil {
		return false, err
	}
	if result != ResultUnknown {
		delivery.Result = result
		return false, nil
	}
	return true, nil
}

// leases take, lengthen and settle entries of the ledger by compare-and-set.
type leases struct {
	ledger Ledger
	holder string
	clock  func() time.Time
}

// take makes the delivery this replica's for a while. The result is unknown when
// it is, or else says why not.
func (l leases) take(ctx context.Context, delivery *Delivery, length time.Duration) (Result, error) {
	notice, now := delivery.Notice, l.clock()
	value, revision, err := l.ledger.Get(ctx, notice.Key)
	absent := errors.Is(err, ErrAbsent)
	if err != nil && !absent {
		return ResultFailed, fmt.Errorf("read the ledger: %w", err)
	}
	if !absent {
		entry, err := DecodeEntry(value)
		switch {
		case err != nil:
			return ResultFailed, err
		case entry.Status == EntrySent || entry.Status == EntryRefused:
			return ResultDuplicate, nil
		case entry.Holder != l.holder && now.Before(entry.Until):
			return ResultBusy, nil
		}
	}
	delivery.Revision = revision
	delivery.Entry = Entry{
		Status: EntrySending, Group: notice.Group, Step: notice.Step, Receiver: notice.Receiver,
		Holder: l.holder, Until: now.Add(length).UTC(),
	}
	if err := l.write(ctx, delivery, absent); errors.Is(err, ErrTaken) {
		return ResultBusy, nil
	} else if err != nil {
		return ResultFailed, err
	}
	return ResultUnknown, nil
}

// extend makes a held lease last the given time from now.
func (l leases) extend(ctx context.Context, delivery *Delivery, length time.Duration) error {
	delivery.Entry.Until = l.clock().Add(length).UTC()
	return l.write(ctx, delivery, false)
}

// write stores the delivery's entry over the revision this replica knows.
func (l leases) write(ctx context.Context, delivery *Delivery, create bool) error {
	value, err := delivery.Entry.encode()
	if err != nil {
		return err
	}
	var revision uint64
	if create {
		revision, err = l.ledger.Create(ctx, delivery.Notice.Key, value)
	} else {
		revision, err = l.ledger.Update(ctx, delivery.Notice.Key, value, delivery.Revision)
	}
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	delivery.Revision = revision
	return nil
}
