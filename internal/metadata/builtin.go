package metadata

// definition is a built-in attribute: its code is the JSON name of the field.
type definition struct {
	code             string
	kind             DataType
	english, spanish string
	size             int
	required         bool
	readOnly         bool
	quick            bool
	multi            bool
	unfiltered       bool
	reference        string // REST resource, where the data type does not say it
	values           []Value
}

// text, flag and so on begin a definition; the chained methods complete it.
func text(code, english, spanish string, size int) definition {
	return definition{code: code, kind: String, english: english, spanish: spanish, size: size}
}

func of(kind DataType, code, english, spanish string) definition {
	return definition{code: code, kind: kind, english: english, spanish: spanish}
}

func separator(code, english, spanish string) definition {
	return definition{code: code, kind: Separator, english: english, spanish: spanish, readOnly: true}
}

func (d definition) must() definition { d.required = true; return d }

func (d definition) fixed() definition { d.readOnly = true; return d }

func (d definition) quickly() definition { d.quick = true; return d }

func (d definition) oneOf(values ...Value) definition { d.values = values; return d }

func (d definition) from(resource string) definition { d.reference = resource; return d }

// audited are the fields that every object ends with.
var audited = []definition{
	separator("auditSection", "Audit information", "Información de auditoría"),
	of(DateTime, "createdAt", "Created on", "Creado el").fixed(),
	text("createdBy", "Created by", "Creado por", 0).fixed(),
	of(DateTime, "updatedAt", "Updated on", "Modificado el").fixed(),
	text("updatedBy", "Updated by", "Modificado por", 0).fixed(),
}

// builtins are the attributes that come with the platform, in their order, by object type (guide pages 014 to 018 and 045).
var builtins = map[string][]definition{
	"user":              append(userDefinitions, audited...),
	"group":             append(groupDefinitions, audited...),
	"account":           append(accountDefinitions, audited...),
	"role":              append(roleDefinitions, audited...),
	"informationSystem": append(informationSystemDefinitions, audited...),
	"system":            append(systemDefinitions, audited...),
	"roleAccount":       append(grantDefinitions, audited...),
	"userGroup":         append(membershipDefinitions, audited...),
}

// ObjectTypes lists the object types that have metadata.
func ObjectTypes() []string {
	return []string{"user", "group", "account", "role", "informationSystem", "system", "roleAccount", "userGroup"}
}

var userDefinitions = []definition{
	separator("commonSection", "Common attributes", "Atributos comunes"),
	text("userName", "User name", "Nombre de usuario", 100).must().quickly(),
	text("firstName", "First name", "Nombre", 200),
	text("lastName", "Last name", "Apellidos", 200),
	text("middleName", "Middle name", "Segundo nombre", 200),
	text("fullName", "Full name", "Nombre completo", 600).fixed().quickly(),
	separator("organizationSection", "Organisation", "Organización"),
	of(UserTypeRef, "userType", "User type", "Tipo de usuario").must(),
	of(GroupRef, "primaryGroup", "Primary group", "Grupo primario").must(),
	text("homeServer", "Home server", "Servidor de carpeta personal", 255),
	text("profileServer", "Profile server", "Servidor de perfil", 255),
	text("phone", "Phone", "Teléfono", 100),
	separator("mailSection", "Mail service", "Servicio de correo"),
	of(Email, "email", "E-mail", "Correo electrónico").quickly(),
	text("mailAlias", "Mail alias", "Alias de correo", 2000),
	text("mailServer", "Mail server", "Servidor de correo", 255),
	separator("statusSection", "User status", "Estado del usuario"),
	of(Boolean, "active", "Enabled", "Activo"),
	of(Boolean, "multiSession", "Multiple sessions", "Sesiones múltiples"),
	of(Multiline, "comments", "Comments", "Comentarios"),
	of(SystemRef, "sourceSystem", "Source", "Origen").fixed(),
}

var groupDefinitions = []definition{
	text("name", "Name", "Nombre", 150).must().quickly(),
	text("description", "Description", "Descripción", 1000).quickly(),
	of(GroupRef, "parent", "Parent group", "Grupo superior"),
	of(GroupTypeRef, "groupType", "Group type", "Tipo de grupo"),
	text("driveLetter", "Drive letter", "Letra de unidad", 10),
	text("driveServer", "Drive server", "Servidor de unidad", 255),
	of(Boolean, "disabled", "Disabled", "Desactivado"),
	of(DateTime, "activeSince", "Active since", "Activo desde"),
	of(DateTime, "activeUntil", "Active until", "Activo hasta"),
}

