package render

import (
	"bytes"
	"maps"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// schemas are compiled once: Helm compiles them for every render.
type schemas map[*byte]*jsonschema.Schema

// admits says whether the values are in order for sure: as Helm itself validates them, with a schema that is compiled once. Where
// it says false Helm validates them again, and says what is wrong.
func (s schemas) admits(loaded *chart.Chart, values map[string]any) bool {
	if len(loaded.Schema) == 0 || len(loaded.Dependencies()) > 0 {
		return false
	}
	validator, ok := s[&loaded.Schema[0]]
	if !ok {
		validator = compile(loaded.Schema)
		s[&loaded.Schema[0]] = validator
	}
	if validator == nil {
		return false
	}
	merged, err := util.CoalesceValues(loaded, maps.Clone(values))
	return err == nil && validator.Validate(merged.AsMap()) == nil
}

// compile returns nothing for a schema that can't be compiled, or that refers to another document.
func compile(content []byte) *jsonschema.Schema {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	if err := compiler.AddResource("file:///values.schema.json", schema); err != nil {
		return nil
	}
	validator, err := compiler.Compile("file:///values.schema.json")
	if err != nil {
		return nil
	}
	return validator
}
