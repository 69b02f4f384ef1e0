package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/match"
	"chokepoint/pkg/screen"
	"chokepoint/pkg/trade"
)

var screenNameCommand = command{
	name: "screen name", arguments: "NAME [--lists DIR | --data DIR | --nats URL]",
	summary: "search a name in the control lists, with the words that agree",
	example: `chokepoint screen name "Example Elektronik San. ve Tic. Ltd. Şti." --lists ./lists`,
	run:     runScreenName,
}

var screenEventCommand = command{
	name: "screen event", arguments: "FILE [--lists DIR | --data DIR | --nats URL] [--policy FILE]",
	summary: "decide about an event in a file and explain the decision; nothing is stored",
	example: "chokepoint screen event shipment.json --lists ./lists",
	run:     runScreenEvent,
}

// screenedName is the result of screen name.
type screenedName struct {
	Name        string               `json:"name"`
	ListVersion string               `json:"list_version"`
	ListDigest  string               `json:"list"`
	Threshold   decision.BasisPoints `json:"threshold"`
	Hits        []decision.Match     `json:"hits"`
	Near        []decision.Match     `json:"near"`
}

func runScreenName(ctx context.Context, term *terminal, set *flags, args []string) error {
	from := set.withJSON().withLists()
	kind := set.String("kind", "", "the `kind` of party: person, organization, vessel or aircraft; without it any")
	country := set.String("country", "", "the `code` of the country the party is connected with, such as TR")
	born := set.String("born", "", "the birth `date`: YYYY, YYYY-MM or YYYY-MM-DD")
	identifier := set.String("identifier", "", "a `number` of the party as TYPE=VALUE, such as imo=9074729")
	near := set.Int("near", 7000, "also show what scores at least `N` basis points (8000 is 80 %)")
	limit := set.Int("limit", 20, "show at most `N` entries")
	names, err := set.parse(args, 1, 1)
	if err != nil {
		return err
	}
	if *near < 0 || *near > 10_000 {
		return usagef("--near %d is not between 0 and 10000 basis points", *near)
	}
	if *limit < 1 || *limit > 10_000 {
		return usagef("--limit %d is not between 1 and 10000", *limit)
	}
	query, err := nameQuery(names[0], *kind, *country, *born, *identifier)
	if err != nil {
		return err
	}
	snapshot, err := from.snapshot(ctx, term)
	if err != nil {
		return err
	}
	rules, err := readPolicy("")
	if err != nil {
		return err
	}
	index, err := match.Compile(snapshot.Entries)
	if err != nil {
		return err
	}
	threshold, _ := rules.Thresholds()
	result := screenedName{Name: names[0], ListVersion: snapshot.Version, ListDigest: snapshot.Digest, Threshold: threshold}
	searcher := index.NewSearcher()
	for _, candidate := range searcher.Search(&query, decision.BasisPoints(*near), *limit) {
		found := searcher.Explain(&query, candidate)
		found.Name = names[0]
		if candidate.Score >= threshold {
			result.Hits = append(result.Hits, found)
		} else {
			result.Near = append(result.Near, found)
		}
	}
	if *set.asJSON {
		err = term.printJSON(result)
	} else {
		term.printf("%s", screen.ExplainMatches(names[0], threshold, result.Hits, result.Near))
		term.printf("\nlists %s (sha256 %.12s): %s\n", snapshot.Version, snapshot.Digest, listNames(snapshot))
	}
	return err
}

func nameQuery(name, kind, country, born, identifier string) (match.Query, error) {
	query := match.Query{Name: name, Kind: controllist.Kind(kind)}
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return query, usagef("NAME %q holds no letter and no digit: there is nothing to search for", name)
	}
	switch query.Kind {
	case controllist.KindUnknown, controllist.KindPerson, controllist.KindOrganization, controllist.KindVessel, controllist.KindAircraft:
	default:
		return query, usagef("--kind %q is none of person, organization, vessel, aircraft", kind)
	}
	if country != "" {
		code := strings.ToUpper(country)
		if !trade.IsCountry(code) {
			return query, usagef("--country %q is not the two letters of a country (ISO 3166-1)", country)
		}
		query.Countries = []string{code}
	}
	if born != "" {
		if _, err := controllist.DateRange(born).Span(); err != nil {
			return query, usagef("--born %q %v", born, err)
		}
		query.BirthDates = []controllist.DateRange{controllist.DateRange(born)}
	}
	if identifier != "" {
		kind, value, found := strings.Cut(identifier, "=")
		if !found {
			return query, usagef("--identifier %q is not TYPE=VALUE", identifier)
		}
		if kind == "" || !controllist.IdentifierType(kind).Valid() {
			return query, usagef("--identifier: %q is not a type of number; try imo, mmsi, bic, lei, registration, tax_id or passport", kind)
		}
		if value == "" {
			return query, usagef("--identifier %s= has no value", kind)
		}
		query.Identifiers = []controllist.Identifier{{Type: controllist.IdentifierType(kind), Value: value}}
	}
	return query, nil
}

