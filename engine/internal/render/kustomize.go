// Package render makes objects of charts and kustomizations by the libraries of Helm and Kustomize, with the options of
// the programs of the same name.
package render

import (
	"errors"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"

	"engine/internal/protocol"
	"engine/internal/store"
)

// Kustomize renders as `kubectl kustomize` does: the order of the kustomization, nothing read from outside of the folders it
// names, no plugins.
func Kustomize(files *store.Files, request *protocol.Kustomize) (*protocol.Rendered, error) {
	view, err := files.View(request.Files)
	if err != nil {
		return nil, err
	}
	disk, err := view.Disk()
	if err != nil {
		return nil, err
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	said := capture()
	objects, err := krusty.MakeKustomizer(options).Run(disk, store.Root+request.Path)
	warnings := said()
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), store.Root, ""))
	}
	rendered := &protocol.Rendered{Documents: []protocol.Document{}, Warnings: warnings, Reads: view.Reads()}
	for _, object := range objects.Resources() {
		text, err := object.MarshalJSON()
		if err != nil {
			return nil, err
		}
		rendered.Documents = append(rendered.Documents, protocol.Document{Object: text})
	}
	return rendered, nil
}
