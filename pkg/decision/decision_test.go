package decision_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/trade"
)

func sample() decision.Decision {
	return decision.Decision{
		Event: trade.Identity{Source: "tms-eu", ID: "S/1", Revision: 2}, EventDigest: "aa", Kind: trade.KindShipment,
		Trigger: decision.TriggerEvent, Time: time.Date(2026, 11, 20, 8, 12, 0, 5_000_000, time.UTC),
		Outcome: decision.OutcomeHold, Reasons: []string{`consignee "Örnek <A.Ş.>" is listed`},
		Hits: []decision.Match{{
			Subject: "/parties/0", Name: "Örnek", Score: 9300, Basis: decision.BasisName,
			Alignment: []decision.Alignment{{
				Query: decision.Span{Text: "Örnek", End: 6}, Entry: decision.Span{Text: "ORNEK", End: 5},
				Agreement: decision.AgreementExact, Weight: 10_000, Likeness: 10_000,
			}},
		}},
		Inputs: decision.Inputs{ListVersion: "v", List: "ll", Policy: "pp", PolicyName: "default"}, Engine: "1",
	}
}

func TestSealedDecisionReadsBackTheSame(t *testing.T) {
	sealed, encoded, err := sample().Seal()
	require.NoError(t, err)
	require.Len(t, sealed.Digest, 64)
	require.True(t, bytes.HasSuffix(encoded, []byte(`"digest":"`+sealed.Digest+`"}`)), "%s", encoded)

	read, err := decision.Decode(encoded)
	require.NoError(t, err)
	require.Equal(t, sealed, read)

	again, err := read.Encode()
	require.NoError(t, err)
	require.Equal(t, string(encoded), string(again))
}

func TestSealingTwiceChangesNothing(t *testing.T) {
	once, first, err := sample().Seal()
	require.NoError(t, err)
	twice, second, err := once.Seal()
	require.NoError(t, err)
	require.Equal(t, once, twice)
	require.Equal(t, first, second)
}

func TestAlteredDecisionIsFound(t *testing.T) {
	_, encoded, err := sample().Seal()
	require.NoError(t, err)
	for name, alter := range map[string]func([]byte) []byte{
		"outcome": func(b []byte) []byte { return bytes.Replace(b, []byte(`"hold"`), []byte(`"pass"`), 1) },
		"score":   func(b []byte) []byte { return bytes.Replace(b, []byte(`9300`), []byte(`1300`), 1) },
		"digest":  func(b []byte) []byte { b[len(b)-4] ^= 1; return b },
	} {
		_, err := decision.Decode(alter(bytes.Clone(encoded)))
		require.ErrorIs(t, err, decision.ErrDigest, name)
	}
	_, err = decision.Decode(bytes.Replace(encoded, []byte(`"engine"`), []byte(`"motor"`), 1))
	require.ErrorContains(t, err, "motor")
}

func TestOutcomeNames(t *testing.T) {
	for _, outcome := range []decision.Outcome{
		decision.OutcomeUnknown, decision.OutcomePass, decision.OutcomeAlert, decision.OutcomeHold,
	} {
		text, err := outcome.MarshalText()
		require.NoError(t, err)
		require.Equal(t, outcome.String(), string(text))
		parsed, err := decision.ParseOutcome(string(text))
		require.NoError(t, err)
		require.Equal(t, outcome, parsed)
	}
	require.Less(t, decision.OutcomeUnknown, decision.OutcomePass, "nothing said is not a pass")
	require.Less(t, decision.OutcomePass, decision.OutcomeAlert)
	require.Less(t, decision.OutcomeAlert, decision.OutcomeHold)
	_, err := decision.ParseOutcome("PASS")
	require.Error(t, err)
	_, err = decision.Outcome(9).MarshalText()
	require.Error(t, err)
}

func TestIDNamesEventAndTrigger(t *testing.T) {
	require.Equal(t, "tms-eu/S/1/2+event", sample().ID())
}
