package telemetry

import (
	"errors"
	"fmt"
	"io"
	"os"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
)

// The formats of [LogConfig].
const (
	// FormatAuto is columns when the output is a terminal and JSON otherwise.
	FormatAuto = "auto"
	// FormatJSON is one JSON object a line.
	FormatJSON = "json"
	// FormatConsole is columns for a person.
	FormatConsole = "console"
)

// LogConfig says what is logged and how it looks.
type LogConfig struct {
	// Level is the least level that is written: debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is auto, json or console.
	Format string `yaml:"format"`
}

// DefaultLogConfig logs info and above, JSON unless a person is watching.
func DefaultLogConfig() LogConfig {
	return LogConfig{Level: "info", Format: FormatAuto}
}

// Validate reports every fault.
func (c LogConfig) Validate() error {
	var faults []error
	if _, err := parseLevel(c.Level); err != nil {
		faults = append(faults, err)
	}
	switch c.Format {
	case FormatAuto, FormatJSON, FormatConsole:
	default:
		faults = append(faults, fmt.Errorf("log format: %q is not auto, json or console", c.Format))
	}
	return errors.Join(faults...)
}

// NewLogger returns a logger that writes to output, which is os.Stderr in every
// program: standard output belongs to results. The caller syncs it at the end.
// Debug lines that repeat within a second are thinned out after the first hundred;
// lines of info and above are never dropped, because some of them are evidence.
func NewLogger(config LogConfig, output io.Writer) (*zap.Logger, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	level, err := parseLevel(config.Level)
	if err != nil {
		return nil, err
	}
	sink := zapcore.Lock(zapcore.AddSync(output))
	core := zapcore.NewCore(newEncoder(config.Format, output), sink, zap.NewAtomicLevelAt(level))
	return zap.New(thinDebug(core), zap.ErrorOutput(sink)), nil
}

// parseLevel accepts the four levels that a program may be set to. zap knows
// more (dpanic, panic, fatal), which would silence errors.
func parseLevel(text string) (zapcore.Level, error) {
	switch text {
	case "debug":
		return zapcore.DebugLevel, nil
	case "info":
		return zapcore.InfoLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	default:
		return zapcore.InvalidLevel, fmt.Errorf("log level: %q is not debug, info, warn or error", text)
	}
}

func newEncoder(format string, output io.Writer) zapcore.Encoder {
	settings := zap.NewProductionEncoderConfig()
	settings.TimeKey = "time"
	settings.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	settings.EncodeDuration = zapcore.StringDurationEncoder
	if format == FormatConsole || format == FormatAuto && isTerminal(output) {
		settings.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		settings.EncodeLevel = zapcore.CapitalLevelEncoder
		return zapcore.NewConsoleEncoder(settings)
	}
	return zapcore.NewJSONEncoder(settings)
}

func isTerminal(output io.Writer) bool {
	file, ok := output.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
