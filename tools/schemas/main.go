// Prints what one version of Kubernetes serves, as JSON: every resource with its group, version, kind and
// scope, and the OpenAPI definition behind it. generate.ts compiles it against each version and packs the result.
//
// Scope and kind are read from the typed clients: a client method that takes a namespace serves a namespaced
// resource. The OpenAPI definitions of the same release carry neither. When an API was or will be removed, and what
// replaces it, comes from the methods that Kubernetes generates for that on every beta type.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"reflect"
	"sort"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apiextensionsscheme "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/scheme"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubernetes "k8s.io/client-go/kubernetes"
	kubernetesscheme "k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset/scheme"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

type resource struct {
	Group      string `json:"group"`
	Version    string `json:"version"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
	Definition string `json:"definition"`
	// Removed is the version that no longer serves it ("1.25"), empty when none is planned.
	Removed string `json:"removed,omitempty"`
	// Replacement is the API to use instead ("policy/v1 PodDisruptionBudget").
	Replacement string `json:"replacement,omitempty"`
}

func main() {
	definitions := map[string]spec.Schema{}
	ref := func(name string) spec.Ref {
		return spec.MustCreateRef("#/definitions/" + common.EscapeJsonPointer(name))
	}
	for name, definition := range openapi.GetOpenAPIDefinitions(ref) {
		definitions[name] = definition.Schema
	}

	resources := collect(reflect.TypeOf((*kubernetes.Interface)(nil)).Elem(), kubernetesscheme.Scheme)
	resources = append(resources, collect(reflect.TypeOf((*apiextensions.Interface)(nil)).Elem(), apiextensionsscheme.Scheme)...)
	resources = append(resources, collect(reflect.TypeOf((*aggregator.Interface)(nil)).Elem(), aggregatorscheme.Scheme)...)
	sort.Slice(resources, func(i, j int) bool {
		a, b := resources[i], resources[j]
		return a.Group+"/"+a.Version+"/"+a.Kind < b.Group+"/"+b.Version+"/"+b.Kind
	})

	output := map[string]any{"resources": resources, "definitions": definitions}
	if err := json.NewEncoder(os.Stdout).Encode(output); err != nil {
		log.Fatal(err)
	}
}

// collect walks clientset -> group version -> resource client, by type alone: nothing is called.
func collect(clientset reflect.Type, scheme *runtime.Scheme) []resource {
	var found []resource
	for i := range clientset.NumMethod() {
		groupVersion := clientset.Method(i).Type
		if groupVersion.NumOut() != 1 || groupVersion.Out(0).Kind() != reflect.Interface {
			continue
		}
		for j := range groupVersion.Out(0).NumMethod() {
			getter := groupVersion.Out(0).Method(j).Type
			if getter.NumOut() != 1 || getter.Out(0).Kind() != reflect.Interface {
				continue
			}
			get, ok := getter.Out(0).MethodByName("Get")
			if !ok || get.Type.NumOut() != 2 || get.Type.Out(0).Kind() != reflect.Pointer {
				continue
			}
			object, ok := reflect.New(get.Type.Out(0).Elem()).Interface().(runtime.Object)
			if !ok {
				continue
			}
			kinds, _, err := scheme.ObjectKinds(object)
			if err != nil {
				log.Fatal(err)
			}
			named, ok := object.(interface{ OpenAPIModelName() string })
			if !ok {
				continue // a kind without a definition can't be validated, so it is not offered
			}
			for _, kind := range kinds {
				served := resource{
					Group: kind.Group, Version: kind.Version, Kind: kind.Kind,
					Namespaced: getter.NumIn() == 1, Definition: named.OpenAPIModelName(),
				}
				if removed, ok := object.(interface{ APILifecycleRemoved() (int, int) }); ok {
					major, minor := removed.APILifecycleRemoved()
					served.Removed = fmt.Sprintf("%d.%d", major, minor)
				}
				if replaced, ok := object.(interface {
					APILifecycleReplacement() schema.GroupVersionKind
				}); ok {
					kind := replaced.APILifecycleReplacement()
					served.Replacement = kind.GroupVersion().String() + " " + kind.Kind
				}
				found = append(found, served)
			}
		}
	}
	return found
}
