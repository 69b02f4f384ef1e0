package natsserver

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/zap"
)

// logAdapter hands the server's warnings and errors to zap and its fatal errors,
// which would otherwise end the process, to whoever waits for the start.
type logAdapter struct {
	logger *zap.Logger
	fatal  chan string
}

var _ server.Logger = (*logAdapter)(nil)

func newLog(logger *zap.Logger) *logAdapter {
	if logger == nil {
		logger = zap.NewNop()
	}
	return &logAdapter{logger: logger.Named("nats"), fatal: make(chan string, 1)}
}

func (l *logAdapter) Noticef(string, ...any) {}
func (l *logAdapter) Debugf(string, ...any)  {}
func (l *logAdapter) Tracef(string, ...any)  {}

func (l *logAdapter) Warnf(format string, values ...any) {
	l.logger.Warn(fmt.Sprintf(format, values...))
}

func (l *logAdapter) Errorf(format string, values ...any) {
	l.logger.Error(fmt.Sprintf(format, values...))
}

func (l *logAdapter) Fatalf(format string, values ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, values...):
	default:
		l.logger.Error(fmt.Sprintf(format, values...))
	}
}
