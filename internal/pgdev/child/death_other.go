//go:build unix && !linux

package child

import "syscall"

// dieWithParent does nothing: only Linux can signal a child when its parent dies. Elsewhere a killed parent leaves the
// child running until the next start on the same folder.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
