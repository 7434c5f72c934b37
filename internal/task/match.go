package task

import (
	"context"
	"strings"

	"provost/bpm"
	"provost/internal/metadata"
	"provost/internal/process"
)

// aboutUsers is the object type whose metadata says what of a user is seen.
const aboutUsers = "user"

// match compares those who may be the same person with the new one, as far as the caller may see the attributes of users: whoever finds
// themselves among them sees of themselves what users see.
func (s *Tasks) match(ctx context.Context, library *bpm.Library, values bpm.Values) (*process.MatchView, error) {
	view, err := process.MatchOf(library, values)
	if err != nil {
		return nil, err
	}
	who, err := me(ctx)
	if err != nil {
		return nil, err
	}
	others, err := s.Attributes.Guard(ctx, aboutUsers, metadata.ReaderOf(ctx))
	if err != nil {
		return nil, err
	}
	own, err := s.Attributes.Guard(ctx, aboutUsers, metadata.ReaderOfObject(ctx, aboutUsers, who.UserID))
	if err != nil {
		return nil, err
	}
	view.Veil(func(userName, attribute string) bool {
		guard := others
		if strings.EqualFold(userName, who.UserName) {
			guard = own
		}
		return guard.Hidden(attribute) || guard.Hidden("attributes."+attribute)
	})
	return &view, nil
}
