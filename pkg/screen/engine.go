package screen

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

// Version is the version of the code that decides. A decision names it with the
// name engine's; a decision of another version is not expected to recompute.
const Version = "1"

// Limits on what one decision lists: a common name against many entries, or many names
// in one event, must not make a decision of megabytes, which no stream would take. What
// is cut is the weakest. The cut is noted in Unknown, and judged like a listing whose
// measure nobody knows: nobody passes because too much matched.
const (
	maxHits           = 100
	maxHitsPerSubject = 20
	maxNear           = 5
)

// Engine is one snapshot of the control lists and one policy, ready to screen.
// It is immutable and safe for concurrent use.
type Engine struct {
	inputs    decision.Inputs
	version   string
	policy    *policy.Policy
	lists     []controllist.List
	searchers sync.Pool
	// remembered are the latest searches.
	remembered *remembered
}

// New compiles a snapshot. A snapshot without a single entry is refused: with it
// every event would pass unscreened.
func New(snapshot controllist.Snapshot, rules *policy.Policy) (*Engine, error) {
	if len(snapshot.Entries) == 0 {
		return nil, fmt.Errorf("list snapshot %s: %w", snapshot.Version, ErrEmptySnapshot)
	}
	index, err := match.Compile(snapshot.Entries)
	if err != nil {
		return nil, fmt.Errorf("compile list snapshot %s: %w", snapshot.Version, err)
	}
	engine := &Engine{
		inputs: decision.Inputs{
			ListVersion: snapshot.Version, List: snapshot.Digest,
			Policy: rules.Digest(), PolicyName: rules.Name(),
		},
		version: "screen/" + Version + " " + match.Version,
		policy:  rules, lists: snapshot.Lists, remembered: newRemembered(),
	}
	engine.searchers.New = func() any { return index.NewSearcher() }
	return engine, nil
}

// ErrEmptySnapshot says that a snapshot holds no entry to screen against.
var ErrEmptySnapshot = errors.New("the lists are empty: nothing would be screened")

// Inputs returns the versions the engine decides against.
func (e *Engine) Inputs() decision.Inputs { return e.inputs }

// Version returns the code's version as decisions name it.
func (e *Engine) Version() string { return e.version }

// Lists describes the lists in use.
func (e *Engine) Lists() []controllist.List { return e.lists }

// Input is what one decision is made of, beside the lists and the policy.
type Input struct {
	Event trade.Event
	// Digest is the SHA-256 of the event's canonical JSON, hex.
	Digest string
	// Trigger is [decision.TriggerEvent] or a list version.
	Trigger string
	// Time is when it is decided; it is cut to whole milliseconds, UTC.
	Time time.Time
	// Facts are what history answered.
	Facts decision.Facts
}

// Screen decides about an event and returns the decision, sealed, with its
// canonical JSON. The error is of the encoder and does not occur for events that
// were decoded.
func (e *Engine) Screen(in Input) (decision.Decision, []byte, error) {
	return e.screenAs(e.inputs, in)
}

// screenAs decides under the names of inputs, whose digests are the engine's own.
// Only the labels may differ: the same lists can be published twice under two
// versions, and a recomputed decision keeps the label it was made with.
func (e *Engine) screenAs(inputs decision.Inputs, in Input) (decision.Decision, []byte, error) {
	decided := decision.Decision{
		Event: in.Event.Identity(), EventDigest: in.Digest, Kind: in.Event.Kind,
		Trigger: in.Trigger, Time: in.Time.UTC().Truncate(time.Millisecond),
		Facts: in.Facts, Inputs: inputs, Engine: e.version,
	}
	searched := e.search(&in.Event)
	decided.Hits, decided.Near = searched.hits, searched.near
	decided.Prohibitions = append(e.listed(&in.Event, &searched), e.policy.Embargoes(in.Event)...)

	flags := redflag.Evaluate(redflag.Input{Event: in.Event, Facts: in.Facts, Sets: e.policy.Sets()})
	decided.Flags, decided.Risk = e.policy.Weigh(flags, in.Facts)

	decided.Unknown = unknown(&in, searched)
	decided.Outcome = outcome(e.policy, &decided)
	decided.Reasons = reasons(e.policy, &decided)
	return decided.Seal()
}

