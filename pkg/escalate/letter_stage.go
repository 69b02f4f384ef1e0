package escalate

import (
	"context"
	"fmt"
	"time"
)

// letterStage keeps what a receiver refused for good. It stands before the record
// stage: a crash in between writes the letter again under the same id, where the
// other order could lose it.
type letterStage struct {
	letters Letters
	clock   func() time.Time
}

// Exec writes the dead letter of a refused notice.
func (s *letterStage) Exec(ctx context.Context, delivery *Delivery) (bool, error) {
	if delivery.Refusal == nil {
		return true, nil
	}
	letter := Letter{
		ID: delivery.Notice.Key, Notice: delivery.Notice, Reason: delivery.Refusal.Error(),
		Attempts: delivery.Entry.Attempts, At: s.clock().UTC(),
	}
	if err := s.letters.DeadLetter(ctx, letter); err != nil {
		delivery.Result = ResultFailed
		return false, fmt.Errorf("write the dead letter: %w", err)
	}
	return true, nil
}
