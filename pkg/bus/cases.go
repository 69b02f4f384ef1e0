package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// CaseAppend is a record to be appended to a case.
type CaseAppend struct {
	// Case is the case: letters, digits, - and _.
	Case string
	// Expected is the sequence of the case's last record as the writer knows it; 0 for
	// a case without any.
	Expected uint64
	// Data is the record.
	Data []byte
	// ID names the record, for whoever looks for it before writing it again.
	ID string
}

// CaseRecord is a record of a case.
type CaseRecord struct {
	// Case is the case, Sequence the record's place in CASES, Stored when it came there.
	Case     string
	Sequence uint64
	Stored   time.Time
	// ID is the name it was given; Data is the record.
	ID   string
	Data []byte
}

// AppendCase appends records to cases and returns their sequences, in order. All
// are stored or none. Where a case has a later record than Expected the error is
// [ErrConflict]: read it again and decide again. Of several records of one case in
// one call, Expected of the first counts; the others follow it. An error that is
// [ErrUnavailable] leaves open whether they were stored; the next attempt then ends
// in [ErrConflict], and reading shows it. At most 1,000 records.
func (b *Bus) AppendCase(ctx context.Context, appends []CaseAppend) ([]uint64, error) {
	msgs := make([]*nats.Msg, len(appends))
	seen := make(map[string]bool, len(appends))
	for i, record := range appends {
		if err := checkToken("case", record.Case); err != nil {
			return nil, fmt.Errorf("append to a case: %w", err)
		}
		msgs[i] = newMsg("cases."+record.Case, record.Data, HeaderRecord, encodeHeader(record.ID), HeaderContentType, contentTypeJSON)
		if !seen[record.Case] {
			seen[record.Case] = true
			msgs[i].Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(record.Expected, 10)}
		}
		if err := b.checkSize(msgs[i]); err != nil {
			return nil, fmt.Errorf("append to case %s: %w", record.Case, err)
		}
	}
	ctx, cancel := b.publishTimeout(ctx)
	defer cancel()
	switch len(msgs) {
	case 0:
		return nil, nil
	case 1:
		ack, err := b.js.PublishMsg(ctx, msgs[0])
		if err != nil {
			return nil, fmt.Errorf("append to case %s: %w", appends[0].Case, classify(err))
		}
		return []uint64{ack.Sequence}, nil
	}
	last, err := b.publishBatch(ctx, msgs)
	if err != nil {
		return nil, fmt.Errorf("append to %d cases: %w", len(seen), err)
	}
	sequences := make([]uint64, len(msgs))
	for i := range sequences {
		sequences[i] = last - uint64(len(msgs)-1-i)
	}
	return sequences, nil
}

// ReadCase returns the records of a case, the oldest first; none where there is no
// such case.
func (b *Bus) ReadCase(ctx context.Context, caseID string) ([]CaseRecord, error) {
	return b.ReadCaseAfter(ctx, caseID, 0)
}

