package natsserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/zap"
)

// MaxPayload is the largest message the server takes, in bytes: an event of one
// mebibyte and the headers that a dead letter adds to it.
const MaxPayload = 2 << 20

// Options say where and how a server runs.
type Options struct {
	// Dir is the folder of its files. It is made where it does not exist. Required.
	Dir string
	// Host is the address to listen on; empty is 127.0.0.1.
	Host string
	// Port is the port to listen on. 0 listens nowhere: only this process connects,
	// through [Server.InProcessConn]. -1 takes any free port.
	Port int
	// SyncAlways flushes every message to the disk before it is acknowledged.
	SyncAlways bool
	// SyncInterval is how often files are flushed otherwise; zero is the server's own
	// two minutes.
	SyncInterval time.Duration
	// MaxStore is how many bytes JetStream may use; zero leaves it to the server, which
	// takes three quarters of what is free.
	MaxStore int64
	// Token is what clients must show; empty lets everybody in.
	Token string
	// StartTimeout is how long recovery of the files may take; zero is one minute.
	StartTimeout time.Duration
	// Logger gets the server's warnings and errors; nil is silent.
	Logger *zap.Logger
}

// Validate reports every fault of the options.
func (o Options) Validate() error {
	var faults []error
	if o.Dir == "" {
		faults = append(faults, errors.New("dir: missing"))
	}
	if o.Port < -1 || o.Port > 65535 {
		faults = append(faults, fmt.Errorf("port: %d is not -1 to 65535", o.Port))
	}
	if o.SyncInterval < 0 {
		faults = append(faults, fmt.Errorf("sync interval: %v is negative", o.SyncInterval))
	}
	if o.MaxStore < 0 {
		faults = append(faults, fmt.Errorf("max store: %d is negative", o.MaxStore))
	}
	if o.StartTimeout < 0 {
		faults = append(faults, fmt.Errorf("start timeout: %v is negative", o.StartTimeout))
	}
	return errors.Join(faults...)
}

// Server is a running server.
type Server struct {
	inner *server.Server
	lock  *os.File
	stop  sync.Once
}

// Start starts a server and returns when it takes connections and has recovered
// its files. The error says what stood in the way.
func Start(options Options) (*Server, error) {
	if err := options.Validate(); err != nil {
		return nil, fmt.Errorf("nats server options: %w", err)
	}
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("nats server folder: %w", err)
	}
	lock, err := lockFolder(filepath.Join(options.Dir, "server.lock"))
	if err != nil {
		return nil, fmt.Errorf("nats server folder %s: %w", options.Dir, err)
	}
	inner, err := run(options)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("nats server in %s: %w", options.Dir, err)
	}
	return &Server{inner: inner, lock: lock}, nil
}

// run starts the server and waits until it is ready or has said why it cannot be.
func run(options Options) (*server.Server, error) {
	inner, err := server.NewServer(serverOptions(options))
	if err != nil {
		return nil, err
	}
	log := newLog(options.Logger)
	inner.SetLoggerV2(log, false, false, false)
	// Start reports what goes wrong to its logger and nowhere else.
	started := make(chan struct{})
	go func() {
		defer close(started)
		inner.Start()
	}()
	if err := awaitReady(inner, options.StartTimeout, log); err != nil {
		inner.Shutdown()
		inner.WaitForShutdown()
		<-started
		return nil, err
	}
	return inner, nil
}

// awaitReady waits until the server is ready, has said why it cannot be, or took
// too long.
func awaitReady(inner *server.Server, timeout time.Duration, log *logAdapter) error {
	if timeout == 0 {
		timeout = time.Minute
	}
	for end := time.Now().Add(timeout); ; {
		ready := inner.ReadyForConnections(50 * time.Millisecond)
		select {
		case reason := <-log.fatal:
			return errors.New(reason)
		default:
		}
		if ready {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("not ready after %v", timeout)
		}
	}
}

func serverOptions(options Options) *server.Options {
	host := options.Host
	if host == "" {
		host = "127.0.0.1"
	}
	return &server.Options{
		ServerName:        "chokepoint",
		Host:              host,
		Port:              options.Port,
		DontListen:        options.Port == 0,
		Authorization:     options.Token,
		NoSigs:            true,
		NoLog:             true,
		MaxPayload:        MaxPayload,
		JetStream:         true,
		StoreDir:          options.Dir,
		JetStreamMaxStore: options.MaxStore,
		SyncAlways:        options.SyncAlways,
		SyncInterval:      options.SyncInterval,
	}
}

// ClientURL is the address that other processes connect to, without the token. It
// is empty where the server listens nowhere.
func (s *Server) ClientURL() string {
	if s.inner.Addr() == nil {
		return ""
	}
	return s.inner.ClientURL()
}

// InProcessConn opens a connection from this process without a network.
func (s *Server) InProcessConn() (net.Conn, error) {
	return s.inner.InProcessConn()
}

// Stop ends the server in good order and returns when it has. It may be called
// more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.inner.Shutdown()
		s.inner.WaitForShutdown()
		_ = s.lock.Close()
	})
}
