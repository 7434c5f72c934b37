package scriptservice

// later says of services and methods of the guide that come with a later version what is to be used meanwhile, or why they are missing.
var later = map[string]string{
	"CustomObjectService":                     "custom objects come with a later one",
	"AttributeTranslationService":             "translation tables come with a later one",
	"MailService":                             "scripts cannot send mail yet; a process can, with a mail node",
	"NetworkService":                          "networks and hosts come with a later one",
	"PrinterService":                          "printers come with a later one",
	"VaultService":                            "the password vault comes with a later one",
	"PasswordService":                         "scripts cannot set passwords yet; use the account's page",
	"IssueService":                            "issues come to scripts with a later one",
	"BpmEngine":                               "scripts cannot start processes yet; use the processes page",
	"SessionService":                          "sessions come to scripts with a later one",
	"AuditService":                            "the audit trail comes to scripts with a later one",
	"ReportService":                           "reports come to scripts with a later one",
	"ScheduledTaskService":                    "scheduled tasks come to scripts with a later one",
	"MailListsService.findMailList":           mailLists,
	"MailListsService.findMailLists":          mailLists,
	"UserService.setPassword":                 "scripts cannot set passwords yet; use the user's page",
	"UserService.setTemporaryPassword":        "scripts cannot set passwords yet; use the user's page",
	"AccountService.setAccountPassword":       "scripts cannot set passwords yet; use the account's page",
	"AccountService.queryAccountPassword":     "scripts cannot read passwords",
	"serverService.getAccountPassword":        "scripts cannot read passwords",
	"serverService.getOrGenerateUserPassword": "scripts cannot read passwords",
}

const mailLists = "mail lists come with a later one"
