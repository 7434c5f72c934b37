// Package sql connects to tables of a relational database; the driver here is PostgreSQL's.
//
// A mapped class either names a table and its key column, and every statement is derived, or gives its own statements as properties
// (selectAll, select, insert and so on; insert1, insert2 run in order in one transaction). Statements refer to attributes by name,
// as :NAME; values are always bound and never become part of the statement. Beside the attributes there are :currentKey and :currentId,
// the key and id before the change, :accountName, equal to the key asked for, and for passwords :password and :mustChange.
//
// The verbs of Invoke are select, insert, update, delete and call; the path is the statement, or for call the procedure with its arguments.
package sql

import "provost/internal/connector"

// Name is the name of the kind.
const Name = "sql"

const (
	paramURL      = "url"
	paramHost     = "host"
	paramPort     = "port"
	paramDatabase = "database"
	paramUser     = "user"
	paramPassword = "password"
	paramSSLMode  = "sslMode"
)

// Kind describes the connector.
func Kind() connector.Kind {
	return connector.Kind{
		Name:        Name,
		Label:       "SQL database",
		Description: "Rows of PostgreSQL tables, by table name or by your own statements.",
		Parameters: []connector.Parameter{
			{
				Name: paramURL, Label: "URL", Type: connector.TypeString,
				Help: "postgres://host:port/database?options, without user and password; replaces host, port and database.",
			},
			{Name: paramHost, Label: "Host", Type: connector.TypeString, Help: "Name or address of the server, or a folder with its socket."},
			{Name: paramPort, Label: "Port", Type: connector.TypeNumber, Default: "5432", Minimum: 1, Maximum: 65535},
			{Name: paramDatabase, Label: "Database", Type: connector.TypeString},
			{Name: paramUser, Label: "User", Type: connector.TypeString, Required: true},
			{Name: paramPassword, Label: "Password", Type: connector.TypeSecret},
			{
				Name: paramSSLMode, Label: "Encryption", Type: connector.TypeChoice, Default: "prefer",
				Choices: []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
				Help:    "Only verify-full makes sure that the server is the one meant.",
			},
		},
		Properties: properties(),
		Templates: []connector.ClassTemplate{{
			SystemObject: "users", ObjectType: "account",
			Properties: map[string]string{propTable: "users", propKey: "user_name"},
			Rows: []connector.TemplateRow{
				{System: "user_name", Direction: connector.Both, Provost: "accountName"},
				{System: "full_name", Direction: connector.Both, Provost: "accountDescription"},
				{System: "disabled", Direction: connector.Both, Provost: "accountDisabled"},
			},
		}},
		Capabilities: []connector.Capability{
			connector.CanList, connector.CanGet, connector.CanFind, connector.CanCreate, connector.CanUpdate, connector.CanDelete,
			connector.CanSetPassword, connector.CanValidatePassword, connector.CanInvoke, connector.CanReadSchema,
		},
		Open: open,
	}
}

func properties() []connector.Property {
	text := func(name, help string) connector.Property {
		return connector.Property{Name: name, Type: connector.TypeMultiline, Numbered: true, Help: help}
	}
	return []connector.Property{
		{Name: propTable, Label: "Table", Type: connector.TypeString, Help: "Table or schema.table; all statements not given are derived from it."},
		{Name: propKey, Label: "Key", Type: connector.TypeString, Help: "Column that identifies a row by name. Required."},
		{Name: propID, Label: "Id", Type: connector.TypeString, Help: "Column that never changes during a row's life, such as a serial number."},
		{
			Name: propSince, Label: "Change column", Type: connector.TypeString,
			Help: "Column that grows with every change of a row, such as a time of change, for differential loads. Deletions, and changes " +
				"written late by long transactions, are seen by full loads only.",
		},
		text(phaseSelectAll, "Returns all rows; several statements are read one after the other."),
		text(phaseSelect, "Returns the row with :currentKey (or :currentId)."),
		text(phaseSelectByAccountName, "Returns the row of the account :accountName."),
		text(phaseCheck, "Returns a row if the object exists."),
		text(phaseInsert, "Creates the row."),
		text(phaseUpdate, "Changes the row with :currentKey."),
		text(phaseDelete, "Deletes the row with :currentKey."),
		text(phaseUpdatePassword, "Sets :password for :currentKey, for example with crypt()."),
		text(phaseValidatePassword, "Returns true, or any row without a boolean, if :password is the one of :currentKey."),
	}
}
