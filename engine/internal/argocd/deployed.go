// Package argocd makes of rendered objects what Argo CD applies, so that they are judged as they will be.
// scripts/lib/argocd/normalise.ts is its twin for the rules; tests/engine/verdicts.test.ts holds them together.
package argocd

import (
	"maps"
	"strings"
)

// tracking names the Application that an object belongs to.
const tracking = "argocd.argoproj.io/tracking-id"

// Application is what of an Application its objects are given.
type Application struct {
	Name string
	// Namespace is where it deploys what names no namespace.
	Namespace string
}

// Deployed takes items out of lists, and adds the namespace and the tracking annotation. What it is given stays as it is.
func (a Application) Deployed(object map[string]any, isClusterWide func(apiVersion, kind string) bool) []map[string]any {
	kind := textAt(object, "kind")
	if items, ok := object["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		var found []map[string]any
		for _, item := range items {
			if one, ok := item.(map[string]any); ok {
				found = append(found, a.Deployed(one, isClusterWide)...)
			}
		}
		return found
	}
	metadata := copyAt(object, "metadata")
	own := textAt(metadata, "namespace")
	where := own
	if own == "" {
		where = a.Namespace
	}
	apiVersion := textAt(object, "apiVersion")
	if where != "" && (own != "" || !isClusterWide(apiVersion, kind)) {
		metadata["namespace"] = where
	}
	annotations := copyAt(metadata, "annotations")
	if kind != "CustomResourceDefinition" {
		group := apiVersion[:max(strings.LastIndex(apiVersion, "/"), 0)]
		annotations[tracking] = a.Name + ":" + group + "/" + kind + ":" + where + "/" + textAt(metadata, "name")
	}
	metadata["annotations"] = annotations
	deployed := maps.Clone(object)
	deployed["metadata"] = metadata
	return []map[string]any{deployed}
}

func textAt(object map[string]any, key string) string {
	text, _ := object[key].(string)
	return text
}

// copyAt returns a copy of an object in another; an empty one where there is none.
func copyAt(object map[string]any, key string) map[string]any {
	found, ok := object[key].(map[string]any)
	if !ok {
		return map[string]any{}
	}
	return maps.Clone(found)
}
