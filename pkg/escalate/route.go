package escalate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"chokepoint/pkg/casework"
)

// Routes say which queue a case stands on and who is told of it: the first rule
// that fits, or the default.
type Routes struct {
	// Default applies where no rule fits; its queue must be set.
	Default Route `yaml:"default"`
	// Rules are tried in their order.
	Rules []Rule `yaml:"rules"`
}

// Route is where a case goes.
type Route struct {
	// Queue is the queue's name, [a-z0-9-]{1,64}: one token of a subject.
	Queue string `yaml:"queue"`
	// Receivers are told of the case, by the names the pipeline knows them under.
	Receivers []string `yaml:"receivers"`
	// NotifyFrom is the severity from which they are told; unset is low, so of everything.
	NotifyFrom casework.Severity `yaml:"notify_from"`
}

// Rule fits a case when everything it asks for is so; what it leaves out it does
// not ask for. A rule that asks for nothing is refused.
type Rule struct {
	// Measures asks for a listing with one of these measures.
	Measures []string `yaml:"measures"`
	// Kinds asks for one of these kinds of case: entry, flag_group, rule, event.
	Kinds []casework.KeyKind `yaml:"kinds"`
	// SeverityFrom asks for this severity or a worse one.
	SeverityFrom casework.Severity `yaml:"severity_from"`
	// Route is where such a case goes.
	Route `yaml:",inline"`
}

// The queues of the default routes.
const (
	QueueCompliance = "compliance"
	QueueSanctions  = "sanctions"
	QueueDiversion  = "diversion"
)

// DefaultRoutes sends blocked parties to "sanctions", red flags without a listing
// to "diversion" and everything else to "compliance", and tells the given receivers
// of all of it.
func DefaultRoutes(receivers ...string) Routes {
	to := func(queue string) Route { return Route{Queue: queue, Receivers: receivers} }
	return Routes{
		Default: to(QueueCompliance),
		Rules: []Rule{
			{Measures: []string{"freeze"}, Route: to(QueueSanctions)},
			{Kinds: []casework.KeyKind{casework.KeyFlags}, Route: to(QueueDiversion)},
		},
	}
}

// Route returns where the case goes as it is now.
func (r Routes) Route(state casework.State) Route {
	for _, rule := range r.Rules {
		if rule.fits(state) {
			return rule.Route
		}
	}
	return r.Default
}

// Queues returns the names of all queues, sorted, each once.
func (r Routes) Queues() []string {
	queues := []string{r.Default.Queue}
	for _, rule := range r.Rules {
		queues = append(queues, rule.Queue)
	}
	slices.Sort(queues)
	return slices.Compact(queues)
}

// Receivers returns the names of all receivers, sorted, each once.
func (r Routes) Receivers() []string {
	names := slices.Clone(r.Default.Receivers)
	for _, rule := range r.Rules {
		names = append(names, rule.Receivers...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r Rule) fits(state casework.State) bool {
	if len(r.Measures) > 0 && !slices.ContainsFunc(r.Measures, func(measure string) bool {
		return slices.Contains(state.Measures, measure)
	}) {
		return false
	}
	if len(r.Kinds) > 0 && !slices.Contains(r.Kinds, state.Key.Kind) {
		return false
	}
	return state.Severity >= r.SeverityFrom
}

var queuePattern = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// Validate reports everything that is wrong with the routes.
func (r Routes) Validate() error {
	faults := []error{r.Default.validate("default")}
	kinds := []casework.KeyKind{casework.KeyEntry, casework.KeyFlags, casework.KeyRule, casework.KeyEvent}
	for i, rule := range r.Rules {
		place := fmt.Sprintf("rules[%d]", i)
		if len(rule.Measures) == 0 && len(rule.Kinds) == 0 && rule.SeverityFrom == casework.SeverityUnknown {
			faults = append(faults, fmt.Errorf("%s asks for nothing, so the rules after it could never fit", place))
		}
		for _, kind := range rule.Kinds {
			if !slices.Contains(kinds, kind) {
				faults = append(faults, fmt.Errorf("%s: kind %q is none of entry, flag_group, rule, event", place, kind))
			}
		}
		faults = append(faults, rule.validate(place))
	}
	return errors.Join(faults...)
}

func (r Route) validate(place string) error {
	var faults []error
	if !queuePattern.MatchString(r.Queue) {
		faults = append(faults, fmt.Errorf("%s: queue %q is not 1 to 64 of a-z, 0-9 and -", place, r.Queue))
	}
	if slices.Contains(r.Receivers, "") {
		faults = append(faults, fmt.Errorf("%s: a receiver has no name", place))
	}
	return errors.Join(faults...)
}
