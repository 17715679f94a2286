package judge

import (
	"errors"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"engine/internal/protocol"
)

// listRefusals are those refusals of server-side apply that are about items of lists: what else it says the decoders and
// schemas say, and better.
func listRefusals(err error) []protocol.Refusal {
	var all typed.ValidationErrors
	if !errors.As(err, &all) {
		return nil
	}
	var found []protocol.Refusal
	for _, one := range all {
		if strings.Contains(one.ErrorMessage, "duplicate") {
			found = append(found, about(strings.TrimPrefix(one.Path, "."), "duplicate", one.ErrorMessage))
		}
	}
	return distinct(found)
}
