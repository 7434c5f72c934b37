package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"

	"provost/internal/authz"
	"provost/internal/process"
)

type processEngineOutput struct{ Body process.EngineState }

type documentPlaceInput struct {
	Body struct {
		Place process.DocumentPlace `json:"place" enum:"database,folder" doc:"Where documents go from now on"`
	}
}

type restoredOutput struct{ Body process.Restored }

func (a *API) registerProcessEngine() {
	e, tags := a.deps.Platform.ProcessEngine, []string{"Process engine"}
	register(a, holding(authz.SettingsQuery), huma.Operation{
		OperationID: "get-process-engine", Method: http.MethodGet, Path: "/settings/process-engine", Tags: tags, Summary: "How the process engine works",
	}, func(ctx context.Context, _ *struct{}) (*processEngineOutput, error) {
		state, err := e.State(ctx)
		return &processEngineOutput{Body: state}, err
	})
	for _, o := range []struct {
		id, path, summary string
		do                func(ctx context.Context) (process.EngineState, error)
	}{
		{"stop-process-engine", "/settings/process-engine/stop", "Keep all timers from firing and all background steps from beginning", e.Stop},
		{"start-process-engine", "/settings/process-engine/start", "Let timers and background steps go on", e.Start},
		{"rebuild-process-index", "/settings/process-engine/index", "Rebuild the search index of processes, in the background", e.Reindex},
	} {
		register(a, holding(authz.SettingsUpdate), huma.Operation{
			OperationID: o.id, Method: http.MethodPost, Path: o.path, Tags: tags, Summary: o.summary, DefaultStatus: http.StatusOK,
		}, func(ctx context.Context, _ *struct{}) (*processEngineOutput, error) {
			state, err := o.do(ctx)
			return &processEngineOutput{Body: state}, err
		})
	}
	register(a, holding(authz.SettingsUpdate), huma.Operation{
		OperationID: "place-process-documents", Method: http.MethodPut, Path: "/settings/process-engine/documents", Tags: tags,
		Summary: "Say where documents go from now on", Description: "Documents that are there stay where they are; a backup that is restored moves them.",
	}, func(ctx context.Context, in *documentPlaceInput) (*processEngineOutput, error) {
		state, err := e.PlaceDocuments(ctx, in.Body.Place)
		return &processEngineOutput{Body: state}, err
	})
	a.registerArchive(e, tags)
}

func (a *API) registerArchive(e *process.Engine, tags []string) {
	register(a, holding(authz.SettingsUpdate), huma.Operation{
		OperationID: "backup-process-documents", Method: http.MethodGet, Path: "/settings/process-engine/documents", Tags: tags,
		Summary:     "All documents as a ZIP file",
		Description: "An answer that breaks off is no backup: a document could not be read, and the log of the server says which.",
	}, func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(hc huma.Context) { a.sendBackup(ctx, hc, e) }}, nil
	})
	operation := a.documentOperation("restore-process-documents", "/settings/process-engine/documents", "Put documents of a backup back", tags)
	operation.Description = "The body is the ZIP file of a backup, of at most soffid.upload.maxsize bytes. Only contents are put back that are " +
		"missing, damaged, or not where new documents go, and only such as were attached."
	operation.DefaultStatus = http.StatusOK
	operation.SkipValidateBody = true
	register(a, holding(authz.SettingsUpdate), operation, func(ctx context.Context, in *archiveInput) (*restoredOutput, error) {
		restored, err := in.restore(ctx, e)
		return &restoredOutput{Body: restored}, err
	})
}

// sendBackup streams a backup. Once it has begun an error can only break it off.
func (a *API) sendBackup(ctx context.Context, hc huma.Context, e *process.Engine) {
	request, w := humago.Unwrap(hc)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a backup takes its time
	out := &lazyFile{w: w, name: "documents-" + time.Now().UTC().Format("20060102-150405") + ".zip"}
	err := e.Backup(ctx, out)
	switch {
	case err == nil:
	case !out.begun:
		writeProblem(w, request, err)
	default:
		zerolog.Ctx(ctx).Error().Err(err).Msg("a backup of documents is incomplete")
		panic(http.ErrAbortHandler)
	}
}

// lazyFile is a download whose headers are written with its first bytes: what fails before is answered as a problem.
type lazyFile struct {
	w     http.ResponseWriter
	name  string
	begun bool
}

// Write implements io.Writer.
func (f *lazyFile) Write(p []byte) (int, error) {
	if !f.begun {
		f.begun = true
		f.w.Header().Set("Content-Type", "application/zip")
		f.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", f.name))
		f.w.WriteHeader(http.StatusOK)
	}
	return f.w.Write(p)
}

// archiveInput takes a backup as a stream: it is not held in memory.
type archiveInput struct{ body io.Reader }

// Resolve implements huma.Resolver.
func (in *archiveInput) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

// restore keeps the backup in a file while it is read: its list is at its end.
func (in *archiveInput) restore(ctx context.Context, e *process.Engine) (out process.Restored, err error) {
	file, err := os.CreateTemp("", "provost-restore-*.zip")
	if err != nil {
		return out, fmt.Errorf("keep backup: %w", err)
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	size, err := io.Copy(file, in.body)
	if err != nil {
		return out, err
	}
	return e.Restore(ctx, file, size)
}