// listNames says which lists were searched: a name that is on no list may be on one
// that was not loaded.
func listNames(snapshot controllist.Snapshot) string {
	names := make([]string, len(snapshot.Lists))
	for i, list := range snapshot.Lists {
		names[i] = fmt.Sprintf("%s (%d)", list.Name, list.Entries)
	}
	return strings.Join(names, ", ")
}

// screenedEvent is the result of screen event.
type screenedEvent struct {
	Event    trade.Event       `json:"event"`
	Decision decision.Decision `json:"decision"`
}

func runScreenEvent(ctx context.Context, term *terminal, set *flags, args []string) error {
	from := set.withJSON().withLists()
	policyFile := set.String("policy", "", "a policy `file`; without it the built-in policy decides")
	failAt := set.String("fail-at", "", "exit with 1 when the `outcome` is at least this: alert or hold")
	files, err := set.parse(args, 1, 1)
	if err != nil {
		return err
	}
	fails := decision.OutcomeHold + 1
	if *failAt != "" {
		if fails, err = decision.ParseOutcome(*failAt); err != nil || fails == decision.OutcomePass {
			return usagef("--fail-at %q is neither alert nor hold", *failAt)
		}
	}
	now := time.Now()
	event, canonical, err := readEvent(files[0], now)
	if err != nil {
		return err
	}
	snapshot, err := from.snapshot(ctx, term)
	if err != nil {
		return err
	}
	rules, err := readPolicy(*policyFile)
	if err != nil {
		return err
	}
	engine, err := screen.New(snapshot, rules)
	if err != nil {
		return err
	}
	decided, _, err := engine.Screen(screen.Input{
		Event: event, Digest: trade.Digest(canonical), Trigger: decision.TriggerEvent, Time: now,
	})
	if err != nil {
		return err
	}
	if *set.asJSON {
		err = term.printJSON(screenedEvent{Event: event, Decision: decided})
	} else {
		term.printf("%s", screen.Explain(event, decided))
	}
	if err == nil && decided.Outcome >= fails {
		return errNo
	}
	return err
}

// readEvent reads an event from a file, or from standard input for "-". It refuses
// what the door would refuse.
func readEvent(name string, now time.Time) (trade.Event, []byte, error) {
	input := os.Stdin
	if name != "-" {
		if err := fileExists(name); err != nil {
			return trade.Event{}, nil, err
		}
		file, err := os.Open(name)
		if err != nil {
			return trade.Event{}, nil, err
		}
		defer func() { _ = file.Close() }()
		input = file
	}
	body, err := io.ReadAll(io.LimitReader(input, int64(trade.DefaultLimits().Bytes)+1))
	if err != nil {
		return trade.Event{}, nil, fmt.Errorf("read %s: %w", name, err)
	}
	event, err := trade.Decode(body, trade.Limits{})
	if err != nil {
		return trade.Event{}, nil, eventProblem(name, err)
	}
	if faults := trade.ValidateTime(event, now); len(faults) > 0 {
		return trade.Event{}, nil, eventProblem(name, &trade.DecodeError{Faults: faults, Invalid: true})
	}
	canonical, err := trade.Encode(event)
	if err != nil {
		return trade.Event{}, nil, err
	}
	return event, canonical, nil
}

// eventProblem names every fault of an event that is well formed but invalid, one on
// a line: whoever makes events wants to mend them in one go.
func eventProblem(name string, err error) error {
	var invalid *trade.DecodeError
	if !errors.As(err, &invalid) || !invalid.Invalid || len(invalid.Faults) == 1 {
		return fmt.Errorf("%s: %w", name, err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: invalid event, %d faults:", name, len(invalid.Faults))
	for _, fault := range invalid.Faults {
		text.WriteString("\n  " + fault.String())
	}
	return errors.New(text.String())
}
