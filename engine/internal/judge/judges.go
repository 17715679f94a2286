// Package judge says what an API server of Kubernetes would say of an object: by the server's own decoders, defaults,
// strategies and schemas. It knows nothing of other objects: quotas, policies, webhooks and whether a namespace is there
// are not its matter.
package judge

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	utilfeature "k8s.io/apiserver/pkg/util/feature"

	"engine/internal/argocd"
	"engine/internal/protocol"
)

// linked is the minor version whose code this is, and oldest the first that it can pass for.
var (
	linked = version.MajorMinor(1, 36)
	oldest = version.MajorMinor(1, 35)
)

// Judges judges objects for servers of several versions, with several sets of definitions.
type Judges struct {
	emulated    string
	pods        podSecurity
	definitions map[string][]*customKind
}

// New makes a judge that knows Kubernetes' own kinds.
func New() *Judges {
	return &Judges{definitions: map[string][]*customKind{}}
}

// Define makes CustomResourceDefinitions known by names.
func (j *Judges) Define(definitions map[string]json.RawMessage) error {
	for name, content := range definitions {
		kinds, err := define(content)
		if err != nil {
			return err
		}
		j.definitions[name] = kinds
	}
	return nil
}

// Judge returns a verdict for each object of a request.
func (j *Judges) Judge(asked *protocol.Judge) (*protocol.Verdicts, error) {
	custom, err := j.serve(asked.Server)
	if err != nil {
		return nil, err
	}
	given := &protocol.Verdicts{Verdicts: make([]protocol.Verdict, len(asked.Objects))}
	for index, content := range asked.Objects {
		before := json.RawMessage(nil)
		if index < len(asked.Before) && string(asked.Before[index]) != "null" {
			before = asked.Before[index]
		}
		given.Verdicts[index] = j.judge(custom, asked.Namespace, content, before)
	}
	return given, nil
}

// Deployed adds to rendered documents the verdicts about what Argo CD makes of them.
func (j *Judges) Deployed(asked *protocol.Deploy, documents []protocol.Document) error {
	custom, err := j.serve(asked.Server)
	if err != nil {
		return err
	}
	application := argocd.Application{Name: asked.Application, Namespace: asked.Namespace}
	for index := range documents {
		document := &documents[index]
		if document.Content == nil {
			continue // A text: its reader asks about what it reads.
		}
		for _, object := range application.Deployed(document.Content, custom.isClusterWide) {
			content, err := json.Marshal(object)
			if err != nil {
				return err
			}
			document.Verdicts = append(document.Verdicts, j.judge(custom, asked.Namespace, content, nil))
		}
	}
	return nil
}

// serve makes the process a server of a version, and returns the custom kinds it has.
func (j *Judges) serve(server protocol.Server) (customKinds, error) {
	if err := j.emulate(server.Kubernetes); err != nil {
		return nil, err
	}
	custom := customKinds{}
	for _, name := range server.Definitions {
		kinds, ok := j.definitions[name]
		if !ok {
			return nil, fmt.Errorf("the definition %s was never sent", name)
		}
		for _, kind := range kinds {
			custom[kind.kind] = kind
		}
	}
	return custom, nil
}

// emulate makes the features those of a minor version. They belong to the process.
func (j *Judges) emulate(minor string) error {
	if minor == j.emulated {
		return nil
	}
	wanted, err := version.Parse(minor + ".0")
	if err != nil {
		return fmt.Errorf("%q is not a minor version of Kubernetes", minor)
	}
	emulated := version.MajorMinor(wanted.Major(), wanted.Minor())
	if emulated.LessThan(oldest) || emulated.GreaterThan(linked) {
		return fmt.Errorf("judges Kubernetes %s to %s, not %s", oldest, linked, minor)
	}
	if err := utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(emulated); err != nil {
		return err
	}
	if j.pods, err = newPodSecurity(emulated); err != nil {
		return err
	}
	j.emulated = minor
	return nil
}

// subject is an object about to be judged.
type subject struct {
	content   []byte
	kind      schema.GroupVersionKind
	name      string
	namespace string
}

func (j *Judges) judge(custom customKinds, namespace string, content, before []byte) protocol.Verdict {
	object, err := subjectOf(content, namespace)
	if err != nil {
		return refused(about("", "invalid", err.Error()))
	}
	var old *subject
	if before != nil {
		if old, err = subjectOf(before, namespace); err != nil {
			return protocol.Verdict{NotJudged: "what it replaces can't be read: " + err.Error()}
		}
	}
	if kind, ok := custom[object.kind]; ok {
		return masked(object.kind.Kind, kind.judge(object, old))
	}
	if strategy, ok := strategies[object.kind.GroupKind()]; ok {
		return masked(object.kind.Kind, j.judgeOwn(strategy, object, old))
	}
	return protocol.Verdict{NotJudged: fmt.Sprintf("no definition of %s %s is at hand (CRDS_DIR, or bun run lab crds)", object.kind.GroupVersion(), object.kind.Kind)}
}

func subjectOf(content []byte, namespace string) (*subject, error) {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(content, &object); err != nil {
		return nil, fmt.Errorf("its apiVersion, kind, name or namespace can't be read: %w", err)
	}
	group, err := schema.ParseGroupVersion(object.APIVersion)
	if err != nil {
		return nil, err
	}
	if object.Metadata.Namespace != "" {
		namespace = object.Metadata.Namespace
	}
	return &subject{content, group.WithKind(object.Kind), object.Metadata.Name, namespace}, nil
}

// requestFor is the context of a request about an object: strategies ask it for the namespace.
func requestFor(object *subject, namespaced bool) context.Context {
	namespace := object.namespace
	if !namespaced {
		namespace = ""
	}
	ctx := request.WithNamespace(request.NewContext(), namespace)
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true,
		Verb:              "create",
		Namespace:         namespace,
		Name:              object.name,
		APIGroup:          object.kind.Group,
		APIVersion:        object.kind.Version,
	})
}

// strategy is what a registry checks objects of a kind by.
type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

func unstructuredOf(content []byte) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	return object, object.UnmarshalJSON(content)
}
