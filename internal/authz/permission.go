package authz

// Object is what a permission is about: the "scope" column of guide page 053.
type Object string

// The objects permissions are about.
const (
	// ObjectUser is for identities.
	ObjectUser Object = "user"
	// ObjectGroup is for business units and departments.
	ObjectGroup Object = "group"
	// ObjectAccount is for accounts in managed systems.
	ObjectAccount Object = "account"
	// ObjectSystem is for managed systems and their agents.
	ObjectSystem Object = "system"
	// ObjectInformationSystem is for applications in the functional sense.
	ObjectInformationSystem Object = "informationSystem"
	// ObjectRole is for entitlements of information systems.
	ObjectRole Object = "role"
	// ObjectGrant is for roles held by accounts.
	ObjectGrant Object = "grant"
	// ObjectScope is for domains and values that limit grants.
	ObjectScope Object = "scope"
	// ObjectAssignmentRule is for scripts that yield grants.
	ObjectAssignmentRule Object = "assignmentRule"
	// ObjectSodRule is for roles that must not meet.
	ObjectSodRule Object = "sodRule"
	// ObjectUserType is for classes of users.
	ObjectUserType Object = "userType"
	// ObjectGroupType is for classes of groups.
	ObjectGroupType Object = "groupType"
	// ObjectNamingRule is for rules that name accounts.
	ObjectNamingRule Object = "namingRule"
	// ObjectPasswordDomain is for systems that share a password, and their policies.
	ObjectPasswordDomain Object = "passwordDomain"
	// ObjectMetadata is for definitions of custom attributes.
	ObjectMetadata Object = "metadata"
	// ObjectAuthorization is for permissions and the roles that hold them.
	ObjectAuthorization Object = "authorization"
	// ObjectParameter is for configuration parameters.
	ObjectParameter Object = "parameter"
	// ObjectSettings is for settings of the installation.
	ObjectSettings Object = "settings"
	// ObjectSyncTask is for objects on their way to the systems.
	ObjectSyncTask Object = "syncTask"
	// ObjectRun is for executions of jobs.
	ObjectRun Object = "run"
	// ObjectProcessDefinition is for uploaded process definitions.
	ObjectProcessDefinition Object = "processDefinition"
	// ObjectProcess is for running and finished processes.
	ObjectProcess Object = "process"
	// ObjectIssue is for events somebody has to look at.
	ObjectIssue Object = "issue"
	// ObjectReport is for reports and scheduled exports.
	ObjectReport Object = "report"
	// ObjectAudit is for the audit trail.
	ObjectAudit Object = "audit"
	// ObjectToken is for API tokens.
	ObjectToken Object = "token"
	// ObjectScript is for scripts of the installation.
	ObjectScript Object = "script"
	// ObjectTemporal is for the window on the workflow engine.
	ObjectTemporal Object = "temporal"
)

// Permission names one thing a principal may do, as object:action. The names are stored
// in rows and used by other people's scripts, so that they are never changed.
type Permission string

// Permissions on identities.
const (
	UserQuery    Permission = "user:query"
	UserCreate   Permission = "user:create"
	UserUpdate   Permission = "user:update"
	UserDelete   Permission = "user:delete"
	UserSync     Permission = "user:sync"
	UserPassword Permission = "user:password"
	UserUnlock   Permission = "user:unlock"
)

// Permissions on business units and departments.
const (
	GroupQuery  Permission = "group:query"
	GroupCreate Permission = "group:create"
	GroupUpdate Permission = "group:update"
	GroupDelete Permission = "group:delete"
	GroupSync   Permission = "group:sync"
)

// Permissions on accounts in managed systems.
const (
	AccountQuery    Permission = "account:query"
	AccountCreate   Permission = "account:create"
	AccountUpdate   Permission = "account:update"
	AccountDelete   Permission = "account:delete"
	AccountSync     Permission = "account:sync"
	AccountPassword Permission = "account:password"
)

// Permissions on managed systems and their agents.
const (
	SystemQuery     Permission = "system:query"
	SystemCreate    Permission = "system:create"
	SystemUpdate    Permission = "system:update"
	SystemDelete    Permission = "system:delete"
	SystemReconcile Permission = "system:reconcile"
	SystemLoad      Permission = "system:load"
	SystemProvision Permission = "system:provision"
)

// Permissions on applications in the functional sense.
const (
	InformationSystemQuery  Permission = "informationSystem:query"
	InformationSystemCreate Permission = "informationSystem:create"
	InformationSystemUpdate Permission = "informationSystem:update"
	InformationSystemDelete Permission = "informationSystem:delete"
)

// Permissions on entitlements of information systems.
const (
	RoleQuery  Permission = "role:query"
	RoleCreate Permission = "role:create"
	RoleUpdate Permission = "role:update"
	RoleDelete Permission = "role:delete"
	RoleSync   Permission = "role:sync"
)

