package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// streams returns what every stream and bucket is to be (design §5).
func (c Config) streams() []jetstream.StreamConfig {
	events := c.stream(streamEvents, "what came in", "events.*.*.*")
	events.MaxBytes = c.EventsMaxBytes

	decisions := c.stream(streamDecisions, "what was decided and why", "decisions.*.*.*")
	decisions.MaxAge = c.DecisionsMaxAge

	cases := c.stream(streamCases, "append-only history of each case", "cases.*")
	cases.DenyDelete, cases.DenyPurge = true, true

	queues := c.stream(streamQueues, "compliance queues, a projection of CASES", "queues.*.*.*")
	queues.MaxMsgsPerSubject, queues.Discard = 1, jetstream.DiscardOld

	letters := c.stream(streamDeadLetters, "what could not be handled", "deadletters.*")
	letters.MaxBytes = c.DeadLettersMaxBytes

	return []jetstream.StreamConfig{
		events, decisions, cases, queues, letters,
		c.objects(objectsLists, "snapshots of the control lists"),
		c.bucket(BucketCaseState, "a cache of CASES"),
		c.bucket(BucketNotifications, "who was told what"),
		c.bucket(BucketHistory, "what history missed"),
	}
}

// stream is what all our streams have in common: on files, without an age limit,
// refusing what is new when full, so that nothing stored goes missing quietly.
func (c Config) stream(name, description string, subjects ...string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               name,
		Description:        description,
		Subjects:           subjects,
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Discard:            jetstream.DiscardNew,
		Replicas:           c.Replicas,
		Duplicates:         c.DuplicateWindow,
		MaxMsgs:            -1,
		MaxBytes:           -1,
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         -1,
		MaxConsumers:       -1,
		AllowDirect:        true,
		AllowAtomicPublish: true,
	}
}

// bucket is the stream that the client library reads and writes as a key-value bucket.
func (c Config) bucket(name, description string) jetstream.StreamConfig {
	stream := c.stream("KV_"+name, description, "$KV."+name+".>")
	stream.MaxMsgsPerSubject = 1
	stream.Duplicates = 2 * time.Minute
	stream.DenyDelete, stream.AllowRollup = true, true
	stream.AllowAtomicPublish = false
	return stream
}

// objects is the stream that the client library reads and writes as an object store.
func (c Config) objects(name, description string) jetstream.StreamConfig {
	stream := c.stream("OBJ_"+name, description, "$O."+name+".C.>", "$O."+name+".M.>")
	stream.Duplicates = 2 * time.Minute
	stream.AllowRollup = true
	stream.AllowAtomicPublish = false
	return stream
}

// Ensure makes every stream and bucket what it is to be. It may be called by many
// at once and at every start. Differences that harm nothing are applied (a longer
// limit, more replicas, a description). One that would destroy something or weaken
// a promise is refused, all of them in one error made of [Difference] and
// [ErrDifferent], and nothing of that stream is changed.
func (b *Bus) Ensure(ctx context.Context) error {
	if err := b.checkServer(); err != nil {
		return fmt.Errorf("ensure streams: %w", err)
	}
	var faults []error
	for _, want := range b.config.streams() {
		if err := b.ensureStream(ctx, want); err != nil {
			faults = append(faults, fmt.Errorf("ensure stream %s: %w", want.Name, err))
		}
	}
	return errors.Join(faults...)
}

// checkServer refuses a server that would ignore what it does not know.
func (b *Bus) checkServer() error {
	if version := b.conn.ConnectedServerVersion(); versionBefore(version, MinimumServer) {
		return fmt.Errorf("nats-server %q is older than %s", version, MinimumServer)
	}
	return nil
}

// versionBefore compares versions of three numbers; one that is not readable is older.
func versionBefore(version, minimum string) bool {
	have, want := versionNumbers(version), versionNumbers(minimum)
	for i := range want {
		if have[i] != want[i] {
			return have[i] < want[i]
		}
	}
	return false
}

func versionNumbers(version string) (numbers [3]int) {
	release, _, _ := strings.Cut(version, "-")
	for i, part := range strings.SplitN(release, ".", 3) {
		number, err := strconv.Atoi(part)
		if err != nil {
			return [3]int{}
		}
		numbers[i] = number
	}
	return numbers
}

func (b *Bus) ensureStream(ctx context.Context, want jetstream.StreamConfig) error {
	// Somebody else may create it between our look and our attempt: then look again.
	for attempt := 0; ; attempt++ {
		stream, err := b.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			_, err = b.js.CreateStream(ctx, want)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) && attempt < 3 {
				continue
			}
			return classify(err)
		}
		if err != nil {
			return classify(err)
		}
		return b.adjustStream(ctx, stream.CachedInfo().Config, want)
	}
}

// adjustStream applies the harmless differences between a stream and what it is to be.
func (b *Bus) adjustStream(ctx context.Context, have, want jetstream.StreamConfig) error {
	differences := compareStreams(have, want)
	var refused []error
	for _, difference := range differences {
		if difference.Destructive {
			refused = append(refused, difference)
		}
	}
	if len(refused) > 0 {
		return errors.Join(refused...)
	}
	if len(differences) == 0 {
		return nil
	}
	// What we say nothing about (placement, metadata) stays as its operator set it.
	update := have
	for _, difference := range differences {
		difference.apply(&update)
	}
	if _, err := b.js.UpdateStream(ctx, update); err != nil {
		return classify(err)
	}
	for _, difference := range differences {
		b.logger.Info("stream updated", zap.String("stream", want.Name), zap.String("field", difference.Field),
			zap.String("from", difference.Have), zap.String("to", difference.Want))
	}
	return nil
}
