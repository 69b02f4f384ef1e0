package screen_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/screen"
)

// BenchmarkScreen screens a shipment with two parties against a list of 20,000; the
// budget of design §11 is 60 µs for an event of six names.
func BenchmarkScreen(b *testing.B) {
	entries := make([]controllist.Entry, 20_000)
	for i := range entries {
		entries[i] = entry(fmt.Sprintf("FREEZE/%d", i), controllist.KindOrganization, controllist.MeasureFreeze,
			fmt.Sprintf("Company %c%c%c%c Elektronik %d Limited", 'a'+i%26, 'a'+i/26%26, 'e'+i/3%17, 'b'+i/7%20, i))
	}
	snapshot, err := controllist.NewSnapshot("bench", []controllist.List{{Name: "FREEZE", Source: "bench"}}, entries)
	require.NoError(b, err)
	engine, err := screen.New(snapshot, policy.Default())
	require.NoError(b, err)
	event, digest := decodeEvent(b, to("Sarıbük Beyaz Eşya Sanayi A.Ş."))
	in := screen.Input{Event: event, Digest: digest, Trigger: decision.TriggerEvent, Time: now, Facts: decision.Facts{Complete: true}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := engine.Screen(in); err != nil {
			b.Fatal(err)
		}
	}
}
