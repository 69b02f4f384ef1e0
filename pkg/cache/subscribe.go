package cache

import (
	"context"
	"time"
)

// Subscribe returns a channel that receives the current snapshot at once, if there is
// one, and then each time another one becomes current. Messages make it quick, and a poll
// finds what messages missed; while Redis does not answer nothing is sent. A slow receiver
// misses intermediate snapshots and gets the latest. The channel closes when ctx ends, and
// then nothing of it runs any more.
func (l *Lists) Subscribe(ctx context.Context) <-chan ListReference {
	out := make(chan ListReference)
	go l.watch(ctx, out)
	return out
}

func (l *Lists) watch(ctx context.Context, out chan<- ListReference) {
	defer close(out)
	subscription := l.client.redis.Subscribe(ctx, l.key("changed"))
	defer func() { _ = subscription.Close() }() // what fails here was lost anyway
	messages := subscription.Channel()
	poll := time.NewTicker(l.client.config.Poll)
	defer poll.Stop()
	var sent, latest ListReference
	for {
		if reference, found, err := l.Current(ctx); err == nil && found {
			latest = reference
		}
		// A nil channel is never ready, so nothing is offered unless it is new.
		var offer chan<- ListReference
		if latest != sent {
			offer = out
		}
		select {
		case <-ctx.Done():
			return
		case offer <- latest:
			sent = latest
		case _, open := <-messages:
			if !open {
				messages = nil
			}
		case <-poll.C:
		}
	}
}
