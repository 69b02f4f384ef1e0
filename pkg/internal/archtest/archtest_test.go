package archtest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// moduleRoot is where go.mod is, seen from this package's folder.
const moduleRoot = "../../.."

// TestModule is the rule itself: the code is what docs/architecture.md allows.
func TestModule(t *testing.T) {
	t.Parallel()
	root := os.DirFS(moduleRoot)
	text, err := os.ReadFile(moduleRoot + "/docs/architecture.md")
	require.NoError(t, err)
	document, err := ParseDocument(text)
	require.NoError(t, err)

	violations, err := Check(root, moduleName(t), document)
	require.NoError(t, err)
	for _, violation := range violations {
		t.Error(violation)
	}
}

// TestModuleIsSeen guards against a check that passes because it looked at
// nothing: the packages everyone depends on must be among those that were read.
func TestModuleIsSeen(t *testing.T) {
	t.Parallel()
	violations, err := Check(os.DirFS(moduleRoot), moduleName(t), Document{})
	require.NoError(t, err)
	unlisted := map[string]bool{}
	for _, violation := range violations {
		if violation.Rule == "table" {
			unlisted[violation.Path] = true
		}
	}
	for _, dir := range []string{"pkg/trade", "pkg/decision", "pkg/internal/archtest", "cmd/chokepoint"} {
		require.Contains(t, unlisted, dir)
	}
}

func moduleName(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(moduleRoot + "/go.mod")
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	t.Fatal("go.mod names no module")
	return ""
}
