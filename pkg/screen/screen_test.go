package screen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func entry(id string, kind controllist.Kind, measure controllist.Measure, name string, more ...controllist.Name) controllist.Entry {
	list, _, _ := strings.Cut(id, "/")
	return controllist.Entry{
		ID: id, List: list, Kind: kind, Measures: []controllist.Measure{measure}, Programs: []string{"PROGRAM-" + list},
		Names: append([]controllist.Name{{Value: name, Type: controllist.NamePrimary}}, more...),
	}
}

func engineOf(t *testing.T, entries ...controllist.Entry) *screen.Engine {
	var lists []controllist.List
	for _, one := range entries {
		at := slices.IndexFunc(lists, func(list controllist.List) bool { return list.Name == one.List })
		if at < 0 {
			at, lists = len(lists), append(lists, controllist.List{Name: one.List, Source: "test"})
		}
		lists[at].Entries, lists[at].Names = lists[at].Entries+1, lists[at].Names+len(one.Names)
	}
	snapshot, err := controllist.NewSnapshot("test-1", lists, entries)
	require.NoError(t, err)
	engine, err := screen.New(snapshot, policy.Default())
	require.NoError(t, err)
	return engine
}

func testEngine(t *testing.T) *screen.Engine {
	vessel := entry("FREEZE/4", controllist.KindVessel, controllist.MeasureFreeze, "SEVERNAYA LIRA")
	vessel.Identifiers = []controllist.Identifier{{Type: controllist.IdentifierIMO, Value: "9999993"}}
	bank := entry("FREEZE/5", controllist.KindOrganization, controllist.MeasureFreeze, "Bank Vostochny Prichal")
	bank.Identifiers = []controllist.Identifier{{Type: controllist.IdentifierBIC, Value: "VPRIRUMM"}}
	entries := []controllist.Entry{
		entry("FREEZE/1", controllist.KindOrganization, controllist.MeasureFreeze,
			"ORVANTEK ULUSLARARASI ELEKTRONIK VE DIS TICARET LIMITED SIRKETI"),
		entry("UNVERIFIED/1", controllist.KindOrganization, controllist.MeasureUnverified, "Quarrenbridge Logistics (HK) Limited"),
		vessel, bank,
	}
	return engineOf(t, entries...)
}

func decodeEvent(t testing.TB, text string) (trade.Event, string) {
	event, err := trade.Decode([]byte(text), trade.Limits{})
	require.NoError(t, err)
	canonical, err := trade.Encode(event)
	require.NoError(t, err)
	return event, trade.Digest(canonical)
}

func decide(t *testing.T, engine *screen.Engine, text string) (trade.Event, decision.Decision, []byte) {
	event, digest := decodeEvent(t, text)
	decided, encoded, err := engine.Screen(screen.Input{
		Event: event, Digest: digest, Trigger: decision.TriggerEvent, Time: now, Facts: decision.Facts{Complete: true},
	})
	require.NoError(t, err)
	return event, decided, encoded
}

const shipmentTo = `{"id":"S-1","kind":"shipment","source":"tms","time":"2026-11-20T08:12:00Z",
 "parties":[{"role":"shipper","name":"Taiwan Fern Semiconductor Co., Ltd.","country":"TW"},
  {"role":"consignee","name":"CONSIGNEE","kind":"organization","country":"TR","incorporated":"1994-03-01","industry":"2751"}],
 "goods":[{"hs":"85423110","description":"microcontrollers","quantity":"1200","unit":"PCE"}],
 "route":{"origin":"TWTPE","destination":"TRIST","final_country":"TR"},
 "end_use":{"end_user":"CONSIGNEE","statement":true}}`

func to(consignee string) string { return strings.ReplaceAll(shipmentTo, "CONSIGNEE", consignee) }

func TestListedPartyUnderAnotherSpellingIsHeld(t *testing.T) {
	event, decided, _ := decide(t, testEngine(t), to("Orvantek Elektronik ve Dış Tic. Ltd. Şti."))
	require.Equal(t, decision.OutcomeHold, decided.Outcome)
	require.Len(t, decided.Prohibitions, 1, "the end user of the same name is the same party")
	require.Equal(t, "FREEZE/1", decided.Prohibitions[0].Entry)
	require.Equal(t, "/parties/1", decided.Prohibitions[0].Subject)
	require.Equal(t, "freeze", decided.Prohibitions[0].Measure)
	require.NotEmpty(t, decided.Hits[0].Alignment)
	require.Contains(t, decided.Reasons[0], "FREEZE/1")
	text := screen.Explain(event, decided)
	for _, part := range []string{"HOLD", "ORVANTEK ULUSLARARASI", "freeze", "test-1", "PROGRAM-FREEZE"} {
		require.Contains(t, text, part)
	}
}

