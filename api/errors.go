package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"provost/internal/authz"
	"provost/internal/fault"
	"provost/internal/filter"
	"provost/internal/session"
)

// Codes that only the HTTP interface gives; the others are those of package fault.
const (
	codeInternal     = "internal"           // 500: something failed that a person can do nothing about; detail names the log entry
	codeMalformed    = "malformed"          // 400: the request cannot be read
	codeTooLarge     = "tooLarge"           // 413: the body is larger than allowed
	codeMediaType    = "mediaType"          // 415: the body is not of an accepted type
	codeMethod       = "method"             // 405
	codeCrossOrigin  = "crossOrigin"        // 403: a page of another site sent the request
	codeMustChange   = "mustChangePassword" // 403: the password has to be changed before anything else
	problemMediaType = "application/problem+json"
)

// Problem is the one form of every refused or failed request (RFC 9457). Code is for the machine and stable, Detail for the person.
type Problem struct { //nolint:errname // its name is the schema's name in the document
	Type   string          `json:"type,omitempty" doc:"Always about:blank: the code says more"`
	Title  string          `json:"title" doc:"What kind of problem it is, in a few words"`
	Status int             `json:"status" doc:"HTTP status"`
	Code   string          `json:"code" doc:"Stable code for machines" example:"invalid"`
	Detail string          `json:"detail" doc:"What is wrong and what to do, for a person"`
	Errors []ProblemDetail `json:"errors,omitempty" doc:"Findings on single parts of the request"`
	ID     string          `json:"id,omitempty" doc:"The request's id: the log entry of a failed request carries it"`

	retryAfter time.Duration
}

// ProblemDetail is what is wrong with one part of a request.
type ProblemDetail struct {
	Location string `json:"location" doc:"Where, as a path in the request: userName, changes.email, filter[12]"`
	Message  string `json:"message" doc:"What is wrong there"`
}

// Error gives the sentence for the person.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes the answer application/problem+json.
func (p *Problem) ContentType(string) string { return problemMediaType }

// GetHeaders says when to try again, where that is known.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter <= 0 {
		return nil
	}
	seconds := int((p.retryAfter + time.Second - 1) / time.Second)
	return http.Header{"Retry-After": {strconv.Itoa(seconds)}}
}

// statuses gives each code its HTTP status and title.
var statuses = map[string]struct {
	status int
	title  string
}{
	string(fault.Invalid):         {http.StatusUnprocessableEntity, "The request breaks a rule"},
	string(fault.NotFound):        {http.StatusNotFound, "Not found"},
	string(fault.Conflict):        {http.StatusConflict, "Conflict"},
	string(fault.Stale):           {http.StatusPreconditionFailed, "Changed by somebody else"},
	string(fault.Denied):          {http.StatusForbidden, "Not permitted"},
	string(fault.Unauthenticated): {http.StatusUnauthorized, "Not signed in"},
	string(fault.TooMany):         {http.StatusTooManyRequests, "Too many attempts"},
	string(fault.Unavailable):     {http.StatusServiceUnavailable, "Not available"},
	codeInternal:                  {http.StatusInternalServerError, "Internal error"},
	codeMalformed:                 {http.StatusBadRequest, "The request cannot be read"},
	codeTooLarge:                  {http.StatusRequestEntityTooLarge, "Too large"},
	codeMediaType:                 {http.StatusUnsupportedMediaType, "Unknown media type"},
	codeMethod:                    {http.StatusMethodNotAllowed, "Method not allowed"},
	codeCrossOrigin:               {http.StatusForbidden, "Sent by another site"},
	codeMustChange:                {http.StatusForbidden, "Password has to be changed"},
}

func newProblem(code, detail string, details ...ProblemDetail) *Problem {
	known := statuses[code]
	return &Problem{Title: known.title, Status: known.status, Code: code, Detail: sentence(detail), Errors: details}
}

