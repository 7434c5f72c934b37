package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"provost/internal/authz"
	"provost/internal/session"
)

// TokenRequest asks for an API token.
type TokenRequest struct {
	Name      string     `json:"name" minLength:"1" maxLength:"200" doc:"What it is for"`
	UserID    *uuid.UUID `json:"userId,omitempty" format:"uuid" doc:"As whom it acts; oneself when absent"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty" doc:"When it stops; never when absent"`
}

// NewToken is a token just made, with its secret, which is shown this once.
type NewToken struct {
	session.Token
	Secret string `json:"secret" doc:"Send it as Authorization: Bearer. It is not kept and cannot be shown again"`
}

type tokenInput struct{ Body TokenRequest }

type newTokenOutput struct{ Body NewToken }

type tokensOutput struct {
	Total int `header:"X-Total-Count"`
	Body  []session.Token
}

func (a *API) registerTokens() {
	tags := []string{"Tokens"}
	register(a, signedIn, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/tokens", Tags: tags, Summary: "The own API tokens; with token:query everybody's",
	}, func(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
		tokens, err := a.deps.Sessions.Tokens(ctx)
		if err != nil {
			return nil, err
		}
		return &tokensOutput{Total: len(tokens), Body: filled(tokens)}, nil
	})
	register(a, signedIn, huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: "/tokens", Tags: tags, Summary: "Make an API token", DefaultStatus: http.StatusCreated,
		Description: "A token for somebody else needs token:create, and that the caller holds every permission the other holds.",
	}, a.createToken)
	register(a, signedIn, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/tokens/{id}", Tags: tags, Summary: "Revoke an API token",
		Description: "The token of somebody else needs token:revoke.", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *IDInput) (*struct{}, error) {
		return nil, a.deps.Sessions.RevokeToken(ctx, in.ID)
	})
}

func (a *API) createToken(ctx context.Context, in *tokenInput) (*newTokenOutput, error) {
	owner := principalOf(ctx).UserID
	var other authz.Principal
	if in.Body.UserID != nil && *in.Body.UserID != owner {
		owner = *in.Body.UserID
		if _, err := authz.Check(ctx, authz.TokenCreate); err != nil {
			return nil, err
		}
		var err error
		if other, err = a.deps.Platform.LoadPrincipal(ctx, owner); err != nil {
			return nil, err
		}
	}
	request := session.TokenRequest{UserID: owner, Name: in.Body.Name, ExpiresAt: in.Body.ExpiresAt}
	token, secret, err := a.deps.Sessions.CreateToken(ctx, request, other)
	if err != nil {
		return nil, err
	}
	return &newTokenOutput{Body: NewToken{Token: token, Secret: secret.Reveal()}}, nil
}
