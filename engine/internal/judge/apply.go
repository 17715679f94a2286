package judge

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/registry/rest"
	clients "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"

	"engine/internal/protocol"
)

// applier is who applies both the old object and the new one: what it no longer says goes, what the server wrote stays.
const applier = "argocd-controller"

// managers merge what is applied into what is there, by kind.
var managers = map[schema.GroupVersionKind]*managedfields.FieldManager{}

// known are the groups that the type converter of the clients has.
var known = func() map[string]bool {
	groups := map[string]bool{}
	for kind := range clients.Scheme.AllKnownTypes() {
		groups[kind.Group] = true
	}
	return groups
}()

func managerOf(kind schema.GroupVersionKind) (*managedfields.FieldManager, error) {
	if manager, ok := managers[kind]; ok {
		return manager, nil
	}
	scheme := legacyscheme.Scheme
	hub := schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal}
	converter := lists
	if !known[kind.Group] {
		// Maps are merged by key, lists replaced whole.
		converter = managedfields.NewDeducedTypeConverter()
	}
	manager, err := managedfields.NewDefaultFieldManager(converter, scheme, scheme, scheme, kind, hub, "", nil)
	if err == nil {
		managers[kind] = manager
	}
	return manager, err
}

// updating is what it takes to ask whether an object of a kind may become another.
type updating struct {
	rules   strategy
	manager *managedfields.FieldManager
	empty   runtime.Object
	// read does what the server does with what came of merging; nothing is returned of what it can't read.
	read func(merged runtime.Object) (runtime.Object, []protocol.Refusal)
}

// ask says whether the old object may become the new one. An old one that is not admitted itself tells nothing.
func (u updating) ask(object, old *subject) (refusals []protocol.Refusal, isTold bool) {
	ctx := requestFor(object, u.rules.NamespaceScoped())
	first, err := merge(u.manager, u.empty, old.content)
	if err != nil {
		return nil, false
	}
	existing, unknown := u.read(first)
	if existing == nil || len(unknown) > 0 {
		return nil, false
	}
	accessor, err := meta.Accessor(existing)
	if err != nil {
		return nil, false
	}
	rest.FillObjectMetaSystemFields(accessor)
	accessor.SetResourceVersion("1")
	prepare(existing)
	if rest.BeforeCreate(u.rules, ctx, existing) != nil {
		return nil, false
	}
	second, err := merge(u.manager, existing, object.content)
	if err != nil {
		return refusalsOf(err), true
	}
	wanted, unknown := u.read(second)
	if wanted == nil || len(unknown) > 0 {
		return unknown, true
	}
	prepare(wanted)
	keep(wanted, existing)
	return refusalsOf(rest.BeforeUpdate(u.rules, ctx, wanted, existing)), true
}

// merge is server-side apply of an object over a live one, which stays as it is.
func merge(manager *managedfields.FieldManager, live runtime.Object, content []byte) (runtime.Object, error) {
	applied, err := unstructuredOf(content)
	if err != nil {
		return nil, err
	}
	return manager.Apply(live.DeepCopyObject(), applied, applier, true)
}

// prepare does what a registry does before its strategy is asked.
func prepare(object runtime.Object) {
	// Both fields say the same: clients set the older one (pkg/registry/core/service/storage, normalizeClusterIPs).
	if service, ok := object.(*core.Service); ok && service.Spec.ClusterIP != "" && len(service.Spec.ClusterIPs) == 0 {
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
}

// keep gives an updated object what the registry takes from the one that is there (pkg/registry/core/service/storage,
// normalizeClusterIPs and patchAllocatedValues).
func keep(wanted, existing runtime.Object) {
	next, ok := wanted.(*core.Service)
	if !ok {
		return
	}
	current := existing.(*core.Service)
	if next.Spec.ClusterIP == "" && slices.Equal(next.Spec.ClusterIPs, current.Spec.ClusterIPs) {
		next.Spec.ClusterIPs = nil
	}
	if next.Spec.Type == core.ServiceTypeExternalName || current.Spec.Type == core.ServiceTypeExternalName {
		return
	}
	if next.Spec.ClusterIP == "" {
		next.Spec.ClusterIP = current.Spec.ClusterIP
	}
	if len(next.Spec.ClusterIPs) == 0 && next.Spec.ClusterIP == current.Spec.ClusterIP {
		next.Spec.ClusterIPs = current.Spec.ClusterIPs
	}
}

// customConverter converts between versions of a custom kind of which only one is at hand.
type customConverter struct{}

func (customConverter) Convert(in, out, _ any) error {
	*out.(*unstructured.Unstructured) = *in.(*unstructured.Unstructured).DeepCopy()
	return nil
}

func (customConverter) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}

func (customConverter) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

// customCreater makes empty objects of a custom kind.
type customCreater struct{}

func (customCreater) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object, nil
}
