package process_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/process"
	"provost/internal/process/processtest"
)

// Only those who may change settings stop the engine; started again, it tells every job to go on that waited for it, and no other.
func TestEngineIsStoppedAndStarted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, do := range []func(context.Context) (process.EngineState, error){b.ProcessEngine.State, b.ProcessEngine.Stop, b.ProcessEngine.Start, b.ProcessEngine.Reindex} {
		_, err := do(b.As(b.User("stranger-" + uuid.NewString()[:8])))
		require.ErrorIs(t, err, authz.ErrDenied)
	}
	_, err := b.ProcessEngine.Stop(b.As(b.User("reader", authz.SettingsQuery)))
	require.ErrorIs(t, err, authz.ErrDenied)

	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave"})
	e := entry(p.ID, 1)
	past, future := at(-10_000_000), at(100_000_000)
	e.Timers = []process.Job{
		{Kind: process.TimerJob, Key: 1, Element: "late", Due: &past},
		{Kind: process.TimerJob, Key: 2, Element: "held", Due: &past},
		{Kind: process.TimerJob, Key: 3, Element: "later", Due: &future},
		{Kind: process.AsyncJob, Key: 4, Element: "apply"},
	}
	require.NoError(t, b.Ledger.Record(t.Context(), e))
	b.Exec("update process_jobs set held = true where key = 2")
	b.Exec("delete from outbox")

	state, err := b.ProcessEngine.Stop(b.Ctx)
	require.NoError(t, err)
	require.True(t, state.Scheduler.Stopped)
	require.Equal(t, "admin 4 1", state.Scheduler.StoppedBy+" "+itoa(state.Scheduler.Jobs)+" "+itoa(state.Scheduler.Late))
	stopped, err := b.Ledger.Stopped(t.Context())
	require.NoError(t, err)
	require.True(t, stopped)
	_, err = b.ProcessEngine.Stop(b.Ctx)
	require.NoError(t, err)
	require.Empty(t, b.Texts("select kind from outbox"))

	state, err = b.ProcessEngine.Start(b.Ctx)
	require.NoError(t, err)
	require.Equal(t, process.SchedulerState{Jobs: 4, Late: 1}, state.Scheduler)
	require.Equal(t, []string{`resume admin {"key": 4, "kind": "async"}`, `resume admin {"key": 1, "kind": "timer"}`},
		b.Texts("select (payload ->> 'action') || ' ' || (payload ->> 'by') || ' ' || (payload -> 'payload')::text from outbox order by id"))
	require.Equal(t, []string{"stop", "start"}, b.Texts("select action from audit_entries where object_type = 'processEngine' order by id"))
}

func TestIndexIsRebuilt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	for _, id := range []string{"one", "two", "three"} {
		b.Started(anna, processtest.Sample{ID: id, Name: "Journey " + id})
	}
	b.Exec("update processes set search = ''")
	state, err := b.ProcessEngine.Reindex(b.Ctx)
	require.NoError(t, err)
	require.Equal(t, "3 0", itoa(state.Index.Total)+" "+itoa(state.Index.Done))
	require.Equal(t, []string{"process.index"}, b.Texts("select kind from outbox where kind = 'process.index'"))
	_, err = b.ProcessEngine.Reindex(b.Ctx)
	processtest.Refused(t, err, fault.Conflict, "0 of 3")

	last, err := b.Ledger.Reindex(t.Context(), uuid.Nil, 2)
	require.NoError(t, err)
	require.NotZero(t, last)
	state, err = b.ProcessEngine.State(b.Ctx)
	require.NoError(t, err)
	require.Equal(t, int64(2), state.Index.Done)
	require.Nil(t, state.Index.EndedAt)
	last, err = b.Ledger.Reindex(t.Context(), last, 2)
	require.NoError(t, err)
	require.Zero(t, last)
	require.Equal(t, []string{"3"}, b.Texts("select count(*)::text from processes where search @@ plainto_tsquery('simple', 'journey anna')"))
	state, err = b.ProcessEngine.State(b.Ctx)
	require.NoError(t, err)
	require.NotNil(t, state.Index.EndedAt)
	_, err = b.ProcessEngine.Reindex(b.Ctx)
	require.NoError(t, err, "once it is done it can be done again")
}

