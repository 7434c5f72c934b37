package authz

import "slices"

// Limits shared by the permissions on one object: people and their accounts can be
// limited to groups, entitlements to information systems, and grants, which join the two,
// to either.
var (
	byGroup             = []ScopeKind{ScopeGroup}
	byInformationSystem = []ScopeKind{ScopeInformationSystem}
	byEither            = []ScopeKind{ScopeGroup, ScopeInformationSystem}
)

// catalogue is in reading order: by object, from looking to changing.
var catalogue = slices.Concat(
	directoryPermissions,
	entitlementPermissions,
	integrationPermissions,
	workPermissions,
	settingsPermissions,
	oversightPermissions,
)

// directoryPermissions are about people, groups and accounts.
var directoryPermissions = []Definition{
	{
		Permission: UserQuery, Object: ObjectUser,
		Description: Text{"See users and their attributes", "Ver usuarios y sus atributos"},
		Limits:      byGroup,
	},
	{
		Permission: UserCreate, Object: ObjectUser,
		Description: Text{"Create users", "Crear usuarios"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: UserUpdate, Object: ObjectUser,
		Description: Text{"Change users, their memberships and attributes", "Modificar usuarios, sus grupos y atributos"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: UserDelete, Object: ObjectUser,
		Description: Text{"Delete users", "Eliminar usuarios"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: UserSync, Object: ObjectUser,
		Description: Text{"Synchronise a user with the systems now", "Sincronizar ahora un usuario con los sistemas"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: UserPassword, Object: ObjectUser,
		Description: Text{"Set or generate the password of another user", "Cambiar o generar la contraseña de otro usuario"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: UserUnlock, Object: ObjectUser,
		Description: Text{"Unlock users locked by failed logins", "Desbloquear usuarios bloqueados por accesos fallidos"},
		Implies:     []Permission{UserQuery}, Limits: byGroup,
	},
	{
		Permission: GroupQuery, Object: ObjectGroup,
		Description: Text{"See groups and their members", "Ver grupos y sus miembros"},
		Limits:      byGroup,
	},
	{
		Permission: GroupCreate, Object: ObjectGroup,
		Description: Text{"Create groups below the ones in reach", "Crear grupos bajo los alcanzables"},
		Implies:     []Permission{GroupQuery}, Limits: byGroup,
	},
	{
		Permission: GroupUpdate, Object: ObjectGroup,
		Description: Text{"Change groups and their members", "Modificar grupos y sus miembros"},
		Implies:     []Permission{GroupQuery}, Limits: byGroup,
	},
	{
		Permission: GroupDelete, Object: ObjectGroup,
		Description: Text{"Delete groups", "Eliminar grupos"},
		Implies:     []Permission{GroupQuery}, Limits: byGroup,
	},
	{
		Permission: GroupSync, Object: ObjectGroup,
		Description: Text{"Synchronise a group with the systems now", "Sincronizar ahora un grupo con los sistemas"},
		Implies:     []Permission{GroupQuery}, Limits: byGroup,
	},
	{
		Permission: AccountQuery, Object: ObjectAccount,
		Description: Text{"See accounts and who may use them", "Ver cuentas y quién puede usarlas"},
		Limits:      byGroup,
	},
	{
		Permission: AccountCreate, Object: ObjectAccount,
		Description: Text{"Create accounts", "Crear cuentas"},
		Implies:     []Permission{AccountQuery}, Limits: byGroup,
	},
	{
		Permission: AccountUpdate, Object: ObjectAccount,
		Description: Text{"Change accounts, their status and their owners", "Modificar cuentas, su estado y sus propietarios"},
		Implies:     []Permission{AccountQuery}, Limits: byGroup,
	},
	{
		Permission: AccountDelete, Object: ObjectAccount,
		Description: Text{"Remove accounts", "Eliminar cuentas"},
		Implies:     []Permission{AccountQuery}, Limits: byGroup,
	},
	{
		Permission: AccountSync, Object: ObjectAccount,
		Description: Text{"Synchronise an account with its system now", "Sincronizar ahora una cuenta con su sistema"},
		Implies:     []Permission{AccountQuery}, Limits: byGroup,
	},
	{
		Permission: AccountPassword, Object: ObjectAccount,
		Description: Text{"Set or read the password of an account, as its policy allows", "Cambiar o consultar la contraseña de una cuenta según su política"},
		Implies:     []Permission{AccountQuery}, Limits: byGroup,
	},
}

// entitlementPermissions are about information systems, roles and what is granted.
var entitlementPermissions = []Definition{
	{
		Permission: InformationSystemQuery, Object: ObjectInformationSystem,
		Description: Text{"See information systems", "Ver sistemas de información"},
		Limits:      byInformationSystem,
	},
	{
		Permission: InformationSystemCreate, Object: ObjectInformationSystem,
		Description: Text{"Create information systems below the ones in reach", "Crear sistemas de información bajo los alcanzables"},
		Implies:     []Permission{InformationSystemQuery}, Limits: byInformationSystem,
	},
	{
		Permission: InformationSystemUpdate, Object: ObjectInformationSystem,
		Description: Text{"Change information systems and their approval processes", "Modificar sistemas de información y sus procesos de aprobación"},
		Implies:     []Permission{InformationSystemQuery}, Limits: byInformationSystem,
	},
	{
		Permission: InformationSystemDelete, Object: ObjectInformationSystem,
		Description: Text{"Delete information systems", "Eliminar sistemas de información"},
		Implies:     []Permission{InformationSystemQuery}, Limits: byInformationSystem,
	},
	{
		Permission: RoleQuery, Object: ObjectRole,
		Description: Text{"See roles, what they contain and who holds them", "Ver roles, su contenido y quién los tiene"},
		Limits:      byInformationSystem,
	},
	{
		Permission: RoleCreate, Object: ObjectRole,
		Description: Text{"Create roles", "Crear roles"},
		Implies:     []Permission{RoleQuery}, Limits: byInformationSystem,
	},
	{
		Permission: RoleUpdate, Object: ObjectRole,
		Description: Text{"Change roles and the roles they contain", "Modificar roles y los roles que contienen"},
		Implies:     []Permission{RoleQuery}, Limits: byInformationSystem,
	},
	{
		Permission: RoleDelete, Object: ObjectRole,
		Description: Text{"Delete roles", "Eliminar roles"},
		Implies:     []Permission{RoleQuery}, Limits: byInformationSystem,
	},
	{
		Permission: RoleSync, Object: ObjectRole,
		Description: Text{"Synchronise a role with its system now", "Sincronizar ahora un rol con su sistema"},
		Implies:     []Permission{RoleQuery}, Limits: byInformationSystem,
	},
	{
		Permission: GrantQuery, Object: ObjectGrant,
		Description: Text{"See who holds which role, and why", "Ver quién tiene qué rol y por qué"},
		Limits:      byEither,
	},
	{
		Permission: GrantCreate, Object: ObjectGrant,
		Description: Text{"Grant roles directly", "Conceder roles directamente"},
		Implies:     []Permission{GrantQuery}, Limits: byEither,
	},
	{
		Permission: GrantUpdate, Object: ObjectGrant,
		Description: Text{"Change the dates and the scope of grants", "Modificar las fechas y el ámbito de las concesiones"},
		Implies:     []Permission{GrantQuery}, Limits: byEither,
	},
	{
		Permission: GrantRevoke, Object: ObjectGrant,
		Description: Text{"Revoke roles directly", "Revocar roles directamente"},
		Implies:     []Permission{GrantQuery}, Limits: byEither,
	},
	{
		Permission: ScopeQuery, Object: ObjectScope,
		Description: Text{"See scopes and their values", "Ver ámbitos y sus valores"},
		Limits:      byInformationSystem,
	},
	{
		Permission: ScopeCreate, Object: ObjectScope,
		Description: Text{"Create scopes and their values", "Crear ámbitos y sus valores"},
		Implies:     []Permission{ScopeQuery}, Limits: byInformationSystem,
	},
	{
		Permission: ScopeUpdate, Object: ObjectScope,
		Description: Text{"Change scopes and their values", "Modificar ámbitos y sus valores"},
		Implies:     []Permission{ScopeQuery}, Limits: byInformationSystem,
	},
	{
		Permission: ScopeDelete, Object: ObjectScope,
		Description: Text{"Delete scopes and their values", "Eliminar ámbitos y sus valores"},
		Implies:     []Permission{ScopeQuery}, Limits: byInformationSystem,
	},
	{
		Permission: AssignmentRuleQuery, Object: ObjectAssignmentRule,
		Description: Text{"See role assignment rules", "Ver reglas de asignación de roles"},
	},
	{
		Permission: AssignmentRuleCreate, Object: ObjectAssignmentRule,
		Description: Text{"Create role assignment rules", "Crear reglas de asignación de roles"},
		Implies:     []Permission{AssignmentRuleQuery},
	},
	{
		Permission: AssignmentRuleUpdate, Object: ObjectAssignmentRule,
		Description: Text{"Change role assignment rules", "Modificar reglas de asignación de roles"},
		Implies:     []Permission{AssignmentRuleQuery},
	},
	{
		Permission: AssignmentRuleDelete, Object: ObjectAssignmentRule,
		Description: Text{"Delete role assignment rules", "Eliminar reglas de asignación de roles"},
		Implies:     []Permission{AssignmentRuleQuery},
	},
	{
		Permission: SodRuleQuery, Object: ObjectSodRule,
		Description: Text{"See segregation of duties rules", "Ver reglas de segregación de funciones"},
	},
	{
		Permission: SodRuleCreate, Object: ObjectSodRule,
		Description: Text{"Create segregation of duties rules", "Crear reglas de segregación de funciones"},
		Implies:     []Permission{SodRuleQuery},
	},
	{
		Permission: SodRuleUpdate, Object: ObjectSodRule,
		Description: Text{"Change segregation of duties rules", "Modificar reglas de segregación de funciones"},
		Implies:     []Permission{SodRuleQuery},
	},
	{
		Permission: SodRuleDelete, Object: ObjectSodRule,
		Description: Text{"Delete segregation of duties rules", "Eliminar reglas de segregación de funciones"},
		Implies:     []Permission{SodRuleQuery},
	},
}

// integrationPermissions are about managed systems, and what travels to and from them.
var integrationPermissions = []Definition{
	{
		Permission: SystemQuery, Object: ObjectSystem,
		Description: Text{"See managed systems and their agents", "Ver sistemas gestionados y sus agentes"},
	},
	{
		Permission: SystemCreate, Object: ObjectSystem,
		Description: Text{"Create managed systems", "Crear sistemas gestionados"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SystemUpdate, Object: ObjectSystem,
		Description: Text{"Change the connection, the mapping and the policy of a system", "Modificar la conexión, el mapeo y la política de un sistema"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SystemDelete, Object: ObjectSystem,
		Description: Text{"Delete managed systems", "Eliminar sistemas gestionados"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SystemReconcile, Object: ObjectSystem,
		Description: Text{"Run a reconciliation of a system", "Ejecutar la reconciliación de un sistema"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SystemLoad, Object: ObjectSystem,
		Description: Text{"Run an authoritative load from a system", "Ejecutar una carga autoritativa desde un sistema"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SystemProvision, Object: ObjectSystem,
		Description: Text{"Send all objects to a system, or preview the effect", "Enviar todos los objetos a un sistema o previsualizar el efecto"},
		Implies:     []Permission{SystemQuery},
	},
	{
		Permission: SyncTaskQuery, Object: ObjectSyncTask,
		Description: Text{"See synchronisation tasks and their errors", "Ver tareas de sincronización y sus errores"},
	},
	{
		Permission: SyncTaskRelease, Object: ObjectSyncTask,
		Description: Text{"Release tasks held back by a guard, or try failed ones again", "Liberar tareas retenidas por un límite o reintentar las fallidas"},
		Implies:     []Permission{SyncTaskQuery},
	},
	{
		Permission: SyncTaskCancel, Object: ObjectSyncTask,
		Description: Text{"Cancel synchronisation tasks", "Cancelar tareas de sincronización"},
		Implies:     []Permission{SyncTaskQuery},
	},
	{
		Permission: SyncTaskPrioritise, Object: ObjectSyncTask,
		Description: Text{"Change the priority of synchronisation tasks", "Cambiar la prioridad de las tareas de sincronización"},
		Implies:     []Permission{SyncTaskQuery},
	},
	{
		Permission: RunQuery, Object: ObjectRun,
		Description: Text{"See jobs, their runs, change lists and logs", "Ver trabajos, sus ejecuciones, listas de cambios y registros"},
	},
	{
		Permission: RunStart, Object: ObjectRun,
		Description: Text{"Start jobs and change their schedules", "Iniciar trabajos y cambiar sus horarios"},
		Implies:     []Permission{RunQuery},
	},
	{
		Permission: RunResume, Object: ObjectRun,
		Description: Text{"Let a run held back by a guard go on", "Permitir que continúe una ejecución retenida por un límite"},
		Implies:     []Permission{RunQuery},
	},
	{
		Permission: RunCancel, Object: ObjectRun,
		Description: Text{"Cancel runs", "Cancelar ejecuciones"},
		Implies:     []Permission{RunQuery},
	},
	{
		Permission: ScriptRun, Object: ObjectScript,
		Description: Text{"Try out scripts in the editor without saving them", "Probar scripts en el editor sin guardarlos"},
	},
	{
		Permission: TemporalRead, Object: ObjectTemporal,
		Description: Text{"See the workflows in the Temporal console", "Ver los flujos de trabajo en la consola de Temporal"},
	},
}
