// Package secret keeps secrets secret: it seals them for the table that stores them,
// holds the master key file outside the database, and gives plain text a type that
// cannot be printed.
//
// A sealed secret is bound to the id of its row, so that a ciphertext copied to another
// row does not open there. The master key file holds two Tink keysets: one seals, the
// other derives keys for other purposes, such as the MAC of the audit chain.
package secret
