// Package webhook tells an HTTPS endpoint of cases, as Standard Webhooks
// (standardwebhooks.com) describes it: a POST with a JSON body of type, timestamp
// and data, and three headers, webhook-id, webhook-timestamp and
// webhook-signature. The id is the notice's deduplication key, so a receiver that
// remembers ids sees every notice once. The body holds party data: the endpoint
// belongs to the firm.
//
// # Signing
//
// A message is signed with HMAC-SHA-256 under every secret that the secret files
// hold, so that a receiver can change over from one to the next. Files are read at
// each notice; a rotation needs no restart.
//
// # What is refused
//
// The address that is really connected to is checked, after the name was looked
// up, so that a name cannot point inside: loopback, private, link-local, shared and
// reserved addresses are refused unless the configuration allows their prefix.
// Redirects are not followed, proxies of the environment are not used, an answer is
// read only as far as a limit, and nothing of it is repeated in errors, because it
// may echo what it was sent. Neither is the URL beyond its host: paths hold tokens.
//
//	receiver, err := webhook.New(webhook.Config{URL: "https://hooks.example/chokepoint", SecretFiles: …}, time.Now)
//	err = receiver.Notify(ctx, notice)
//
// 2xx is accepted; 408, 429, 5xx and anything that never answered is tried again,
// after Retry-After where it is given; every other answer is final.
package webhook
