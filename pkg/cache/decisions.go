package cache

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// maxDecision bounds one remembered decision, in bytes. Larger ones are not remembered:
// they are found in NATS.
const maxDecision = 1 << 20

// Decisions remembers recent decisions by the identity of their event, so that a
// redelivered event finds its decision without a scan. It is a cache: what is not found
// here may still exist.
type Decisions struct {
	client *Client
}

// NewDecisions returns the remembered decisions of the client's tenant.
func NewDecisions(client *Client) *Decisions { return &Decisions{client: client} }

// DecisionEntry is a decision to remember.
type DecisionEntry struct {
	// Identity is the event's identity as text, source/id/revision.
	Identity string
	// Data is the decision's canonical JSON.
	Data []byte
}

// RememberDecision remembers one decision for [Config.DecisionsFor]. The first one
// remembered stays: the first stored is the decision in effect.
func (d *Decisions) RememberDecision(ctx context.Context, identity string, data []byte) error {
	return d.RememberDecisions(ctx, []DecisionEntry{{Identity: identity, Data: data}})
}

// RememberDecisions remembers several in one pipeline. Those of more than 1 MiB are passed over.
func (d *Decisions) RememberDecisions(ctx context.Context, entries []DecisionEntry) error {
	pipe := d.client.redis.Pipeline()
	for _, entry := range entries {
		if len(entry.Data) > 0 && len(entry.Data) <= maxDecision {
			pipe.SetNX(ctx, d.client.identityKey("decision", entry.Identity), entry.Data, d.client.config.DecisionsFor)
		}
	}
	if pipe.Len() == 0 {
		return nil
	}
	return run(ctx, "remember decisions", pipe)
}

// Decision returns the remembered decision of an event, if there is one.
func (d *Decisions) Decision(ctx context.Context, identity string) (data []byte, found bool, err error) {
	data, err = d.client.redis.Get(ctx, d.client.identityKey("decision", identity)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, explain(ctx, fmt.Sprintf("recall the decision on %s", identity), err)
	}
	return data, true, nil
}

// Decisions returns the remembered decisions of several events in one pipeline, nil
// where there is none.
func (d *Decisions) Decisions(ctx context.Context, identities []string) ([][]byte, error) {
	if len(identities) == 0 {
		return nil, nil
	}
	pipe := d.client.redis.Pipeline()
	cmds := make([]*redis.StringCmd, len(identities))
	for i, identity := range identities {
		cmds[i] = pipe.Get(ctx, d.client.identityKey("decision", identity))
	}
	if err := run(ctx, "recall decisions", pipe); err != nil {
		return nil, err
	}
	found := make([][]byte, len(identities))
	for i, cmd := range cmds {
		if cmd.Err() == nil {
			found[i] = []byte(cmd.Val())
		}
	}
	return found, nil
}
