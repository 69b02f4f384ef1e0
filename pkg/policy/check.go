package policy

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/redflag"
	"chokepoint/pkg/trade"
)

// The bounds of the numbers. A weight of 9,000 is as sure as a flag can be: none is
// certainty. A threshold under 5,000 would make everyone a hit.
const (
	maxWeight    = 9_000
	minThreshold = 5_000
	maxCount     = 1_000_000
	maxDays      = 400 // how long history keeps days (design §6 keeps up to 400)
)

var (
	namePattern    = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$`)
	countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)
	locodePattern  = regexp.MustCompile(`^[A-Z]{2}[A-Z2-9]{3}$`)
	datePattern    = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)
)

// check reads the file's values into a policy, and adds everything that is wrong.
func check(file *document, wrong *faults) *Policy {
	read := &Policy{}
	switch {
	case file.Format.Wrong || file.Format.Line == 0:
		wrong.add(file.Format.Line, "format is missing: this code reads format %d", format)
	case file.Format.Value != format:
		wrong.add(file.Format.Line, "format %d is not known: this code reads format %d", file.Format.Value, format)
	}
	read.name = words(wrong, "name", file.Name, 0)
	if read.name != "" && !namePattern.MatchString(read.name) {
		wrong.add(file.Name.Line, "name %q: a name has letters, digits, dots, dashes and underscores, at most 100", read.name)
	}
	read.hit, read.near = thresholds(wrong, "matching", "hit", file.Matching.Hit, file.Matching.Near, minThreshold)
	read.riskAlert, read.riskNear = thresholds(wrong, "risk", "alert", file.Risk.Alert, file.Risk.Near, 1)
	read.measures = checkMeasures(file.Measures, wrong)
	read.embargoes = checkEmbargoes(file.Embargoes, wrong)
	read.sets = checkCountries(&file.Countries, wrong)
	read.flags = checkFlags(file.Flags, wrong)
	read.sets.Record = redflag.Record{
		Events:           whole(wrong, "record.events", file.Record.Events, 1, maxCount),
		ControlledEvents: whole(wrong, "record.controlled_events", file.Record.ControlledEvents, 0, maxCount),
		Days:             whole(wrong, "record.days", file.Record.Days, 1, maxDays),
	}
	read.discount = decision.BasisPoints(whole(wrong, "record.discount", file.Record.Discount, 0, int(decision.Full)))
	read.unavailable = effect(wrong, "history.unavailable", file.History.Unavailable, 0, decision.OutcomeAlert)
	return read
}

// words returns a text that must stand there; at is the line to name where it does
// not.
func words(wrong *faults, what string, value text, at int) string {
	switch {
	case value.Wrong:
		wrong.add(value.Line, "%s is not a text", what)
	case value.Line == 0:
		wrong.add(at, "%s is missing", what)
	case strings.TrimSpace(value.Value) == "":
		wrong.add(value.Line, "%s is empty", what)
	}
	return strings.Join(strings.Fields(value.Value), " ")
}

// whole returns a whole number that must stand there and lie within bounds.
func whole(wrong *faults, what string, value number, least, most int) int {
	switch {
	case value.Wrong:
		wrong.add(value.Line, "%s is not a whole number", what)
	case value.Line == 0:
		wrong.add(0, "%s is missing", what)
	case value.Value < least || value.Value > most:
		wrong.add(value.Line, "%s is %d; it goes from %d to %d", what, value.Value, least, most)
	}
	return value.Value
}

func thresholds(wrong *faults, block, upper string, high, low number, least int) (decision.BasisPoints, decision.BasisPoints) {
	top := whole(wrong, block+"."+upper, high, least, int(decision.Full))
	bottom := whole(wrong, block+".near", low, 0, int(decision.Full))
	if bottom > top && high.Line > 0 && low.Line > 0 && !high.Wrong && !low.Wrong {
		wrong.add(low.Line, "%s.near is %d, above %s.%s, %d", block, bottom, block, upper, top)
	}
	return decision.BasisPoints(top), decision.BasisPoints(bottom)
}

// effect reads pass, alert or hold, at most the worst allowed. Note is another word
// for pass: it says that something was found and that nothing follows.
func effect(wrong *faults, what string, value text, at int, worst decision.Outcome) decision.Outcome {
	name := words(wrong, what, value, at)
	if name == "" {
		return decision.OutcomeUnknown
	}
	if name == "note" {
		return decision.OutcomePass
	}
	outcome, err := decision.ParseOutcome(name)
	if err != nil || outcome == decision.OutcomeUnknown || outcome > worst {
		allowed := "note, pass, alert or hold"
		if worst < decision.OutcomeHold {
			allowed = "note, pass or alert"
		}
		wrong.add(value.Line, "%s is %q; it is %s", what, name, allowed)
		return decision.OutcomeUnknown
	}
	return outcome
}

func checkMeasures(blocks []measureBlock, wrong *faults) map[string]measureRules {
	read := map[string]measureRules{}
	for i := range blocks {
		block := &blocks[i]
		wrong.addLoad(block.at.wrong)
		name := words(wrong, "measure", block.Measure, block.at.line)
		switch _, twice := read[name]; {
		case name == "":
			continue
		case !slices.Contains(measures, name):
			wrong.add(block.Measure.Line, "measure %q is not known; known are %s", name, strings.Join(measures, ", "))
		case twice:
			wrong.add(block.Measure.Line, "measure %s stands here again", name)
			continue
		}
		read[name] = measureRules{
			reason: words(wrong, "the reason of measure "+name, block.Reason, block.at.line),
			rules:  checkRules(name, block, wrong),
		}
	}
	for _, name := range measures {
		if _, ok := read[name]; !ok {
			wrong.add(0, "measure %s has no rules: say what it demands, even if that is a note", name)
		}
	}
	return read
}

func checkRules(measure string, block *measureBlock, wrong *faults) []rule {
	rules := make([]rule, 0, len(block.Rules))
	seen := map[string]bool{}
	for i := range block.Rules {
		row := &block.Rules[i]
		wrong.addLoad(row.at.wrong)
		nexus := words(wrong, "nexus", row.Nexus, row.at.line)
		if nexus != "" && !slices.Contains(nexuses, nexus) {
			wrong.add(row.Nexus.Line, "nexus %q is not known; known are %s", nexus, strings.Join(nexuses, ", "))
		}
		if seen[nexus] && nexus != "" {
			wrong.add(row.Nexus.Line, "measure %s has nexus %s twice", measure, nexus)
		}
		seen[nexus] = true
		rules = append(rules, rule{
			nexus:    nexus,
			effect:   effect(wrong, "the effect of "+measure+" on "+nexus, row.Effect, row.at.line, decision.OutcomeHold),
			citation: words(wrong, "the citation of "+measure+" on "+nexus, row.Citation, row.at.line),
		})
	}
	if !seen[NexusAny] {
		wrong.add(block.at.line, "measure %s has no rule for nexus %s: whatever else holds, something must follow", measure, NexusAny)
	}
	sort.SliceStable(rules, func(i, j int) bool {
		return slices.Index(nexuses, rules[i].nexus) < slices.Index(nexuses, rules[j].nexus)
	})
	return rules
}

func checkFlags(rows []flagRow, wrong *faults) map[string]flagWeight {
	read := map[string]flagWeight{}
	known := map[string]bool{}
	for _, rule := range redflag.Rules() {
		known[rule.Code] = true
	}
	for i := range rows {
		row := &rows[i]
		wrong.addLoad(row.at.wrong)
		code := words(wrong, "code", row.Code, row.at.line)
		switch _, twice := read[code]; {
		case code == "":
			continue
		case !known[code]:
			wrong.add(row.Code.Line, "flag %q is not known%s", code, nearest(code, known))
		case twice:
			wrong.add(row.Code.Line, "flag %s stands here again", code)
			continue
		}
		if row.Weight.Line == 0 {
			row.Weight = number{Line: row.at.line, Wrong: true}
		}
		if row.Weak.Wrong {
			wrong.add(row.Weak.Line, "weak is not true or false")
		}
		read[code] = flagWeight{
			weight: decision.BasisPoints(whole(wrong, "the weight of "+code, row.Weight, 0, maxWeight)),
			weak:   row.Weak.Value,
			reason: words(wrong, "the reason of "+code, row.Reason, row.at.line),
		}
	}
	for _, rule := range redflag.Rules() {
		if _, ok := read[rule.Code]; !ok {
			wrong.add(0, "flag %s has no weight: 0 switches it off", rule.Code)
		}
	}
	return read
}

// nearest names the known codes of the same rule, for who mistyped one.
func nearest(code string, known map[string]bool) string {
	family, _, _ := strings.Cut(code, ".")
	var same []string
	for other := range known {
		if strings.HasPrefix(other, family) || strings.HasPrefix(family, strings.SplitN(other, ".", 2)[0]) {
			same = append(same, other)
		}
	}
	if len(same) == 0 {
		return ""
	}
	sort.Strings(same)
	return "; known are " + strings.Join(same, ", ")
}

func checkCountries(block *countries, wrong *faults) redflag.Sets {
	own := map[string]redflag.CountrySet{}
	for i := range block.Own {
		set := &block.Own[i]
		wrong.addLoad(set.at.wrong)
		name := words(wrong, "the name of a country set", set.Name, set.at.line)
		if _, builtIn := redflag.CountrySetNamed(name); builtIn || own[name].Name != "" {
			wrong.add(set.Name.Line, "country set %s exists already", name)
		}
		own[name] = redflag.CountrySet{
			Name: name, Published: date(wrong, "published", set.Published, set.at.line),
			Source:    words(wrong, "the source of country set "+name, set.Source, set.at.line),
			Countries: countryCodes(wrong, "country set "+name, set.Countries),
		}
		if len(set.Countries) == 0 {
			wrong.add(set.at.line, "country set %s holds no country", name)
		}
	}
	named := func(what string, value text) redflag.CountrySet {
		name := words(wrong, what, value, 0)
		if set, ok := redflag.CountrySetNamed(name); ok {
			return set
		}
		if _, ok := own[name]; !ok && name != "" {
			wrong.add(value.Line, "%s names country set %q, which is neither built in nor one of countries.own", what, name)
		}
		return own[name]
	}
	sets := redflag.Sets{Coalition: named("countries.coalition", block.Coalition)}
	seen := map[string]bool{}
	for _, hub := range block.Hubs {
		if seen[hub.Value] {
			wrong.add(hub.Line, "countries.hubs names %s twice", hub.Value)
		}
		seen[hub.Value] = true
		sets.Hubs = append(sets.Hubs, named("countries.hubs", hub))
	}
	sets.FoundedAfter = trade.Date(date(wrong, "countries.founded_after", block.FoundedAfter, 0))
	if len(sets.FoundedAfter) > 0 && len(sets.FoundedAfter) != len(time.DateOnly) {
		wrong.add(block.FoundedAfter.Line, "countries.founded_after is a day: YYYY-MM-DD")
	}
	return sets
}

func date(wrong *faults, what string, value text, at int) string {
	written := words(wrong, what, value, at)
	if written == "" {
		return ""
	}
	_, err := time.Parse(time.DateOnly[:min(len(written), len(time.DateOnly))], written)
	if !datePattern.MatchString(written) || err != nil {
		wrong.add(value.Line, "%s is %q; a date is YYYY, YYYY-MM or YYYY-MM-DD", what, written)
		return ""
	}
	return written
}

func countryCodes(wrong *faults, what string, values []text) []string {
	return list(wrong, what, values, countryPattern, "a country is two capital letters")
}

// list returns the values sorted, each once. A pattern of nil allows any words.
func list(wrong *faults, what string, values []text, pattern *regexp.Regexp, right string) []string {
	read := make([]string, 0, len(values))
	for _, value := range values {
		written := words(wrong, "an item of "+what, value, 0)
		switch {
		case written == "":
		case pattern != nil && !pattern.MatchString(written):
			wrong.add(value.Line, "%s: %q: %s", what, written, right)
		case slices.Contains(read, written):
			wrong.add(value.Line, "%s holds %s twice", what, written)
		default:
			read = append(read, written)
		}
	}
	slices.Sort(read)
	return read
}

func checkEmbargoes(blocks []embargoBlock, wrong *faults) []embargo {
	read := make([]embargo, 0, len(blocks))
	seen := map[string]bool{}
	for i := range blocks {
		block := &blocks[i]
		wrong.addLoad(block.at.wrong)
		name := words(wrong, "the name of an embargo", block.Name, block.at.line)
		if seen[name] {
			wrong.add(block.Name.Line, "embargo %s stands here again", name)
		}
		seen[name] = true
		of := func(member string, value text) decision.Outcome {
			return effect(wrong, fmt.Sprintf("%s of embargo %s", member, name), value, block.at.line, decision.OutcomeHold)
		}
		next := embargo{
			name:      name,
			countries: countryCodes(wrong, "the countries of embargo "+name, block.Countries),
			places:    list(wrong, "the places of embargo "+name, block.Places, nil, ""),
			cities:    list(wrong, "the cities of embargo "+name, block.Cities, nil, ""),
			locodes:   list(wrong, "the locodes of embargo "+name, block.Locodes, locodePattern, "a UN/LOCODE is two letters and three more"),
			within:    countryCodes(wrong, "within of embargo "+name, block.Within),
			effects: [...]decision.Outcome{
				redflag.ClassUnknown:    of("unknown", block.Unknown),
				redflag.ClassOrdinary:   of("ordinary", block.Ordinary),
				redflag.ClassControlled: of("controlled", block.Controlled),
			},
			transit:    of("transit", block.Transit),
			authorised: of("authorised", block.Authorised),
			citation:   words(wrong, "the citation of embargo "+name, block.Citation, block.at.line),
			reason:     words(wrong, "the reason of embargo "+name, block.Reason, block.at.line),
		}
		if len(block.Countries)+len(block.Places)+len(block.Cities)+len(block.Locodes) == 0 {
			wrong.add(block.at.line, "embargo %s names no country and no place", name)
		}
		if len(block.Places)+len(block.Cities) > 0 && len(block.Within) == 0 {
			wrong.add(block.at.line, "embargo %s names places: say within which countries they lie", name)
		}
		read = append(read, next)
	}
	return read
}
