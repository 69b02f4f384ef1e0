//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package natsserver

import (
	"errors"
	"os"
	"syscall"
)

// lockFolder takes the lock file for this process. The kernel lets go of it when
// the process ends, however it ends.
func lockFolder(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.New("another server is using it")
		}
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
	return file, nil
}