var accountDefinitions = []definition{
	of(SystemRef, "system", "System", "Sistema").must(),
	text("name", "Name", "Nombre", 250).must().quickly(),
	text("loginName", "Login name", "Nombre de acceso", 250),
	text("description", "Description", "Descripción", 1000).quickly(),
	text("type", "Type", "Tipo", 0).must().oneOf(
		Value{"single", "Single user"}, Value{"shared", "Shared"}, Value{"privileged", "Privileged"}, Value{"unmanaged", "Unmanaged"}),
	text("status", "Status", "Estado", 0).must().oneOf(
		Value{"enabled", "Enabled"}, Value{"forcedEnabled", "Manually enabled"}, Value{"locked", "Locked"}, Value{"disabled", "Disabled"},
		Value{"forcedDisabled", "Manually disabled"}, Value{"removed", "Removed"}, Value{"archived", "Archived"}),
	of(UserTypeRef, "userType", "Password policy", "Política de contraseñas").must(),
	of(UserRef, "user", "User", "Usuario"),
	text("fullName", "Full name", "Nombre completo", 0).fixed(),
	text("externalId", "External id", "Identificador externo", 500),
	separator("activitySection", "Activity", "Actividad"),
	of(DateTime, "lastLogin", "Last login", "Último acceso").fixed(),
	of(DateTime, "lastSync", "Last synchronisation", "Última sincronización").fixed(),
	of(DateTime, "lastPasswordSet", "Last password set", "Último cambio de contraseña").fixed(),
	of(DateTime, "passwordExpires", "Password expires", "Caducidad de la contraseña").fixed(),
	text("origin", "Origin", "Origen", 0).fixed(),
}

var roleDefinitions = []definition{
	text("name", "Name", "Nombre", 150).must().quickly(),
	text("description", "Description", "Descripción", 2000).quickly(),
	of(SystemRef, "system", "System", "Sistema").must(),
	text("category", "Category", "Categoría", 200),
	of(InformationSystemRef, "informationSystem", "Information system", "Sistema de información").must(),
	text("scopeDomain", "Scope", "Ámbito", 0).from("scope-domains"),
	of(Boolean, "bpmEnabled", "Available in processes", "Disponible en procesos"),
	of(Boolean, "passwordProtected", "Password protected", "Protegido por contraseña"),
	text("externalId", "External id", "Identificador externo", 500),
	of(DateTime, "approvalStart", "Approval start", "Inicio de la aprobación"),
	of(DateTime, "approvalEnd", "Approval end", "Fin de la aprobación"),
}

var informationSystemDefinitions = []definition{
	text("name", "Name", "Nombre", 150).must().quickly(),
	text("description", "Description", "Descripción", 2000).quickly(),
	of(InformationSystemRef, "parent", "Parent", "Superior"),
	text("kind", "Type", "Tipo", 0).must().oneOf(
		Value{"application", "Application"}, Value{"container", "Container"}, Value{"business", "Business"}),
	of(UserRef, "owner", "Owner", "Propietario"),
	text("sources", "Sources", "Fuentes", 2000),
	text("binaries", "Binaries", "Binarios", 2000),
	text("database", "Database", "Base de datos", 2000),
	of(Boolean, "bpmEnabled", "Available in processes", "Disponible en procesos"),
	text("notificationEmails", "Notification e-mails", "Correos de notificación", 2000),
	text("approvalProcess", "Approval process", "Proceso de aprobación", 200),
	text("roleDefinitionProcess", "Role definition process", "Proceso de definición de roles", 200),
	of(Boolean, "singleRole", "Single role", "Rol único"),
}