// Permissions on roles held by accounts.
const (
	GrantQuery  Permission = "grant:query"
	GrantCreate Permission = "grant:create"
	GrantUpdate Permission = "grant:update"
	GrantRevoke Permission = "grant:revoke"
)

// Permissions on domains and values that limit grants.
const (
	ScopeQuery  Permission = "scope:query"
	ScopeCreate Permission = "scope:create"
	ScopeUpdate Permission = "scope:update"
	ScopeDelete Permission = "scope:delete"
)

// Permissions on scripts that yield grants.
const (
	AssignmentRuleQuery  Permission = "assignmentRule:query"
	AssignmentRuleCreate Permission = "assignmentRule:create"
	AssignmentRuleUpdate Permission = "assignmentRule:update"
	AssignmentRuleDelete Permission = "assignmentRule:delete"
)

// Permissions on roles that must not meet.
const (
	SodRuleQuery  Permission = "sodRule:query"
	SodRuleCreate Permission = "sodRule:create"
	SodRuleUpdate Permission = "sodRule:update"
	SodRuleDelete Permission = "sodRule:delete"
)

// Permissions on classes of users.
const (
	UserTypeQuery  Permission = "userType:query"
	UserTypeCreate Permission = "userType:create"
	UserTypeUpdate Permission = "userType:update"
	UserTypeDelete Permission = "userType:delete"
)

// Permissions on classes of groups.
const (
	GroupTypeQuery  Permission = "groupType:query"
	GroupTypeCreate Permission = "groupType:create"
	GroupTypeUpdate Permission = "groupType:update"
	GroupTypeDelete Permission = "groupType:delete"
)

// Permissions on rules that name accounts.
const (
	NamingRuleQuery  Permission = "namingRule:query"
	NamingRuleCreate Permission = "namingRule:create"
	NamingRuleUpdate Permission = "namingRule:update"
	NamingRuleDelete Permission = "namingRule:delete"
)

// Permissions on systems that share a password, and their policies.
const (
	PasswordDomainQuery  Permission = "passwordDomain:query"
	PasswordDomainCreate Permission = "passwordDomain:create"
	PasswordDomainUpdate Permission = "passwordDomain:update"
	PasswordDomainDelete Permission = "passwordDomain:delete"
)

// Permissions on definitions of custom attributes.
const (
	MetadataQuery  Permission = "metadata:query"
	MetadataCreate Permission = "metadata:create"
	MetadataUpdate Permission = "metadata:update"
	MetadataDelete Permission = "metadata:delete"
)

// Permissions on permissions and the roles that hold them.
const (
	AuthorizationQuery  Permission = "authorization:query"
	AuthorizationUpdate Permission = "authorization:update"
)

// Permissions on configuration parameters.
const (
	ParameterQuery  Permission = "parameter:query"
	ParameterUpdate Permission = "parameter:update"
)

// Permissions on settings of the installation.
const (
	SettingsQuery  Permission = "settings:query"
	SettingsUpdate Permission = "settings:update"
)

// Permissions on objects on their way to the systems.
const (
	SyncTaskQuery      Permission = "syncTask:query"
	SyncTaskRelease    Permission = "syncTask:release"
	SyncTaskCancel     Permission = "syncTask:cancel"
	SyncTaskPrioritise Permission = "syncTask:prioritise"
)

// Permissions on executions of jobs.
const (
	RunQuery  Permission = "run:query"
	RunStart  Permission = "run:start"
	RunResume Permission = "run:resume"
	RunCancel Permission = "run:cancel"
)

// Permissions on uploaded process definitions.
const (
	ProcessDefinitionQuery   Permission = "processDefinition:query"
	ProcessDefinitionCreate  Permission = "processDefinition:create"
	ProcessDefinitionUpdate  Permission = "processDefinition:update"
	ProcessDefinitionPublish Permission = "processDefinition:publish"
	ProcessDefinitionDelete  Permission = "processDefinition:delete"
)

// Permissions on running and finished processes.
const (
	ProcessQuery  Permission = "process:query"
	ProcessStart  Permission = "process:start"
	ProcessUpdate Permission = "process:update"
	ProcessResume Permission = "process:resume"
	ProcessCancel Permission = "process:cancel"
)

// Permissions on events somebody has to look at.
const (
	IssueQuery  Permission = "issue:query"
	IssueUpdate Permission = "issue:update"
)

// Permissions on reports and scheduled exports.
const (
	ReportQuery  Permission = "report:query"
	ReportUpdate Permission = "report:update"
)

// Permissions on the audit trail.
const (
	AuditQuery Permission = "audit:query"
)

// Permissions on API tokens.
const (
	TokenQuery  Permission = "token:query"
	TokenCreate Permission = "token:create"
	TokenRevoke Permission = "token:revoke"
)

// Permissions on scripts of the installation.
const (
	ScriptRun Permission = "script:run"
)

// Permissions on the window on the workflow engine.
const (
	TemporalRead Permission = "temporal:read"
)