// outcome is the worst that anything demands.
func outcome(rules *policy.Policy, decided *decision.Decision) decision.Outcome {
	worst := decision.OutcomePass
	for i := range decided.Prohibitions {
		worst = max(worst, decided.Prohibitions[i].Effect)
	}
	if slices.Contains(decided.Unknown, unknownParties) {
		// Nobody was screened, and that is not a pass.
		worst = max(worst, decision.OutcomeAlert)
	}
	if !decided.Facts.Complete {
		worst = max(worst, rules.UnavailableHistory())
	}
	return max(worst, rules.OutcomeOf(decided.Risk))
}

// unknownParties stands in Unknown where an event names nobody who could be screened.
const unknownParties = "parties"

// unknown names what could not be known, so that nobody reads it as "no".
func unknown(in *Input, searched search) []string {
	var names []string
	if !in.Facts.Complete {
		names = append(names, "history")
	}
	if searched.subjects == 0 {
		names = append(names, unknownParties)
	}
	if searched.cut != "" {
		names = append(names, "further_matches")
	}
	return names
}

// search is what searching the lists for an event's subjects gave.
type search struct {
	subjects int
	hits     []decision.Match
	near     []decision.Match
	// rules is the prohibition's code for each hit.
	rules []string
	// cut is the pointer of the first subject with hits that are left out; empty where
	// none are.
	cut string
}

func (e *Engine) search(event *trade.Event) search {
	var result search
	all := subjects(event)
	result.subjects = len(all)
	for i := range all {
		s := &all[i]
		found, known := e.remembered.recall(s.key)
		if !known {
			found = e.searchFor(s)
			e.remembered.remember(s.key, found)
		}
		if found.cut {
			result.leaveOut(s.pointer)
		}
		for _, match := range found.hits {
			match.Subject, match.Role, match.Name = s.pointer, s.role, s.name
			result.hits = append(result.hits, match)
			result.rules = append(result.rules, s.rule)
		}
		for _, match := range found.near {
			match.Subject, match.Role, match.Name = s.pointer, s.role, s.name
			result.near = append(result.near, match)
		}
	}
	sort.SliceStable(result.near, func(i, j int) bool { return result.near[i].Score > result.near[j].Score })
	if len(result.near) > maxNear {
		result.near = result.near[:maxNear]
	}
	result.limit()
	return result
}

// leaveOut notes that a subject has hits that are not listed.
func (s *search) leaveOut(pointer string) {
	if s.cut == "" {
		s.cut = pointer
	}
}

// limit keeps the strongest hits where there are too many, in the order they have.
func (s *search) limit() {
	if len(s.hits) <= maxHits {
		return
	}
	order := make([]int, len(s.hits))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return s.hits[order[i]].Score > s.hits[order[j]].Score })
	s.leaveOut(s.hits[order[maxHits]].Subject)
	kept := order[:maxHits]
	sort.Ints(kept)
	for to, from := range kept {
		s.hits[to], s.rules[to] = s.hits[from], s.rules[from]
	}
	s.hits, s.rules = s.hits[:maxHits], s.rules[:maxHits]
}

// searchFor searches the lists for one subject. The matches do not say where in an
// event it stands.
func (e *Engine) searchFor(s *subject) searched {
	hit, near := e.policy.Thresholds()
	searcher := e.searchers.Get().(*match.Searcher)
	defer e.searchers.Put(searcher)
	var found searched
	// One more than is listed, to know whether there are more.
	candidates := searcher.Search(&s.query, near, maxHitsPerSubject+1)
	for _, candidate := range candidates {
		switch {
		case candidate.Score >= hit && len(found.hits) == maxHitsPerSubject:
			found.cut = true
		case candidate.Score >= hit:
			found.hits = append(found.hits, searcher.Explain(&s.query, candidate))
		case len(found.near) < maxNear:
			found.near = append(found.near, searcher.Explain(&s.query, candidate))
		}
	}
	return found
}
