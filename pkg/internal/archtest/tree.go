package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// sourceFile is one parsed Go file.
type sourceFile struct {
	path    string
	lines   int
	test    bool
	syntax  *ast.File
	imports []importSpec
}

// importSpec is one import: its path, and the name it goes by in its file, which
// is "." or "_" for dot and blank imports.
type importSpec struct {
	path, name string
	line       int
}

// sourcePackage is the files of one directory, external tests included.
type sourcePackage struct {
	name  string // As the table calls it: without the leading "pkg/".
	dir   string
	files []sourceFile
}

// readTree parses every Go file below the root of source, except testdata,
// hidden and underscored folders, vendored code and nested modules: what the go
// command would not build as part of the module either.
func readTree(source fs.FS, positions *token.FileSet) ([]sourcePackage, error) {
	packages := map[string]*sourcePackage{}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && skipped(source, name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		file, err := readFile(source, name, positions)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		if packages[dir] == nil {
			packages[dir] = &sourcePackage{name: strings.TrimPrefix(dir, "pkg/"), dir: dir}
		}
		packages[dir].files = append(packages[dir].files, file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var list []sourcePackage
	for _, dir := range sortedKeys(packages) {
		list = append(list, *packages[dir])
	}
	return list, nil
}

func skipped(source fs.FS, dir string) bool {
	base := path.Base(dir)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(source, path.Join(dir, "go.mod"))
	return err == nil
}

func readFile(source fs.FS, name string, positions *token.FileSet) (sourceFile, error) {
	data, err := fs.ReadFile(source, name)
	if err != nil {
		return sourceFile{}, err
	}
	syntax, err := parser.ParseFile(positions, name, data, parser.ParseComments)
	if err != nil {
		return sourceFile{}, fmt.Errorf("parse %s: %w", name, err)
	}
	file := sourceFile{
		path:   name,
		lines:  strings.Count(string(data), "\n"),
		test:   strings.HasSuffix(name, "_test.go"),
		syntax: syntax,
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return sourceFile{}, fmt.Errorf("parse %s: import %s: %w", name, spec.Path.Value, err)
		}
		local := defaultName(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		file.imports = append(file.imports, importSpec{
			path: imported, name: local, line: positions.Position(spec.Pos()).Line,
		})
	}
	return file, nil
}

// defaultName is the name a package of the standard library goes by: the last
// element of its path, or the one before a version.
func defaultName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(imported))
	}
	return base
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
