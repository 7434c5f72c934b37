package temporal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"go.temporal.io/server/common/authorization"
)

const (
	bearer       = "Bearer "
	readerPrefix = "reader."
)

// claimMapper turns the token of a call into what its holder may do: the secret gives everything, a reader token gives
// reading of one namespace or of all, anything else gives nothing.
type claimMapper struct{ secret string }

// GetClaims never fails: a wrong token has empty claims, which the authorizer refuses.
func (m claimMapper) GetClaims(info *authorization.AuthInfo) (*authorization.Claims, error) {
	token, found := strings.CutPrefix(info.AuthToken, bearer)
	if !found {
		return &authorization.Claims{}, nil
	}
	if equal(token, m.secret) {
		return &authorization.Claims{System: authorization.RoleAdmin, Subject: "provost"}, nil
	}
	namespace, genuine := m.readerOf(token)
	switch {
	case !genuine:
		return &authorization.Claims{}, nil
	case namespace == "":
		return &authorization.Claims{System: authorization.RoleReader, Subject: "reader"}, nil
	default:
		return &authorization.Claims{
			Subject:    "reader of " + namespace,
			Namespaces: map[string]authorization.Role{namespace: authorization.RoleReader},
		}, nil
	}
}

// clusterInfo is the call that the user interface makes first: name and version of the server.
const clusterInfo = "/temporal.api.workflowservice.v1.WorkflowService/GetClusterInfo"

// authorizer is the server's own one, except that who may read any namespace may also know the version of the server.
type authorizer struct{ authorization.Authorizer }

// Authorize implements authorization.Authorizer.
func (a authorizer) Authorize(ctx context.Context, claims *authorization.Claims, target *authorization.CallTarget) (authorization.Result, error) {
	if target.APIName == clusterInfo && claims != nil && len(claims.Namespaces) > 0 {
		return authorization.Result{Decision: authorization.DecisionAllow}, nil
	}
	return a.Authorizer.Authorize(ctx, claims, target)
}

// readerOf returns the namespace that a genuine reader token opens.
func (m claimMapper) readerOf(token string) (string, bool) {
	rest, found := strings.CutPrefix(token, readerPrefix)
	if !found {
		return "", false
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 {
		return "", false
	}
	namespace := rest[:dot]
	return namespace, equal(token, readerToken(m.secret, namespace))
}

// readerToken is derived from the secret, so it needs no storage and ends with it.
func readerToken(secret, namespace string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(readerPrefix + namespace))
	return readerPrefix + namespace + "." + hex.EncodeToString(mac.Sum(nil))
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
