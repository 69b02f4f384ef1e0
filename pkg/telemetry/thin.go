package telemetry

import (
	"time"

	"go.uber.org/zap/zapcore"
)

// A debug line is written in full up to debugFirst times within debugTick, and
// every debugThereafter-th time after that.
const (
	debugTick       = time.Second
	debugFirst      = 100
	debugThereafter = 100
)

// debugThinner samples debug lines and passes everything else on untouched.
type debugThinner struct {
	zapcore.Core
	sampled zapcore.Core
}

func thinDebug(core zapcore.Core) zapcore.Core {
	if !core.Enabled(zapcore.DebugLevel) {
		return core
	}
	return &debugThinner{
		Core:    core,
		sampled: zapcore.NewSamplerWithOptions(core, debugTick, debugFirst, debugThereafter),
	}
}

// With adds fields to both ways a line can take.
func (t *debugThinner) With(fields []zapcore.Field) zapcore.Core {
	return &debugThinner{Core: t.Core.With(fields), sampled: t.sampled.With(fields)}
}

// Check chooses the sampled way for debug lines.
func (t *debugThinner) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Level == zapcore.DebugLevel {
		return t.sampled.Check(entry, checked)
	}
	return t.Core.Check(entry, checked)
}
