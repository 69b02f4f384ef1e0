package archtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The layers of the first table, as its bold rows name them.
const (
	layerPure      = "pure"
	layerEdges     = "edges"
	layerHarnesses = "harnesses"
	layerPrograms  = "programs"
)

// Words that stand for many importers in the second table.
const (
	wordEveryone = "everyone"
	wordTests    = "tests"
)

// The first cells of the four tables' headers.
const (
	headerPackages = "package"
	headerModules  = "outside module"
	headerStandard = "standard library"
	headerPrograms = "program"
)

// Document is what docs/architecture.md allows.
type Document struct {
	packages map[string]row
	modules  []door
	standard []ban
	programs map[string][]string
}

// row is one package of ours: its layer and which others it may import.
type row struct {
	layer   string
	imports []string
}

// door is one outside module, as a path prefix, and who may import it.
type door struct {
	module    string
	importers []string
}

// ban is a package of the standard library and what of it pure packages must not
// use: names, or nothing at all when names is empty.
type ban struct {
	path  string
	names []string
}

// ParseDocument reads the four tables out of the Markdown text. It returns every
// fault: a table that is missing, a row that is there twice, an import of a
// package that has no row, a pure package allowed to import one that is not.
func ParseDocument(markdown []byte) (Document, error) {
	document := Document{packages: map[string]row{}, programs: map[string][]string{}}
	tables := splitTables(string(markdown))
	var faults []error
	for _, header := range []string{headerPackages, headerModules, headerStandard, headerPrograms} {
		if len(tables[header]) == 0 {
			faults = append(faults, fmt.Errorf("no table whose first column is %q", header))
		}
	}
	faults = append(faults, document.readPackages(tables[headerPackages])...)
	faults = append(faults, document.readModules(tables[headerModules])...)
	faults = append(faults, document.readStandard(tables[headerStandard])...)
	faults = append(faults, document.readPrograms(tables[headerPrograms])...)
	faults = append(faults, document.consistency()...)
	return document, errors.Join(faults...)
}

// splitTables returns the rows of each Markdown table by the first cell of its
// header, without the header and the dashes under it.
func splitTables(text string) map[string][][]string {
	tables := map[string][][]string{}
	header, inTable := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			inTable = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !inTable:
			header, inTable = cells[0], true
		case strings.Trim(cells[0], ":-") == "":
		default:
			tables[header] = append(tables[header], cells)
		}
	}
	return tables
}

func (d *Document) readPackages(rows [][]string) (faults []error) {
	layer := ""
	for _, cells := range rows {
		name := cells[0]
		if bold, ok := strings.CutPrefix(name, "**"); ok {
			layer = strings.TrimSuffix(bold, "**")
			if !slices.Contains([]string{layerPure, layerEdges, layerHarnesses, layerPrograms}, layer) {
				faults = append(faults, fmt.Errorf("layer %q is not pure, edges, harnesses or programs", layer))
			}
			continue
		}
		if len(cells) != 3 {
			faults = append(faults, fmt.Errorf("row %q has %d cells, not 3", name, len(cells)))
			continue
		}
		name = strings.Trim(name, "`")
		if _, twice := d.packages[name]; twice {
			faults = append(faults, fmt.Errorf("package %q has two rows", name))
		}
		if layer == "" {
			faults = append(faults, fmt.Errorf("package %q stands above the first layer", name))
		}
		d.packages[name] = row{layer: layer, imports: splitList(cells[2])}
	}
	return faults
}

func (d *Document) readModules(rows [][]string) (faults []error) {
	for _, cells := range rows {
		if len(cells) < 2 {
			faults = append(faults, fmt.Errorf("row %q has no importers", cells[0]))
			continue
		}
		for _, module := range splitList(cells[0]) {
			if slices.ContainsFunc(d.modules, func(other door) bool { return other.module == module }) {
				faults = append(faults, fmt.Errorf("outside module %q has two rows", module))
			}
			d.modules = append(d.modules, door{module: module, importers: splitList(cells[1])})
		}
	}
	return faults
}

func (d *Document) readStandard(rows [][]string) (faults []error) {
	for _, cells := range rows {
		if len(cells) < 2 || cells[1] == "" {
			faults = append(faults, fmt.Errorf("row %q does not say what is banned", cells[0]))
			continue
		}
		names := splitList(cells[1])
		if cells[1] == "everything" {
			names = nil
		}
		for _, path := range splitList(cells[0]) {
			d.standard = append(d.standard, ban{path: path, names: names})
		}
	}
	return faults
}

func (d *Document) readPrograms(rows [][]string) (faults []error) {
	for _, cells := range rows {
		if len(cells) < 2 {
			faults = append(faults, fmt.Errorf("row %q does not say what is never linked", cells[0]))
			continue
		}
		for _, program := range splitList(cells[0]) {
			d.programs[program] = append(d.programs[program], splitList(cells[1])...)
		}
	}
	return faults
}

// consistency compares the tables with each other.
func (d *Document) consistency() (faults []error) {
	for _, name := range sortedKeys(d.packages) {
		for _, imported := range d.packages[name].imports {
			target, known := d.packages[imported]
			switch {
			case !known:
				faults = append(faults, fmt.Errorf("package %q may import %q, which has no row", name, imported))
			case d.packages[name].layer == layerPure && target.layer != layerPure:
				faults = append(faults, fmt.Errorf("pure package %q may import %q, which is not pure", name, imported))
			case d.packages[name].layer != layerHarnesses && target.layer == layerHarnesses:
				faults = append(faults, fmt.Errorf("package %q may import %q, which is for tests", name, imported))
			case target.layer == layerPrograms:
				faults = append(faults, fmt.Errorf("package %q may import %q, which is a program", name, imported))
			}
		}
	}
	groups := []string{wordEveryone, wordTests, layerPure, layerEdges, layerHarnesses, layerPrograms}
	for _, module := range d.modules {
		for _, importer := range module.importers {
			if _, known := d.packages[importer]; !known && !slices.Contains(groups, importer) {
				faults = append(faults, fmt.Errorf("outside module %q may be imported by %q, which has no row", module.module, importer))
			}
		}
	}
	for _, program := range sortedKeys(d.programs) {
		if d.packages[program].layer != layerPrograms {
			faults = append(faults, fmt.Errorf("program %q has no row among the programs", program))
		}
	}
	return faults
}

// door returns the row with the longest prefix of an outside import path.
func (d *Document) door(path string) (door, bool) {
	var best door
	found := false
	for _, candidate := range d.modules {
		if under(path, candidate.module) && len(candidate.module) > len(best.module) {
			best, found = candidate, true
		}
	}
	return best, found
}

// splitList reads "a, `b`, c"; a dash alone is the empty list.
func splitList(cell string) []string {
	var items []string
	for item := range strings.SplitSeq(cell, ",") {
		item = strings.Trim(strings.TrimSpace(item), "`")
		if item != "" && item != "–" && item != "-" {
			items = append(items, item)
		}
	}
	return items
}

// under reports whether an import path is prefix or below it.
func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
