package telemetry_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"chokepoint/pkg/telemetry"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestLogConfigValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, telemetry.DefaultLogConfig().Validate())
	err := telemetry.LogConfig{Level: "fatal", Format: "xml"}.Validate()
	require.EqualError(t, err, "log level: \"fatal\" is not debug, info, warn or error\nlog format: \"xml\" is not auto, json or console")
	_, err = telemetry.NewLogger(telemetry.LogConfig{}, &bytes.Buffer{})
	require.Error(t, err)
}

// logLines logs through write and returns the JSON objects that came out.
func logLines(t *testing.T, level string, write func(*zap.Logger)) []map[string]any {
	t.Helper()
	var output bytes.Buffer
	logger, err := telemetry.NewLogger(telemetry.LogConfig{Level: level, Format: telemetry.FormatAuto}, &output)
	require.NoError(t, err)
	write(logger)
	require.NoError(t, logger.Sync())
	var lines []map[string]any
	for line := range strings.Lines(output.String()) {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object), line)
		lines = append(lines, object)
	}
	return lines
}

func TestLoggerWritesJSONToPipes(t *testing.T) {
	t.Parallel()
	lines := logLines(t, "info", func(logger *zap.Logger) {
		logger.Debug("unseen")
		logger.Named("screener").Info("list swapped", zap.String("list_version", "7"))
	})
	require.Len(t, lines, 1)
	require.Equal(t, "list swapped", lines[0]["msg"])
	require.Equal(t, "screener", lines[0]["logger"])
	require.Equal(t, "7", lines[0]["list_version"])
	require.Contains(t, lines[0], "time")
}

func TestLoggerWritesColumnsForPeople(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	logger, err := telemetry.NewLogger(telemetry.LogConfig{Level: "info", Format: telemetry.FormatConsole}, &output)
	require.NoError(t, err)
	logger.Warn("list is stale")
	require.Regexp(t, `^\d\d:\d\d:\d\d\.\d{3}\tWARN\tlist is stale\n$`, output.String())
}

// TestOnlyDebugIsThinned floods both levels: a thousand equal lines of info are a
// thousand events, and none may be missing.
func TestOnlyDebugIsThinned(t *testing.T) {
	t.Parallel()
	lines := logLines(t, "debug", func(logger *zap.Logger) {
		logger = logger.With(zap.String("component", "bus"))
		for range 1000 {
			logger.Debug("fetched")
			logger.Info("dead letter")
		}
	})
	count := map[any]int{}
	for _, line := range lines {
		count[line["msg"]]++
		require.Equal(t, "bus", line["component"])
	}
	require.Equal(t, 1000, count["dead letter"])
	require.GreaterOrEqual(t, count["fetched"], 100)
	require.Less(t, count["fetched"], 500)
}

func TestPartyIsNeverLogged(t *testing.T) {
	t.Parallel()
	party := telemetry.Party{Role: "consignee", Name: "Invented Trading Ltd", Account: "XX0012345678"}
	other := telemetry.Party{Role: "consignee", Name: "Another Trading Ltd", Account: "XX0012345678"}
	lines := logLines(t, "info", func(logger *zap.Logger) {
		logger.Info("held", zap.Object("party", party), zap.Any("any", party), zap.Stringer("text", party),
			zap.Object("other", other), telemetry.Redacted("address", "1 Invented Street"))
	})
	raw, err := json.Marshal(lines)
	require.NoError(t, err)
	all := string(raw) + fmt.Sprintf("%v %+v %#v %s", party, party, party, party)
	for _, secret := range []string{"Invented", "Another", "XX00", "Street"} {
		require.NotContains(t, all, secret)
	}
	first := lines[0]["party"].(map[string]any)
	require.Equal(t, "consignee", first["role"])
	require.Regexp(t, "^[0-9a-f]{12}$", first["hash"])
	require.Equal(t, first, lines[0]["any"], "the same party has the same hash within a run")
	require.NotEqual(t, first, lines[0]["other"])

	require.NotEqual(t, telemetry.Party{Name: "ab", Account: "c"}.String(), telemetry.Party{Name: "a", Account: "bc"}.String())
	require.Equal(t, "buyer#", telemetry.Party{Role: "buyer"}.String(), "nothing to hash gives no hash")
}

func TestRegistryIsOfGoodForm(t *testing.T) {
	t.Parallel()
	families, err := telemetry.NewRegistry().Gather()
	require.NoError(t, err)
	require.NotEmpty(t, families)
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
	// Two in one process must not disturb each other.
	_, err = telemetry.NewRegistry().Gather()
	require.NoError(t, err)
}
