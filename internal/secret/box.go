package secret

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Errors of this package. Test for them with errors.Is.
var (
	// ErrNotOpened is returned for a ciphertext that was changed, belongs to another row,
	// or was sealed with a key that the master key file does not hold.
	ErrNotOpened = errors.New("the secret cannot be opened with this master key file")
	// ErrUnknownKey is returned when a derived key is asked by an id that the master key
	// file does not hold.
	ErrUnknownKey = errors.New("unknown key")
)

// derivedKeySize is the length in bytes of the keys that Derive returns.
const derivedKeySize = 32

// Box seals secrets for storage and opens them again. It is safe for concurrent use.
type Box struct {
	path string

	mu   sync.RWMutex
	file os.FileInfo
	keys keys
}

// keys are the primitives made from one state of the master key file.
type keys struct {
	sealer tink.AEAD
	prfs   *prf.Set
}

// OpenBox reads the master key file, which is created with new keys when there is none.
// It returns an error that wraps [ErrUnsafeFile] when others than the owner may read it.
func OpenBox(path string) (*Box, error) {
	if err := ensureFile(path); err != nil {
		return nil, err
	}
	box := &Box{path: path}
	if err := box.load(); err != nil {
		return nil, err
	}
	return box, nil
}

// Seal encrypts a plain text for the row with the given id.
func (b *Box) Seal(rowID uuid.UUID, plaintext []byte) ([]byte, error) {
	ciphertext, err := b.current().sealer.Encrypt(plaintext, rowID[:])
	if err != nil {
		return nil, fmt.Errorf("seal secret %s: %w", rowID, err)
	}
	return ciphertext, nil
}

// Open decrypts what [Box.Seal] made for the same row, with the key of that time. A key
// added to the file since it was read is found too, so that a rotation needs no restart.
// It returns an error that wraps [ErrNotOpened].
func (b *Box) Open(rowID uuid.UUID, ciphertext []byte) ([]byte, error) {
	plaintext, err := b.current().sealer.Decrypt(ciphertext, rowID[:])
	if err == nil {
		return plaintext, nil
	}
	reloaded, err := b.reload()
	if err != nil {
		return nil, fmt.Errorf("open secret %s: %w", rowID, err)
	}
	if reloaded {
		if plaintext, err := b.current().sealer.Decrypt(ciphertext, rowID[:]); err == nil {
			return plaintext, nil
		}
	}
	return nil, fmt.Errorf("open secret %s: %w", rowID, ErrNotOpened)
}

// Derive returns a key of 32 bytes for a purpose, such as "audit chain", and the id under
// which [Box.DeriveWith] finds the same key after a rotation.
func (b *Box) Derive(purpose string) (keyID uint32, key []byte, err error) {
	prfs := b.current().prfs
	key, err = prfs.ComputePrimaryPRF([]byte(purpose), derivedKeySize)
	if err != nil {
		return 0, nil, fmt.Errorf("derive key for %s: %w", purpose, err)
	}
	return prfs.PrimaryID, key, nil
}

// DeriveWith returns the key that [Box.Derive] gave for the purpose together with the id.
// It returns an error that wraps [ErrUnknownKey].
func (b *Box) DeriveWith(keyID uint32, purpose string) ([]byte, error) {
	derive, ok := b.current().prfs.PRFs[keyID]
	if !ok {
		if _, err := b.reload(); err != nil {
			return nil, fmt.Errorf("derive key for %s with key %d: %w", purpose, keyID, err)
		}
		if derive, ok = b.current().prfs.PRFs[keyID]; !ok {
			return nil, fmt.Errorf("derive key for %s with key %d: %w", purpose, keyID, ErrUnknownKey)
		}
	}
	key, err := derive.ComputePRF([]byte(purpose), derivedKeySize)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s with key %d: %w", purpose, keyID, err)
	}
	return key, nil
}

func (b *Box) current() keys {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.keys
}

// reload reads the file again if it has changed, and tells whether it did.
func (b *Box) reload() (bool, error) {
	info, err := os.Stat(b.path)
	if err != nil {
		return false, fmt.Errorf("look at master key file: %w", err)
	}
	b.mu.RLock()
	// A time alone does not tell: file systems round it to milliseconds.
	unchanged := os.SameFile(info, b.file) && info.Size() == b.file.Size() && info.ModTime().Equal(b.file.ModTime())
	b.mu.RUnlock()
	if unchanged {
		return false, nil
	}
	return true, b.load()
}

func (b *Box) load() error {
	info, err := os.Stat(b.path)
	if err != nil {
		return fmt.Errorf("look at master key file: %w", err)
	}
	sets, err := readFile(b.path)
	if err != nil {
		return err
	}
	sealer, err := aead.New(sets.seal)
	if err != nil {
		return fmt.Errorf("use sealing keys of %s: %w", b.path, err)
	}
	prfs, err := prf.NewPRFSet(sets.derive)
	if err != nil {
		return fmt.Errorf("use derivation keys of %s: %w", b.path, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.file, b.keys = info, keys{sealer: sealer, prfs: prfs}
	return nil
}
