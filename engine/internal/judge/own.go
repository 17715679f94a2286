package judge

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	"engine/internal/protocol"
)

// lists finds items that stand twice in a list with keys: server-side apply refuses such an object.
var lists = applyconfigurations.NewTypeConverter(legacyscheme.Scheme)

// strict is the decoder of a request that wants fields validated.
var strict = func() runtime.Serializer {
	for _, info := range legacyscheme.Codecs.SupportedMediaTypes() {
		if info.MediaType == runtime.ContentTypeJSON {
			return info.StrictSerializer
		}
	}
	panic("Kubernetes knows no JSON")
}()

// decode reads an object of one of Kubernetes' own kinds as the server does: defaults are set. It returns the object of
// its version and the internal one. A strict error comes with both.
func decode(object *subject) (external, internal runtime.Object, err error) {
	external, _, err = strict.Decode(object.content, &object.kind, nil)
	if err != nil && !runtime.IsStrictDecodingError(err) {
		return nil, nil, err
	}
	legacyscheme.Scheme.Default(external)
	accessor, accessErr := meta.Accessor(external)
	if accessErr != nil {
		return nil, nil, accessErr
	}
	accessor.SetNamespace(object.namespace)
	internal, convertErr := legacyscheme.Scheme.UnsafeConvertToVersion(external.DeepCopyObject(), schema.GroupVersion{Group: object.kind.Group, Version: runtime.APIVersionInternal})
	if convertErr != nil {
		return nil, nil, convertErr
	}
	return external, internal, err
}

func (j *Judges) judgeOwn(rules strategy, object, old *subject) protocol.Verdict {
	if !legacyscheme.Scheme.Recognizes(object.kind) {
		return refused(about("apiVersion", "invalid", object.kind.GroupVersion().String()+" has no kind "+object.kind.Kind))
	}
	if !rules.NamespaceScoped() {
		clusterWide := *object
		clusterWide.namespace = ""
		object = &clusterWide
	}
	external, internal, err := decode(object)
	if internal == nil {
		return refused(refusalsOf(err)...)
	}
	verdict := refused(refusalsOf(err)...)
	verdict.Restricted = j.pods.restricted(external)
	if content, readErr := unstructuredOf(object.content); readErr == nil && err == nil {
		if _, typedErr := lists.ObjectToTyped(content); typedErr != nil {
			verdict.Refusals = append(verdict.Refusals, listRefusals(typedErr)...)
		}
	}
	accessor, err := meta.Accessor(internal)
	if err != nil {
		return refused(refusalsOf(err)...)
	}
	rest.FillObjectMetaSystemFields(accessor)
	prepare(internal)
	ctx := requestFor(object, rules.NamespaceScoped())
	created := refusalsOf(rest.BeforeCreate(rules, ctx, internal))
	if old != nil && len(verdict.Refusals) == 0 {
		// It is merged into what is there: what it lacks may be there already.
		if refusals, isTold := updateOwn(rules, object, old); isTold {
			created = refusals
		}
	}
	verdict.Refusals = append(verdict.Refusals, created...)
	return verdict
}

// updateOwn asks whether the old object may become the new one.
func updateOwn(rules strategy, object, old *subject) (refusals []protocol.Refusal, isTold bool) {
	manager, err := managerOf(object.kind)
	if err != nil {
		return nil, false
	}
	empty, err := legacyscheme.Scheme.New(object.kind.GroupKind().WithVersion(runtime.APIVersionInternal))
	if err != nil {
		return nil, false
	}
	read := func(merged runtime.Object) (runtime.Object, []protocol.Refusal) {
		accessor, err := meta.Accessor(merged)
		if err != nil {
			return nil, refusalsOf(err)
		}
		accessor.SetNamespace(object.namespace)
		return merged, nil
	}
	return updating{rules, manager, empty, read}.ask(object, old)
}