// withFolder gives the platform a folder of documents.
func (b *bench) withFolder() (dir string) {
	b.T.Helper()
	dir = b.T.TempDir()
	folder, err := process.OpenFolder(dir)
	require.NoError(b.T, err)
	b.T.Cleanup(func() { require.NoError(b.T, folder.Close()) })
	b.Processes.Folder, b.ProcessEngine.Folder = folder, folder
	return dir
}

// files gives the content of every file in a folder, by its name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[d.Name()] = string(content)
		return err
	}))
	return out
}

func TestDocumentsAreKeptInAFolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	_, err := b.ProcessEngine.PlaceDocuments(b.Ctx, process.InFolder)
	processtest.Refused(t, err, fault.Invalid, "place", "PROVOST_DOCUMENTS_DIR")
	_, err = b.ProcessEngine.PlaceDocuments(b.Ctx, "elsewhere")
	processtest.Refused(t, err, fault.Invalid, "place", "elsewhere")
	inside, err := b.Processes.Attach(b.As(anna), p.ID, nil, "inside.txt", "text/plain", []byte("in the database"))
	require.NoError(t, err)

	dir := b.withFolder()
	state, err := b.ProcessEngine.PlaceDocuments(b.Ctx, process.InFolder)
	require.NoError(t, err)
	require.Equal(t, process.DocumentsState{Place: process.InFolder, Folder: true, Count: 1, Bytes: 15}, state.Documents)
	outside, err := b.Processes.Attach(b.As(anna), p.ID, nil, "outside.txt", "text/plain", []byte("in the folder"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{outside.ID.String(): "in the folder"}, files(t, dir))
	require.Equal(t, []string{"database true", "folder false"}, b.Texts("select place || ' ' || (content is not null) from process_documents order by id"))
	for id, expected := range map[uuid.UUID]string{inside.ID: "in the database", outside.ID: "in the folder"} {
		_, content, err := b.Processes.Open(b.As(anna), id)
		require.NoError(t, err)
		require.Equal(t, expected, string(content))
	}
	require.NoError(t, b.Processes.Detach(b.As(anna), outside.ID))
	require.Empty(t, files(t, dir))

	lost, err := b.Processes.Attach(b.As(anna), p.ID, nil, "lost.txt", "text/plain", []byte("soon away"))
	require.NoError(t, err)
	require.NoError(t, b.Processes.Folder.Remove(lost.ID))
	_, _, err = b.Processes.Open(b.As(anna), lost.ID)
	processtest.Refused(t, err, fault.NotFound, "lost.txt", "backup")
	b.Processes.Folder = nil
	_, _, err = b.Processes.Open(b.As(anna), lost.ID)
	processtest.Refused(t, err, fault.Unavailable, "PROVOST_DOCUMENTS_DIR")
	_, err = b.Processes.Attach(b.As(anna), p.ID, nil, "no.txt", "text/plain", []byte("no"))
	processtest.Refused(t, err, fault.Unavailable, "PROVOST_DOCUMENTS_DIR")
}

// Files that no document names are removed a day later: one whose row was rolled back, one that was not written to its end, and that of a document
// that moved into the database. Nothing else is, however old it is.
func TestFilesThatNoDocumentNamesAreRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	dir := b.withFolder()
	_, err := b.ProcessEngine.PlaceDocuments(b.Ctx, process.InFolder)
	require.NoError(t, err)
	kept, err := b.Processes.Attach(b.As(anna), p.ID, nil, "kept.txt", "text/plain", []byte("kept"))
	require.NoError(t, err)
	moved, err := b.Processes.Attach(b.As(anna), p.ID, nil, "moved.txt", "text/plain", []byte("moved"))
	require.NoError(t, err)
	b.Exec("update process_documents set place = 'database', content = 'moved' where id = $1", moved.ID)
	lost := uuid.New()
	require.NoError(t, b.Processes.Folder.Put(lost, []byte("of a row that was rolled back")))
	part := kept.ID.String()
	others := []string{filepath.Join(part[34:], part+".part"), filepath.Join(part[34:], "notes.txt"), "readme.txt"}
	for _, name := range others {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}
	sweeper := process.Sweeper{Folder: b.Processes.Folder, Rows: b.Tenant.ProcessEngine()}
	round := func(from time.Time) (removed int) {
		for minute := range 256 {
			n, err := sweeper.Sweep(t.Context(), from.Add(time.Duration(minute)*time.Minute))
			require.NoError(t, err)
			removed += n
		}
		return removed
	}
	require.Zero(t, round(time.Now()), "they are younger than a day")
	require.Equal(t, 3, round(time.Now().Add(25*time.Hour)))
	require.Equal(t, map[string]string{kept.ID.String(): "kept", "notes.txt": "x", "readme.txt": "x"}, files(t, dir))
	require.Zero(t, round(time.Now().Add(25*time.Hour)))
}