var systemDefinitions = []definition{
	text("name", "Name", "Nombre", 100).must().quickly(),
	text("description", "Description", "Descripción", 1000).quickly(),
	text("usage", "Usage", "Uso", 0).must().oneOf(Value{"iam", "Identity management"}, Value{"pam", "Privileged access"}),
	text("connector", "Connector", "Conector", 50).must().from("connectors"),
	text("server", "Server", "Servidor", 100),
	text("alternativeServer", "Alternative server", "Servidor alternativo", 100),
	of(Boolean, "sharedThreads", "Shared threads", "Hilos compartidos"),
	of(Number, "threads", "Threads", "Hilos"),
	of(Number, "taskTimeoutMs", "Task time-out (ms)", "Tiempo máximo de tarea (ms)"),
	of(Number, "longTaskTimeoutMs", "Long task time-out (ms)", "Tiempo máximo de tarea larga (ms)"),
	separator("policySection", "Account management", "Gestión de cuentas"),
	of(Boolean, "readOnly", "Read only", "Solo lectura"),
	of(Boolean, "paused", "Paused", "En pausa"),
	of(Boolean, "manualAccountCreation", "Manual account creation", "Creación manual de cuentas"),
	of(Boolean, "roleBased", "Role based", "Basado en roles"),
	text("namingRule", "Naming rule", "Regla de nombres", 0).from("naming-rules"),
	text("passwordDomain", "Password domain", "Dominio de contraseñas", 0).from("password-domains"),
	of(Boolean, "trustPasswords", "Trust passwords", "Contraseñas de confianza"),
	text("removal", "When a user leaves", "Al salir un usuario", 0).oneOf(
		Value{"disable", "Disable"}, Value{"delete", "Delete"}, Value{"detach", "Detach"}),
	of(Boolean, "deltaChanges", "Delta changes", "Cambios incrementales"),
	of(Boolean, "removeRolesFromDisabled", "Remove roles from disabled accounts", "Quitar roles a cuentas desactivadas"),
	separator("sourceSection", "Source of identities", "Fuente de identidades"),
	of(Boolean, "authoritative", "Authoritative source", "Fuente autoritativa"),
	of(Boolean, "fullReconciliation", "Full reconciliation", "Reconciliación completa"),
	of(Boolean, "propagateChanges", "Propagate changes", "Propagar cambios"),
	of(Number, "precedence", "Precedence", "Precedencia"),
}

var grantDefinitions = []definition{
	text("role", "Role", "Rol", 0).must().quickly().from("roles"),
	text("roleDescription", "Description", "Descripción", 0).fixed(),
	of(SystemRef, "system", "System", "Sistema").fixed(),
	of(InformationSystemRef, "informationSystem", "Information system", "Sistema de información").fixed(),
	text("account", "Account", "Cuenta", 0).must().quickly().from("accounts"),
	of(UserRef, "user", "User", "Usuario").fixed(),
	text("fullName", "Full name", "Nombre completo", 0).fixed(),
	text("scopeName", "Scope", "Ámbito", 0).fixed(),
	of(GroupRef, "holderGroup", "Holder group", "Grupo titular"),
	of(DateTime, "startAt", "Start date", "Fecha de inicio"),
	of(DateTime, "endAt", "End date", "Fecha de fin"),
	text("state", "State", "Estado", 0).fixed().oneOf(
		Value{"active", "Active"}, Value{"approvalPending", "Pending approval"}, Value{"removalPending", "Pending removal"}),
	text("origin", "Origin", "Origen", 0).fixed(),
}

var membershipDefinitions = []definition{
	of(UserRef, "user", "User", "Usuario").must(),
	text("fullName", "Full name", "Nombre completo", 0).fixed(),
	of(GroupRef, "group", "Group", "Grupo").must(),
	of(DateTime, "startAt", "Start date", "Fecha de inicio"),
	of(DateTime, "endAt", "End date", "Fecha de fin"),
	of(Multiline, "comments", "Comments", "Comentarios"),
}

// definitionOf finds a built-in attribute.
func definitionOf(objectType, code string) (definition, bool) {
	for _, d := range builtins[objectType] {
		if d.code == code {
			return d, true
		}
	}
	return definition{}, false
}

// Builtins gives the built-in attributes of an object type as metadata rows in their factory setting, without ids.
func Builtins(objectType string) []Attribute {
	definitions := builtins[objectType]
	out := make([]Attribute, len(definitions))
	for i, d := range definitions {
		out[i] = Attribute{
			ObjectType: objectType, Code: d.code, DataType: d.kind, Builtin: true, Position: (i + 1) * 10,
			Options: Options{
				Label: map[string]string{"en": d.english, "es": d.spanish}, Required: d.required, QuickSearch: d.quick, MultiValued: d.multi,
				Size: d.size, Values: d.values,
			},
		}
		if i >= len(definitions)-len(audited) {
			out[i].Position += 10000 // custom attributes stand before the audit information
		}
	}
	return out
}
