package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"chokepoint/pkg/decision"
)

// MessageFormat is the version of [Message].
const MessageFormat = 1

// Message is what a queue shows of an open case: enough to see at a glance what
// matched and why it matters, and to find the case.
type Message struct {
	// Format is [MessageFormat].
	Format int `json:"format"`
	// Case is the case's id; claiming and closing name it.
	Case string `json:"case"`
	// Title says in half a line what the case is about.
	Title string `json:"title"`
	// Severity and Outcome are the worst of the case.
	Severity Severity         `json:"severity"`
	Outcome  decision.Outcome `json:"outcome"`
	// Explanation says in plain words what was seen and what it means, in sentences
	// for somebody who was woken by it.
	Explanation string `json:"explanation"`
	// Party is whom it is about, Entry what matched; nil where it is no listing.
	Party Party                  `json:"party"`
	Entry *decision.MatchedEntry `json:"entry,omitempty"`
	// Measures are what the listings do, Prohibitions what follows from them here.
	Measures     []string               `json:"measures,omitempty"`
	Prohibitions []decision.Prohibition `json:"prohibitions,omitempty"`
	// Flags are the codes of the red flags, the heaviest first.
	Flags []string `json:"flags,omitempty"`
	// Risk is the flags' weight together, in basis points.
	Risk decision.BasisPoints `json:"risk"`
	// Reasons are those of the decision shown, about all it found.
	Reasons []string `json:"reasons,omitempty"`
	// Unknown names what could not be known.
	Unknown []string `json:"unknown,omitempty"`
	// Decision is the decision shown; ListVersion and Policy are what it rests on.
	Decision    DecisionID `json:"decision"`
	ListVersion string     `json:"list_version"`
	Policy      string     `json:"policy,omitzero"`
	// Events are the latest events of the case, at most [MaxEvents]; Occurrences
	// counts all decisions that joined it.
	Events      []EventID `json:"events"`
	Occurrences int       `json:"occurrences"`
	// Opened is when the case was opened, Updated when a decision last joined it.
	Opened  time.Time `json:"opened"`
	Updated time.Time `json:"updated"`
}

// Queued says whether the case stands on a queue now: one that is claimed or
// closed does not.
func (s State) Queued() bool { return s.Status == StatusOpen }

// MessageOf returns what a queue, and whoever is told of the case, sees of it now.
// The same state gives the same message.
func MessageOf(state State) Message {
	leading := &state.Leading
	message := Message{
		Format: MessageFormat, Case: state.ID, Title: Title(state), Severity: state.Severity, Outcome: state.Outcome,
		Explanation: Explain(state), Party: leading.Party, Measures: state.Measures, Prohibitions: leading.Prohibitions,
		Risk: leading.Risk, Reasons: leading.Reasons, Unknown: leading.Unknown, Decision: leading.Decision,
		ListVersion: leading.ListVersion, Policy: leading.Policy, Events: state.Events, Occurrences: state.Occurrences,
		Opened: state.Opened, Updated: state.Updated,
	}
	if len(leading.Matches) > 0 {
		message.Entry = &leading.Matches[0].Entry
	}
	for _, flag := range leading.Flags {
		message.Flags = append(message.Flags, flag.Code)
	}
	return message
}

// Encode writes the message as JSON: the same message, the same bytes.
func (m Message) Encode() ([]byte, error) {
	data, err := json.Marshal(m, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode the message of case %s: %w", m.Case, err)
	}
	return data, nil
}

// DecodeMessage reads what [Message.Encode] writes.
func DecodeMessage(data []byte) (Message, error) {
	var message Message
	if err := json.Unmarshal(data, &message, json.RejectUnknownMembers(true)); err != nil {
		return Message{}, fmt.Errorf("decode a queue message: %w", err)
	}
	if message.Format != MessageFormat {
		return Message{}, fmt.Errorf("decode a queue message: its format is %d, this code reads %d", message.Format, MessageFormat)
	}
	return message, nil
}

// Title says in half a line what a case is about.
func Title(state State) string {
	who := nameOf(&state.Leading)
	switch state.Key.Kind {
	case KeyEntry:
		if len(state.Leading.Matches) > 0 {
			entry := &state.Leading.Matches[0].Entry
			return fmt.Sprintf("%s ~ %s (%s)", who, clip(entry.Name, 120), entry.ID)
		}
		return fmt.Sprintf("%s ~ %s", who, state.Key.Of)
	case KeyFlags:
		return fmt.Sprintf("%s: red flags, %s foremost", who, words(state.Key.Of))
	case KeyRule:
		return fmt.Sprintf("%s: %s", who, words(state.Key.Of))
	default:
		return fmt.Sprintf("%s: not passed, for what is unknown", who)
	}
}

