// Package render makes objects of charts and kustomizations by the libraries of Helm and Kustomize, with the options of
// the programs of the same name.
package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resource"

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
	rendered := &protocol.Rendered{Documents: []protocol.Document{}, Warnings: warnings}
	for _, object := range objects.Resources() {
		document, err := documentOf(object)
		if err != nil {
			return nil, err
		}
		rendered.Documents = append(rendered.Documents, document)
	}
	return rendered, nil
}

// documentOf reads an object where Kustomize has it, in the tree of YAML. Its own way to JSON writes YAML and reads that again: only
// what the writing may change goes there.
func documentOf(object *resource.Resource) (protocol.Document, error) {
	if found, isPlain := value(object.YNode(), 0); isPlain {
		if content, ok := found.(map[string]any); ok {
			text, err := json.Marshal(content)
			return protocol.Document{Object: text, Content: content}, err
		}
	}
	text, err := object.MarshalJSON()
	if err != nil {
		return protocol.Document{}, err
	}
	content, err := contentOf(text)
	return protocol.Document{Object: text, Content: content}, err
}

func contentOf(text []byte) (content map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return content, decoder.Decode(&content)
}
