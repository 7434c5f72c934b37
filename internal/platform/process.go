package platform

import (
	"context"
	"time"

	"provost/internal/notice"
	"provost/internal/offer"
	"provost/internal/process"
	"provost/internal/rehearsal"
	"provost/internal/step"
	"provost/internal/store"
	"provost/internal/task"
)

func (p *Platform) wireProcesses(t *store.Tenant, runner process.ScriptRunner, scripts Scripts, folder *process.Folder) {
	forms := process.Forms{Scripts: runner, Requests: p.desk}
	language := process.BPMN{Attributes: p.userAttributes}
	language.Scripts, _ = scripts.(process.ScriptChecker)
	p.ProcessDefinitions = &process.Definitions{
		Store: t.ProcessDefinitions(), Rows: t.ProcessDefinitionRows(), Audit: t, Language: language,
	}
	p.Rehearsals = &rehearsal.Service{Language: language, Now: time.Now}
	if scripts != nil {
		p.Rehearsals.Scripts = step.Rehearser{Host: scripts}
	}
	p.Processes = &process.Processes{Store: t.Processes(), Plans: t.Ledger(), Audit: t, Forms: forms, Largest: p.Settings.UploadMaxSize, Folder: folder}
	p.ProcessEngine = &process.Engine{Store: t.ProcessEngine(), Audit: t, Folder: folder}
	p.Operations = &process.Operations{Processes: p.Processes, Store: t.Processes()}
	p.Tasks = &task.Tasks{Store: t.ProcessTasks(), Processes: p.Processes, Audit: t, Forms: forms, Attributes: p.Attributes}
	p.NoticeChoices = &notice.Choices{Store: t, Audit: t}
	p.Offers = &offer.Offers{
		Tasks: p.Tasks, Starts: p.Processes,
		Users: p.Users, UserTypes: p.UserTypes, Groups: p.Groups, GroupTypes: p.GroupTypes, MailDomains: p.MailDomains,
		Systems: p.Systems, Accounts: p.Accounts, InformationSystems: p.InformationSystems,
		Roles: p.Roles, ScopeDomains: p.ScopeDomains, ScopeValues: p.ScopeValues,
	}
}

// userAttributes gives the names of the attributes that users have beside the built-in ones.
func (p *Platform) userAttributes(ctx context.Context) ([]string, error) {
	all, err := p.Attributes.Attributes(ctx, "user")
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range all {
		if !all[i].Builtin {
			names = append(names, all[i].Code)
		}
	}
	return names, nil
}
