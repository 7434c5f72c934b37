// Package scriptservice performs the host calls of scripts on the real domain: what a script reaches through serviceLocator,
// serverService, dispatcherService and remoteServiceLocator (guide pages 045, 086, 087, 089).
//
// Every call goes through the same services as the console and the API, so a rule exists once, and with less power than either: it may
// do what the publisher of the script may do and what the script declared, nothing else (see [Services.Call]). Objects travel as maps
// under the guide's names; one table per kind of object holds the names of the guide beside ours and serves both directions as well as
// filters. What the guide has and this version has not answers with a sentence that says so.
//
// Two things of the guide are kept although ours differ: startIndex counts from 0, and a lookup of what is not there, or not in sight,
// is null and not an error. Ids are the platform's own: texts that a script hands back as it got them.
package scriptservice
