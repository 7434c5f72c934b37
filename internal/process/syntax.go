package process

import (
	"context"
	"fmt"

	"provost/bpm"
	"provost/internal/script"
)

// ScriptChecker reads scripts without running them; *script.Host does.
type ScriptChecker interface {
	Check(ctx context.Context, sources []script.Source) ([]script.Report, error)
}

// Misread finds the scripts and expressions of a definition that cannot be read: they would only fail when a process comes to them. Each text is
// read once, however often it stands there.
func Misread(ctx context.Context, checker ScriptChecker, d *bpm.Definition) ([]bpm.Finding, error) {
	scripts := d.Scripts()
	place := map[string]int{}
	var sources []script.Source
	for _, s := range scripts {
		if _, known := place[s.Text]; !known {
			place[s.Text] = len(sources)
			sources = append(sources, script.Source{Name: s.What, Text: s.Text, Language: script.Autodetect})
		}
	}
	if len(sources) == 0 {
		return nil, nil
	}
	reports, err := checker.Check(ctx, sources)
	if err != nil {
		return nil, fmt.Errorf("read scripts: %w", err)
	}
	var found []bpm.Finding
	for _, s := range scripts {
		for _, problem := range reports[place[s.Text]].Findings {
			if problem.Kind == script.KindSyntax {
				found = append(found, s.Unreadable(problem.Line, problem.Message))
				break // what follows from the first is of no help
			}
		}
	}
	return found, nil
}
