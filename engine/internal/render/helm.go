package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	values "helm.sh/helm/v4/pkg/chart/v2/loader"
	release "helm.sh/helm/v4/pkg/release/v1"

	"engine/internal/protocol"
	"engine/internal/store"
)

// Helm renders charts, each loaded once.
type Helm struct {
	files   *store.Files
	charts  charts
	schemas schemas
}

// NewHelm makes a renderer of the charts among files.
func NewHelm(files *store.Files) *Helm {
	return &Helm{files: files, charts: charts{}, schemas: schemas{}}
}

// Render renders as `helm template` does.
func (h *Helm) Render(request *protocol.Helm) (*protocol.Rendered, error) {
	view, err := h.files.View(request.Files)
	if err != nil {
		return nil, err
	}
	collected := capture()
	merged, err := mergeValues(view, request)
	if err != nil {
		return nil, err
	}
	loaded, err := h.charts.load(view, request.Chart)
	if err != nil {
		return nil, err
	}
	install, err := newInstall(request)
	if err != nil {
		return nil, err
	}
	if err := installable(loaded); err != nil {
		return nil, err
	}
	install.SkipSchemaValidation = h.schemas.admits(loaded, merged)
	result, err := install.Run(loaded, merged)
	if err != nil {
		return nil, err
	}
	done, ok := result.(*release.Release)
	if !ok {
		return nil, fmt.Errorf("Helm returned a release of the type %T", result)
	}
	text := manifests(done, request.SkipTests)
	return &protocol.Rendered{Documents: documents(text), Warnings: collected()}, nil
}

// newInstall sets what the command does.
func newInstall(request *protocol.Helm) (*action.Install, error) {
	install := action.NewInstall(action.NewConfiguration())
	if request.KubeVersion != "" {
		version, err := common.ParseKubeVersion(request.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", request.KubeVersion, err)
		}
		install.KubeVersion = version
	}
	install.DryRunStrategy = action.DryRunClient
	install.ReleaseName = request.ReleaseName
	install.Namespace = request.Namespace
	install.Replace = true
	install.APIVersions = common.VersionSet(request.APIVersions)
	install.IncludeCRDs = !request.SkipCRDs
	return install, nil
}

// mergeValues merges the files, weakest first, and the values of the request over them.
func mergeValues(view *store.View, request *protocol.Helm) (map[string]any, error) {
	merged := map[string]any{}
	add := func(name string, content []byte) error {
		layer, err := values.LoadValues(bytes.NewReader(content))
		if err != nil {
			return fmt.Errorf("failed to parse %s: %w", name, err)
		}
		merged = values.MergeMaps(merged, layer)
		return nil
	}
	for _, name := range request.ValueFiles {
		content, ok := view.Read(name)
		if !ok {
			return nil, fmt.Errorf("open %s: no such file or directory", name)
		}
		if err := add(name, content); err != nil {
			return nil, err
		}
	}
	if len(request.Values) > 0 {
		if err := add("the values of the Application", request.Values); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// manifests puts together what the command prints.
func manifests(done *release.Release, skipTests bool) string {
	var text strings.Builder
	fmt.Fprintln(&text, strings.TrimSpace(done.Manifest))
	for _, hook := range done.Hooks {
		if skipTests && slices.Contains(hook.Events, release.HookTest) {
			continue
		}
		fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return text.String()
}
