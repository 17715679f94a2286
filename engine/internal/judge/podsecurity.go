package judge

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/pod-security-admission/admission"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"engine/internal/protocol"
)

// podSecurity evaluates the Pod Security Standards of one minor version.
type podSecurity struct {
	evaluator policy.Evaluator
	version   api.Version
}

func newPodSecurity(minor *version.Version) (podSecurity, error) {
	of := api.MajorMinorVersion(int(minor.Major()), int(minor.Minor()))
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), &of)
	return podSecurity{evaluator, of}, err
}

// restricted says what that level forbids about the pods of an object; nothing of an object without any.
func (p podSecurity) restricted(object runtime.Object) []protocol.Forbidden {
	metadata, spec, err := admission.DefaultPodSpecExtractor{}.ExtractPodSpec(object)
	if err != nil || spec == nil {
		return nil
	}
	var found []protocol.Forbidden
	for _, result := range p.evaluator.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: p.version}, metadata, spec) {
		if !result.Allowed {
			found = append(found, protocol.Forbidden{Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail})
		}
	}
	return found
}
