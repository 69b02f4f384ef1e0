package cache

import (
	"context"
	"fmt"
	"strings"

	"chokepoint/pkg/history"

	"github.com/redis/go-redis/v9"
)

// batch is one chunk of records on its way through the three pipelines.
type batch struct {
	history      *History
	records      []history.Record
	observations []history.Observation
	items        []batchItem
	logs         []batchLog
	shards       [history.Shards]batchShard
	touched      []int
}

// batchItem is one record.
type batchItem struct {
	derivation history.Derivation
	eventKey   string
	// same is the index of an earlier record of this batch with the same identity, or -1.
	same int
	// answered says that the observation is known from what is remembered.
	answered bool
	// uses are the record's keys in the batch, in the order of the derivation.
	uses  []use
	reply *redis.StringCmd
	kept  *redis.StatusCmd
}

// use is what one record does to one log.
type use struct {
	log int
	// before is how long the log was, as far as this batch knows, when the record came.
	before int
	// entry is where in batchLog.entries the record's entry is, or -1.
	entry int
	// after is the number of the batch's entries in the log when the record came.
	after int
}

// batchLog is one log that the batch touches.
type batchLog struct {
	key  history.Key
	name string
	// base is what was read, known what it is with the entries of this batch.
	base, known []byte
	entries     []batchEntry
	read        *redis.StringCmd
	// again is what was read after somebody else had written too.
	again *redis.StringCmd
}

// batchEntry is one entry that the batch appends.
type batchEntry struct {
	item, key int
	bytes     []byte
	length    *redis.IntCmd
	expected  int
}

// batchShard is the state of a shard before and after.
type batchShard struct {
	touched       bool
	before, after string
	first         *redis.StatusCmd
	second        *redis.StringCmd
}

func (s *batchShard) available() bool {
	return s.before == s.after && strings.HasPrefix(s.before, stateComplete)
}

func newBatch(h *History, records []history.Record) *batch {
	b := &batch{
		history: h, records: records, observations: make([]history.Observation, len(records)),
		items: make([]batchItem, len(records)), logs: make([]batchLog, 0, 6*len(records)),
	}
	identities := make(map[string]int, len(records))
	places := make(map[history.Key]int, 6*len(records))
	for i := range records {
		item := &b.items[i]
		item.derivation, item.same = history.Derive(records[i].Event), -1
		if earlier, ok := identities[item.derivation.Identity]; ok {
			item.same = earlier
			continue
		}
		identities[item.derivation.Identity] = i
		item.eventKey = h.client.identityKey("event", item.derivation.Identity)
		item.uses = make([]use, len(item.derivation.Keys))
		for j, key := range item.derivation.Keys {
			place, ok := places[key]
			if !ok {
				place = len(b.logs)
				places[key] = place
				b.logs = append(b.logs, batchLog{key: key, name: h.logName(key)})
				b.touch(key.Shard())
			}
			item.uses[j] = use{log: place, entry: -1}
		}
	}
	return b
}

func (b *batch) touch(shard int) {
	if !b.shards[shard].touched {
		b.shards[shard].touched = true
		b.touched = append(b.touched, shard)
	}
}

// logName is the Redis key of a log: the state's name up to the tag, and the key.
func (h *History) logName(key history.Key) string {
	state := h.states[key.Shard()]
	name := make([]byte, 0, len(state)+32)
	return string(key.AppendText(append(name, state[:len(state)-len("state")]...)))
}

// read is the first pipeline.
func (b *batch) read(ctx context.Context) error {
	pipe := b.history.client.redis.Pipeline()
	epoch := stateOpen + b.history.client.newEpoch()
	for _, shard := range b.touched {
		b.shards[shard].first = pipe.SetArgs(ctx, b.history.states[shard], epoch, redis.SetArgs{Mode: "NX", Get: true})
	}
	for i := range b.items {
		if item := &b.items[i]; item.same < 0 {
			item.reply = pipe.Get(ctx, item.eventKey)
		}
	}
	for i := range b.logs {
		log := &b.logs[i]
		log.read = pipe.GetRange(ctx, log.name, 0, int64(history.LogBytes(log.key.Kind)-1))
	}
	if err := run(ctx, "read history", pipe); err != nil {
		return err
	}
	for _, shard := range b.touched {
		b.shards[shard].before = b.shards[shard].first.Val()
	}
	for i := range b.logs {
		log := &b.logs[i]
		log.base = []byte(log.read.Val())
		log.known = log.base
	}
	return b.recall()
}

// recall answers the records whose identities are remembered.
func (b *batch) recall() error {
	for i := range b.items {
		item := &b.items[i]
		if item.same >= 0 || item.reply.Err() != nil {
			continue
		}
		observation, err := decodeReply(item.reply.Val())
		if err != nil {
			return fmt.Errorf("recall what %s was answered: %w", item.derivation.Identity, err)
		}
		item.answered = true
		b.observations[i] = observation
	}
	return nil
}

func decodeReply(reply string) (history.Observation, error) {
	digest, facts, err := history.DecodeReply([]byte(reply))
	return history.Observation{Facts: facts, Seen: true, Digest: digest}, err
}

