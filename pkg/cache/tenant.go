package cache

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// DeleteTenant deletes every key of the client's tenant: for measurements and tests,
// which use a tenant of their own and leave nothing behind. Other tenants are not
// touched.
func (c *Client) DeleteTenant(ctx context.Context) error {
	sweep := func(ctx context.Context, node *redis.Client) error {
		keys := node.Scan(ctx, 0, c.prefix+"*", 10_000).Iterator()
		for batch := make([]string, 0, 1000); ; batch = batch[:0] {
			for len(batch) < cap(batch) && keys.Next(ctx) {
				batch = append(batch, keys.Val())
			}
			if len(batch) == 0 {
				return keys.Err()
			}
			// One command a key: in a cluster the keys of a batch lie in different slots.
			pipe := node.Pipeline()
			for _, key := range batch {
				pipe.Unlink(ctx, key)
			}
			if _, err := pipe.Exec(ctx); err != nil {
				return err
			}
		}
	}
	var err error
	switch client := c.redis.(type) {
	case *redis.ClusterClient:
		err = client.ForEachMaster(ctx, sweep)
	case *redis.Client:
		err = sweep(ctx, client)
	default:
		err = fmt.Errorf("a client of type %T cannot be swept", client)
	}
	return explain(ctx, "delete the keys of tenant "+c.config.Tenant, err)
}
