package app

import (
	"context"

	"chokepoint/pkg/cache"
	"chokepoint/pkg/screener"
	"chokepoint/pkg/trade"
)

// cacheConfig is the cache's own configuration.
func (r Redis) cacheConfig() cache.Config {
	config := cache.DefaultConfig()
	config.URL, config.Tenant = r.URL, r.Tenant
	if r.EventsFor != 0 {
		config.EventsFor = r.EventsFor
	}
	return config
}

// decisionMemory remembers recent decisions in Redis.
type decisionMemory struct{ decisions *cache.Decisions }

var _ screener.Memory = decisionMemory{}

// Remember remembers decisions that are in effect.
func (m decisionMemory) Remember(ctx context.Context, publications []screener.Publication) error {
	entries := make([]cache.DecisionEntry, len(publications))
	for i, publication := range publications {
		entries[i] = cache.DecisionEntry{Identity: publication.Decision.Event.String(), Data: publication.Data}
	}
	return m.decisions.RememberDecisions(ctx, entries)
}

// Recall returns a remembered decision.
func (m decisionMemory) Recall(ctx context.Context, event trade.Identity) ([]byte, bool, error) {
	return m.decisions.Decision(ctx, event.String())
}
