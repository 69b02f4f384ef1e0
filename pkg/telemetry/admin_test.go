package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"chokepoint/pkg/telemetry"
)

type health struct {
	Status string `json:"status"`
	Checks []struct {
		Name   string `json:"name"`
		OK     bool   `json:"ok"`
		Reason string `json:"reason"`
	} `json:"checks"`
}

func newAdmin(t *testing.T, timeout time.Duration) *telemetry.Admin {
	t.Helper()
	admin, err := telemetry.NewAdmin(telemetry.AdminConfig{Listen: "127.0.0.1:0", CheckTimeout: timeout}, telemetry.NewRegistry(), zaptest.NewLogger(t))
	require.NoError(t, err)
	return admin
}

func probe(t *testing.T, admin *telemetry.Admin, path string) (int, health) {
	t.Helper()
	recorder := httptest.NewRecorder()
	admin.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	var answer health
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer), recorder.Body.String())
	return recorder.Code, answer
}

func TestAdminConfigValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, telemetry.DefaultAdminConfig().Validate())
	err := telemetry.AdminConfig{Listen: "nowhere", CheckTimeout: -1}.Validate()
	require.EqualError(t, err, "admin listen: address nowhere: missing port in address\nadmin check timeout: -1ns is not above zero and at most 1m")
	_, err = telemetry.NewAdmin(telemetry.AdminConfig{Listen: "nowhere"}, telemetry.NewRegistry(), zap.NewNop())
	require.Error(t, err)
}

func TestReadinessNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, time.Second)
	status, answer := probe(t, admin, "/readyz")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, health{Status: "ok", Checks: answer.Checks}, answer)
	require.NotNil(t, answer.Checks, "no checks are an empty list, not null")

	var list atomic.Bool
	admin.AddReadiness("nats", func(context.Context) error { return nil })
	admin.AddReadiness("list", func(context.Context) error {
		if !list.Load() {
			return errors.New("no list is loaded")
		}
		return nil
	})
	status, answer = probe(t, admin, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "unavailable", answer.Status)
	require.True(t, answer.Checks[0].OK)
	require.Equal(t, "list", answer.Checks[1].Name)
	require.Equal(t, "no list is loaded", answer.Checks[1].Reason)

	status, _ = probe(t, admin, "/livez")
	require.Equal(t, http.StatusOK, status, "a list that is away is no reason for a restart")

	list.Store(true)
	status, _ = probe(t, admin, "/readyz")
	require.Equal(t, http.StatusOK, status)

	admin.Drain("stopping")
	status, answer = probe(t, admin, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "stopping", answer.Checks[2].Reason)
	status, _ = probe(t, admin, "/livez")
	require.Equal(t, http.StatusOK, status)
}

func TestLivenessFails(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, time.Second)
	admin.AddLiveness("loop", func(context.Context) error { return errors.New("stuck for 2m0s") })
	status, answer := probe(t, admin, "/livez")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "stuck for 2m0s", answer.Checks[0].Reason)
}

// TestHangingCheck wants an answer in time from a check that ignores its context,
// and one call of it however often it is probed.
func TestHangingCheck(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, 20*time.Millisecond)
	release := make(chan struct{})
	var calls atomic.Int32
	admin.AddReadiness("redis", func(context.Context) error {
		calls.Add(1)
		<-release
		return nil
	})
	for range 3 {
		status, answer := probe(t, admin, "/readyz")
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, "did not answer in time", answer.Checks[0].Reason)
	}
	require.Equal(t, int32(1), calls.Load())
	close(release)
	require.Eventually(t, func() bool {
		status, _ := probe(t, admin, "/readyz")
		return status == http.StatusOK
	}, 10*time.Second, time.Millisecond)
}

// TestProbesShareACall has two probes at the same time, as of a kubelet and a
// balancer: neither may fail because of the other, nor when the other goes away.
func TestProbesShareACall(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, 10*time.Second)
	entered, release := make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	admin.AddReadiness("nats", func(ctx context.Context) error {
		if calls.Add(1) == 1 {
			close(entered)
		}
		<-release
		return ctx.Err()
	})
	leaving, leave := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		request := httptest.NewRequest(http.MethodGet, "/readyz", nil).WithContext(leaving)
		admin.Handler().ServeHTTP(httptest.NewRecorder(), request)
	})
	<-entered
	staying := httptest.NewRecorder()
	group.Go(func() {
		admin.Handler().ServeHTTP(staying, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	})
	leave()
	close(release)
	group.Wait()
	require.Equal(t, http.StatusOK, staying.Code, staying.Body.String())
}

func TestPanickingCheck(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, time.Second)
	admin.AddReadiness("broken", func(context.Context) error { panic("no such thing") })
	admin.AddReadiness("bytes", func(context.Context) error { return errors.New("\xff\xfe") })
	recorder := httptest.NewRecorder()
	admin.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	require.Equal(t, http.StatusServiceUnavailable, recorder.Code)
	require.True(t, json.Valid(recorder.Body.Bytes()), recorder.Body.String())
	require.Contains(t, recorder.Body.String(), "check panicked: no such thing")
}

func TestAdminServes(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, time.Second)
	require.Empty(t, admin.Addr())
	require.NoError(t, admin.Stop(t.Context()), "stopping what was never started does nothing")
	require.NoError(t, admin.Start(t.Context()))
	require.ErrorContains(t, admin.Start(t.Context()), "it was started before")

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string) (int, string) {
		response, err := client.Get("http://" + admin.Addr() + path)
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(body)
	}
	status, body := get("/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "go_goroutines")
	status, body = get("/readyz")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"status":"ok","checks":[]}`, body)
	status, _ = get("/debug/pprof/")
	require.Equal(t, http.StatusNotFound, status)

	response, err := client.Post("http://"+admin.Addr()+"/livez", "text/plain", nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)

	stopping, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, admin.Stop(stopping))
	_, err = net.Dial("tcp", admin.Addr())
	require.Error(t, err, "the port is free again")
}

func TestAdminAddressTaken(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	admin, err := telemetry.NewAdmin(telemetry.AdminConfig{Listen: listener.Addr().String()}, telemetry.NewRegistry(), zaptest.NewLogger(t))
	require.NoError(t, err)
	require.ErrorContains(t, admin.Start(t.Context()), "start admin server: ")
	require.NoError(t, admin.Stop(t.Context()))
}

// TestStopIsBounded cuts off an answer that does not end.
func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	admin := newAdmin(t, 30*time.Second)
	entered, release := make(chan struct{}), make(chan struct{})
	admin.AddLiveness("slow", func(context.Context) error {
		close(entered)
		<-release
		return nil
	})
	require.NoError(t, admin.Start(t.Context()))
	var group sync.WaitGroup
	group.Go(func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get("http://" + admin.Addr() + "/livez")
		if err == nil {
			_ = response.Body.Close()
		}
	})
	<-entered
	stopping, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, admin.Stop(stopping), context.DeadlineExceeded)
	group.Wait()
	close(release)
}
