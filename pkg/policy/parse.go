package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Limits on a policy file. The default has about 20 KiB.
const (
	maxBytes = 256 << 10
	maxDepth = 8
	maxNodes = 5_000
)

// format is the version of the file's shape that this code reads.
const format = 1

// Parse reads a policy file. The error is an [*Error] with every fault, each with
// its line. A file over 256 KiB, one with aliases, or with several documents is
// refused.
func Parse(data []byte) (*Policy, error) {
	var wrong faults
	root := compose(data, &wrong)
	if root == nil {
		return nil, wrong.err()
	}
	if !inspect(root, &wrong) {
		return nil, wrong.err()
	}
	var file document
	wrong.addLoad(root.Load(&file, yaml.WithKnownFields()))
	read := check(&file, &wrong)
	if err := wrong.err(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	read.digest = hex.EncodeToString(sum[:])
	read.data = slices.Clone(data)
	return read, nil
}

// compose reads the file into nodes, or adds the fault that kept it from that.
func compose(data []byte, wrong *faults) *yaml.Node {
	if len(data) > maxBytes {
		wrong.add(0, "the file has %d bytes; at most %d are read", len(data), maxBytes)
		return nil
	}
	if !utf8.Valid(data) {
		wrong.add(0, "the file is not UTF-8")
		return nil
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		wrong.addLoad(err)
		return nil
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		wrong.add(1, "a policy is a mapping of members such as name, measures, flags")
		return nil
	}
	return root.Content[0]
}

// inspect walks the nodes and refuses what no policy needs and a reader might
// misunderstand: aliases, explicit tags, empty values, a member written twice. It
// reports whether reading can go on and find the other faults: of a member written
// twice the first is kept, an empty value is left out.
func inspect(root *yaml.Node, wrong *faults) bool {
	walk := inspector{wrong: wrong}
	walk.visit(root, 1)
	return !walk.stop
}

type inspector struct {
	wrong *faults
	nodes int
	stop  bool
}

func (w *inspector) visit(node *yaml.Node, depth int) {
	w.nodes++
	reason := ""
	switch {
	case w.stop:
		return
	case w.nodes > maxNodes:
		reason = "the file has too many values"
	case depth > maxDepth:
		reason = "values are nested too deep"
	case node.Kind == yaml.AliasNode || node.Anchor != "":
		reason = "anchors and aliases are not read: write the value out"
	case node.Style&yaml.TaggedStyle != 0:
		reason = "explicit tags are not read"
	}
	if reason != "" {
		w.wrong.add(node.Line, "%s", reason)
		w.stop = true
		return
	}
	switch node.Kind {
	case yaml.MappingNode:
		w.members(node)
	case yaml.SequenceNode:
		node.Content = slices.DeleteFunc(node.Content, w.empty)
	default:
	}
	for _, child := range node.Content {
		w.visit(child, depth+1)
	}
}

// empty reports whether a node is a value left out, and says so.
func (w *inspector) empty(node *yaml.Node) bool {
	if node.Kind != yaml.ScalarNode || node.Tag != "!!null" {
		return false
	}
	w.wrong.add(node.Line, "there is no value here")
	return true
}

// members drops members written twice or without a value.
func (w *inspector) members(node *yaml.Node) {
	first := map[string]int{}
	kept := node.Content[:0:0]
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		line, twice := first[name.Value]
		switch {
		case name.Kind != yaml.ScalarNode:
			w.wrong.add(name.Line, "the name of a member is not a word")
		case twice:
			w.wrong.add(name.Line, "member %q stands here again; it stood in line %d", name.Value, line)
		case w.empty(value):
		default:
			kept = append(kept, name, value)
		}
		first[name.Value] = name.Line
	}
	node.Content = kept
}
