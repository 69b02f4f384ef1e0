package crashtest

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wholeTimeout bounds the posting of one test; the waits after it have bounds of
// their own.
const wholeTimeout = 3 * time.Minute

// restTimeout is how long everything may take to come to rest. What a killed worker
// held is given to others after half a minute.
const restTimeout = 75 * time.Second

// eventCount is how many events are posted.
func eventCount(t testing.TB) int {
	if text := os.Getenv("CHOKEPOINT_CRASH_EVENTS"); text != "" {
		count, err := strconv.Atoi(text)
		require.NoError(t, err, "CHOKEPOINT_CRASH_EVENTS")
		require.GreaterOrEqual(t, count, 500, "CHOKEPOINT_CRASH_EVENTS")
		return count
	}
	if testing.Short() {
		return 2_500
	}
	return 5_000
}

// TestNothingIsLostOrDoubled is the story of the package: everything is killed while
// events flow, and nothing is missing afterwards.
func TestNothingIsLostOrDoubled(t *testing.T) {
	events := eventCount(t)
	c := newCluster(t, size{screeners: 2, notifiers: 2})
	ctx, cancel := context.WithTimeout(t.Context(), wholeTimeout)
	defer cancel()
	sent := newTraffic(c.doorURL, c.token)
	run := &chaos{cluster: c, sent: sent, events: int64(events)}

	began := time.Now()
	sent.send(ctx, plan(events))
	run.kill()
	eventually(t, wholeTimeout, "everything is posted", sent.ended)
	require.NoError(t, sent.fault)
	t.Logf("%d events posted in %s; %d attempts were refused on the way", events, time.Since(began).Round(time.Millisecond), sent.refused.Load())
	require.Positive(t, sent.refused.Load(), "the outages were never noticed: the test proves nothing")

	rested := time.Now()
	c.awaitRest(restTimeout)
	t.Logf("at rest %s later", time.Since(rested).Round(time.Millisecond))

	found := c.collect()
	found.checkEvents(sent.sequences, run.poisoned)
	found.checkReconciliation()
	found.checkVerification()
	found.checkOutcomes()
	found.checkCases()
	found.checkHistory()
	found.checkRebuilt()
	found.checkLogs()
}

// chaos kills things while events are posted.
type chaos struct {
	cluster *cluster
	sent    *traffic
	events  int64
	// poisoned are the sequences in EVENTS of what nobody can read.
	poisoned []uint64
}

// reach waits until so many percent of the events are acknowledged. What happens then
// happens while the others flow.
func (r *chaos) reach(percent int64) {
	r.cluster.t.Helper()
	want := r.events * percent / 100
	eventually(r.cluster.t, wholeTimeout, strconv.FormatInt(percent, 10)+" % of the events are acknowledged", func() bool {
		require.False(r.cluster.t, r.sent.ended(), "everything is posted before %d %%: %v", percent, r.sent.fault)
		return r.sent.acknowledged.Load() >= want
	})
}

// poison stores the next two poisons.
func (r *chaos) poison() {
	r.cluster.t.Helper()
	all := poisons()
	for range 2 {
		payload := all[len(r.poisoned)%len(all)]
		r.poisoned = append(r.poisoned, r.cluster.poison("events.0007.shipment."+source, payload))
	}
}

// refusals waits until the door has refused something since.
func (r *chaos) refusals(since int64) {
	r.cluster.t.Helper()
	eventually(r.cluster.t, startTimeout, "the door refuses events", func() bool {
		return r.sent.refused.Load() > since
	})
}

// kill ends one thing after the other, and starts it again.
func (r *chaos) kill() {
	c := r.cluster
	c.t.Helper()
	r.poison()
	r.reach(6)
	c.screeners[0].restart()
	r.reach(12)
	c.notifiers[0].restart()
	r.poison()
	r.reach(20)
	require.Equal(c.t, "+OK", c.redis.Do("FLUSHALL"))
	r.reach(28)
	refused := r.sent.refused.Load()
	c.nats.kill()
	r.refusals(refused)
	c.nats.start()
	r.poison()
	r.reach(38)
	// Rebuilding goes on beside the screeners, and so does another list.
	c.rebuildHistory()
	c.publishLists("Harmless Newcomer Betriebsgesellschaft")
	r.reach(52)
	c.redis.Kill()
	r.reach(56)
	c.redis.Restart()
	r.reach(66)
	refused = r.sent.refused.Load()
	c.ingestor.kill()
	r.refusals(refused)
	c.ingestor.start()
	r.poison()
	r.reach(78)
	// Everyone who holds events and cases at once, and NATS with them.
	for _, worker := range append(c.screeners, c.notifiers...) {
		worker.kill()
	}
	c.nats.restart()
	for _, worker := range append(c.screeners, c.notifiers...) {
		worker.launch()
	}
	for _, worker := range append(c.screeners, c.notifiers...) {
		worker.awaitReady()
	}
}
