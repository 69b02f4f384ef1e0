//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package natsserver

import "os"

// lockFolder opens the lock file; this system has no lock that ends with the process.
func lockFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
