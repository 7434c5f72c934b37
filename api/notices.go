package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"provost/internal/notice"
)

// wantedInput and wantedOutput hold which notices reach the caller.
type (
	wantedInput  struct{ Body notice.Wanted }
	wantedOutput struct{ Body notice.Wanted }
)

// registerNotices adds the choice of which notices reach the caller by mail.
func (a *API) registerNotices() {
	s, tags := a.deps.Platform.NoticeChoices, []string{"Session"}
	const always = "Whatever is chosen, mails come about what is late, about what failed, and those that the definition of a process sends itself."
	register(a, signedIn, huma.Operation{
		OperationID: "get-my-notices", Method: http.MethodGet, Path: "/me/notices", Tags: tags,
		Summary: "Which notices reach the caller by mail", Description: always,
	}, func(ctx context.Context, _ *struct{}) (*wantedOutput, error) {
		wanted, err := s.Mine(ctx)
		return &wantedOutput{Body: wanted}, err
	})
	register(a, signedIn, huma.Operation{
		OperationID: "choose-my-notices", Method: http.MethodPut, Path: "/me/notices", Tags: tags,
		Summary: "Choose which notices reach the caller by mail", Description: always, DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *wantedInput) (*wantedOutput, error) {
		err := s.Choose(ctx, in.Body)
		return &wantedOutput{Body: in.Body}, err
	})
}
