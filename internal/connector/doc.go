// Package connector is the contract between the synchronisation engine and the managed systems.
//
// A connector is opened from a [Kind] with a [Config] and then asked what it can do by type assertion: [Lister], [Getter], [Creator]
// and so on are small interfaces, and a kind declares in Capabilities which of them its connectors implement. The declaration is what a
// page may show before anything is connected; the conformance suite in connectortest proves that both agree.
//
// Rules every connector keeps:
//
//   - Each call honours its context: the deadline reaches the connection, and the call returns when the context ends.
//   - A connector is safe for concurrent use until Close.
//   - Errors are [Error] values (or wrap one) whose class tells the engine how to go on; see [ClassOf]. Messages name the thing that
//     is wrong and what to do about it, and never contain a password.
//   - Attributes that are not named in a write are left alone. A value that is nil, "" or an empty list clears the attribute.
//   - Only the classes and properties of the agent's mapping are interpreted; nothing is created because a caller guessed a name.
//
// Connectors import this package and their protocol library, never each other and never the store.
package connector
