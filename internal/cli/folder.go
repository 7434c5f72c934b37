package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"provost/internal/config"
)

// rootFolder is where dev keeps its data when it runs as root: PostgreSQL then runs as another account, which cannot enter a home folder.
const rootFolder = "/var/lib/provost-dev"

// Files and folders inside the data folder of dev.
const (
	postgresFolder  = "pg"
	directoryFolder = "ldap"
	sampleFolder    = "sample"
	passwordFile    = "admin-password"
)

// devFolder makes the data folder of dev and gives its path.
func devFolder(c *config.Common) (string, error) {
	if c.Data == "" && os.Geteuid() == 0 {
		c.Data = rootFolder
	}
	dir, err := c.DataDir()
	if err != nil {
		return "", err
	}
	c.Data = dir
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL's account has to enter it; what is secret is 0600 inside
		return "", fmt.Errorf("make data folder: %w", err)
	}
	return dir, nil
}

// keepPassword keeps the administrator's first password, readable by the owner of the folder only, so that a restart can show it again.
func keepPassword(dir, password string) error {
	path := filepath.Join(dir, passwordFile)
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep administrator's password: %w", err)
	}
	return nil
}

// keptPassword gives the administrator's first password, or an empty one when nothing is kept.
func keptPassword(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, passwordFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read administrator's password: %w", err)
	}
	if n := len(content); n > 0 && content[n-1] == '\n' {
		content = content[:n-1]
	}
	return string(content), nil
}