// plan works out in the order of the records what each appends, as if the batch were alone.
func (b *batch) plan() {
	for i := range b.items {
		item := &b.items[i]
		if item.same >= 0 || (item.answered && !b.refills(i)) {
			continue
		}
		for j := range item.uses {
			use := &item.uses[j]
			log := &b.logs[use.log]
			use.before, use.after = len(log.known), len(log.entries)
			if !item.derivation.Wants(j, log.known) {
				continue
			}
			entry := item.derivation.Entry(j)
			log.known = append(log.known, entry...)
			use.entry = len(log.entries)
			log.entries = append(log.entries, batchEntry{item: i, key: j, bytes: entry, expected: len(log.known)})
		}
	}
}

// refills says whether a remembered record is written again: a shard that lost its data
// lost none of the replies, which lie in other slots, and a rebuild must be able to fill it.
func (b *batch) refills(i int) bool {
	if b.observations[i].Digest != b.records[i].Digest {
		return false
	}
	for _, use := range b.items[i].uses {
		if !strings.HasPrefix(b.shards[b.logs[use.log].key.Shard()].before, stateComplete) {
			return true
		}
	}
	return false
}

// append is the second pipeline.
func (b *batch) append(ctx context.Context) error {
	b.plan()
	pipe := b.history.client.redis.Pipeline()
	for i := range b.logs {
		log := &b.logs[i]
		for j := range log.entries {
			log.entries[j].length = pipe.Append(ctx, log.name, string(log.entries[j].bytes))
		}
	}
	b.readStates(ctx, pipe)
	if err := run(ctx, "append to history", pipe); err != nil {
		return err
	}
	return b.readAgain(ctx)
}

func (b *batch) readStates(ctx context.Context, pipe redis.Pipeliner) {
	for _, shard := range b.touched {
		b.shards[shard].second = pipe.Get(ctx, b.history.states[shard])
	}
}

// readAgain reads the logs to which somebody else appended at the same time.
func (b *batch) readAgain(ctx context.Context) error {
	pipe := b.history.client.redis.Pipeline()
	for i := range b.logs {
		log := &b.logs[i]
		for _, entry := range log.entries {
			if entry.length.Val() != int64(entry.expected) {
				log.again = pipe.GetRange(ctx, log.name, 0, int64(history.LogBytes(log.key.Kind)-1))
				break
			}
		}
	}
	if pipe.Len() > 0 {
		b.readStates(ctx, pipe)
		if err := run(ctx, "read history again", pipe); err != nil {
			return err
		}
	}
	for _, shard := range b.touched {
		b.shards[shard].after = b.shards[shard].second.Val()
	}
	return nil
}

// standing returns what stood in a log before a record.
func (b *batch) standing(use use) history.Log {
	log := &b.logs[use.log]
	shard := &b.shards[log.key.Shard()]
	if !shard.available() {
		return history.Log{}
	}
	if log.again == nil {
		return history.Log{Entries: log.known[:use.before], Available: true}
	}
	now := []byte(log.again.Val())
	if use.entry >= 0 {
		return history.Log{Entries: now[:b.place(log.entries[use.entry], now)], Available: true}
	}
	end := min(len(log.base), len(now))
	if use.after > 0 {
		last := log.entries[use.after-1]
		end = min(b.place(last, now)+len(last.bytes), len(now))
	}
	return history.Log{Entries: now[:end], Available: true}
}

func (b *batch) place(entry batchEntry, log []byte) int {
	return b.items[entry.item].derivation.Position(entry.key, log)
}

// remember is the third pipeline.
func (b *batch) remember(ctx context.Context) error {
	pipe := b.history.client.redis.Pipeline()
	config := &b.history.client.config
	for i := range b.items {
		item := &b.items[i]
		if item.same >= 0 || item.answered {
			continue
		}
		logs := make([]history.Log, len(item.uses))
		for j, use := range item.uses {
			logs[j] = b.standing(use)
		}
		facts := item.derivation.Facts(logs)
		b.observations[i] = history.Observation{Facts: facts}
		item.kept = pipe.SetArgs(ctx, item.eventKey, history.EncodeReply(b.records[i].Digest, facts),
			redis.SetArgs{Mode: "NX", TTL: config.EventsFor, Get: true})
	}
	for i := range b.logs {
		if log := &b.logs[i]; log.key.Kind == history.KeyReference && len(log.base) == 0 && len(log.entries) > 0 {
			pipe.Expire(ctx, log.name, config.ReferencesFor)
		}
	}
	if pipe.Len() > 0 {
		if err := run(ctx, "remember the answers of history", pipe); err != nil {
			return err
		}
	}
	return b.settle()
}

// settle takes over what somebody else answered first, and answers repeated records.
func (b *batch) settle() error {
	for i := range b.items {
		item := &b.items[i]
		switch {
		case item.same >= 0:
			b.observations[i] = b.observations[item.same]
			if !b.observations[i].Seen {
				b.observations[i].Seen, b.observations[i].Digest = true, b.records[item.same].Digest
			}
		case item.kept != nil && item.kept.Err() == nil:
			observation, err := decodeReply(item.kept.Val())
			if err != nil {
				return fmt.Errorf("recall what %s was answered: %w", item.derivation.Identity, err)
			}
			b.observations[i] = observation
		}
	}
	return nil
}
