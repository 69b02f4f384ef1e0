// Package historytest is the suite that every store of history passes, so that one can
// stand in for another without a decision changing.
//
//	func TestConformance(t *testing.T) {
//		historytest.Conformance(t, func(t testing.TB) historytest.Store { return openStore(t) })
//	}
//
// [Generator] makes invented shipments and payments for tests and benchmarks.
package historytest
