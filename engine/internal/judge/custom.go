package judge

import (
	"encoding/json"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuraldefaulting "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	schemaobjectmeta "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	structuralpruning "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	apiservervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	openapi "k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/registry/rest"

	"engine/internal/protocol"
)

// customKinds are kinds by what objects of them say of themselves.
type customKinds map[schema.GroupVersionKind]*customKind

// isClusterWide says whether objects of a kind are in no namespace, as far as it is known.
func (c customKinds) isClusterWide(apiVersion, kind string) bool {
	id := schema.FromAPIVersionAndKind(apiVersion, kind)
	if custom, ok := c[id]; ok {
		return !custom.namespaced()
	}
	own, ok := strategies[id.GroupKind()]
	return ok && !own.NamespaceScoped()
}

// customKind is one version of a CustomResourceDefinition; compiled when the first object of it is judged.
type customKind struct {
	kind       schema.GroupVersionKind
	definition *apiextensionsv1.CustomResourceDefinition
	version    *apiextensionsv1.CustomResourceDefinitionVersion

	compiled   bool
	err        error
	structural *structuralschema.Structural
	strategy   strategy
	lists      managedfields.TypeConverter
}

// define reads a definition: a kind for each version that is served.
func define(content json.RawMessage) ([]*customKind, error) {
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(content, definition); err != nil {
		return nil, fmt.Errorf("a CustomResourceDefinition can't be read: %w", err)
	}
	apiextensionsv1.SetDefaults_CustomResourceDefinition(definition)
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&definition.Spec)
	var kinds []*customKind
	for index := range definition.Spec.Versions {
		version := &definition.Spec.Versions[index]
		if !version.Served {
			continue
		}
		kind := schema.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind}
		kinds = append(kinds, &customKind{kind: kind, definition: definition, version: version})
	}
	return kinds, nil
}

func (k *customKind) compile() error {
	if k.compiled {
		return k.err
	}
	k.compiled = true
	k.err = k.compileOnce()
	return k.err
}

// compileOnce goes the way of the server's handler of custom resources.
func (k *customKind) compileOnce() error {
	if k.version.Schema == nil {
		return fmt.Errorf("%s has no schema", k.kind)
	}
	internal := &apiextensions.CustomResourceValidation{}
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(k.version.Schema, internal, nil); err != nil {
		return err
	}
	structural, err := structuralschema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return err
	}
	k.structural = structural.DeepCopy()
	if err := structuraldefaulting.PruneDefaults(k.structural); err != nil {
		return err
	}
	validator, _, err := apiservervalidation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return err
	}
	var status *apiextensions.CustomResourceSubresourceStatus
	if k.version.Subresources != nil && k.version.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
	}
	k.strategy = customresource.NewStrategy(typer{}, k.namespaced(), k.kind, validator, nil, k.structural, status, nil, k.version.SelectableFields)
	k.lists, err = k.newLists()
	return err
}

func (k *customKind) namespaced() bool {
	return k.definition.Spec.Scope == apiextensionsv1.NamespaceScoped
}

// newLists makes the converter that server-side apply uses for this version.
func (k *customKind) newLists() (managedfields.TypeConverter, error) {
	swagger, err := openapi.BuildOpenAPIV3(k.definition, k.version.Name, openapi.Options{V2: false, IncludeSelectableFields: true})
	if err != nil {
		return nil, err
	}
	return managedfields.NewTypeConverter(swagger.Components.Schemas, false)
}

func (k *customKind) judge(object, old *subject) protocol.Verdict {
	if err := k.compile(); err != nil {
		return protocol.Verdict{NotJudged: "its definition can't be used: " + err.Error()}
	}
	content, refusals := k.read(object)
	if content == nil {
		return refused(refusals...)
	}
	if len(refusals) == 0 {
		if raw, err := unstructuredOf(object.content); err == nil {
			if _, err := k.lists.ObjectToTyped(raw); err != nil {
				refusals = append(refusals, listRefusals(err)...)
			}
		}
	}
	rest.FillObjectMetaSystemFields(content)
	ctx := requestFor(object, k.namespaced())
	created := refusalsOf(rest.BeforeCreate(k.strategy, ctx, content))
	if old != nil && len(refusals) == 0 {
		if refusals, isTold := k.update(object, old); isTold {
			created = refusals
		}
	}
	return refused(append(refusals, created...)...)
}

func (k *customKind) update(object, old *subject) (refusals []protocol.Refusal, isTold bool) {
	manager, err := managedfields.NewDefaultCRDFieldManager(k.lists, customConverter{}, k, customCreater{}, k.kind, k.kind.GroupVersion(), "", nil)
	if err != nil {
		return nil, false
	}
	empty, _ := customCreater{}.New(k.kind)
	read := func(merged runtime.Object) (runtime.Object, []protocol.Refusal) {
		content, unknown := k.decode(merged.(*unstructured.Unstructured), object)
		if content == nil {
			return nil, unknown
		}
		return content, unknown
	}
	return updating{k.strategy, manager, empty, read}.ask(object, old)
}

// Default sets the defaults of the schema.
func (k *customKind) Default(object runtime.Object) {
	if content, ok := object.(*unstructured.Unstructured); ok {
		structuraldefaulting.Default(content.Object, k.structural)
	}
}

// read decodes an object as it was sent: unknown fields are refusals, defaults are set.
func (k *customKind) read(object *subject) (*unstructured.Unstructured, []protocol.Refusal) {
	content, err := unstructuredOf(object.content)
	if err != nil {
		return nil, refusalsOf(err)
	}
	// A null that the schema does not allow is as good as nothing in what is sent, and not in what comes of merging.
	structuraldefaulting.PruneNonNullableNullsWithoutDefaults(content.Object, k.structural)
	return k.decode(content, object)
}

// decode does what the server does with what it has read.
func (k *customKind) decode(content *unstructured.Unstructured, object *subject) (*unstructured.Unstructured, []protocol.Refusal) {
	metadata, _, unknown, err := schemaobjectmeta.GetObjectMetaWithOptions(content.Object, schemaobjectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, refusalsOf(err)
	}
	unknown = append(unknown, structuralpruning.PruneWithOptions(content.Object, k.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	if metadata != nil {
		if err := schemaobjectmeta.SetObjectMeta(content.Object, metadata); err != nil {
			return nil, refusalsOf(err)
		}
	}
	content.SetGroupVersionKind(k.kind)
	structuraldefaulting.Default(content.Object, k.structural)
	if k.namespaced() {
		content.SetNamespace(object.namespace)
	} else {
		content.SetNamespace("")
	}
	var refusals []protocol.Refusal
	for _, field := range unknown {
		refusals = append(refusals, about(field, "strict", fmt.Sprintf("unknown field %q", field)))
	}
	return content, distinct(refusals)
}

// typer names the kind of an unstructured object.
type typer struct{}

func (typer) ObjectKinds(object runtime.Object) ([]schema.GroupVersionKind, bool, error) {
	return []schema.GroupVersionKind{object.GetObjectKind().GroupVersionKind()}, false, nil
}

func (typer) Recognizes(schema.GroupVersionKind) bool { return true }
