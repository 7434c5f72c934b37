package authz

// workPermissions are about processes and what people have to look at.
var workPermissions = []Definition{
	{
		Permission: ProcessDefinitionQuery, Object: ObjectProcessDefinition,
		Description: Text{"See process definitions", "Ver definiciones de proceso"},
	},
	{
		Permission: ProcessDefinitionCreate, Object: ObjectProcessDefinition,
		Description: Text{"Draw new process definitions, without publishing them", "Crear definiciones de proceso, sin publicarlas"},
		Implies:     []Permission{ProcessDefinitionQuery},
	},
	{
		Permission: ProcessDefinitionUpdate, Object: ObjectProcessDefinition,
		Description: Text{"Change drafts of process definitions, without publishing them", "Modificar borradores de procesos, sin publicarlos"},
		Implies:     []Permission{ProcessDefinitionQuery},
	},
	{
		Permission: ProcessDefinitionPublish, Object: ObjectProcessDefinition,
		Description: Text{"Publish, enable and disable process definitions", "Publicar, activar y desactivar definiciones de proceso"},
		Implies:     []Permission{ProcessDefinitionQuery},
	},
	{
		Permission: ProcessDefinitionDelete, Object: ObjectProcessDefinition,
		Description: Text{"Delete process definitions", "Eliminar definiciones de proceso"},
		Implies:     []Permission{ProcessDefinitionQuery},
	},
	{
		Permission: ProcessQuery, Object: ObjectProcess,
		Description: Text{"See all processes, not only the own ones", "Ver todos los procesos, no solo los propios"},
	},
	{
		Permission: ProcessStart, Object: ObjectProcess,
		Description: Text{"Start processes on behalf of others", "Iniciar procesos en nombre de otros"},
		Implies:     []Permission{ProcessQuery},
	},
	{
		Permission: ProcessUpdate, Object: ObjectProcess,
		Description: Text{"Change the variables of processes and reassign their tasks", "Modificar las variables de los procesos y reasignar sus tareas"},
		Implies:     []Permission{ProcessQuery},
	},
	{
		Permission: ProcessResume, Object: ObjectProcess,
		Description: Text{"Try again a process stopped by an error", "Reintentar un proceso detenido por un error"},
		Implies:     []Permission{ProcessQuery},
	},
	{
		Permission: ProcessCancel, Object: ObjectProcess,
		Description: Text{"Cancel processes", "Cancelar procesos"},
		Implies:     []Permission{ProcessQuery},
	},
	{
		Permission: IssueQuery, Object: ObjectIssue,
		Description: Text{"See all issues, not only the own ones", "Ver todas las incidencias, no solo las propias"},
	},
	{
		Permission: IssueUpdate, Object: ObjectIssue,
		Description: Text{"Comment, act on and solve issues", "Comentar, tratar y resolver incidencias"},
		Implies:     []Permission{IssueQuery},
	},
	{
		Permission: ReportQuery, Object: ObjectReport,
		Description: Text{"See and run reports", "Ver y ejecutar informes"},
	},
	{
		Permission: ReportUpdate, Object: ObjectReport,
		Description: Text{"Create, change and delete reports and their schedules", "Crear, modificar y eliminar informes y sus horarios"},
		Implies:     []Permission{ReportQuery},
	},
}

