// Package config reads the YAML files that tell a program how to run, and
// refuses them as a whole when anything in them is wrong.
//
// A screening system with a mistyped setting is worse than one that does not
// start: `treshold: 9000` would be ignored, the default would apply, and nobody
// would learn of it until an audit. So [Load] and [Decode] are strict. Unknown
// keys, duplicate keys, wrong types, a second document and an empty file are
// faults; all of them are reported at once, each with its line; and a file that
// decodes is then asked to validate itself, which again reports every fault.
//
// A configuration is a struct with defaults and a Validate method:
//
//	type Config struct {
//		Listen  string        `yaml:"listen"`
//		Timeout time.Duration `yaml:"timeout"` // "5s"
//	}
//
//	func DefaultConfig() Config { return Config{Listen: ":8080", Timeout: 5 * time.Second} }
//
//	func (c Config) Validate() error {
//		var faults []error
//		if c.Timeout <= 0 {
//			faults = append(faults, fmt.Errorf("timeout: %s is not above zero", c.Timeout))
//		}
//		return errors.Join(faults...)
//	}
//
//	settings, err := config.Load("/etc/chokepoint/ingestor.yaml", DefaultConfig())
//
// Environment variables override nothing and are not expanded: what a program
// runs with is what its file says, so that a reviewed file is the whole truth.
//
// Secrets never stand in a configuration file, because configuration files are
// committed, mounted and printed. A setting that needs one is named X_file and
// holds a path; [ReadSecret] reads it, checks who else may read it, and returns a
// [Secret], which prints as "[redacted]" wherever it is formatted or marshalled.
package config
