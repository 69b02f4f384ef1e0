// Package redistest starts a real redis-server for one test.
//
//	server := redistest.Start(t)
//	client, err := cache.Open(cache.Config{URL: server.URL(), …})
//
// Without redis-server on the PATH a test is skipped with the reason, and fails where
// CI=true: what a change breaks must not depend on what a machine happens to have.
package redistest