// Explain says in sentences what the case is, for somebody who has never seen it:
// what is held, who matched what and how, what the listing does, what else was
// seen, and what could not be known.
func Explain(state State) string {
	leading := &state.Leading
	var sentences []string
	say := func(format string, args ...any) { sentences = append(sentences, fmt.Sprintf(format, args...)) }
	event := leading.Decision.Event
	if leading.Outcome == decision.OutcomeHold {
		say("%s %s is held until a person decides.", sentenceCase(orWord(leading.Kind, "event")), event.thing())
	} else {
		say("%s %s went on and is to be reviewed.", sentenceCase(orWord(leading.Kind, "event")), event.thing())
	}
	for i := range leading.Matches {
		sentences = append(sentences, explainMatch(leading.Party, &leading.Matches[i]))
	}
	for _, prohibition := range leading.Prohibitions {
		if len(leading.Matches) == 0 || prohibition.Entry == "" {
			say("%s.", strings.TrimSuffix(prohibition.Explanation, "."))
		}
		if sentence := bindingSentence(prohibition); sentence != "" {
			sentences = append(sentences, sentence)
		}
	}
	if len(leading.Flags) > 0 {
		say("Red flags, together %s: %s.", percent(leading.Risk), flagWords(leading.Flags))
	}
	if len(leading.Unknown) > 0 {
		say("Unknown: %s.", strings.Join(leading.Unknown, ", "))
	}
	if state.Occurrences > 1 {
		say("%d decisions have joined this case.", state.Occurrences)
	}
	return strings.Join(sentences, " ")
}

// explainMatch says who matched which entry, how well and by what.
func explainMatch(party Party, match *decision.Match) string {
	var text strings.Builder
	role := orWord(words(match.Role), "party")
	fmt.Fprintf(&text, "%s %q", sentenceCase(role), clip(match.Name, 120))
	if party.Country != "" {
		fmt.Fprintf(&text, " (%s)", party.Country)
	}
	switch match.Basis {
	case decision.BasisIdentifier:
		fmt.Fprintf(&text, " has the identifier %s of", match.Identifier)
	case decision.BasisAddress:
		text.WriteString(" has the address of")
	default:
		fmt.Fprintf(&text, " matches at %s", percent(match.Score))
	}
	fmt.Fprintf(&text, " %q, %s", clip(match.Entry.Name, 120), match.Entry.ID)
	if match.MatchedName != "" && match.MatchedName != match.Entry.Name {
		fmt.Fprintf(&text, ", by its %s %q", orWord(words(match.NameType), "name"), clip(match.MatchedName, 120))
	}
	if len(match.Entry.Programs) > 0 {
		fmt.Fprintf(&text, " [%s]", strings.Join(limit(match.Entry.Programs, 4), ", "))
	}
	if match.Explanation != "" {
		fmt.Fprintf(&text, ": %s", strings.TrimSuffix(clip(match.Explanation, 400), "."))
	}
	text.WriteByte('.')
	return text.String()
}

// bindingSentence says what a measure does and whom it binds.
func bindingSentence(prohibition decision.Prohibition) string {
	if prohibition.Measure == "" {
		return ""
	}
	sentence := "The listing is a " + words(prohibition.Measure)
	if prohibition.Effect == decision.OutcomeHold {
		sentence += " and stops the event"
	} else {
		sentence += " and asks for a review"
	}
	if len(prohibition.Nexus) > 0 {
		sentence += "; it binds by " + nexusWords(prohibition.Nexus)
	}
	if prohibition.Citation != "" {
		sentence += " (" + prohibition.Citation + ")"
	}
	return sentence + "."
}

func flagWords(flags []decision.Flag) string {
	said := make([]string, 0, len(flags))
	for _, flag := range limit(flags, 8) {
		said = append(said, strings.TrimSuffix(orWord(clip(flag.Explanation, 200), words(flag.Code)), "."))
	}
	if more := len(flags) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, "; ")
}

// nameOf is whom an occurrence is about, in a title.
func nameOf(occurrence *Occurrence) string {
	if occurrence.Party.Name != "" {
		if occurrence.Party.Country != "" {
			return fmt.Sprintf("%s, %s", clip(occurrence.Party.Name, 120), occurrence.Party.Country)
		}
		return clip(occurrence.Party.Name, 120)
	}
	return orWord(occurrence.Kind, "event") + " " + clip(occurrence.Decision.Event.thing(), 120)
}

// percent writes basis points as a person reads them: 8750 is 87.5 %.
func percent(points decision.BasisPoints) string {
	if tenth := points / 10 % 10; tenth != 0 {
		return fmt.Sprintf("%d.%d %%", points/100, tenth)
	}
	return fmt.Sprintf("%d %%", points/100)
}

// words makes a code readable: "listed_party" is "listed party".
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

func wordsOf(codes []string) []string {
	said := slices.Clone(codes)
	for i := range said {
		said[i] = words(said[i])
	}
	return said
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func sentenceCase(text string) string {
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}

// nexusWords says what ties an event to the law of a listing, as a lawyer would.
func nexusWords(nexus []string) string {
	words := strings.Join(wordsOf(nexus), ", ")
	return strings.NewReplacer(
		"us person", "US person", "us dollar", "US dollar", "ear item", "item under the EAR", "any", "whoever handles it",
	).Replace(words)
}
