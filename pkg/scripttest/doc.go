// Package scripttest runs a program's scripts in testdata/script, with the program
// being the test binary itself (testscript).
//
//	func TestMain(m *testing.M) { scripttest.Main(m, "screener", run) }
//
//	func TestScripts(t *testing.T) { scripttest.Run(t, nil) }
//
// CHOKEPOINT_UPDATE=1 rewrites the texts that scripts expect; read the difference.
package scripttest
