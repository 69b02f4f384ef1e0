package casework_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/casework"
	"chokepoint/pkg/decision"
)

var (
	ann = casework.Actor{Kind: casework.ActorPerson, ID: "ann@example.com"}
	bob = casework.Actor{Kind: casework.ActorPerson, ID: "bob@example.com"}
)

// touchOf is a touch of one and the same key at a severity.
func touchOf(t require.TestingT, event, trigger string, severity casework.Severity) casework.Touch {
	measure, effect := "unverified", decision.OutcomeAlert
	switch severity {
	case casework.SeverityHigh:
		effect = decision.OutcomeHold
	case casework.SeverityCritical:
		measure, effect = "freeze", decision.OutcomeHold
	}
	d := build(t, event, hit("Exemplar", "L/1", measure, effect), func(d *decision.Decision) { d.Trigger = trigger })
	all := touches(d, consignee("Exemplar", "TR"))
	require.Len(t, all, 1)
	require.Equal(t, severity, all[0].Occurrence.Severity)
	return all[0]
}

func TestLifeOfACase(t *testing.T) {
	first := touchOf(t, "tms/S-1/1", "event", casework.SeverityMedium)
	docket := casework.NewDocket(first.Docket())
	store(t, docket, first, noon)
	state, open := docket.Open()
	require.True(t, open)
	require.Equal(t, casework.CaseID(docket.ID(), 1), state.ID)
	require.Equal(t, casework.SeverityMedium, state.Severity)

	require.Empty(t, docket.Plan(first, noon), "a replay does nothing")

	worse := touchOf(t, "tms/S-2/1", "event", casework.SeverityCritical)
	records := docket.Plan(worse, noon)
	require.Len(t, records, 2)
	require.Equal(t, casework.RecordJoined, records[0].Type)
	require.Equal(t, casework.RecordRaised, records[1].Type)
	store(t, docket, worse, noon.Add(time.Minute))
	state, _ = docket.Open()
	require.Equal(t, casework.SeverityCritical, state.Severity)
	require.Equal(t, noon.Add(time.Minute), state.SeveritySince)
	require.Equal(t, []string{"freeze", "unverified"}, state.Measures)
	require.Equal(t, 2, state.Occurrences)

	_, err := docket.Close(state.ID, ann, "looked at", noon)
	require.ErrorIs(t, err, casework.ErrNotClaimed)
	apply(t, docket, must(docket.Claim(state.ID, ann, noon)))
	require.Empty(t, must(docket.Claim(state.ID, ann, noon)), "claiming twice is claiming once")
	_, err = docket.Claim(state.ID, bob, noon)
	var claimed *casework.ClaimedError
	require.ErrorAs(t, err, &claimed)
	require.Equal(t, ann, claimed.By)
	_, err = docket.Close(state.ID, bob, "mine", noon)
	require.ErrorAs(t, err, &claimed)
	_, err = docket.Close(state.ID, ann, "", noon)
	require.Error(t, err)
	apply(t, docket, must(docket.Close(state.ID, ann, "another company", noon)))
	_, open = docket.Open()
	require.False(t, open)
	_, err = docket.Claim(state.ID, ann, noon)
	require.ErrorIs(t, err, casework.ErrClosed)
	_, err = docket.Claim(casework.CaseID(docket.ID(), 9), ann, noon)
	require.ErrorIs(t, err, casework.ErrNoCase)
	_, err = docket.Claim(state.ID, casework.Actor{}, noon)
	require.Error(t, err)

	require.Empty(t, docket.Plan(worse, noon), "what the closed case took in opens no other")
	next := touchOf(t, "tms/S-3/1", "event", casework.SeverityMedium)
	store(t, docket, next, noon)
	state, _ = docket.Open()
	require.Equal(t, casework.CaseID(docket.ID(), 2), state.ID, "the next case of the key")
	require.Equal(t, casework.SeverityMedium, state.Severity, "which begins anew")
}