// settingsPermissions are about how the installation behaves.
var settingsPermissions = []Definition{
	{
		Permission: UserTypeQuery, Object: ObjectUserType,
		Description: Text{"See user types", "Ver tipos de usuario"},
	},
	{
		Permission: UserTypeCreate, Object: ObjectUserType,
		Description: Text{"Create user types", "Crear tipos de usuario"},
		Implies:     []Permission{UserTypeQuery},
	},
	{
		Permission: UserTypeUpdate, Object: ObjectUserType,
		Description: Text{"Change user types", "Modificar tipos de usuario"},
		Implies:     []Permission{UserTypeQuery},
	},
	{
		Permission: UserTypeDelete, Object: ObjectUserType,
		Description: Text{"Delete user types", "Eliminar tipos de usuario"},
		Implies:     []Permission{UserTypeQuery},
	},
	{
		Permission: GroupTypeQuery, Object: ObjectGroupType,
		Description: Text{"See group types", "Ver tipos de grupo"},
	},
	{
		Permission: GroupTypeCreate, Object: ObjectGroupType,
		Description: Text{"Create group types", "Crear tipos de grupo"},
		Implies:     []Permission{GroupTypeQuery},
	},
	{
		Permission: GroupTypeUpdate, Object: ObjectGroupType,
		Description: Text{"Change group types", "Modificar tipos de grupo"},
		Implies:     []Permission{GroupTypeQuery},
	},
	{
		Permission: GroupTypeDelete, Object: ObjectGroupType,
		Description: Text{"Delete group types", "Eliminar tipos de grupo"},
		Implies:     []Permission{GroupTypeQuery},
	},
	{
		Permission: NamingRuleQuery, Object: ObjectNamingRule,
		Description: Text{"See naming rules", "Ver reglas de nombres de cuenta"},
	},
	{
		Permission: NamingRuleCreate, Object: ObjectNamingRule,
		Description: Text{"Create naming rules", "Crear reglas de nombres de cuenta"},
		Implies:     []Permission{NamingRuleQuery},
	},
	{
		Permission: NamingRuleUpdate, Object: ObjectNamingRule,
		Description: Text{"Change naming rules", "Modificar reglas de nombres de cuenta"},
		Implies:     []Permission{NamingRuleQuery},
	},
	{
		Permission: NamingRuleDelete, Object: ObjectNamingRule,
		Description: Text{"Delete naming rules", "Eliminar reglas de nombres de cuenta"},
		Implies:     []Permission{NamingRuleQuery},
	},
	{
		Permission: PasswordDomainQuery, Object: ObjectPasswordDomain,
		Description: Text{"See password domains and policies", "Ver dominios y políticas de contraseñas"},
	},
	{
		Permission: PasswordDomainCreate, Object: ObjectPasswordDomain,
		Description: Text{"Create password domains and policies", "Crear dominios y políticas de contraseñas"},
		Implies:     []Permission{PasswordDomainQuery},
	},
	{
		Permission: PasswordDomainUpdate, Object: ObjectPasswordDomain,
		Description: Text{"Change password domains and policies", "Modificar dominios y políticas de contraseñas"},
		Implies:     []Permission{PasswordDomainQuery},
	},
	{
		Permission: PasswordDomainDelete, Object: ObjectPasswordDomain,
		Description: Text{"Delete password domains and policies", "Eliminar dominios y políticas de contraseñas"},
		Implies:     []Permission{PasswordDomainQuery},
	},
	{
		Permission: MetadataQuery, Object: ObjectMetadata,
		Description: Text{"See attribute definitions", "Ver definiciones de atributos"},
	},
	{
		Permission: MetadataCreate, Object: ObjectMetadata,
		Description: Text{"Create attribute definitions", "Crear definiciones de atributos"},
		Implies:     []Permission{MetadataQuery},
	},
	{
		Permission: MetadataUpdate, Object: ObjectMetadata,
		Description: Text{"Change attribute definitions", "Modificar definiciones de atributos"},
		Implies:     []Permission{MetadataQuery},
	},
	{
		Permission: MetadataDelete, Object: ObjectMetadata,
		Description: Text{"Delete attribute definitions", "Eliminar definiciones de atributos"},
		Implies:     []Permission{MetadataQuery},
	},
	{
		Permission: ParameterQuery, Object: ObjectParameter,
		Description: Text{"See configuration parameters", "Ver parámetros de configuración"},
	},
	{
		Permission: ParameterUpdate, Object: ObjectParameter,
		Description: Text{"Set, change and remove configuration parameters", "Definir, modificar y eliminar parámetros de configuración"},
		Implies:     []Permission{ParameterQuery},
	},
	{
		Permission: SettingsQuery, Object: ObjectSettings,
		Description: Text{"See the settings of the installation", "Ver los ajustes de la instalación"},
	},
	{
		Permission: SettingsUpdate, Object: ObjectSettings,
		Description: Text{"Change the settings of the installation, such as the synchronisation mode", "Modificar los ajustes de la instalación, como el modo de sincronización"},
		Implies:     []Permission{SettingsQuery},
	},
}

// oversightPermissions are about who may do what, and who did it.
var oversightPermissions = []Definition{
	{
		Permission: AuthorizationQuery, Object: ObjectAuthorization,
		Description: Text{"See which roles hold which permissions", "Ver qué roles tienen qué permisos"},
	},
	{
		Permission: AuthorizationUpdate, Object: ObjectAuthorization,
		Description: Text{"Give permissions to roles and take them away", "Conceder y retirar permisos a los roles"},
		Implies:     []Permission{AuthorizationQuery, RoleQuery},
	},
	{
		Permission: AuditQuery, Object: ObjectAudit,
		Description: Text{"See the audit trail", "Ver el registro de auditoría"},
	},
	{
		Permission: TokenQuery, Object: ObjectToken,
		Description: Text{"See the API tokens of all users", "Ver los tokens de API de todos los usuarios"},
	},
	{
		Permission: TokenCreate, Object: ObjectToken,
		Description: Text{"Create API tokens for other users", "Crear tokens de API para otros usuarios"},
		Implies:     []Permission{TokenQuery},
	},
	{
		Permission: TokenRevoke, Object: ObjectToken,
		Description: Text{"Revoke the API tokens of other users", "Revocar los tokens de API de otros usuarios"},
		Implies:     []Permission{TokenQuery},
	},
}
