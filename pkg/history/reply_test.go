package history

import (
	"strings"
	"testing"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"

	"github.com/stretchr/testify/require"
)

func checkReply(t *testing.T, facts decision.Facts) {
	t.Helper()
	for _, digest := range []string{strings.Repeat("0a", 32), strings.Repeat("0A", 32), "", "short"} {
		gotDigest, got, err := DecodeReply(EncodeReply(digest, facts))
		require.NoError(t, err)
		require.Equal(t, digest, gotDigest)
		require.Equal(t, facts, got)
	}
}

func someFacts() decision.Facts {
	at := time.UnixMilli(1_790_000_000_123).UTC()
	return decision.Facts{
		Complete: true,
		Parties: []decision.PartyFacts{
			{Subject: "/parties/0", Available: true, Events: 100, ControlledEvents: 3, FirstSeen: at, FirstControlled: at.Add(time.Hour)},
			{Subject: "/parties/199"},
		},
		References: []decision.ReferenceFacts{
			{Subject: "/references/3", Available: true, Events: []trade.Identity{{Source: "tms", ID: "a/b/7", Revision: 12}}},
			{Subject: "/references/44"},
		},
		Lanes: []decision.LaneFacts{{Lane: "TW-TR:8542", Available: true, Events: 1, FirstSeen: at}},
	}
}

func TestReplyRoundTrip(t *testing.T) {
	checkReply(t, decision.Facts{})
	checkReply(t, someFacts())
}

func TestReplyRefusesWhatIsCut(t *testing.T) {
	data := EncodeReply(strings.Repeat("0a", 32), someFacts())
	require.Less(t, len(data), 200)
	for cut := range data {
		_, _, err := DecodeReply(data[:cut])
		require.ErrorIs(t, err, errReply, "cut at %d", cut)
	}
	_, _, err := DecodeReply(append(data, 0))
	require.ErrorIs(t, err, errReply)
}

func FuzzDecodeReply(f *testing.F) {
	f.Add(EncodeReply("", decision.Facts{}))
	f.Add(EncodeReply(strings.Repeat("0a", 32), someFacts()))
	f.Add([]byte{1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		digest, facts, err := DecodeReply(data)
		if err != nil {
			return
		}
		again, same, err := DecodeReply(EncodeReply(digest, facts))
		require.NoError(t, err)
		require.Equal(t, digest, again)
		require.Equal(t, facts, same)
	})
}
