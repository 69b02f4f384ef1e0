package ingestor

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"chokepoint/pkg/access"
)

// rates holds every token to its rate.
type rates struct {
	rate  float64
	burst int

	mu     sync.Mutex
	byID   map[string]*rate.Limiter
	limits map[string]limit
}

type limit struct {
	rate  float64
	burst int
}

func newRates(perSecond float64, burst int) *rates {
	return &rates{rate: perSecond, burst: burst, byID: map[string]*rate.Limiter{}, limits: map[string]limit{}}
}

// limitOf returns the rate of a grant, or the door's where it has none. A rate
// without a burst allows one second's worth at once.
func (r *rates) limitOf(grant access.Grant) limit {
	switch {
	case grant.Rate == 0:
		return limit{r.rate, r.burst}
	case grant.Burst == 0:
		return limit{grant.Rate, max(1, int(grant.Rate))}
	default:
		return limit{grant.Rate, grant.Burst}
	}
}

// takeRate uses up one request of the token's rate, or refuses.
func (i *Ingestor) takeRate(x *exchange) *problem {
	wait, ok := i.rates.take(x.grant, i.clock())
	if ok {
		return nil
	}
	return newProblem(problemRateLimited, "the token may come again in %s", wait.Round(time.Millisecond)).after(wait)
}

// take uses up one request of the token's rate. Where there is none left it returns
// how long to wait for one.
func (r *rates) take(grant access.Grant, now time.Time) (wait time.Duration, ok bool) {
	limiter := r.limiter(grant)
	reservation := limiter.ReserveN(now, 1)
	wait = reservation.DelayFrom(now)
	if wait == 0 {
		return 0, true
	}
	reservation.CancelAt(now)
	return wait, false
}

// limiter returns the token's limiter. There are as many as tokens that were ever
// good: a bounded number, since only their owner can add some. A changed rate starts
// a new limiter.
func (r *rates) limiter(grant access.Grant) *rate.Limiter {
	want := r.limitOf(grant)
	r.mu.Lock()
	defer r.mu.Unlock()
	limiter := r.byID[grant.ID]
	if limiter == nil || r.limits[grant.ID] != want {
		limiter = rate.NewLimiter(rate.Limit(want.rate), want.burst)
		r.byID[grant.ID], r.limits[grant.ID] = limiter, want
	}
	return limiter
}
