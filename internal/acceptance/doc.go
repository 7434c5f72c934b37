// Package acceptance holds the tests that walk the main job on real servers and outside data: people from an HR file become
// identities, identities get accounts, and the accounts appear, change and disappear in a directory and a database. It has no code of
// its own; what it needs of a running platform is in world_test.go.
package acceptance