func TestOldHonestCompanyPasses(t *testing.T) {
	event, decided, _ := decide(t, testEngine(t), to("Sarıbük Beyaz Eşya Sanayi A.Ş."))
	require.Equal(t, decision.OutcomePass, decided.Outcome, screen.Explain(event, decided))
	require.Empty(t, decided.Hits)
}

func TestListedShipIsFoundByNumberWhateverItsName(t *testing.T) {
	text := strings.Replace(to("Sarıbük Beyaz Eşya Sanayi A.Ş."), `"final_country"`,
		`"legs":[{"from":"TWTPE","to":"TRIST","mode":"sea","vessel":{"imo":"9999993","name":"GOOD HOPE"}}],"final_country"`, 1)
	_, decided, _ := decide(t, testEngine(t), text)
	require.Equal(t, decision.OutcomeHold, decided.Outcome)
	require.Equal(t, "listed_vessel", decided.Prohibitions[0].Rule)
	require.Equal(t, decision.BasisIdentifier, decided.Hits[0].Basis)
	require.Equal(t, "/route/legs/0/vessel", decided.Hits[0].Subject)
}

func TestBlockedBankInThePaymentIsHeld(t *testing.T) {
	_, decided, _ := decide(t, testEngine(t), `{"id":"P-1","kind":"payment","source":"swift","time":"2026-11-20T08:12:00Z",
	 "parties":[{"role":"debtor","name":"Sarıbük Beyaz Eşya Sanayi A.Ş.","country":"TR"}],
	 "agents":[{"role":"debtor_agent","bic":"VPRIRUMMXXX"}],"amount":{"amount":"10.00","currency":"USD"}}`)
	require.Equal(t, decision.OutcomeHold, decided.Outcome)
	require.Equal(t, "listed_agent", decided.Prohibitions[0].Rule)
}

func TestUnverifiedPartyIsNotAFreeze(t *testing.T) {
	_, decided, _ := decide(t, testEngine(t), to("Quarrenbridge Logistics (HK) Limited"))
	require.Equal(t, decision.OutcomeAlert, decided.Outcome)
}

func TestUnavailableHistoryIsSaid(t *testing.T) {
	engine := testEngine(t)
	event, digest := decodeEvent(t, to("Sarıbük Beyaz Eşya Sanayi A.Ş."))
	decided, _, err := engine.Screen(screen.Input{Event: event, Digest: digest, Trigger: decision.TriggerEvent, Time: now})
	require.NoError(t, err)
	require.Contains(t, decided.Unknown, "history")
	require.Contains(t, decided.Reasons[len(decided.Reasons)-1], "not the same as none")
}

func TestNothingToScreenIsSaid(t *testing.T) {
	_, decided, _ := decide(t, testEngine(t), `{"id":"S-2","kind":"shipment","source":"tms","time":"2026-11-20T08:12:00Z"}`)
	require.Contains(t, decided.Unknown, "parties")
	require.Equal(t, decision.OutcomeAlert, decided.Outcome, "nobody was screened, and that is not a pass")
}

func TestDecisionRecomputesToTheByte(t *testing.T) {
	engine := testEngine(t)
	for _, consignee := range []string{"Orvantek Elektronik ve Dış Tic. Ltd. Şti.", "Sarıbük Beyaz Eşya Sanayi A.Ş."} {
		event, _, encoded := decide(t, engine, to(consignee))
		_, digest := decodeEvent(t, to(consignee))
		verdict, err := testEngine(t).Verify(event, digest, encoded)
		require.NoError(t, err)
		require.Equal(t, screen.VerdictSame, verdict)
	}
}

func TestVerifyTellsWhatIsOther(t *testing.T) {
	engine := testEngine(t)
	event, made, encoded := decide(t, engine, to("Sarıbük Beyaz Eşya Sanayi A.Ş."))
	_, digest := decodeEvent(t, to("Sarıbük Beyaz Eşya Sanayi A.Ş."))

	other, otherDigest := decodeEvent(t, to("Somebody Else"))
	verdict, err := engine.Verify(other, otherDigest, encoded)
	require.NoError(t, err)
	require.Equal(t, screen.VerdictOtherEvent, verdict)

	reseal := func(change func(*decision.Decision)) []byte {
		changed := made
		change(&changed)
		_, again, err := changed.Seal()
		require.NoError(t, err)
		return again
	}
	for want, change := range map[screen.Verdict]func(*decision.Decision){
		screen.VerdictOtherEngine: func(d *decision.Decision) { d.Engine = "screen-0" },
		screen.VerdictOtherInputs: func(d *decision.Decision) { d.Inputs.List = "00" },
		screen.VerdictDiffers:     func(d *decision.Decision) { d.Outcome = decision.OutcomeHold },
	} {
		verdict, err := engine.Verify(event, digest, reseal(change))
		require.NoError(t, err)
		require.Equal(t, want, verdict)
	}
}

func TestEmptyListsScreenNothing(t *testing.T) {
	snapshot, err := controllist.NewSnapshot("empty", nil, nil)
	if err == nil {
		_, err = screen.New(snapshot, policy.Default())
	}
	require.Error(t, err)
}

