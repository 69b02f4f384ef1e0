package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// maxBatch is how many messages the server takes in one atomic batch.
const maxBatch = 1000

// The headers of the server's atomic batches.
const (
	headerBatch         = "Nats-Batch-Id"
	headerBatchSequence = "Nats-Batch-Sequence"
	headerBatchCommit   = "Nats-Batch-Commit"
)

// batchAck is the server's answer to the last message of a batch.
type batchAck struct {
	Error    *jetstream.APIError `json:"error"`
	Stream   string              `json:"stream"`
	Sequence uint64              `json:"seq"`
	Count    int                 `json:"count"`
}

// publishBatch stores all messages, one behind the other, or none, and returns the
// sequence of the last. They must belong to one stream. An error that is
// [ErrUnavailable] leaves open which of the two happened.
func (b *Bus) publishBatch(ctx context.Context, msgs []*nats.Msg) (uint64, error) {
	if len(msgs) > maxBatch {
		return 0, fmt.Errorf("atomic batch of %d messages: %w: more than %d", len(msgs), ErrTooLarge, maxBatch)
	}
	// The first message is answered because an error there says more than the one that
	// the last message gets in consequence.
	answers := b.replies.expect(2)
	defer answers.close()
	id := nuid.Next()
	for i, msg := range msgs {
		if msg.Header == nil {
			msg.Header = nats.Header{}
		}
		msg.Header[headerBatch] = []string{id}
		msg.Header[headerBatchSequence] = []string{strconv.Itoa(i + 1)}
		msg.Reply = ""
		if i == 0 {
			msg.Reply = answers.subject
		}
		if i == len(msgs)-1 {
			msg.Reply = answers.subject
			msg.Header[headerBatchCommit] = []string{"1"}
		}
		if err := b.conn.PublishMsg(msg); err != nil {
			return 0, fmt.Errorf("atomic batch, message %d of %d: %w", i+1, len(msgs), classify(err))
		}
	}
	return b.awaitBatch(ctx, answers, len(msgs))
}

// awaitBatch waits for the answer to a batch of size messages.
func (b *Bus) awaitBatch(ctx context.Context, answers *reply, size int) (uint64, error) {
	for {
		select {
		case msg := <-answers.ch:
			if len(msg.Data) == 0 && msg.Header.Get("Status") == "" {
				continue // the first message is staged
			}
			return batchAnswer(msg, size)
		case <-ctx.Done():
			return 0, fmt.Errorf("atomic batch of %d messages: %w", size, classify(ctx.Err()))
		}
	}
}

func batchAnswer(msg *nats.Msg, size int) (uint64, error) {
	if status := msg.Header.Get("Status"); status != "" {
		return 0, fmt.Errorf("atomic batch of %d messages: %w: status %s", size, ErrUnavailable, status)
	}
	var ack batchAck
	if err := json.Unmarshal(msg.Data, &ack); err != nil {
		return 0, fmt.Errorf("atomic batch of %d messages: %w: answer is not readable: %w", size, ErrUnavailable, err)
	}
	if ack.Error != nil {
		return 0, fmt.Errorf("atomic batch of %d messages: %w", size, classify(ack.Error))
	}
	if ack.Count != size {
		return 0, fmt.Errorf("atomic batch of %d messages: %w: server stored %d", size, ErrUnavailable, ack.Count)
	}
	return ack.Sequence, nil
}

// clearBatch makes messages of a refused batch fit to be sent by themselves.
func clearBatch(msgs []*nats.Msg) {
	for _, msg := range msgs {
		msg.Reply = ""
		delete(msg.Header, headerBatch)
		delete(msg.Header, headerBatchSequence)
		delete(msg.Header, headerBatchCommit)
	}
}
