package ingestor

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/trade"
)

func identity(n int) trade.Identity {
	return trade.Identity{Source: "s", ID: strconv.Itoa(n), Revision: 1}
}

// check walks the list both ways.
func (m *memory) check(t require.TestingT) {
	forward := 0
	for i := m.head; i >= 0; i = m.slots[i].next {
		require.Equal(t, i, m.index[m.slots[i].key])
		forward++
	}
	backward := 0
	for i := m.tail; i >= 0; i = m.slots[i].prev {
		backward++
	}
	require.Equal(t, len(m.index), forward)
	require.Equal(t, len(m.index), backward)
	require.LessOrEqual(t, len(m.slots), m.entries)
	require.Equal(t, len(m.slots), len(m.index)+len(m.free))
}

// The memory against a plain map with times, while it does not overflow.
func TestMemoryIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type known struct {
			digest string
			at     time.Time
		}
		m, model := newMemory(10, time.Minute), map[int]known{}
		now := time.Unix(0, 0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "pause")) * time.Second)
			n, digest := rapid.IntRange(0, 9).Draw(t, "id"), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "digest")
			before, remembered := model[n]
			conflict := remembered && before.digest != digest && now.Sub(before.at) < time.Minute
			held, other, ok := m.claim(identity(n), digest, now)
			require.Equal(t, !conflict, ok)
			if conflict {
				require.Equal(t, before.digest, other)
				continue
			}
			stored := rapid.Bool().Draw(t, "stored")
			m.settle(held, stored)
			switch {
			case stored, remembered && before.digest == digest:
				model[n] = known{digest, now}
			default:
				delete(model, n)
			}
			m.check(t)
			require.Equal(t, len(model), m.size())
		}
	})
}

// However many identities come, it holds the latest.
func TestMemoryIsBounded(t *testing.T) {
	m, now := newMemory(3, time.Hour), time.Unix(0, 0)
	var held []claim
	for n := range 10 {
		c, _, ok := m.claim(identity(n), "a", now)
		require.True(t, ok)
		held = append(held, c)
		m.check(t)
	}
	require.Equal(t, 3, m.size())
	for n, c := range held {
		m.settle(c, n%2 == 0) // those that made room are gone, and settling them is harmless
		m.check(t)
	}
	require.Equal(t, 1, m.size())
	_, _, ok := m.claim(identity(8), "b", now)
	require.False(t, ok)
	_, _, ok = m.claim(identity(0), "b", now)
	require.True(t, ok)
}

// An identity stays claimed while one request with its content is under way or was
// stored, whatever happens to the others.
func TestMemoryCountsClaims(t *testing.T) {
	m, now := newMemory(3, time.Hour), time.Unix(0, 0)
	one, _, _ := m.claim(identity(1), "a", now)
	two, _, ok := m.claim(identity(1), "a", now)
	require.True(t, ok)
	m.settle(one, false)
	_, other, ok := m.claim(identity(1), "b", now.Add(2*time.Hour)) // under way, however long
	require.False(t, ok)
	require.Equal(t, "a", other)
	m.settle(two, false)
	three, _, ok := m.claim(identity(1), "b", now)
	require.True(t, ok)
	m.settle(three, true)
	_, _, ok = m.claim(identity(1), "a", now)
	require.False(t, ok)
}

func BenchmarkMemory(b *testing.B) {
	m, now := newMemory(1<<18, time.Hour), time.Unix(0, 0)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		c, _, _ := m.claim(identity(n), "a", now)
		m.settle(c, true)
	}
}
