package cache_test

import (
	"fmt"
	"testing"

	"chokepoint/pkg/internal/redistest"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// BenchmarkCommandCosts is the measurement behind the choice of plain commands: what one
// key of one event costs, in pipelines of 448 keys (64 events), as the package does it,
// as a sorted set with its usual questions, and as a script that does everything at once.
func BenchmarkCommandCosts(b *testing.B) {
	const keys = 448
	ctx := b.Context()
	script := redis.NewScript(`
local log = redis.call('GETRANGE', KEYS[1], 0, 3071)
local count, found = 0, 0
for at = 1, #log, 12 do
  if string.sub(log, at, at + 5) == string.sub(ARGV[1], 1, 6) then found = 1 else count = count + 1 end
end
if found == 0 and count < 101 then redis.call('APPEND', KEYS[1], ARGV[1]) end
return count`)
	for name, send := range map[string]func(pipe redis.Pipeliner, key, entry string){
		"append": func(pipe redis.Pipeliner, key, entry string) {
			pipe.GetRange(ctx, key, 0, 3071)
			pipe.Append(ctx, key, entry)
		},
		"sorted set": func(pipe redis.Pipeliner, key, entry string) {
			pipe.ZAddNX(ctx, key, redis.Z{Score: 1, Member: entry})
			pipe.ZCard(ctx, key)
			pipe.ZRangeWithScores(ctx, key, 0, 1)
		},
		"script": func(pipe redis.Pipeliner, key, entry string) {
			script.EvalSha(ctx, pipe, []string{key}, entry)
		},
	} {
		b.Run(name, func(b *testing.B) {
			server := redistest.Start(b)
			client := redis.NewClient(&redis.Options{Addr: server.Addr()})
			defer func() { require.NoError(b, client.Close()) }()
			require.NoError(b, script.Load(ctx, client).Err())
			before := processCPU(b, server.PID())
			clientBefore := processCPU(b, 0)
			done := 0
			b.ResetTimer()
			for done < b.N {
				pipe := client.Pipeline()
				for range keys {
					// Each key is used about ten times, as a party is.
					send(pipe, fmt.Sprintf("{%02d}:p:%032d", done%64, done%20_000), fmt.Sprintf("%012d", done))
					done++
				}
				_, err := pipe.Exec(ctx)
				require.NoError(b, err)
			}
			b.StopTimer()
			b.ReportMetric(float64((processCPU(b, server.PID())-before).Nanoseconds())/float64(done), "server-ns/key")
			b.ReportMetric(float64((processCPU(b, 0)-clientBefore).Nanoseconds())/float64(done), "client-ns/key")
		})
	}
}
