package bus_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/bus"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/internal/natstest"
	"chokepoint/pkg/trade"
)

func TestLatestDecisionIsThatOfTheHighestRevision(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	event := trade.Identity{Source: "tms", ID: "S-1"}
	for _, revision := range []int{1, 3, 2} {
		event.Revision = revision
		receipts := b.PublishDecisions(t.Context(), []bus.DecisionMessage{{
			Identity: event, Kind: trade.KindShipment, EventSequence: uint64(revision), Trigger: decision.TriggerEvent,
			Outcome: decision.OutcomePass, Data: []byte{'0' + byte(revision)},
		}})
		require.NoError(t, receipts[0].Err)
	}
	data, found, err := b.LatestDecision(t.Context(), event, decision.TriggerEvent, time.Time{})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "3", string(data))
	_, found, err = b.LatestDecision(t.Context(), trade.Identity{Source: "tms", ID: "S-2"}, decision.TriggerEvent, time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.False(t, found)
}

func TestFirstEventSince(t *testing.T) {
	b := natstest.Connect(t, natstest.New(t), bus.DefaultConfig())
	first, err := b.FirstEventSince(t.Context(), time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, first)
	for _, id := range []string{"a", "b"} {
		receipts := b.PublishEvents(t.Context(), []bus.EventMessage{{
			Identity: trade.Identity{Source: "tms", ID: id, Revision: 1}, Kind: trade.KindShipment, Time: time.Now(), Digest: "d" + id, Data: []byte("{}"),
		}})
		require.NoError(t, receipts[0].Err)
	}
	first, err = b.FirstEventSince(t.Context(), time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, first)
	second, err := b.EventAt(t.Context(), 2)
	require.NoError(t, err)
	first, err = b.FirstEventSince(t.Context(), second.Stored)
	require.NoError(t, err)
	require.EqualValues(t, 2, first)
	first, err = b.FirstEventSince(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 3, first)
	used, most, err := b.EventsRoom(t.Context())
	require.NoError(t, err)
	require.Positive(t, used)
	require.Less(t, used, most)
	last, err := b.LastEvent(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, last)
}
