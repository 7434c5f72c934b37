package secret_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"provost/internal/secret"
)

func openBox(t *testing.T) (box *secret.Box, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "keys", "master.key")
	box, err := secret.OpenBox(path)
	require.NoError(t, err)
	return box, path
}

func TestBoxOpensWhatItSealed(t *testing.T) {
	t.Parallel()
	box, _ := openBox(t)
	rapid.Check(t, func(rt *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "id"))
		plaintext := rapid.SliceOf(rapid.Byte()).Draw(rt, "plaintext")
		sealed, err := box.Seal(id, plaintext)
		require.NoError(rt, err)
		opened, err := box.Open(id, sealed)
		require.NoError(rt, err)
		require.True(rt, bytes.Equal(plaintext, opened))
	})
}

func TestBoxRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	box, _ := openBox(t)
	stranger, _ := openBox(t)
	id := uuid.New()
	sealed, err := box.Seal(id, []byte(planted))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), planted)

	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another row":     func() ([]byte, error) { return box.Open(uuid.New(), sealed) },
		"a changed byte":  func() ([]byte, error) { return box.Open(id, changed) },
		"a cut end":       func() ([]byte, error) { return box.Open(id, sealed[:len(sealed)-3]) },
		"nothing":         func() ([]byte, error) { return box.Open(id, nil) },
		"another keyfile": func() ([]byte, error) { return stranger.Open(id, sealed) },
	} {
		opened, err := try()
		require.ErrorIs(t, err, secret.ErrNotOpened, name)
		require.Empty(t, opened, name)
	}
}

func TestKeyFileIsCreatedOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	boxes := make([]*secret.Box, 8)
	var wg sync.WaitGroup
	for i := range boxes {
		wg.Go(func() {
			box, err := secret.OpenBox(path)
			if err == nil {
				boxes[i] = box
			}
		})
	}
	wg.Wait()

	id := uuid.New()
	require.NotNil(t, boxes[0])
	sealed, err := boxes[0].Seal(id, []byte(planted))
	require.NoError(t, err)
	for _, box := range boxes {
		require.NotNil(t, box)
		opened, err := box.Open(id, sealed)
		require.NoError(t, err)
		require.Equal(t, planted, string(opened))
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "temporary files stay behind")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestKeyFileIsRefused(t *testing.T) {
	t.Parallel()
	t.Run("readable by others", func(t *testing.T) {
		t.Parallel()
		_, path := openBox(t)
		require.NoError(t, os.Chmod(path, 0o640))
		_, err := secret.OpenBox(path)
		require.ErrorIs(t, err, secret.ErrUnsafeFile)
		require.ErrorContains(t, err, "chmod 600 "+path)
	})
	for name, content := range map[string]string{
		"not JSON":      "x",
		"empty":         "",
		"no keysets":    "{}",
		"broken keyset": `{"seal":{"primaryKeyId":1},"derive":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "master.key")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, err := secret.OpenBox(path)
			require.ErrorContains(t, err, path)
		})
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	running, path := openBox(t)
	alsoRunning, err := secret.OpenBox(path)
	require.NoError(t, err)
	before, after := uuid.New(), uuid.New()
	old, err := running.Seal(before, []byte("old"))
	require.NoError(t, err)
	oldID, oldKey, err := running.Derive("audit chain")
	require.NoError(t, err)

	require.NoError(t, secret.Rotate(path))
	restarted, err := secret.OpenBox(path)
	require.NoError(t, err)

	opened, err := restarted.Open(before, old)
	require.NoError(t, err, "the old key still opens")
	require.Equal(t, "old", string(opened))

	fresh, err := restarted.Seal(after, []byte("new"))
	require.NoError(t, err)
	require.NotEqual(t, old[:5], fresh[:5], "the key id of the new primary leads the ciphertext")
	opened, err = alsoRunning.Open(after, fresh)
	require.NoError(t, err, "a running process finds the new key")
	require.Equal(t, "new", string(opened))

	newID, newKey, err := restarted.Derive("audit chain")
	require.NoError(t, err)
	require.NotEqual(t, oldID, newID)
	require.NotEqual(t, oldKey, newKey)
	again, err := restarted.DeriveWith(oldID, "audit chain")
	require.NoError(t, err)
	require.Equal(t, oldKey, again)
	again, err = running.DeriveWith(newID, "audit chain")
	require.NoError(t, err, "a running process finds the new key")
	require.Equal(t, newKey, again)

	require.Error(t, secret.Rotate(filepath.Join(t.TempDir(), "absent.key")))
}

func TestDerivedKeysDifferByPurpose(t *testing.T) {
	t.Parallel()
	box, _ := openBox(t)
	id, audit, err := box.Derive("audit chain")
	require.NoError(t, err)
	require.Len(t, audit, 32)
	_, codec, err := box.Derive("payload codec")
	require.NoError(t, err)
	require.NotEqual(t, audit, codec)
	_, err = box.DeriveWith(id+1, "audit chain")
	require.ErrorIs(t, err, secret.ErrUnknownKey)
}
