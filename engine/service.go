package main

import (
	"engine/internal/judge"
	"engine/internal/protocol"
	"engine/internal/render"
	"engine/internal/store"
)

// service answers requests one after the other: Kustomize keeps its schema in the process, and so do the versions that
// Kubernetes emulates. For more at once, start more of them.
type service struct {
	files  *store.Files
	helm   *render.Helm
	judges *judge.Judges
}

func newService() *service {
	files := store.New()
	return &service{files: files, helm: render.NewHelm(files), judges: judge.New()}
}

func (s *service) Versions() protocol.Versions {
	return protocol.Versions{
		Protocol:   protocol.Protocol,
		Helm:       moduleVersion("helm.sh/helm/v4"),
		Kustomize:  moduleVersion("sigs.k8s.io/kustomize/api"),
		Kubernetes: moduleVersion("k8s.io/kubernetes"),
	}
}

func (s *service) Handle(request *protocol.Request) (any, error) {
	s.files.Put(request.Contents)
	if err := s.judges.Define(request.Definitions); err != nil {
		return nil, err
	}
	if request.Judge != nil {
		return s.judges.Judge(request.Judge)
	}
	rendered, err := s.render(request)
	if err != nil || request.Deploy == nil {
		return rendered, err
	}
	return rendered, s.judges.Deployed(request.Deploy, rendered.Documents)
}

func (s *service) render(request *protocol.Request) (*protocol.Rendered, error) {
	switch {
	case request.Helm != nil:
		return s.helm.Render(request.Helm)
	case request.Kustomize != nil:
		return render.Kustomize(s.files, request.Kustomize)
	default:
		return nil, protocol.Unknown
	}
}

var _ protocol.Service = (*service)(nil)
