package monitor

import (
	"context"
	"fmt"
	"strconv"

	"provost/internal/authz"
	"provost/internal/identity"
	"provost/internal/object"
	"provost/internal/parameter"
	"provost/internal/script"
)

// Engine is how changes travel (guide page 044).
type Engine struct {
	Mode      string `json:"mode" enum:"readonly,manual,auto"`
	TaskLimit int    `json:"taskLimit" minimum:"1" maximum:"1000000" doc:"A transaction that makes more tasks than this has them held until somebody releases them"`
	Language  string `json:"language" enum:"javascript,beanshell,autodetect" doc:"How scripts are read"`
}

// EngineChoice explains one value of a setting.
type EngineChoice struct {
	Value       string `json:"value"`
	Label       string `json:"label"`
	Description string `json:"description"`
}

// EngineSettings is the settings with what they may be.
type EngineSettings struct {
	Engine
	Modes     []EngineChoice `json:"modes"`
	Languages []EngineChoice `json:"languages"`
}

// engineModes are the modes with what the guide says of them.
func engineModes() []EngineChoice {
	return []EngineChoice{
		{parameter.ModeReadOnly, "Read only", "Nothing is sent to any system. Use it after the installation, until a system is configured that synchronisation can be tested with."},
		{parameter.ModeManual, "Manual", "Only what somebody asks for is sent: one object by \"Synchronise now\", or a whole system from its massive actions. " +
			"Use it in test environments and at the beginning of a live release."},
		{parameter.ModeAuto, "Automatic", "Each change is sent to the systems it concerns at once. Use it in live environments."},
	}
}

func languages() []EngineChoice {
	return []EngineChoice{
		{string(script.JavaScript), "JavaScript", "Scripts are JavaScript."},
		{string(script.BeanShell), "BeanShell", "Scripts are BeanShell; they are translated."},
		{string(script.Autodetect), "Autodetected", "A script that does not read as JavaScript is taken for BeanShell. A leading /*js*/ or /*bsh*/ decides."},
	}
}

// EngineSettings gives how changes travel.
func (s *Service) EngineSettings(ctx context.Context) (EngineSettings, error) {
	if _, err := authz.Check(ctx, authz.SettingsQuery); err != nil {
		return EngineSettings{}, err
	}
	current, err := s.Settings.Engine(ctx)
	if err != nil {
		return EngineSettings{}, err
	}
	language, err := s.Settings.ScriptLanguage(ctx)
	if err != nil {
		return EngineSettings{}, err
	}
	return EngineSettings{
		Engine: Engine{Mode: current.Mode, TaskLimit: current.TaskLimit, Language: language},
		Modes:  engineModes(), Languages: languages(),
	}, nil
}

// SetEngine changes how changes travel, from the next transaction on. What changed before in the read-only mode is not sent afterwards:
// "provision all" of an agent does that.
func (s *Service) SetEngine(ctx context.Context, e Engine) (EngineSettings, error) {
	if _, err := authz.Check(ctx, authz.SettingsUpdate); err != nil {
		return EngineSettings{}, err
	}
	values := []struct{ name, value, description string }{
		{parameter.TaskMode, e.Mode, "Task engine mode: readonly, manual or auto"},
		{parameter.TaskLimit, strconv.Itoa(e.TaskLimit), "Tasks that one transaction may make before they are held"},
		{parameter.Interpreter, e.Language, "Scripting language: javascript, beanshell or autodetect"},
	}
	err := s.Store.Do(ctx, func(ctx context.Context) error {
		edits := make([]*object.Edit[parameter.Parameter], len(values))
		for i, v := range values {
			found, err := s.Parameters.Store.Named(ctx, v.name)
			if err != nil {
				return fmt.Errorf("read parameter %s: %w", v.name, err)
			}
			draft := parameter.Parameter{Name: v.name, Description: v.description}
			edits[i] = &object.Edit[parameter.Parameter]{After: &draft}
			if len(found) > 0 {
				draft = found[0]
				edits[i].ID = draft.ID
			}
			draft.Value = v.value
		}
		return s.Parameters.Apply(identity.AsPlatform(ctx), edits, true)
	})
	if err != nil {
		return EngineSettings{}, err
	}
	return s.EngineSettings(ctx)
}
