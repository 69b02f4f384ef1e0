package trade

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shards is how many shards events are spread over. It is part of every
// subject, so it never changes.
const Shards = 4096

// Identity says which event this is, whatever it contains.
type Identity struct {
	Source   string `json:"source"`
	ID       string `json:"id"`
	Revision int    `json:"revision"`
}

// Identity returns which event e is.
func (e Event) Identity() Identity {
	return Identity{Source: e.Source, ID: e.ID, Revision: e.Revision}
}

// String is source/id/revision. It can be read back by [ParseIdentity]: a source
// holds no slash, and the revision stands behind the last one.
func (i Identity) String() string {
	return i.Source + "/" + i.ID + "/" + strconv.Itoa(i.Revision)
}

// ParseIdentity reads what [Identity.String] writes.
func ParseIdentity(text string) (Identity, error) {
	first, last := strings.IndexByte(text, '/'), strings.LastIndexByte(text, '/')
	if first <= 0 || last <= first+1 {
		return Identity{}, fmt.Errorf("identity %q is not source/id/revision", text)
	}
	revision, err := strconv.Atoi(text[last+1:])
	if err != nil || revision < 1 {
		return Identity{}, fmt.Errorf("identity %q: the revision is not a whole number from 1", text)
	}
	return Identity{Source: text[:first], ID: text[first+1 : last], Revision: revision}, nil
}

// Shard returns the shard of the event, 0 to [Shards]-1. All revisions of one
// thing share a shard, so that one worker at a time sees them.
func (i Identity) Shard() int {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(i.Source))
	_, _ = hash.Write([]byte{0})
	_, _ = hash.Write([]byte(i.ID))
	sum := hash.Sum64()
	return int((sum ^ sum>>32) % Shards)
}
