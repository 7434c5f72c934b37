package monitor

import (
	"time"

	"github.com/google/uuid"

	"provost/internal/synctask"
)

// SyncTask is an object on its way to its systems, as lists show it.
type SyncTask struct {
	ID         uuid.UUID  `json:"id" db:"id,auto"`
	Number     int64      `json:"number" db:"number,auto"`
	ObjectType string     `json:"objectType" db:"object_type" enum:"user,account,group,role"`
	ObjectID   uuid.UUID  `json:"objectId" db:"object_id"`
	ObjectName string     `json:"objectName" db:"object_name"`
	Status     string     `json:"status" db:"status" enum:"pending,held,waiting,failed,done,cancelled"`
	Priority   int        `json:"priority" db:"priority" doc:"1 first, 5 last"`
	Lane       string     `json:"lane" db:"lane" enum:"interactive,bulk"`
	Source     string     `json:"source" db:"source" doc:"What made it: person, token, load, reconciliation, rule …"`
	SourceID   uuid.UUID  `json:"sourceId" db:"source_id" doc:"Which run, rule or process; tasks of one source are held together"`
	Author     string     `json:"author" db:"author"`
	CreatedAt  time.Time  `json:"createdAt" db:"created_at,auto"`
	ChangedAt  time.Time  `json:"changedAt" db:"changed_at,auto" doc:"When the object changed last"`
	FinishedAt *time.Time `json:"finishedAt" db:"finished_at"`
	Attempts   int        `json:"attempts" db:"attempts,read" sql:"(select coalesce(max(p.attempts), 0) from sync_parts p where p.task_id = t.id)" doc:"Failed attempts of the part that failed most often"`
	LastError  string     `json:"lastError" db:"last_error,read" sql:"coalesce((select p.message from sync_parts p where p.task_id = t.id and p.message <> '' order by p.last_run desc nulls last limit 1), '')"`
	LastRun    *time.Time `json:"lastRun" db:"last_run,read" sql:"(select max(p.last_run) from sync_parts p where p.task_id = t.id)"`
	NextRun    *time.Time `json:"nextRun" db:"next_run,read" sql:"(select min(p.next_run) from sync_parts p where p.task_id = t.id and p.status = 'pending')" doc:"When it is tried again"`
	Systems    []string   `json:"systems" db:"systems,read" sql:"array(select s.name from sync_parts p join systems s on s.id = p.system_id where p.task_id = t.id order by lower(s.name))" doc:"Agents that it concerns; empty before it was planned"`
}

// Open tells whether the task is still to be done.
func (t *SyncTask) Open() bool { return t.Status != synctask.Done && t.Status != synctask.Cancelled }

// SyncPart is the part of a task that concerns one system.
type SyncPart struct {
	SystemID   uuid.UUID  `json:"systemId"`
	System     string     `json:"system"`
	Status     string     `json:"status" enum:"pending,waiting,done,failed"`
	ErrorClass string     `json:"errorClass" doc:"unavailable, throttled, transient, data, policy, auth or unsupported; empty without an error"`
	Message    string     `json:"message"`
	Attempts   int        `json:"attempts"`
	LastRun    *time.Time `json:"lastRun"`
	NextRun    *time.Time `json:"nextRun"`
}

// SyncTaskDetail is a task with its parts.
type SyncTaskDetail struct {
	SyncTask
	Parts []SyncPart `json:"parts"`
}

// SyncMatrix is tasks by agents (guide page 070, "View tasks").
type SyncMatrix struct {
	Agents []AgentState     `json:"agents" doc:"Columns: the agents that have a server"`
	Tasks  []SyncTaskDetail `json:"tasks" doc:"Rows; a part is a cell, and an agent that a task has no part for has nothing to do"`
	Total  int              `json:"-"`
}

// HeldSource is the tasks that one source left held, because they were more than the limit (guide page 044).
type HeldSource struct {
	Source   string           `json:"source"`
	SourceID uuid.UUID        `json:"sourceId"`
	Author   string           `json:"author"`
	Tasks    int64            `json:"tasks"`
	Types    map[string]int64 `json:"types" doc:"Number of tasks by type of object"`
	FirstAt  time.Time        `json:"firstAt"`
	LastAt   time.Time        `json:"lastAt"`
	Run      int64            `json:"run" doc:"Number of the run that the source is; zero when it is none"`
	RunKind  string           `json:"runKind"`
	System   string           `json:"system" doc:"System of that run"`
}

// Selection names tasks: by id, every held one, or the held ones of a source.
type Selection struct {
	IDs      []uuid.UUID `json:"ids,omitempty" maxItems:"10000" doc:"These tasks"`
	AllHeld  bool        `json:"allHeld,omitempty" doc:"Every held task"`
	SourceID *uuid.UUID  `json:"sourceId,omitempty" format:"uuid" doc:"The held tasks of this source"`
}

// Steered says what became of a selection.
type Steered struct {
	Count   int `json:"count" doc:"Tasks that the action changed"`
	Skipped int `json:"skipped" doc:"Tasks named by id that do not exist, or whose state does not allow the action"`
}