// ReadCaseAfter returns the records of a case behind a sequence, the oldest first:
// what a reader who knows the case so far has missed.
func (b *Bus) ReadCaseAfter(ctx context.Context, caseID string, after uint64) ([]CaseRecord, error) {
	if err := checkToken("case", caseID); err != nil {
		return nil, fmt.Errorf("read a case: %w", err)
	}
	var records []CaseRecord
	err := b.readAll(ctx, streamCases, "cases."+caseID, after+1, func(d Delivery) error {
		records = append(records, d.caseRecord())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read case %s: %w", caseID, err)
	}
	return records, nil
}

// ScanCases calls fn for every record of every case from a sequence in CASES on to
// the end as it is at the time of the call, and returns that end.
func (b *Bus) ScanCases(ctx context.Context, from uint64, fn func(CaseRecord) error) (last uint64, err error) {
	return b.scan(ctx, streamCases, from, false, func(d Delivery) error { return fn(d.caseRecord()) })
}

func (d Delivery) caseRecord() CaseRecord {
	return CaseRecord{
		Case:     strings.TrimPrefix(d.Subject, "cases."),
		Sequence: d.Sequence,
		Stored:   d.Stored,
		ID:       decodeHeader(d.Header.Get(HeaderRecord)),
		Data:     d.Data,
	}
}

// QueueItem is a case in a compliance queue.
type QueueItem struct {
	Queue, Severity, Case string
	// Sequence is its place in QUEUES, Stored when it came there.
	Sequence uint64
	Stored   time.Time
	Data     []byte
}

// EnsureQueue makes the durable pull consumer "queue-<queue>" of a compliance queue,
// from which people and their tools take its cases. It may be called at every start.
func (b *Bus) EnsureQueue(ctx context.Context, queue string) error {
	if err := checkToken("queue", queue); err != nil {
		return err
	}
	_, err := b.ensureConsumer(ctx, streamQueues, jetstream.ConsumerConfig{
		Durable:        "queue-" + queue,
		Description:    "cases of the queue " + queue,
		FilterSubjects: []string{"queues." + queue + ".>"},
		AckWait:        5 * time.Minute,
		MaxAckPending:  1000,
	})
	if err != nil {
		return fmt.Errorf("ensure queue %s: %w", queue, err)
	}
	return nil
}

// PutQueue puts a case into a queue and takes it out of every other place it stood
// in, another severity included. Calls about one case must not overlap.
func (b *Bus) PutQueue(ctx context.Context, queue, severity, caseID string, data []byte) error {
	if err := errors.Join(checkToken("queue", queue), checkToken("severity", severity), checkToken("case", caseID)); err != nil {
		return fmt.Errorf("put into a queue: %w", err)
	}
	ctx, cancel := b.publishTimeout(ctx)
	defer cancel()
	msg := newMsg("queues."+queue+"."+severity+"."+caseID, data, HeaderContentType, contentTypeJSON)
	ack, err := b.js.PublishMsg(ctx, msg)
	if err != nil {
		return fmt.Errorf("put case %s into queue %s: %w", caseID, queue, classify(err))
	}
	// Put first, remove then: in between the case stands in two places, never in none.
	return b.purgeQueue(ctx, caseID, jetstream.WithPurgeSequence(ack.Sequence))
}

// RemoveQueue takes a case out of all queues.
func (b *Bus) RemoveQueue(ctx context.Context, caseID string) error {
	if err := checkToken("case", caseID); err != nil {
		return fmt.Errorf("remove from queues: %w", err)
	}
	ctx, cancel := b.publishTimeout(ctx)
	defer cancel()
	return b.purgeQueue(ctx, caseID)
}

func (b *Bus) purgeQueue(ctx context.Context, caseID string, opts ...jetstream.StreamPurgeOpt) error {
	stream, err := b.js.Stream(ctx, streamQueues)
	if err == nil {
		err = stream.Purge(ctx, append(opts, jetstream.WithPurgeSubject("queues.*.*."+caseID))...)
	}
	if err != nil {
		return fmt.Errorf("remove case %s from queues: %w", caseID, classify(err))
	}
	return nil
}

// ReadQueue returns what stands in a queue, in the order it was put there, at most
// limit (0 is 1,000).
func (b *Bus) ReadQueue(ctx context.Context, queue string, limit int) ([]QueueItem, error) {
	if err := checkToken("queue", queue); err != nil {
		return nil, fmt.Errorf("read a queue: %w", err)
	}
	if limit <= 0 {
		limit = 1000
	}
	var items []QueueItem
	err := b.readAll(ctx, streamQueues, "queues."+queue+".>", 1, func(d Delivery) error {
		tokens := strings.Split(d.Subject, ".")
		if len(tokens) != 4 {
			return nil
		}
		items = append(items, QueueItem{Queue: tokens[1], Severity: tokens[2], Case: tokens[3], Sequence: d.Sequence, Stored: d.Stored, Data: d.Data})
		if len(items) == limit {
			return errStop
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read queue %s: %w", queue, err)
	}
	return items, nil
}
