package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"chokepoint/pkg/history"

	"github.com/redis/go-redis/v9"
)

// chunkRecords is how many records go through the pipelines together. Callers may pass
// more; a pipeline of unlimited size would hold up everybody else on the server.
const chunkRecords = 256

// History is history in Redis: what [history.Memory] is in one process, for many. It is
// safe for concurrent use, by any number of processes on one Redis.
type History struct {
	client *Client
	states [history.Shards]string

	mutex sync.Mutex
	// rebuilding holds the epoch of each shard when a rebuild began; nil outside one.
	rebuilding []string
}

// NewHistory returns the history of the client's tenant.
func NewHistory(client *Client) *History {
	h := &History{client: client}
	for shard := range h.states {
		h.states[shard] = fmt.Sprintf("%s{%02d}:state", client.prefix, shard)
	}
	return h
}

// Observe takes in records in their order and answers each; see the package's
// documentation for how. An error says that nothing was answered; what was written stays
// and does no harm, so the same records can be observed again.
func (h *History) Observe(ctx context.Context, records []history.Record) ([]history.Observation, error) {
	observations := make([]history.Observation, 0, len(records))
	for chunk := range slices.Chunk(records, chunkRecords) {
		b := newBatch(h, chunk)
		if err := b.read(ctx); err != nil {
			return nil, err
		}
		if err := b.append(ctx); err != nil {
			return nil, err
		}
		if err := b.remember(ctx); err != nil {
			return nil, err
		}
		observations = append(observations, b.observations...)
	}
	return observations, nil
}

// The states of a shard.
const (
	stateOpen     = "open:"
	stateComplete = "complete:"
)

// Complete says whether all shards are marked complete.
func (h *History) Complete(ctx context.Context) (bool, error) {
	states, err := h.readStates(ctx)
	if err != nil {
		return false, err
	}
	for _, state := range states {
		if !strings.HasPrefix(state, stateComplete) {
			return false, nil
		}
	}
	return true, nil
}

func (h *History) readStates(ctx context.Context) ([]string, error) {
	pipe := h.client.redis.Pipeline()
	var cmds [history.Shards]*redis.StringCmd
	for shard, key := range h.states {
		cmds[shard] = pipe.Get(ctx, key)
	}
	if err := run(ctx, "read the state of history", pipe); err != nil {
		return nil, err
	}
	states := make([]string, history.Shards)
	for shard, cmd := range cmds {
		states[shard] = cmd.Val()
	}
	return states, nil
}

// BeginRebuild notes the epoch of every shard, so that the next [History.MarkComplete] of
// this value can tell whether Redis was emptied meanwhile. It changes nothing else;
// screening goes on beside a rebuild.
func (h *History) BeginRebuild(ctx context.Context) error {
	pipe := h.client.redis.Pipeline()
	for _, key := range h.states {
		pipe.SetNX(ctx, key, stateOpen+h.client.newEpoch(), 0)
	}
	if err := run(ctx, "begin to rebuild history", pipe); err != nil {
		return err
	}
	states, err := h.readStates(ctx)
	if err != nil {
		return err
	}
	epochs := make([]string, len(states))
	for shard, state := range states {
		_, epochs[shard], _ = strings.Cut(state, ":")
	}
	h.mutex.Lock()
	h.rebuilding = epochs
	h.mutex.Unlock()
	return nil
}

// markScript marks one shard complete unless its epoch is another than the expected one.
// It is a script because between looking and setting Redis may be emptied.
var markScript = redis.NewScript(`
local state = redis.call('GET', KEYS[1])
if not state then
  if ARGV[1] ~= '' then return 0 end
  redis.call('SET', KEYS[1], 'complete:' .. ARGV[2])
  return 1
end
local epoch = string.match(state, ':(.*)')
if ARGV[1] ~= '' and epoch ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'complete:' .. epoch)
return 1`)

// MarkComplete says that every event there is has been observed. After BeginRebuild it
// returns [ErrEmptied] where Redis was emptied, or history invalidated, since: begin
// again. Without BeginRebuild it believes the caller.
func (h *History) MarkComplete(ctx context.Context) error {
	h.mutex.Lock()
	expected := h.rebuilding
	h.mutex.Unlock()
	server, err := h.client.Server(ctx)
	if err != nil {
		return fmt.Errorf("mark history complete: %w", err)
	}
	pipe := h.client.redis.Pipeline()
	var cmds [history.Shards]*redis.Cmd
	for shard, key := range h.states {
		epoch := ""
		if expected != nil {
			epoch = expected[shard]
		}
		cmds[shard] = markScript.Eval(ctx, pipe, []string{key}, epoch, h.client.newEpoch())
	}
	if err := run(ctx, "mark history complete", pipe); err != nil {
		return err
	}
	h.mutex.Lock()
	h.rebuilding = nil
	h.mutex.Unlock()
	for _, cmd := range cmds {
		if marked, err := cmd.Int(); err != nil || marked != 1 {
			return fmt.Errorf("mark history complete: %w", errors.Join(ErrEmptied, err))
		}
	}
	return explain(ctx, "note which redis is complete",
		h.client.redis.Set(ctx, h.client.prefix+"server", server.Identity, 0).Err())
}

// Invalidate takes MarkComplete back, because events were missed. Nothing is deleted; a
// rebuild that was begun before fails with [ErrEmptied].
func (h *History) Invalidate(ctx context.Context) error {
	pipe := h.client.redis.Pipeline()
	for _, key := range h.states {
		pipe.Set(ctx, key, stateOpen+h.client.newEpoch(), 0)
	}
	return run(ctx, "invalidate history", pipe)
}

// ServerChanged says whether another server process answers than at the last
// MarkComplete: it was restarted, or a replica was promoted. It may lack the last writes
// of the former one; replay the recent events and mark complete again. A Redis that was
// never marked, or was emptied, has not changed: [History.Complete] tells about those.
func (h *History) ServerChanged(ctx context.Context) (bool, error) {
	noted, err := h.client.redis.Get(ctx, h.client.prefix+"server").Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	if err != nil {
		return false, explain(ctx, "read which redis was complete", err)
	}
	server, err := h.client.Server(ctx)
	if err != nil {
		return false, err
	}
	return server.Identity != noted, nil
}
