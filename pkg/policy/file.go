package policy

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// The shape of a policy file. Every scalar and every block of a list keeps its line,
// so that a fault found long after reading can say where it stands. A block with a
// fault is kept with what could be read of it: dropping it would raise false faults
// about what it said.

type document struct {
	Format    number         `yaml:"format"`
	Name      text           `yaml:"name"`
	Matching  limits         `yaml:"matching"`
	Measures  []measureBlock `yaml:"measures"`
	Embargoes []embargoBlock `yaml:"embargoes"`
	Countries countries      `yaml:"countries"`
	Risk      riskLimits     `yaml:"risk"`
	Flags     []flagRow      `yaml:"flags"`
	Record    record         `yaml:"record"`
	History   historyRule    `yaml:"history"`
}

type limits struct {
	Hit  number `yaml:"hit"`
	Near number `yaml:"near"`
}

type riskLimits struct {
	Alert number `yaml:"alert"`
	Near  number `yaml:"near"`
}

type measureBlock struct {
	at      place
	Measure text        `yaml:"measure"`
	Reason  text        `yaml:"reason"`
	Rules   []nexusRule `yaml:"rules"`
}

type nexusRule struct {
	at       place
	Nexus    text `yaml:"nexus"`
	Effect   text `yaml:"effect"`
	Citation text `yaml:"citation"`
}

type embargoBlock struct {
	at         place
	Name       text   `yaml:"name"`
	Countries  []text `yaml:"countries"`
	Places     []text `yaml:"places"`
	Cities     []text `yaml:"cities"`
	Locodes    []text `yaml:"locodes"`
	Within     []text `yaml:"within"`
	Controlled text   `yaml:"controlled"`
	Unknown    text   `yaml:"unknown"`
	Ordinary   text   `yaml:"ordinary"`
	Transit    text   `yaml:"transit"`
	Authorised text   `yaml:"authorised"`
	Citation   text   `yaml:"citation"`
	Reason     text   `yaml:"reason"`
}

type countries struct {
	Coalition    text     `yaml:"coalition"`
	Hubs         []text   `yaml:"hubs"`
	FoundedAfter text     `yaml:"founded_after"`
	Own          []ownSet `yaml:"own"`
}

type ownSet struct {
	at        place
	Name      text   `yaml:"name"`
	Published text   `yaml:"published"`
	Source    text   `yaml:"source"`
	Countries []text `yaml:"countries"`
}

type flagRow struct {
	at     place
	Code   text   `yaml:"code"`
	Weight number `yaml:"weight"`
	Weak   flagOn `yaml:"weak"`
	Reason text   `yaml:"reason"`
}

type record struct {
	Events           number `yaml:"events"`
	ControlledEvents number `yaml:"controlled_events"`
	Days             number `yaml:"days"`
	Discount         number `yaml:"discount"`
}

type historyRule struct {
	Unavailable text `yaml:"unavailable"`
}

// place is where a block of a list stands, and what was wrong in reading it.
type place struct {
	line  int
	wrong error
}

// UnmarshalYAML reads the block strictly and keeps its line.
func (m *measureBlock) UnmarshalYAML(node *yaml.Node) error {
	type block measureBlock
	m.at = place{node.Line, node.Load((*block)(m), yaml.WithKnownFields())}
	return nil
}

// UnmarshalYAML reads the block strictly and keeps its line.
func (n *nexusRule) UnmarshalYAML(node *yaml.Node) error {
	type block nexusRule
	n.at = place{node.Line, node.Load((*block)(n), yaml.WithKnownFields())}
	return nil
}

// UnmarshalYAML reads the block strictly and keeps its line.
func (e *embargoBlock) UnmarshalYAML(node *yaml.Node) error {
	type block embargoBlock
	e.at = place{node.Line, node.Load((*block)(e), yaml.WithKnownFields())}
	return nil
}

// UnmarshalYAML reads the block strictly and keeps its line.
func (o *ownSet) UnmarshalYAML(node *yaml.Node) error {
	type block ownSet
	o.at = place{node.Line, node.Load((*block)(o), yaml.WithKnownFields())}
	return nil
}

// UnmarshalYAML reads the block strictly and keeps its line.
func (f *flagRow) UnmarshalYAML(node *yaml.Node) error {
	type block flagRow
	f.at = place{node.Line, node.Load((*block)(f), yaml.WithKnownFields())}
	return nil
}

// text is a string of the file. Wrong says that something else stood there.
type text struct {
	Value string
	Line  int
	Wrong bool
}

// UnmarshalYAML takes the scalar as it is written.
func (t *text) UnmarshalYAML(node *yaml.Node) error {
	t.Line = node.Line
	// A date written without quotes is a timestamp to YAML and a text to us.
	if node.Kind != yaml.ScalarNode || node.Tag != "!!str" && node.Tag != "!!timestamp" {
		t.Wrong = true
		return nil
	}
	t.Value = node.Value
	return nil
}

// number is a whole number of the file. Wrong says that something else stood there;
// Line 0 that nothing did.
type number struct {
	Value int
	Line  int
	Wrong bool
}

// UnmarshalYAML reads a whole number in decimal, with underscores between digits.
func (n *number) UnmarshalYAML(node *yaml.Node) error {
	n.Line = node.Line
	value, err := strconv.Atoi(node.Value)
	if node.Kind != yaml.ScalarNode || node.Tag != "!!int" || err != nil {
		n.Wrong = true
		return nil
	}
	n.Value = value
	return nil
}

// flagOn is true or false.
type flagOn struct {
	Value bool
	Line  int
	Wrong bool
}

// UnmarshalYAML reads true or false, and none of YAML's other words for them.
func (f *flagOn) UnmarshalYAML(node *yaml.Node) error {
	f.Line = node.Line
	if node.Kind != yaml.ScalarNode || node.Tag != "!!bool" || node.Value != "true" && node.Value != "false" {
		f.Wrong = true
		return nil
	}
	f.Value = node.Value == "true"
	return nil
}
