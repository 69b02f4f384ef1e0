package ingestor_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/trade"
)

var first = trade.Identity{Source: "swift", ID: "P-1", Revision: 1}

func TestAccepted(t *testing.T) {
	d := newDoor(t, nil)
	golden(t, "accepted", d.do(post("/v1/events", payment)))
	golden(t, "accepted again", d.do(post("/v1/events", " "+payment)))
	require.Len(t, d.stream.stored(), 1)
	require.Equal(t, 2, testutil.CollectAndCount(d.registry, "chokepoint_ingestor_events_total"))
	problems, err := testutil.GatherAndLint(d.registry)
	require.NoError(t, err)
	require.Empty(t, problems)
}

// The ways to send one event.
func TestForms(t *testing.T) {
	structured := `{"specversion":"1.0","id":"m-1","source":"/feed","type":"chokepoint.payment.v1","data":` + payment + `}`
	for name, request := range map[string]*http.Request{
		"charset":    post("/v1/events", payment, "Content-Type", "application/json; charset=UTF-8", "Content-Encoding", "identity"),
		"scheme":     post("/v1/events", payment, "Authorization", "bearer swift"),
		"structured": post("/v1/events", structured, "Content-Type", "application/cloudevents+json; charset=utf-8"),
		"binary":     post("/v1/events", payment, "Ce-Specversion", "1.0", "Ce-Id", "m-1", "Ce-Source", "/feed", "Ce-Type", "chokepoint.payment.v1"),
		"unknown length": func() *http.Request {
			r := post("/v1/events", payment)
			r.ContentLength = -1
			return r
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, nil)
			require.Equal(t, http.StatusAccepted, d.do(request).Code)
			require.Equal(t, first, d.stream.stored()[0].Identity)
		})
	}
}

func TestWait(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*door)
		status  int
		took    time.Duration
	}{
		"answered":                     {func(d *door) { d.stream.decide(first, decided) }, 200, 0},
		"not in time":                  {func(*door) {}, 202, 5 * time.Second},
		"answer lost, decision stored": {func(d *door) { time.AfterFunc(time.Second, func() { d.stream.decide(first, decided) }) }, 200, 5 * time.Second},
		"duplicate, decided": {func(d *door) {
			d.do(post("/v1/events", payment))
			d.stream.decide(first, decided)
		}, 200, 0},
		"duplicate, decided meanwhile": {func(d *door) {
			d.do(post("/v1/events", payment))
			time.AfterFunc(200*time.Millisecond, func() { d.stream.decide(first, decided) })
		}, 200, 375 * time.Millisecond}, // looked up at 0, 25, 75, 175 and 375 ms
		"duplicate, not in time": {func(d *door) { d.do(post("/v1/events", payment)) }, 202, 5 * time.Second},
		"duplicate, no look-up": {func(d *door) {
			d.do(post("/v1/events", payment))
			d.stream.lookupErr = errors.New("timeout")
		}, 202, 5 * time.Second},
		"stopping": {func(d *door) { time.AfterFunc(time.Second, func() { _ = d.Stop(t.Context()) }) }, 202, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDoor(t, nil)
				test.prepare(d)
				started := time.Now()
				response := d.do(post("/v1/events?wait=5s", payment))
				require.Equal(t, test.status, response.Code)
				require.Equal(t, test.took, time.Since(started))
				if test.status == 200 {
					require.Equal(t, decided, response.Body.String())
					require.Equal(t, "application/json", response.Header().Get("Content-Type"))
				} else {
					require.Equal(t, "/v1/decisions/swift/P-1?revision=1", response.Header().Get("Location"))
				}
				require.Len(t, d.stream.stored(), 1)
			})
		})
	}
}

func TestDecisions(t *testing.T) {
	d := newDoor(t, nil)
	awkward := trade.Identity{Source: "swift", ID: "a/b?c#d %2F", Revision: 3}
	d.stream.decide(first, decided)
	d.stream.decide(awkward, `{"second":true}`)

	response := d.do(get("/v1/decisions/swift/P-1"))
	require.Equal(t, 200, response.Code)
	require.Equal(t, decided, response.Body.String())
	require.Equal(t, 200, d.do(get("/v1/decisions/swift/P-1?revision=1")).Code)
	require.Equal(t, 404, d.do(get("/v1/decisions/swift/P-1?revision=2")).Code)
	require.Equal(t, 200, d.do(httptestHead("/v1/decisions/swift/P-1")).Code)
	for _, revision := range []string{"", "0", "-1", "1.0", "+1", "2147483648", "x", "1&revision=1"} {
		require.Equal(t, 400, d.do(get("/v1/decisions/swift/P-1?revision="+revision)).Code, revision)
	}

	// The Location of an event leads to its decision, whatever its id.
	text := strings.Replace(strings.Replace(payment, `"P-1"`, `"a/b?c#d %2F"`, 1), `"time"`, `"revision":3,"time"`, 1)
	accepted := d.do(post("/v1/events", text))
	require.Equal(t, 202, accepted.Code)
	response = d.do(get(accepted.Header().Get("Location")))
	require.Equal(t, 200, response.Code)
	require.Equal(t, `{"second":true}`, response.Body.String())
}

