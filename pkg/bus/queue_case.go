package bus

import (
	"context"
	"fmt"
	"strings"
)

// ReadCaseQueues returns what one case has on all queues: normally one message or
// none, and two where a severity change was interrupted.
func (b *Bus) ReadCaseQueues(ctx context.Context, caseID string) ([]QueueItem, error) {
	if err := checkToken("case", caseID); err != nil {
		return nil, fmt.Errorf("read the queues of a case: %w", err)
	}
	var items []QueueItem
	err := b.readAll(ctx, streamQueues, "queues.*.*."+caseID, 1, func(d Delivery) error {
		if tokens := strings.Split(d.Subject, "."); len(tokens) == 4 {
			items = append(items, QueueItem{Queue: tokens[1], Severity: tokens[2], Case: tokens[3], Sequence: d.Sequence, Stored: d.Stored, Data: d.Data})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the queues of case %s: %w", caseID, err)
	}
	return items, nil
}