func TestHighestRevisionCounts(t *testing.T) {
	second := touchOf(t, "tms/S-1/2", "event", casework.SeverityMedium)
	docket := casework.NewDocket(second.Docket())
	store(t, docket, second, noon)
	late := touchOf(t, "tms/S-1/1", "event", casework.SeverityCritical)
	records := docket.Plan(late, noon)
	require.Len(t, records, 1)
	require.Equal(t, casework.RecordNoted, records[0].Type)
	store(t, docket, late, noon)
	state, _ := docket.Open()
	require.Equal(t, casework.SeverityMedium, state.Severity, "a superseded revision raises nothing")
	require.Equal(t, 1, state.Noted)
	require.Empty(t, docket.Plan(late, noon))

	third := touchOf(t, "tms/S-1/3", "event", casework.SeverityMedium)
	store(t, docket, third, noon)
	state, _ = docket.Open()
	require.Equal(t, []casework.EventID{{Source: "tms", ID: "S-1", Revision: 3}}, state.Events)
	require.Equal(t, third.Occurrence.Decision, state.Leading.Decision)

	rescreened := touchOf(t, "tms/S-1/3", "list-2", casework.SeverityHigh)
	store(t, docket, rescreened, noon)
	state, _ = docket.Open()
	require.Equal(t, casework.SeverityHigh, state.Severity, "a list's change joins as well")
}

func TestEventsAreCountedButNotAllNamed(t *testing.T) {
	var docket *casework.Docket
	for i := range casework.MaxEvents + 5 {
		touch := touchOf(t, fmt.Sprintf("tms/S-%d/1", i), "event", casework.SeverityMedium)
		if docket == nil {
			docket = casework.NewDocket(touch.Docket())
		}
		store(t, docket, touch, noon)
	}
	state, _ := docket.Open()
	require.Len(t, state.Events, casework.MaxEvents)
	require.Equal(t, "S-5", state.Events[0].ID)
	require.Equal(t, casework.MaxEvents+5, state.Occurrences)
}

func must(records []casework.Record, err error) []casework.Record {
	if err != nil {
		panic(err)
	}
	return records
}

func apply(t require.TestingT, docket *casework.Docket, records []casework.Record) []byte {
	data, err := docket.Encode(records)
	require.NoError(t, err)
	require.NoError(t, docket.Apply(data))
	return data
}

// Whatever comes in whatever order, however often: one open case, severity only
// rises, replays do nothing, and the stored bytes rebuild the same docket.
func TestStateMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := touchOf(t, "tms/S-1/1", "event", casework.SeverityMedium).Docket()
		docket := casework.NewDocket(id)
		var stored [][]byte
		worst := map[string]casework.Severity{}
		taken := map[casework.DecisionID]bool{}
		now := noon
		keep := func(data []byte) {
			if data != nil {
				stored = append(stored, data)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"decision": func(t *rapid.T) {
				touch := touchOf(t, fmt.Sprintf("tms/S-%d/%d", rapid.IntRange(1, 3).Draw(t, "thing"), rapid.IntRange(1, 3).Draw(t, "revision")),
					rapid.SampledFrom([]string{"event", "list-2"}).Draw(t, "trigger"),
					rapid.SampledFrom([]casework.Severity{casework.SeverityMedium, casework.SeverityHigh, casework.SeverityCritical}).Draw(t, "severity"))
				data := store(t, docket, touch, now)
				require.Equal(t, taken[touch.Occurrence.Decision], data == nil, "a decision is taken in exactly once")
				taken[touch.Occurrence.Decision] = true
				require.Empty(t, docket.Plan(touch, now))
				keep(data)
			},
			"claim": func(t *rapid.T) {
				if open, found := docket.Open(); found {
					records, err := docket.Claim(open.ID, rapid.SampledFrom([]casework.Actor{ann, bob}).Draw(t, "by"), now)
					if err == nil && len(records) > 0 {
						keep(apply(t, docket, records))
					}
				}
			},
			"close": func(t *rapid.T) {
				if open, found := docket.Open(); found {
					records, err := docket.Close(open.ID, rapid.SampledFrom([]casework.Actor{ann, bob}).Draw(t, "by"), "done", now)
					if err == nil {
						require.Equal(t, casework.StatusClaimed, open.Status)
						keep(apply(t, docket, records))
					}
				}
			},
			"": func(t *rapid.T) {
				now = now.Add(time.Second)
				open := 0
				for _, state := range docket.Cases() {
					if state.Status != casework.StatusClosed {
						open++
					}
					require.GreaterOrEqual(t, state.Severity, worst[state.ID])
					worst[state.ID] = state.Severity
				}
				require.LessOrEqual(t, open, 1)
			},
		})
		again, err := casework.Fold(id, stored)
		require.NoError(t, err)
		require.Equal(t, docket.Cases(), again.Cases())
		require.Equal(t, docket.Head(), again.Head())
		require.Equal(t, docket.Records(), again.Records())
		tamper(t, id, stored)
	})
}