func httptestHead(target string) *http.Request {
	request := get(target)
	request.Method = http.MethodHead
	return request
}

// A token's own rate holds, is refilled by time, and does not touch others.
func TestRate(t *testing.T) {
	d := newDoor(t, nil)
	slow := func() *httptest.ResponseRecorder {
		return d.do(get("/v1/decisions/swift/P-9", "Authorization", "Bearer slow"))
	}
	require.Equal(t, 404, slow().Code)
	require.Equal(t, 404, slow().Code)
	for range 3 { // what is refused costs nothing
		response := slow()
		require.Equal(t, 429, response.Code)
		require.Equal(t, "2", response.Header().Get("Retry-After"))
	}
	require.Equal(t, 404, d.do(get("/v1/decisions/swift/P-9")).Code)
	d.clock.Advance(2 * time.Second)
	require.Equal(t, 404, slow().Code)
	require.Equal(t, 429, slow().Code)
}

func TestRequestID(t *testing.T) {
	d := newDoor(t, nil)
	require.Equal(t, "r-1", d.do(post("/v1/events", payment)).Header().Get("X-Request-Id"))
}

// A conflict is loud: someone's numbering is broken, or someone tries things.
func TestConflictIsLogged(t *testing.T) {
	d := newDoor(t, nil)
	d.do(post("/v1/events", payment))
	d.do(post("/v1/events", strings.Replace(payment, "INV-1", "INV-2", 1)))
	warnings := d.logs.FilterLevelExact(zapcore.WarnLevel).All()
	require.Len(t, warnings, 1)
	require.Equal(t, "swift/P-1/1", warnings[0].ContextMap()["event_id"])
	require.NoError(t, testutil.GatherAndCompare(d.registry, strings.NewReader(
		"# HELP chokepoint_ingestor_identity_conflicts_total Events refused because their identity was taken by other content.\n"+
			"# TYPE chokepoint_ingestor_identity_conflicts_total counter\nchokepoint_ingestor_identity_conflicts_total 1\n"),
		"chokepoint_ingestor_identity_conflicts_total"))
}

func TestNewNamesEverythingMissing(t *testing.T) {
	config := ingestor.Config{Listen: "8080", MaxEventBytes: 1 << 20, Rate: 1, Burst: 1, MaxConcurrent: 1, MemoryEntries: 1, MaxBodyBytes: 1 << 20}
	_, err := ingestor.New(config, ingestor.Dependencies{})
	require.EqualError(t, err, strings.Join([]string{
		`new ingestor: listen "8080" is not host:port: address 8080: missing port in address`,
		`max_wait is 0s, not above 0 and up to 5m0s`,
		`header_timeout is 0s, not above 0 and up to 1m0s`,
		`read_timeout is 0s, not above 0 and up to 10m0s`,
		`write_timeout is 0s, not above 0 and up to 1h0m0s`,
		`idle_timeout is 0s, not above 0 and up to 1h0m0s`,
		`publish_timeout is 0s, not above 0 and up to 1m0s`,
		`lookup_timeout is 0s, not above 0 and up to 1m0s`,
		`memory_window is 0s, not above 0 and up to 24h0m0s`,
		`refresh_tokens is 0s, not above 0 and up to 1h0m0s`,
		`dependency Publisher is missing`, `dependency Answers is missing`, `dependency Decisions is missing`,
		`dependency Tokens is missing`, `dependency Clock is missing`, `dependency Logger is missing`, `dependency Registerer is missing`,
	}, "\n"))

	config = ingestor.DefaultConfig()
	require.NoError(t, config.Validate())
	config.WriteTimeout, config.MaxBodyBytes, config.Rate = time.Minute, 1<<20-1, 0
	require.EqualError(t, config.Validate(), strings.Join([]string{
		"max_body_bytes is 1048575, not 1048576 to 1099511627776",
		"rate is 0, not above 0 and up to 1000000",
		"max_body_bytes is 1048575, less than max_event_bytes, 1048576: no event could come in",
		"write_timeout is 1m0s; read_timeout, two publish_timeouts, max_wait and lookup_timeout make 1m0s together",
	}[:3], "\n"))
	config = ingestor.DefaultConfig()
	config.WriteTimeout = 59 * time.Second
	require.EqualError(t, config.Validate(), "write_timeout is 59s; read_timeout, two publish_timeouts, max_wait and lookup_timeout make 1m0s together")
}

// Whatever comes, the door answers, and never 5xx.
func FuzzEvents(f *testing.F) {
	f.Add(payment, "application/json", "wait=1ms")
	f.Add(`{"specversion":"1.0","data":{}}`, "application/cloudevents+json", "")
	f.Add("\x00", base64.StdEncoding.EncodeToString([]byte("x")), "wait=%")
	d := newFuzzDoor(f)
	f.Fuzz(func(t *testing.T, body, contentType, query string) {
		request := post("/v1/events", body)
		request.URL.RawQuery = query
		request.Header.Set("Content-Type", contentType)
		d.clock.Advance(time.Minute)
		response := d.do(request)
		require.Less(t, response.Code, 500)
		if response.Code >= 400 {
			require.Equal(t, "application/problem+json", response.Header().Get("Content-Type"))
		}
	})
}
