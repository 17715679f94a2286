package judge

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"engine/internal/protocol"
)

func refused(refusals ...protocol.Refusal) protocol.Verdict {
	return protocol.Verdict{Refusals: refusals}
}

func about(field, kind, message string) protocol.Refusal {
	return protocol.Refusal{Field: field, Kind: kind, Message: message}
}

// refusalsOf takes apart what a server would answer: one refusal a cause.
func refusalsOf(err error) []protocol.Refusal {
	if err == nil {
		return nil
	}
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		details := status.Status().Details
		if details != nil && len(details.Causes) > 0 {
			found := make([]protocol.Refusal, 0, len(details.Causes))
			for _, cause := range details.Causes {
				found = append(found, about(cause.Field, kindOf(cause), cause.Message))
			}
			return distinct(found)
		}
		return []protocol.Refusal{about("", "invalid", status.Status().Message)}
	}
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		found := []protocol.Refusal{}
		for _, one := range strict.Errors() {
			found = append(found, about(fieldIn(one.Error()), "strict", one.Error()))
		}
		return distinct(found)
	}
	return []protocol.Refusal{about(fieldIn(err.Error()), "invalid", err.Error())}
}

func kindOf(cause metav1.StatusCause) string {
	switch {
	case strings.Contains(cause.Message, "field is immutable"), strings.Contains(cause.Message, "updates to"),
		strings.Contains(cause.Message, "is forbidden") && strings.Contains(cause.Message, "update"):
		return "immutable"
	case cause.Type == metav1.CauseTypeFieldValueDuplicate:
		return "duplicate"
	default:
		return "invalid"
	}
}

// secrets are kinds whose values no report shows.
var secrets = map[string]bool{"Secret": true, "SopsSecret": true}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// masked leaves values out of what is said of a secret: some messages repeat them.
func masked(kind string, verdict protocol.Verdict) protocol.Verdict {
	if secrets[kind] {
		for index, refusal := range verdict.Refusals {
			verdict.Refusals[index].Message = quoted.ReplaceAllString(refusal.Message, "(a value)")
		}
	}
	return verdict
}

// named is how decoders name a field: unknown field "spec.replica".
var named = regexp.MustCompile(`field "([^"]+)"`)

func fieldIn(message string) string {
	if match := named.FindStringSubmatch(message); match != nil {
		return match[1]
	}
	return ""
}

// distinct leaves out repetitions, and sorts: validation walks maps.
func distinct(refusals []protocol.Refusal) []protocol.Refusal {
	slices.SortFunc(refusals, func(a, b protocol.Refusal) int {
		return strings.Compare(a.Field+"\x00"+a.Message, b.Field+"\x00"+b.Message)
	})
	return slices.Compact(refusals)
}