// tamper changes the stored messages in ways that somebody might, and asks whether
// it is found.
func tamper(t *rapid.T, id string, stored [][]byte) {
	if len(stored) < 2 {
		return
	}
	altered := make([][]byte, len(stored))
	for i := range stored {
		altered[i] = bytes.Clone(stored[i])
	}
	at := rapid.IntRange(0, len(stored)-2).Draw(t, "at") // the last one is covered by a checkpoint of the head
	switch rapid.SampledFrom([]string{"byte", "drop", "swap", "double"}).Draw(t, "tampering") {
	case "byte":
		place := rapid.IntRange(0, len(altered[at])-2).Draw(t, "byte")
		altered[at][place] ^= 1
	case "drop":
		altered = append(altered[:at], altered[at+1:]...)
	case "swap":
		altered[at], altered[at+1] = altered[at+1], altered[at]
	case "double":
		altered = append(altered[:at+1], altered[at:]...)
	}
	_, err := casework.Fold(id, altered)
	require.ErrorIs(t, err, casework.ErrRecord)
	var chain *casework.ChainError
	require.ErrorAs(t, err, &chain)
	require.Positive(t, chain.Number)
	require.NotEmpty(t, chain.Reason)
}

func TestBrokenDocketStaysBroken(t *testing.T) {
	docket := casework.NewDocket(touchOf(t, "tms/S-1/1", "event", casework.SeverityMedium).Docket())
	err := docket.Apply([]byte("{}\n"))
	require.ErrorIs(t, err, casework.ErrRecord)
	require.Equal(t, err, docket.Apply(nil))
}