// A backup holds all documents wherever they are. Restored, it mends what is missing or damaged and moves the others, and takes no content
// that was not attached.
func TestDocumentsAreBackedUpAndRestored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anna := b.User("anna")
	p := b.Started(anna, processtest.Sample{ID: "leave"})
	dir := b.withFolder()
	attach := func(name, text string) process.Document {
		d, err := b.Processes.Attach(b.As(anna), p.ID, nil, name, "text/plain", []byte(text))
		require.NoError(t, err)
		return d
	}
	first := attach("first.txt", "first")
	_, err := b.ProcessEngine.PlaceDocuments(b.Ctx, process.InFolder)
	require.NoError(t, err)
	second, third := attach("second.txt", "second"), attach("third.txt", "third")

	require.ErrorIs(t, b.ProcessEngine.Backup(b.As(anna), io.Discard), authz.ErrDenied)
	var backup bytes.Buffer
	require.NoError(t, b.ProcessEngine.Backup(b.Ctx, &backup))
	archive := bytes.NewReader(backup.Bytes())
	restore := func() process.Restored {
		out, err := b.ProcessEngine.Restore(b.Ctx, archive, archive.Size())
		require.NoError(t, err)
		return out
	}
	_, err = b.ProcessEngine.Restore(b.As(anna), archive, archive.Size())
	require.ErrorIs(t, err, authz.ErrDenied)

	require.Equal(t, process.Restored{Restored: 1, Unchanged: 2, Damaged: []string{}}, restore(), "the one of the database is moved")
	require.Equal(t, []string{"folder", "folder", "folder"}, b.Texts("select place from process_documents"))
	require.NoError(t, b.Processes.Folder.Remove(second.ID))
	require.NoError(t, b.Processes.Folder.Put(third.ID, []byte("thirD")))
	require.ErrorContains(t, b.ProcessEngine.Backup(b.Ctx, io.Discard), "second.txt", "a backup that is not whole says so")
	require.Equal(t, process.Restored{Restored: 2, Unchanged: 1, Damaged: []string{}}, restore())
	require.Equal(t, map[string]string{first.ID.String(): "first", second.ID.String(): "second", third.ID.String(): "third"}, files(t, dir))

	require.NoError(t, b.Processes.Detach(b.As(anna), first.ID))
	require.Equal(t, process.Restored{Unchanged: 2, Unknown: 1, Damaged: []string{}}, restore(), "what was removed stays away")
	_, err = b.ProcessEngine.PlaceDocuments(b.Ctx, process.InDatabase)
	require.NoError(t, err)
	require.Equal(t, 2, restore().Restored)
	require.Equal(t, []string{"second", "third"}, b.Texts("select convert_from(content, 'UTF8') from process_documents order by id"))

	var forged bytes.Buffer
	out := zip.NewWriter(&forged)
	name := "1/" + second.ID.String() + "/second.txt"
	for _, file := range []struct{ name, text string }{{name, "forged"}, {"../../etc/passwd", "x"}, {"manifest.json", "{"}} {
		w, err := out.Create(file.name)
		require.NoError(t, err)
		_, err = w.Write([]byte(file.text))
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
	b.Exec("update process_documents set content = 'away'")
	got, err := b.ProcessEngine.Restore(b.Ctx, bytes.NewReader(forged.Bytes()), int64(forged.Len()))
	require.NoError(t, err)
	require.Equal(t, process.Restored{Unknown: 1, Damaged: []string{name}}, got)
	_, err = b.ProcessEngine.Restore(b.Ctx, bytes.NewReader([]byte("PK")), 2)
	processtest.Refused(t, err, fault.Invalid, "ZIP")
}
