package crashtest

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

// decide posts an event and waits for its decision.
func (s *traffic) decide(t testing.TB, id string, wait time.Duration) decision.Decision {
	t.Helper()
	return s.decideAbout(t, id, honestParty(1), wait)
}

func (s *traffic) decideAbout(t testing.TB, id string, consignee trade.Party, wait time.Duration) decision.Decision {
	t.Helper()
	began := time.Now()
	status, answer, err := s.post(t.Context(), "?wait="+wait.String(), encoded(shipment(id, consignee)))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "%s after %s: %s", id, time.Since(began), answer)
	made, err := decision.Decode(answer)
	require.NoError(t, err)
	return made
}

// TestRedisHangs stops Redis without ending it: connections stay open and nothing is
// answered. Events are decided without history, and soon.
func TestRedisHangs(t *testing.T) {
	c := newCluster(t, size{screeners: 1, notifiers: 1})
	door := newTraffic(c.doorURL, c.token)
	t.Cleanup(door.client.CloseIdleConnections)
	require.True(t, door.decide(t, "before", 10*time.Second).Facts.Complete)

	require.NoError(t, syscall.Kill(c.redis.PID(), syscall.SIGSTOP))
	resumed := false
	resume := func() {
		if !resumed {
			resumed = true
			require.NoError(t, syscall.Kill(c.redis.PID(), syscall.SIGCONT))
		}
	}
	t.Cleanup(resume)
	sent := newTraffic(c.doorURL, c.token)
	var postings []posting
	for i := range 300 {
		event := shipment(fmt.Sprintf("hung-%04d", i), honestParty(i))
		postings = append(postings, posting{event: event, body: encoded(event)})
	}
	began := time.Now()
	sent.send(t.Context(), postings)
	eventually(t, 30*time.Second, "all events are acknowledged", sent.ended)
	require.NoError(t, sent.fault)
	eventually(t, 45*time.Second, "all events are decided while Redis hangs", func() bool {
		_, atRest := c.consumer("EVENTS", "screener")
		return atRest
	})
	t.Logf("300 events decided in %s while Redis hangs", time.Since(began).Round(time.Millisecond))
	resume()
	require.False(t, door.decide(t, "after", 15*time.Second).Facts.Complete, "events are missing from history, and it calls itself complete")
	probes := 0
	eventually(t, 40*time.Second, "history is whole again by itself, the stream being short", func() bool {
		probes++
		return door.decideAbout(t, fmt.Sprintf("probe-%d", probes), honestParty(2), 15*time.Second).Facts.Complete
	})
	made := door.decide(t, "rebuilt", 10*time.Second)
	require.True(t, made.Facts.Complete)
	require.Equal(t, 3, made.Facts.Parties[1].Events, "before, hung-0001 and after")
}

// TestScreenerEndsWhileRedisIsAway kills the only process that knows that an event is
// missing from a history which calls itself complete: Redis comes back with all it had,
// as another process, or as the very same one that only could not be reached.
func TestScreenerEndsWhileRedisIsAway(t *testing.T) {
	for name, redis := range map[string]struct{ away, back func(*testing.T, *cluster) }{
		"restarted": {
			away: func(_ *testing.T, c *cluster) { c.redis.Kill() },
			back: func(_ *testing.T, c *cluster) { c.redis.Restart() },
		},
		"unreachable": {
			away: func(t *testing.T, c *cluster) { require.NoError(t, syscall.Kill(c.redis.PID(), syscall.SIGSTOP)) },
			back: func(t *testing.T, c *cluster) { require.NoError(t, syscall.Kill(c.redis.PID(), syscall.SIGCONT)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, size{screeners: 1, notifiers: 1}, "--appendonly", "yes", "--appendfsync", "always")
			door := newTraffic(c.doorURL, c.token)
			t.Cleanup(door.client.CloseIdleConnections)
			for i := range 3 {
				made := door.decide(t, fmt.Sprintf("before-%d", i), 10*time.Second)
				require.True(t, made.Facts.Complete)
				require.Equal(t, i, made.Facts.Parties[1].Events)
			}
			redis.away(t, c)
			require.False(t, door.decide(t, "away", 25*time.Second).Facts.Complete)
			// The event must have been acknowledged, or it comes again and is observed then.
			c.awaitRest(restTimeout)
			c.screeners[0].kill()
			redis.back(t, c)
			c.screeners[0].start()
			made := door.decide(t, "back", 15*time.Second)
			if made.Facts.Parties[1].Available {
				require.Equal(t, 4, made.Facts.Parties[1].Events, "an event was decided without history, and history does not know that it misses one")
			}
			c.rebuildHistory()
			require.Equal(t, 5, door.decide(t, "rebuilt", 10*time.Second).Facts.Parties[1].Events)
		})
	}
}
