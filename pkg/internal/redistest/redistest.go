package redistest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTimeout bounds how long a server may take to answer, stopTimeout how long to end.
const (
	startTimeout = 20 * time.Second
	stopTimeout  = 10 * time.Second
)

// Server is a running redis-server with files in a folder of the test.
type Server struct {
	t testing.TB
	// ctx is the test's, but does not end before its cleanups.
	ctx     context.Context
	dir     string
	port    int
	options []string
	process *exec.Cmd
	output  *bytes.Buffer
	exited  chan struct{}
}

// errEnded says that the server ended before it answered: mostly that its port was taken.
var errEnded = errors.New("it ended at once")

// Start starts a server on a loopback port of its own, with the options appended
// ("--appendonly", "yes"). It ends with the test. A password is set afterwards, by Do.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not on the PATH; CI must have it")
		}
		t.Skip("SKIPPED: this test needs redis-server on the PATH (apt-get install redis-server)")
	}
	s := &Server{t: t, ctx: context.WithoutCancel(t.Context()), dir: t.TempDir(), options: options}
	// Another process may take the port between looking for it and using it.
	var err error
	for range 5 {
		if s.port, err = s.freePort(); err == nil {
			if err = s.start(); !errors.Is(err, errEnded) {
				break
			}
		}
	}
	if err != nil {
		t.Fatalf("start redis-server: %v", err)
	}
	t.Cleanup(func() { s.signal(syscall.SIGKILL) })
	return s
}

// URL is where the server listens.
func (s *Server) URL() string { return fmt.Sprintf("redis://127.0.0.1:%d", s.port) }

// Addr is host and port of the server.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// PID is the server's process.
func (s *Server) PID() int { return s.process.Process.Pid }

// Dir is the folder with the server's files.
func (s *Server) Dir() string { return s.dir }

// Kill ends the server without warning (SIGKILL) and waits for its end.
func (s *Server) Kill() { s.signal(syscall.SIGKILL) }

// Stop asks the server to end (SIGTERM), which has it save what it is told to save, and waits.
func (s *Server) Stop() { s.signal(syscall.SIGTERM) }

// Restart starts the server again on the same port and folder, after Kill or Stop.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("restart redis-server: %v", err)
	}
}

// Do sends one command in plain words and returns the answer: a bulk string as it is, of
// any other reply its first line.
func (s *Server) Do(words ...string) string {
	s.t.Helper()
	answer, err := s.do(words...)
	if err != nil {
		s.t.Fatalf("redis %s: %v", words[0], err)
	}
	return answer
}

func (s *Server) do(words ...string) (string, error) {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(s.ctx, "tcp", s.Addr())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, strings.Join(words, " ")+"\r\n"); err != nil {
		return "", err
	}
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	line = strings.TrimSpace(line)
	if length, bulk := strings.CutPrefix(line, "$"); err == nil && bulk && length != "-1" {
		size, err := strconv.Atoi(length)
		if err != nil {
			return "", err
		}
		text := make([]byte, size)
		_, err = io.ReadFull(reader, text)
		return string(text), err
	}
	return line, err
}

func (s *Server) start() error {
	arguments := append([]string{
		"--port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no",
		"--daemonize", "no", "--maxmemory-policy", "noeviction", "--pidfile", filepath.Join(s.dir, "redis.pid"),
	}, s.options...)
	s.output, s.exited = new(bytes.Buffer), make(chan struct{})
	s.process = exec.CommandContext(s.ctx, "redis-server", arguments...)
	s.process.Stdout, s.process.Stderr = s.output, s.output
	if err := s.process.Start(); err != nil {
		return err
	}
	process, exited := s.process, s.exited
	go func() {
		_ = process.Wait() // a killed process always reports an error
		close(exited)
	}()
	return s.awaitAnswer()
}

// awaitAnswer asks until the server answers. There is nothing to wait on but asking.
func (s *Server) awaitAnswer() error {
	deadline, tick := time.NewTimer(startTimeout), time.NewTicker(5*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for {
		select {
		case <-s.exited:
			return fmt.Errorf("%w: %s", errEnded, s.output)
		case <-deadline.C:
			s.signal(syscall.SIGKILL)
			return errors.New("it does not answer")
		case <-tick.C:
			if about, err := s.do("INFO"); err == nil && s.isReady(about) {
				return nil
			}
		}
	}
}

// isReady says whether what a server says of itself is said by this very process, for
// another may have taken the port, and whether it has loaded its files.
func (s *Server) isReady(about string) bool {
	return strings.Contains(about, fmt.Sprintf("process_id:%d\r", s.PID())) && strings.Contains(about, "\nloading:0\r")
}

// signal signals this very process, never one by name, and waits until it has ended.
func (s *Server) signal(signal os.Signal) {
	select {
	case <-s.exited:
		return
	default:
	}
	_ = s.process.Process.Signal(signal) // it may end by itself in this moment
	deadline := time.NewTimer(stopTimeout)
	defer deadline.Stop()
	select {
	case <-s.exited:
	case <-deadline.C:
		_ = s.process.Process.Kill()
		<-s.exited
	}
}

func (s *Server) freePort() (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}
