package temporal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retryInterval is how often a namespace that the server's cache has not seen yet is asked for again.
const retryInterval = 50 * time.Millisecond

// headers sends a token with each call of a client.
type headers struct{ token string }

// GetHeaders implements client.HeadersProvider.
func (h headers) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": bearer + h.token}, nil
}

// prepareNamespace registers the namespace and its search attributes where they are missing, and returns when a workflow
// can be started and found by them.
func (s *Server) prepareNamespace(ctx context.Context) error {
	connection, err := client.DialContext(ctx, client.Options{
		HostPort: s.Address(), Namespace: s.namespace, HeadersProvider: headers{s.options.Secret},
		Logger: log.NewStructuredLogger(s.logger),
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer connection.Close()
	if err := s.register(ctx, connection); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if err := untilSeen(ctx, func() error { return s.addAttributes(ctx, connection) }); err != nil {
		return fmt.Errorf("add search attributes: %w", err)
	}
	if err := untilSeen(ctx, func() error { return s.list(ctx, connection) }); err != nil {
		return fmt.Errorf("list workflows: %w", err)
	}
	return nil
}

func (s *Server) register(ctx context.Context, connection client.Client) error {
	_, err := connection.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: s.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(s.options.Retention),
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists {
		return nil
	}
	return err
}

// addAttributes adds the search attributes that the namespace does not have yet.
func (s *Server) addAttributes(ctx context.Context, connection client.Client) error {
	known, err := connection.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: s.namespace})
	if err != nil {
		return err
	}
	missing := make(map[string]enums.IndexedValueType, len(s.options.Attributes))
	for _, name := range s.options.Attributes {
		if _, found := known.GetCustomAttributes()[name]; !found {
			missing[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = connection.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: s.namespace, SearchAttributes: missing,
	})
	return err
}

// list asks for workflows by every search attribute, which fails until the server knows namespace and attributes.
func (s *Server) list(ctx context.Context, connection client.Client) error {
	conditions := []string{"ExecutionStatus = 'Running'"}
	for _, name := range s.options.Attributes {
		conditions = append(conditions, name+" = 'none'")
	}
	_, err := connection.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: 1, Query: strings.Join(conditions, " and "),
	})
	return err
}

// untilSeen repeats call while the server answers that it does not know the namespace or its attributes yet: a node reads
// both again every two seconds.
func untilSeen(ctx context.Context, call func() error) error {
	tick := time.NewTicker(retryInterval)
	defer tick.Stop()
	for {
		err := call()
		if err == nil || !notYetSeen(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

func notYetSeen(err error) bool {
	var notFound *serviceerror.NotFound
	var namespaceNotFound *serviceerror.NamespaceNotFound
	var invalid *serviceerror.InvalidArgument
	var unavailable *serviceerror.Unavailable
	return errors.As(err, &notFound) || errors.As(err, &namespaceNotFound) || errors.As(err, &invalid) || errors.As(err, &unavailable)
}