// What was searched before gives the same decision, under another role and place too.
func TestRememberedSearchesChangeNothing(t *testing.T) {
	engine := testEngine(t)
	twice := strings.Replace(to("Orvantek Elektronik ve Dış Tic. Ltd. Şti."), `"parties":[`,
		`"parties":[{"role":"buyer","name":"Orvantek Elektronik ve Dış Tic. Ltd. Şti.","country":"DE"},`, 1)
	_, first, _ := decide(t, engine, twice)
	_, again, _ := decide(t, engine, twice)
	_, fresh, _ := decide(t, testEngine(t), twice)
	require.Equal(t, fresh, first)
	require.Equal(t, fresh, again)
	_, moved, _ := decide(t, engine, to("Orvantek Elektronik ve Dış Tic. Ltd. Şti."))
	require.Equal(t, "/parties/1", moved.Hits[0].Subject)
	require.Equal(t, "/parties/2", first.Hits[len(first.Hits)-1].Subject, "the match that is remembered has no place of its own")
}

// A number is another number in another country: what was found for one says nothing
// of the other.
func TestRememberedSearchesTellCountriesOfIdentifiersApart(t *testing.T) {
	listed := entry("FREEZE/1", controllist.KindOrganization, controllist.MeasureFreeze, "Zebra Holding")
	listed.Identifiers = []controllist.Identifier{{Type: controllist.IdentifierTax, Value: "1234567890", Country: "RU"}}
	engine := engineOf(t, listed)
	numbered := func(country string) string {
		return fmt.Sprintf(`{"id":"S-1","kind":"shipment","source":"tms","time":"2026-11-20T08:12:00Z","parties":[
			{"role":"consignee","name":"Anything Ltd","identifiers":[{"type":"tax_id","value":"1234567890","country":%q}]}]}`, country)
	}
	_, elsewhere, _ := decide(t, engine, numbered("TR"))
	require.Equal(t, decision.OutcomePass, elsewhere.Outcome)
	_, there, _ := decide(t, engine, numbered("RU"))
	require.Equal(t, decision.OutcomeHold, there.Outcome)
}

// Whoever matches so much that a freeze falls off the end of the decision is held all
// the same.
func TestNobodyPassesBecauseTooMuchMatched(t *testing.T) {
	const name = "Orvantek Elektronik Kimya"
	var entries []controllist.Entry
	for i := range 25 {
		entries = append(entries, entry(fmt.Sprintf("BAN/%02d", i), controllist.KindOrganization, controllist.MeasureSecuritiesBan, name))
	}
	_, exact, _ := decide(t, engineOf(t, entries[:20]...), to(name))
	require.Equal(t, decision.OutcomePass, exact.Outcome)
	require.Empty(t, exact.Unknown)
	entries = append(entries, entry("FREEZE/1", controllist.KindOrganization, controllist.MeasureFreeze, name))
	_, cut, _ := decide(t, engineOf(t, entries...), to(name))
	require.Equal(t, decision.OutcomeHold, cut.Outcome)
	require.Len(t, cut.Hits, 20)
	require.Contains(t, cut.Unknown, "further_matches")
	require.Equal(t, "/parties/1", cut.Prohibitions[0].Subject)
}

// Two hundred parties that match twenty entries each make a decision that a stream takes.
func TestDecisionHasABoundedSize(t *testing.T) {
	const name = "Orvantek Uluslararasi Elektronik Kimya Sanayi ve Dis Ticaret Limited Sirketi"
	var entries []controllist.Entry
	for i := range 25 {
		entries = append(entries, entry(fmt.Sprintf("FREEZE/%02d", i), controllist.KindOrganization, controllist.MeasureFreeze, name))
	}
	var parties []string
	for i := range 200 {
		parties = append(parties, fmt.Sprintf(`{"role":"consignee","name":%q,"country":"TR","address":{"lines":["No %d"]}}`, name, i))
	}
	goods := strings.Repeat(`{"hs":"85423110","description":"microcontrollers"},`, 1_999) + `{"hs":"85423110"}`
	_, decided, encoded := decide(t, engineOf(t, entries...), fmt.Sprintf(
		`{"id":"S-1","kind":"shipment","source":"tms","time":"2026-11-20T08:12:00Z","parties":[%s],"goods":[%s]}`, strings.Join(parties, ","), goods))
	require.Equal(t, decision.OutcomeHold, decided.Outcome)
	require.Less(t, len(encoded), 1<<20-4096, "the smallest limit that a server is set up with")
}

// The built-in policy's threshold is the one the name engine was measured at.
func TestDefaultPolicyUsesTheMeasuredThreshold(t *testing.T) {
	hit, near := policy.Default().Thresholds()
	require.Equal(t, match.DefaultThreshold, hit)
	require.Less(t, near, hit)
}
