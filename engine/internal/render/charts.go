package render

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/action"
	generic "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"

	"engine/internal/store"
)

// charts holds loaded charts by what they were loaded of.
type charts map[string]*chart.Chart

// load returns a chart of a folder that the caller may change: Helm does, while it renders.
func (c charts) load(view *store.View, folder string) (*chart.Chart, error) {
	key := view.Identity(folder)
	loaded, ok := c[key]
	if !ok {
		var err error
		if loaded, err = loadChart(view, folder); err != nil {
			return nil, err
		}
		c[key] = loaded
	}
	return clone(loaded), nil
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// loadChart reads a chart as Helm reads a folder: what .helmignore names is not there.
func loadChart(view *store.View, folder string) (*chart.Chart, error) {
	rules := ignore.Empty()
	if content, ok := view.Read(folder + "/" + ignore.HelmIgnore); ok {
		parsed, err := ignore.Parse(bytes.NewReader(content))
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	rules.AddDefaults()
	var files []*archive.BufferedFile
	for _, name := range view.Below(folder) {
		if isIgnored(rules, name) {
			continue
		}
		content, _ := view.Read(folder + "/" + name)
		files = append(files, &archive.BufferedFile{Name: name, Data: bytes.TrimPrefix(content, byteOrderMark)})
	}
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return loaded, nil
}

// isIgnored asks about the file and every folder it is in: a folder that is ignored is not looked into.
func isIgnored(rules *ignore.Rules, name string) bool {
	parts := strings.Split(name, "/")
	for length := 1; length < len(parts); length++ {
		if rules.Ignore(strings.Join(parts[:length], "/"), entry{parts[length-1], true}) {
			return true
		}
	}
	return rules.Ignore(name, entry{parts[len(parts)-1], false})
}

// entry is what the rules ask of a file: its name, and whether it is a folder.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string       { return e.name }
func (e entry) IsDir() bool        { return e.folder }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

// clone copies what a render changes: values, metadata and the list of subcharts. Contents of files are shared.
func clone(of *chart.Chart) *chart.Chart {
	copied := &chart.Chart{
		Raw: of.Raw, Lock: of.Lock, Templates: of.Templates, Schema: of.Schema, Files: of.Files,
		Values: cloneValues(of.Values),
	}
	metadata := *of.Metadata
	metadata.Dependencies = nil
	for _, dependency := range of.Metadata.Dependencies {
		own := *dependency
		metadata.Dependencies = append(metadata.Dependencies, &own)
	}
	metadata.Annotations = maps.Clone(of.Metadata.Annotations)
	copied.Metadata = &metadata
	for _, dependency := range of.Dependencies() {
		copied.AddDependency(clone(dependency))
	}
	return copied
}

func cloneValues(values map[string]any) map[string]any {
	if values == nil {
		return nil
	}
	copied := make(map[string]any, len(values))
	for key, value := range values {
		copied[key] = cloneValue(value)
	}
	return copied
}

func cloneValue(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		return cloneValues(typed)
	case []any:
		copied := make([]any, len(typed))
		for index, item := range typed {
			copied[index] = cloneValue(item)
		}
		return copied
	default:
		return value
	}
}

// installable refuses what the command refuses before it renders.
func installable(loaded *chart.Chart) error {
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return fmt.Errorf("%s charts are not installable", kind)
	}
	required := make([]generic.Dependency, 0, len(loaded.Metadata.Dependencies))
	for _, dependency := range loaded.Metadata.Dependencies {
		required = append(required, dependency)
	}
	if len(required) == 0 {
		return nil
	}
	if err := action.CheckDependencies(loaded, required); err != nil {
		return fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: %w", err)
	}
	return nil
}
