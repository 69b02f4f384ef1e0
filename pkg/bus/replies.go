package bus

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// replies hands out subjects for answers below one subscription, so that waiting
// for an answer costs the server nothing.
type replies struct {
	prefix string
	next   atomic.Uint64
	mu     sync.Mutex
	open   map[string]chan *nats.Msg
}

// newReplies subscribes and returns when the server knows of it: what is sent to
// a subject that was handed out always arrives, after a reconnection as well.
func newReplies(conn *nats.Conn) (*replies, error) {
	r := &replies{prefix: conn.NewInbox() + ".", open: make(map[string]chan *nats.Msg)}
	if _, err := conn.Subscribe(r.prefix+"*", r.deliver); err != nil {
		return nil, err
	}
	return r, conn.Flush()
}

func (r *replies) deliver(msg *nats.Msg) {
	r.mu.Lock()
	waiting := r.open[strings.TrimPrefix(msg.Subject, r.prefix)]
	r.mu.Unlock()
	if waiting == nil {
		return
	}
	select {
	case waiting <- msg:
	default: // more than was asked for
	}
}

// reply is a subject and what arrives on it.
type reply struct {
	replies *replies
	token   string
	subject string
	ch      chan *nats.Msg
}

// expect hands out a subject for at most count messages.
func (r *replies) expect(count int) *reply {
	token := strconv.FormatUint(r.next.Add(1), 36)
	waiting := &reply{replies: r, token: token, subject: r.prefix + token, ch: make(chan *nats.Msg, count)}
	r.mu.Lock()
	r.open[token] = waiting.ch
	r.mu.Unlock()
	return waiting
}

// close forgets the subject.
func (r *reply) close() {
	r.replies.mu.Lock()
	delete(r.replies.open, r.token)
	r.replies.mu.Unlock()
}
