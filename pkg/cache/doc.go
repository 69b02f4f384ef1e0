// Package cache keeps in Redis (or Valkey) what screeners share: list snapshots, history
// and recent decisions. It is the only importer of go-redis.
//
// Nothing here is the record. NATS is, and everything in Redis can be rebuilt from it, so
// FLUSHALL costs time and never an event, a decision or a case. Two consequences run
// through the package: a missing key is an answer and not an error, and an empty Redis
// is never read as "nothing ever happened".
//
//	client, err := cache.Open(cache.Config{URL: "redis://localhost:6379", Tenant: "acme", …})
//	store := cache.NewHistory(client)     // a history store: Observe, MarkComplete, …
//	lists := cache.NewLists(client)       // PutSnapshot, Snapshot, Current, Subscribe
//	decisions := cache.NewDecisions(client)
//
// # Keys
//
//	cp:<tenant>:{<shard>}:<kind>:<hash>   history log of a party (p), reference (r) or lane (l)
//	cp:<tenant>:{<shard>}:state           whether the shard is complete, and its epoch
//	cp:<tenant>:event:<hash>              what an identity was answered, and its content digest
//	cp:<tenant>:decision:<hash>           a recent decision
//	cp:<tenant>:lists:current             {"version","digest"} of the snapshot in force
//	cp:<tenant>:lists:<digest>            {"chunks","bytes"} of a stored snapshot
//	cp:<tenant>:lists:<digest>:<n>        chunk n of it, from 0; zstd
//	cp:<tenant>:lists:changed             channel: the snapshot in force changed
//	cp:<tenant>:server                    run ids of the servers at the last MarkComplete
//
// Hashes are the first 16 bytes of a SHA-256: no name, account or number of a party is in
// a key or a value. Every command names one key, so all of it works on a cluster.
//
// History's hash tag is the shard (00 to 63) and not the party, so that a shard's logs lie
// in one slot with the state that vouches for them. A cluster node that comes back empty
// takes data and state away together; a marker elsewhere would go on saying that the data
// is complete.
//
// # History: how it is written, and why so
//
// A log (see package history) is a Redis string that is only appended to. A batch of
// events takes three pipelines:
//
//  1. Read: the shards' states, what is remembered of each identity, and the beginning of
//     each log, each key once for the whole batch.
//  2. Append: APPEND the entries that logs still lack, in the order of the records, then
//     read the states again. APPEND answers the new length. Where it is the expected one,
//     nobody wrote in between and what stood before each entry is known; where it is not,
//     the log is read once more, and whatever stands before our entry came before us.
//  3. Remember: SET NX GET the facts under the identity. Whoever is first wins, and
//     everybody else returns the winner's facts.
//
// This is write, then read: of two events in two processes at least one sees the other.
// It is idempotent without a transaction, because each step is. A crash after step 2
// leaves entries that the redelivered event finds and does not add again; two processes
// that both append the same thing at the same moment leave it twice, and readers count it
// once, at its first place. Step 3 makes the answer of one identity the same everywhere,
// for as long as it is remembered ([Config.EventsFor]); after that it would be computed
// anew, still counting nothing twice.
//
// Plain commands and not Lua, by measurement (BenchmarkCommandCosts; Redis 7.0, two
// cores, per key and event): reading and appending cost the server 1.1 µs, a script that
// does both at once 2.4 µs, and more the longer the log is, a sorted set with its three
// questions 2.4 µs and the client twice as much. The server is the one part that adding
// screeners does not make faster. Lua is used where it is rare and must compare and set:
// [History.MarkComplete].
//
// One thing is given up: two processes that receive contradicting contents under the same
// identity within the same millisecond both append before one of them is refused in step
// 3. The refused one is reported (Seen, with the other digest); its entries remain, under
// the same (source, id), so they count as that one thing. The door refuses such pairs
// long before.
//
// # Complete or not
//
// A shard's state is "open:<epoch>" or "complete:<epoch>". It is read before the logs and
// again after the appends; facts are available only if both reads say complete with the
// same epoch, so a FLUSHALL in the middle of a batch makes facts unavailable and not
// zero. A screener that finds no state creates an open one with a new epoch. A rebuild
// that was begun with [History.BeginRebuild] notes the epochs, and [History.MarkComplete]
// refuses ([ErrEmptied]) when one has changed: Redis was emptied while it was refilled.
//
// Redis acknowledges before its data is safe, so a restarted server or a promoted replica
// may lack the last seconds. [History.ServerChanged] tells; replaying the recent events
// and marking complete again mends it.
package cache
