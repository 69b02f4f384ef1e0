package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"slices"
	"strings"
)

// Limits of the project's style.
const (
	maxFileLines = 600
	maxMainLines = 60
)

// Violation is one place where the code is not what the document allows.
type Violation struct {
	// Path is the file, or the folder for what concerns a whole package.
	Path string
	// Line is counted from 1; 0 is the whole file.
	Line int
	// Rule is a short constant word, such as import or pure.
	Rule string
	// Message says what is wrong and what would be right.
	Message string
}

// String returns path:line: [rule] message.
func (v Violation) String() string {
	if v.Line == 0 {
		return fmt.Sprintf("%s: [%s] %s", v.Path, v.Rule, v.Message)
	}
	return fmt.Sprintf("%s:%d: [%s] %s", v.Path, v.Line, v.Rule, v.Message)
}

// checker collects violations.
type checker struct {
	module     string
	document   Document
	positions  *token.FileSet
	packages   map[string]*sourcePackage
	violations []Violation
}

// Check compares every Go file of the tree with the document; module is the path
// that go.mod declares. The order is that of the files. The error tells that the
// tree could not be read or parsed.
func Check(source fs.FS, module string, document Document) ([]Violation, error) {
	positions := token.NewFileSet()
	packages, err := readTree(source, positions)
	if err != nil {
		return nil, err
	}
	c := &checker{module: module, document: document, positions: positions, packages: map[string]*sourcePackage{}}
	for i := range packages {
		c.packages[packages[i].name] = &packages[i]
	}
	for i := range packages {
		c.checkPackage(&packages[i])
	}
	for _, name := range sortedKeys(document.packages) {
		if c.packages[name] == nil {
			c.add(name, 0, "stale", "has a row in the table and no package; remove the row")
		}
	}
	for _, program := range sortedKeys(document.programs) {
		c.checkProgram(program)
	}
	return c.violations, nil
}

func (c *checker) add(path string, line int, rule, format string, arguments ...any) {
	c.violations = append(c.violations, Violation{
		Path: path, Line: line, Rule: rule, Message: fmt.Sprintf(format, arguments...),
	})
}

func (c *checker) checkPackage(p *sourcePackage) {
	permitted, known := c.document.packages[p.name]
	if !known {
		c.add(p.dir, 0, "table", "is not in the table of docs/architecture.md; add a row that says what it holds and what it may import")
	}
	if (permitted.layer == layerPrograms) != strings.HasPrefix(p.dir, "cmd/") && known {
		c.add(p.dir, 0, "table", "stands among the %s; programs are the folders under cmd, and nothing else is", permitted.layer)
	}
	if (permitted.layer == layerHarnesses) != isHarness(p.dir) && known {
		c.add(p.dir, 0, "table", "stands among the %s; harnesses are the folders under pkg/internal and deploy and those named …test, and nothing else is", permitted.layer)
	}
	c.checkDoc(p)
	for _, file := range p.files {
		c.checkSize(p, file)
		for _, spec := range file.imports {
			c.checkImport(p, permitted, known, file, spec)
		}
		if permitted.layer == layerPure && !file.test {
			c.checkPure(file)
		}
	}
}

// isHarness tells by its name that a folder serves tests.
func isHarness(dir string) bool {
	return strings.HasPrefix(dir, "pkg/internal/") || strings.HasPrefix(dir, "deploy/") || strings.HasSuffix(dir, "test")
}

// checkDoc wants the comment that a newcomer reads first.
func (c *checker) checkDoc(p *sourcePackage) {
	program := strings.HasPrefix(p.dir, "cmd/")
	for _, file := range p.files {
		if file.test || file.syntax.Doc == nil || !program && !strings.HasSuffix(file.path, "/doc.go") {
			continue
		}
		want := "Package " + file.syntax.Name.Name + " "
		if program {
			want = "Command " + p.dir[strings.LastIndexByte(p.dir, '/')+1:] + " "
		}
		text := file.syntax.Doc.Text()
		if !strings.HasPrefix(strings.ReplaceAll(text, "\n", " "), want) {
			c.add(file.path, 0, "doc", "its comment does not start with %q", want)
		}
		return
	}
	if program {
		c.add(p.dir, 0, "doc", "has no comment that starts with \"Command\"")
		return
	}
	c.add(p.dir, 0, "doc", "has no doc.go with a package comment")
}

func (c *checker) checkSize(p *sourcePackage, file sourceFile) {
	if file.lines > maxFileLines && !ast.IsGenerated(file.syntax) {
		c.add(file.path, 0, "size", "has %d lines, more than %d", file.lines, maxFileLines)
	}
	if strings.HasPrefix(p.dir, "cmd/") && strings.HasSuffix(file.path, "/main.go") && file.lines > maxMainLines {
		c.add(file.path, 0, "size", "has %d lines; a main.go has at most %d and leaves the work to packages", file.lines, maxMainLines)
	}
}