// sentence gives an error text the form of a sentence.
func sentence(text string) string {
	if text == "" {
		return text
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.ContainsRune(".!?", rune(text[len(text)-1])) {
		return text
	}
	return text + "."
}

// problemOf translates an error into the answer of a request. Errors nobody foresaw become "internal": they are logged under the
// request's id, and nothing of their text leaves the platform.
func problemOf(ctx context.Context, err error) *Problem {
	if done, ok := errors.AsType[*Problem](err); ok {
		return done
	}
	if p := knownProblem(err); p != nil {
		return p
	}
	if ctx.Err() != nil {
		return newProblem(string(fault.Unavailable), "The request was given up before it was done")
	}
	id := requestID(ctx)
	logUnforeseen(ctx, err)
	p := newProblem(codeInternal, "Something failed on our side. Tell an administrator the number "+id)
	p.ID = id
	return p
}

// logUnforeseen tells the operators about an error that people only read a number of.
func logUnforeseen(ctx context.Context, err error) {
	zerolog.Ctx(ctx).Error().Err(err).Msg("request failed")
}

// knownProblem translates the errors of the domain, or gives nil.
func knownProblem(err error) *Problem {
	var (
		f         *fault.Error
		syntax    *filter.SyntaxError
		attribute *filter.AttributeError
		value     *filter.ValueError
		locked    *session.LockedError
		tooLarge  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &locked):
		p := newProblem(string(fault.TooMany), locked.Error())
		p.retryAfter = locked.RetryAfter
		return p
	case errors.As(err, &f):
		return newProblem(string(f.Code), f.Message, detailsOf(f.Fields)...)
	case errors.Is(err, authz.ErrNoPrincipal):
		return newProblem(string(fault.Unauthenticated), "Sign in, or send an API token")
	case errors.Is(err, authz.ErrDenied):
		return newProblem(string(fault.Denied), deniedSentence(err))
	case errors.As(err, &syntax):
		return newProblem(string(fault.Invalid), err.Error(), ProblemDetail{Location: "filter[" + strconv.Itoa(syntax.Offset) + "]", Message: err.Error()})
	case errors.As(err, &attribute), errors.As(err, &value):
		return newProblem(string(fault.Invalid), err.Error(), ProblemDetail{Location: "filter", Message: err.Error()})
	case errors.As(err, &tooLarge):
		return newProblem(codeTooLarge, "The body may have at most "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes")
	}
	return nil
}

// deniedSentence gives the innermost sentence: what was tried around it means nothing to the person.
func deniedSentence(err error) string {
	if denied, ok := errors.AsType[*authz.DeniedError](err); ok {
		return denied.Error()
	}
	return err.Error()
}

func detailsOf(fields []fault.Field) []ProblemDetail {
	out := make([]ProblemDetail, len(fields))
	for i, f := range fields {
		out[i] = ProblemDetail{Location: f.Location, Message: sentence(f.Message)}
	}
	return out
}

// humaProblem gives the errors that huma finds itself (unreadable bodies, parameters that break their schema) the same form. The status
// it proposes chooses the code; locations lose the leading "body." because forms know their fields without it.
func humaProblem(status int, message string, errs ...error) *Problem {
	code := codeOfStatus(status)
	details := make([]ProblemDetail, 0, len(errs))
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		switch {
		case err == nil:
		case errors.As(err, &detailer):
			d := detailer.ErrorDetail()
			details = append(details, ProblemDetail{Location: strings.TrimPrefix(d.Location, "body."), Message: sentence(d.Message)})
		default:
			if p := knownProblem(err); p != nil {
				return p
			}
			details = append(details, ProblemDetail{Location: "body", Message: sentence(err.Error())})
		}
	}
	if len(details) == 1 {
		message = details[0].Message
	}
	return newProblem(code, message, details...)
}

func codeOfStatus(status int) string {
	switch status {
	case http.StatusUnprocessableEntity:
		return string(fault.Invalid)
	case http.StatusRequestEntityTooLarge:
		return codeTooLarge
	case http.StatusUnsupportedMediaType:
		return codeMediaType
	case http.StatusRequestTimeout:
		return string(fault.Unavailable)
	default:
		if status >= http.StatusInternalServerError {
			return codeInternal
		}
		return codeMalformed
	}
}

// writeProblem answers a request outside huma's handlers.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemMediaType)
	w.WriteHeader(p.Status)
	_ = huma.DefaultJSONFormat.Marshal(w, p) // the status is out; a client that went away cannot be told
}

type requestIDKey struct{}

func newRequestID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// requestID gives the id of the request that ctx belongs to.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
