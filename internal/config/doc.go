// Package config holds the settings of a process as plain structs that kong fills: every
// flag has its twin in the environment, PROVOST_ and the flag's name in capitals.
//
// Commands embed the groups they need, and kong calls Validate of each. What belongs to
// the installation and can change while it runs (synchronisation mode, mail server,
// policies) is not here: it lives in the database.
package config
