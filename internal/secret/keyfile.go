package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// ErrUnsafeFile is returned for a master key file that others than its owner may read.
var ErrUnsafeFile = errors.New("the master key file can be read by others")

const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// keyFile is the JSON of the master key file: two Tink keysets in clear text. Whoever can
// read the file can read every secret, which is why its mode is checked at each start.
type keyFile struct {
	Seal   json.RawMessage `json:"seal"`
	Derive json.RawMessage `json:"derive"`
}

type keysets struct {
	seal   *keyset.Handle
	derive *keyset.Handle
}

// Rotate adds new keys to the master key file and makes them the ones that seal and
// derive from now on; the old ones go on opening what they sealed. Running processes
// that share the file find the new keys when they first meet them.
func Rotate(path string) error {
	sets, err := readFile(path)
	if err != nil {
		return err
	}
	if sets.seal, err = withNewPrimary(sets.seal, aead.AES256GCMKeyTemplate()); err != nil {
		return fmt.Errorf("rotate sealing keys: %w", err)
	}
	if sets.derive, err = withNewPrimary(sets.derive, prf.HKDFSHA256PRFKeyTemplate()); err != nil {
		return fmt.Errorf("rotate derivation keys: %w", err)
	}
	temporary, err := writeTemporary(path, sets)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(fmt.Errorf("replace master key file: %w", err), os.Remove(temporary))
	}
	return nil
}

func withNewPrimary(handle *keyset.Handle, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(template)
	if err != nil {
		return nil, fmt.Errorf("add key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("make key %d primary: %w", id, err)
	}
	return manager.Handle()
}

// ensureFile creates the file with new keys unless it is there. Two processes that start
// together agree on one file: a hard link is made by exactly one of them.
func ensureFile(path string) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err //nolint:wrapcheck // an *fs.PathError names the operation and the file already
	}
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return fmt.Errorf("make folder of master key file: %w", err)
	}
	sets, err := newKeysets()
	if err != nil {
		return err
	}
	temporary, err := writeTemporary(path, sets)
	if err != nil {
		return err
	}
	err = os.Link(temporary, path)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(temporary))
}

func newKeysets() (keysets, error) {
	seal, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return keysets{}, fmt.Errorf("make sealing key: %w", err)
	}
	derive, err := keyset.NewHandle(prf.HKDFSHA256PRFKeyTemplate())
	if err != nil {
		return keysets{}, fmt.Errorf("make derivation key: %w", err)
	}
	return keysets{seal: seal, derive: derive}, nil
}

func readFile(path string) (keysets, error) {
	info, err := os.Stat(path)
	if err != nil {
		return keysets{}, fmt.Errorf("look at master key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return keysets{}, fmt.Errorf("%w: run chmod 600 %s", ErrUnsafeFile, path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return keysets{}, fmt.Errorf("read master key file: %w", err)
	}
	var file keyFile
	if err := json.Unmarshal(content, &file); err != nil {
		return keysets{}, fmt.Errorf("%s is not a master key file: %w", path, err)
	}
	var sets keysets
	if sets.seal, err = parseKeyset(file.Seal); err != nil {
		return keysets{}, fmt.Errorf("sealing keys of %s: %w", path, err)
	}
	if sets.derive, err = parseKeyset(file.Derive); err != nil {
		return keysets{}, fmt.Errorf("derivation keys of %s: %w", path, err)
	}
	return sets, nil
}

func parseKeyset(raw json.RawMessage) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	return handle, nil
}

// writeTemporary writes the keysets to a new file beside path, flushed to disk, and
// returns its name.
func writeTemporary(path string, sets keysets) (string, error) {
	content, err := encode(sets)
	if err != nil {
		return "", err
	}
	// CreateTemp opens with mode 0600, so that the keys are never readable by others.
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return "", fmt.Errorf("write master key file: %w", err)
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(fileMode), file.Sync(), file.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("write master key file: %w", err), os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func encode(sets keysets) ([]byte, error) {
	seal, err := encodeKeyset(sets.seal)
	if err != nil {
		return nil, err
	}
	derive, err := encodeKeyset(sets.derive)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(keyFile{Seal: seal, Derive: derive})
	if err != nil {
		return nil, fmt.Errorf("encode master key file: %w", err)
	}
	return content, nil
}

func encodeKeyset(handle *keyset.Handle) (json.RawMessage, error) {
	var buffer bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&buffer)); err != nil {
		return nil, fmt.Errorf("encode keyset: %w", err)
	}
	return buffer.Bytes(), nil
}
