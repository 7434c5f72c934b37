// Package authn proves who somebody is: it hashes and verifies passwords, makes and reads
// session and API token secrets, and does the arithmetic of lock-out.
//
// New hashes are argon2id in the PHC string format, with their parameters inside, so that
// stronger parameters can come later and old hashes are renewed at the next login. Hashes
// of other systems, which come in with loads, are verified in the forms directories use:
// RFC 2307 schemes such as {SSHA}, bcrypt, and sha512-crypt.
//
// The package holds no database: rows are read and written by whoever calls it.
package authn