func TestRecordsOutOfPlaceAreRefused(t *testing.T) {
	touch := touchOf(t, "tms/S-1/1", "event", casework.SeverityMedium)
	opened := casework.NewDocket(touch.Docket()).Plan(touch, noon)[0]
	id := opened.Case
	record := func(kind casework.RecordType, change func(*casework.Record)) casework.Record {
		r := casework.Record{Format: casework.RecordFormat, Case: id, Type: kind, Time: noon, Actor: ann}
		if change != nil {
			change(&r)
		}
		return r
	}
	other := touchOf(t, "tms/S-2/1", "event", casework.SeverityHigh).Occurrence
	for name, records := range map[string][]casework.Record{
		"joined before opened":      {record(casework.RecordJoined, func(r *casework.Record) { r.Occurrence = &other })},
		"opened twice":              {opened, opened},
		"opened with the wrong id":  {record(casework.RecordOpened, func(r *casework.Record) { r.Case += "0"; r.Key, r.Occurrence = opened.Key, &other })},
		"opened without a key":      {record(casework.RecordOpened, func(r *casework.Record) { r.Occurrence = &other })},
		"opened without a decision": {record(casework.RecordOpened, func(r *casework.Record) { r.Key = opened.Key })},
		"severity unknown":          {opened, record(casework.RecordJoined, func(r *casework.Record) { o := other; o.Severity = 0; r.Occurrence = &o })},
		"raised downwards":          {opened, record(casework.RecordRaised, func(r *casework.Record) { r.From, r.To = casework.SeverityMedium, casework.SeverityLow })},
		"raised from elsewhere":     {opened, record(casework.RecordRaised, func(r *casework.Record) { r.From, r.To = casework.SeverityLow, casework.SeverityHigh })},
		"closed without a claim":    {opened, record(casework.RecordClosed, func(r *casework.Record) { r.Comment = "x" })},
		"closed by another":         {opened, record(casework.RecordClaimed, nil), record(casework.RecordClosed, func(r *casework.Record) { r.Comment, r.Actor = "x", bob })},
		"closed without a comment":  {opened, record(casework.RecordClaimed, nil), record(casework.RecordClosed, nil)},
		"claimed twice":             {opened, record(casework.RecordClaimed, nil), record(casework.RecordClaimed, nil)},
		"another case":              {opened, record(casework.RecordClaimed, func(r *casework.Record) { r.Case = casework.CaseID(touch.Docket(), 2) })},
		"nobody":                    {opened, record(casework.RecordClaimed, func(r *casework.Record) { r.Actor = casework.Actor{} })},
		"a type of the future":      {opened, record("reopened", nil)},
		"a format of the future":    {record(casework.RecordClaimed, func(r *casework.Record) { r.Format = 2 })},
		"same decision twice":       {opened, record(casework.RecordNoted, func(r *casework.Record) { r.Occurrence = opened.Occurrence })},
	} {
		t.Run(name, func(t *testing.T) {
			docket := casework.NewDocket(touch.Docket())
			data, err := docket.Encode(records)
			require.NoError(t, err)
			err = docket.Apply(data)
			require.ErrorIs(t, err, casework.ErrRecord)
			var chain *casework.ChainError
			require.True(t, errors.As(err, &chain))
			require.Equal(t, len(records), chain.Number, chain.Reason)
		})
	}
}

func TestMessageRoundTrip(t *testing.T) {
	touch := touchOf(t, "tms/S-1/1", "event", casework.SeverityCritical)
	docket := casework.NewDocket(touch.Docket())
	store(t, docket, touch, noon)
	state, _ := docket.Open()
	require.True(t, state.Queued())
	message := casework.MessageOf(state)
	data, err := message.Encode()
	require.NoError(t, err)
	back, err := casework.DecodeMessage(data)
	require.NoError(t, err)
	require.Equal(t, message, back)
	_, err = casework.DecodeMessage([]byte(`{"format":2}`))
	require.Error(t, err)
	_, err = casework.DecodeMessage([]byte(`{"surprise":1}`))
	require.Error(t, err)
}

func FuzzApply(f *testing.F) {
	touch := touchOf(f, "tms/S-1/1", "event", casework.SeverityMedium)
	docket := casework.NewDocket(touch.Docket())
	f.Add(store(f, docket, touch, noon))
	f.Add(store(f, docket, touchOf(f, "tms/S-2/1", "event", casework.SeverityHigh), noon))
	f.Add([]byte("{}\n{}"))
	f.Add([]byte{0, 0xff, '\n', '\n'})
	f.Fuzz(func(t *testing.T, data []byte) {
		fresh := casework.NewDocket(touch.Docket())
		casework.Glance(data)
		if err := fresh.Apply(data); err != nil {
			require.ErrorIs(t, err, casework.ErrRecord)
			return
		}
		for _, state := range fresh.Cases() {
			_, err := casework.MessageOf(state).Encode()
			require.NoError(t, err)
		}
	})
}
