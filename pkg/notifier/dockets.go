package notifier

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"chokepoint/pkg/casework"
)

// dockets remembers dockets and lets one goroutine at a time work on each. What is
// remembered is only ever a beginning of what is stored: reading on from it, or the
// compare-and-set, finds out what it lacks.
type dockets struct {
	cases Cases
	most  int

	mutex sync.Mutex
	known map[string]*list.Element // of *heldDocket
	order *list.List               // the latest used first
}

// heldDocket is a docket with its place in the stream. Whoever holds its lock may
// use the rest.
type heldDocket struct {
	id    string
	lock  chan struct{}
	users int // holders and waiters; guarded by dockets.mutex

	docket *casework.Docket
	last   uint64
}

func newDockets(cases Cases, most int) *dockets {
	return &dockets{cases: cases, most: most, known: map[string]*list.Element{}, order: list.New()}
}

// acquire locks dockets, in the order of their names so that no two callers wait
// for each other, and returns them as far as they are known.
func (d *dockets) acquire(ctx context.Context, ids []string) ([]*heldDocket, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	held := make([]*heldDocket, 0, len(ids))
	for _, id := range slices.Compact(ids) {
		one := d.use(id)
		select {
		case one.lock <- struct{}{}:
			held = append(held, one)
		case <-ctx.Done():
			d.leave(one)
			d.release(held)
			return nil, fmt.Errorf("wait for docket %s: %w", id, context.Cause(ctx))
		}
	}
	return held, nil
}

// release unlocks what acquire locked.
func (d *dockets) release(held []*heldDocket) {
	for _, one := range held {
		<-one.lock
		d.leave(one)
	}
}

func (d *dockets) use(id string) *heldDocket {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	element, known := d.known[id]
	if known {
		d.order.MoveToFront(element)
	} else {
		element = d.order.PushFront(&heldDocket{id: id, lock: make(chan struct{}, 1), docket: casework.NewDocket(id)})
		d.known[id] = element
	}
	one := element.Value.(*heldDocket)
	one.users++
	d.forgetOldest()
	return one
}

func (d *dockets) leave(one *heldDocket) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	one.users--
	d.forgetOldest()
}

// forgetOldest drops what has not been used for longest and nobody uses now.
func (d *dockets) forgetOldest() {
	for element := d.order.Back(); element != nil && d.order.Len() > d.most; {
		previous := element.Prev()
		if one := element.Value.(*heldDocket); one.users == 0 {
			d.order.Remove(element)
			delete(d.known, one.id)
		}
		element = previous
	}
}

// refresh reads on what is stored of a locked docket. Where that does not follow
// from what is remembered, the docket is read again from its beginning before
// anybody says that it was altered.
func (d *dockets) refresh(ctx context.Context, one *heldDocket) error {
	remembered := one.last > 0
	err := d.readOn(ctx, one)
	if remembered && errors.Is(err, casework.ErrRecord) {
		return d.readOn(ctx, one)
	}
	return err
}

func (d *dockets) readOn(ctx context.Context, one *heldDocket) error {
	messages, err := d.cases.Read(ctx, one.id, one.last)
	if err != nil {
		return fmt.Errorf("read docket %s: %w", one.id, err)
	}
	for _, message := range messages {
		if err := one.apply(message.Data, message.Sequence); err != nil {
			return err
		}
	}
	return nil
}

// apply folds a stored message into the docket. A docket that does not verify is
// forgotten, so that it is read again from its beginning next time.
func (h *heldDocket) apply(data []byte, sequence uint64) error {
	if err := h.docket.Apply(data); err != nil {
		h.reset()
		return fmt.Errorf("fold message %d: %w", sequence, err)
	}
	h.last = sequence
	return nil
}

func (h *heldDocket) reset() { h.docket, h.last = casework.NewDocket(h.id), 0 }
