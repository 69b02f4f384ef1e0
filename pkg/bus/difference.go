package bus

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Difference is one field of a stream that is not what it is to be. As an error it
// wraps [ErrDifferent].
type Difference struct {
	// Stream and Field say where; the field has the server's name ("max_bytes").
	Stream, Field string
	// Have is what is there, Want what is to be.
	Have, Want string
	// Destructive says that applying it would destroy something or weaken a promise.
	Destructive bool

	apply func(*jetstream.StreamConfig)
}

// Error names stream, field, what it has and what was wanted.
func (d *Difference) Error() string {
	return fmt.Sprintf("stream %s: %s is %s, want %s: %v", d.Stream, d.Field, d.Have, d.Want, ErrDifferent)
}

// Unwrap returns [ErrDifferent].
func (d *Difference) Unwrap() error { return ErrDifferent }

// comparison gathers the differences between two configurations.
type comparison struct {
	stream string
	found  []*Difference
}

func (c *comparison) add(field string, have, want any, destructive bool, apply func(*jetstream.StreamConfig)) {
	c.found = append(c.found, &Difference{
		Stream: c.stream, Field: field, Have: fmt.Sprint(have), Want: fmt.Sprint(want), Destructive: destructive, apply: apply,
	})
}

// fixed is a field that is never changed on a stream that exists.
func fixed[T comparable](c *comparison, field string, have, want T) {
	if have != want {
		c.add(field, have, want, true, nil)
	}
}

// limit is a field where more is harmless and less drops or refuses something;
// zero and below are no limit.
func limit[T int | int32 | int64 | time.Duration](c *comparison, field string, have, want T, apply func(*jetstream.StreamConfig)) {
	none := func(v T) bool { return v <= 0 }
	if have == want || none(have) && none(want) {
		return
	}
	smaller := none(have) || !none(want) && want < have
	c.add(field, limitText(have), limitText(want), smaller, apply)
}

func limitText[T int | int32 | int64 | time.Duration](value T) any {
	if value <= 0 {
		return "unlimited"
	}
	return value
}

// promise is a flag that may be raised but never lowered.
func promise(c *comparison, field string, have, want bool, apply func(*jetstream.StreamConfig)) {
	if have != want {
		c.add(field, have, want, have, apply)
	}
}

// compareStreams returns every difference in what we have an opinion on, in a
// fixed order.
func compareStreams(have, want jetstream.StreamConfig) []*Difference {
	c := &comparison{stream: want.Name}
	compareNature(c, have, want)
	compareLimits(c, have, want)
	promise(c, "deny_delete", have.DenyDelete, want.DenyDelete, func(s *jetstream.StreamConfig) { s.DenyDelete = want.DenyDelete })
	promise(c, "deny_purge", have.DenyPurge, want.DenyPurge, func(s *jetstream.StreamConfig) { s.DenyPurge = want.DenyPurge })
	promise(c, "allow_direct", have.AllowDirect, want.AllowDirect, func(s *jetstream.StreamConfig) { s.AllowDirect = want.AllowDirect })
	promise(c, "allow_rollup_hdrs", have.AllowRollup, want.AllowRollup, func(s *jetstream.StreamConfig) { s.AllowRollup = want.AllowRollup })
	promise(c, "allow_atomic", have.AllowAtomicPublish, want.AllowAtomicPublish, func(s *jetstream.StreamConfig) { s.AllowAtomicPublish = want.AllowAtomicPublish })
	if have.Description != want.Description {
		c.add("description", have.Description, want.Description, false, func(s *jetstream.StreamConfig) { s.Description = want.Description })
	}
	return c.found
}

// compareNature compares what a stream is and cannot become.
func compareNature(c *comparison, have, want jetstream.StreamConfig) {
	if !sameSet(have.Subjects, want.Subjects) {
		c.add("subjects", strings.Join(have.Subjects, ","), strings.Join(want.Subjects, ","), true, nil)
	}
	fixed(c, "retention", have.Retention, want.Retention)
	fixed(c, "storage", have.Storage, want.Storage)
	fixed(c, "discard", have.Discard, want.Discard)
	fixed(c, "discard_new_per_subject", have.DiscardNewPerSubject, want.DiscardNewPerSubject)
	fixed(c, "no_ack", have.NoAck, want.NoAck)
	fixed(c, "sealed", have.Sealed, want.Sealed)
	// An asynchronous persist mode overrides the server's sync_interval without a word
	// (NATS ADR-56), and with it what an acknowledgement means.
	fixed(c, "persist_mode", have.PersistMode == jetstream.AsyncPersistMode, false)
	fixed(c, "mirror", have.Mirror != nil, false)
	fixed(c, "sources", len(have.Sources), 0)
	fixed(c, "subject_transform", have.SubjectTransform != nil, false)
	fixed(c, "republish", have.RePublish != nil, false)
}

// compareLimits compares how much a stream keeps, for how long and how often.
func compareLimits(c *comparison, have, want jetstream.StreamConfig) {
	limit(c, "max_msgs", have.MaxMsgs, want.MaxMsgs, func(s *jetstream.StreamConfig) { s.MaxMsgs = want.MaxMsgs })
	limit(c, "max_bytes", have.MaxBytes, want.MaxBytes, func(s *jetstream.StreamConfig) { s.MaxBytes = want.MaxBytes })
	limit(c, "max_age", have.MaxAge, want.MaxAge, func(s *jetstream.StreamConfig) { s.MaxAge = want.MaxAge })
	limit(c, "max_msg_size", have.MaxMsgSize, want.MaxMsgSize, func(s *jetstream.StreamConfig) { s.MaxMsgSize = want.MaxMsgSize })
	if have.MaxConsumers > 0 {
		c.add("max_consumers", have.MaxConsumers, limitText(want.MaxConsumers), true, nil)
	}
	// One message a subject is what makes QUEUES and buckets what they are: more would be
	// as wrong as fewer.
	if have.MaxMsgsPerSubject != want.MaxMsgsPerSubject && (have.MaxMsgsPerSubject > 0 || want.MaxMsgsPerSubject > 0) {
		c.add("max_msgs_per_subject", limitText(have.MaxMsgsPerSubject), limitText(want.MaxMsgsPerSubject), true, nil)
	}
	if have.Replicas != want.Replicas {
		c.add("num_replicas", have.Replicas, want.Replicas, want.Replicas < have.Replicas, func(s *jetstream.StreamConfig) { s.Replicas = want.Replicas })
	}
	if have.Duplicates != want.Duplicates {
		c.add("duplicate_window", have.Duplicates, want.Duplicates, want.Duplicates < have.Duplicates, func(s *jetstream.StreamConfig) { s.Duplicates = want.Duplicates })
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