func (c *checker) checkImport(p *sourcePackage, permitted row, known bool, file sourceFile, spec importSpec) {
	if spec.path == "C" {
		c.add(file.path, spec.line, "cgo", "imports C; programs are built static, without cgo")
		return
	}
	if spec.name == "." {
		c.add(file.path, spec.line, "dot", "imports %s with a dot, which hides where names come from", spec.path)
	}
	switch {
	case under(spec.path, c.module):
		c.checkOwnImport(p, permitted, known, file, spec)
	case strings.Contains(firstElement(spec.path), "."):
		c.checkOutsideImport(p, permitted, file, spec)
	}
}

func (c *checker) checkOwnImport(p *sourcePackage, permitted row, known bool, file sourceFile, spec importSpec) {
	name := c.ownName(spec.path)
	target, targetKnown := c.document.packages[name]
	if target.layer == layerPrograms {
		c.add(file.path, spec.line, "import", "imports %s, which is a program", name)
		return
	}
	if name == p.name || file.test || !known {
		return
	}
	if slices.Contains(permitted.imports, name) {
		return
	}
	switch {
	case !targetKnown:
		c.add(file.path, spec.line, "import", "imports %s, which is not in the table", name)
	case target.layer == layerHarnesses:
		c.add(file.path, spec.line, "import", "imports %s, which is for test files only", name)
	default:
		c.add(file.path, spec.line, "import", "imports %s; the table allows %s only: %s", name, p.name, orNothing(permitted.imports))
	}
}

func (c *checker) checkOutsideImport(p *sourcePackage, permitted row, file sourceFile, spec importSpec) {
	door, found := c.document.door(spec.path)
	if !found {
		c.add(file.path, spec.line, "outside", "imports %s, which has no row among the outside modules", spec.path)
		return
	}
	for _, importer := range door.importers {
		switch {
		case importer == wordEveryone, importer == wordTests && file.test,
			importer == p.name, importer == permitted.layer:
			return
		}
	}
	c.add(file.path, spec.line, "outside", "imports %s; only these may: %s", spec.path, orNothing(door.importers))
}

// checkPure looks for what makes a result depend on anything but its arguments.
func (c *checker) checkPure(file sourceFile) {
	local := map[string]ban{}
	for _, spec := range file.imports {
		for _, banned := range c.document.standard {
			switch {
			case len(banned.names) == 0 && under(spec.path, banned.path):
				c.add(file.path, spec.line, "pure", "imports %s, which pure packages must not", spec.path)
			case len(banned.names) > 0 && spec.path == banned.path:
				local[spec.name] = banned
			}
		}
	}
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		// An identifier that the parser resolved within the file is a variable that
		// happens to have the package's name.
		identifier, ok := selector.X.(*ast.Ident)
		if !ok || identifier.Obj != nil {
			return true
		}
		if banned, ok := local[identifier.Name]; ok && slices.Contains(banned.names, selector.Sel.Name) {
			line := c.positions.Position(selector.Pos()).Line
			c.add(file.path, line, "pure", "uses %s.%s, which pure packages must not", banned.path, selector.Sel.Name)
		}
		return true
	})
}

// checkProgram follows the imports of a program through our own packages and looks
// for what it must never link. Test files are not linked.
func (c *checker) checkProgram(program string) {
	if c.packages[program] == nil {
		return
	}
	from := map[string]string{program: ""}
	queue := []string{program}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		for _, file := range c.packages[name].files {
			if file.test {
				continue
			}
			for _, spec := range file.imports {
				c.checkLinked(program, name, file, spec, from)
				own := c.ownName(spec.path)
				if _, seen := from[own]; !seen && under(spec.path, c.module) && c.packages[own] != nil {
					from[own] = name
					queue = append(queue, own)
				}
			}
		}
	}
}

func (c *checker) checkLinked(program, name string, file sourceFile, spec importSpec, from map[string]string) {
	for _, never := range c.document.programs[program] {
		if under(spec.path, never) || under(spec.path, c.module) && c.ownName(spec.path) == never {
			way := []string{never}
			for at := name; at != ""; at = from[at] {
				way = append(way, at)
			}
			slices.Reverse(way)
			c.add(file.path, spec.line, "link", "%s must never link %s, and does: %s", program, never, strings.Join(way, " → "))
		}
	}
}

// ownName is what the table calls a package of ours.
func (c *checker) ownName(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, c.module+"/"), "pkg/")
}

func firstElement(importPath string) string {
	first, _, _ := strings.Cut(importPath, "/")
	return first
}

func orNothing(items []string) string {
	if len(items) == 0 {
		return "nothing"
	}
	return strings.Join(items, ", ")
}
