package render

import (
	"encoding/json"
	"testing"

	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// What transformers leave in a tree: a value of one kind with the tag or the quotes of another. Where it is read without being
// written, both readings are the same.
func TestTreesAreReadAsKustomizeWritesThem(t *testing.T) {
	texts := []string{"", "null", "true", "yes", "1", "-0", "0x1f", "0.50", "1e3", "2020-01-01", "a", "a: b", "a #b", " a", "~", "10s", "a\nb\n", "a\n\n", " a\nb"}
	plain := 0
	for _, text := range texts {
		for _, tag := range []string{"", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary"} {
			for _, style := range []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle} {
				key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "key"}
				scalar := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Style: style, Value: text}
				tree := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, scalar}}
				object, isPlain := value(tree, 0)
				if !isPlain {
					continue
				}
				plain++
				found := normal(t, object)
				written, err := kyaml.NewRNode(tree).MarshalJSON()
				if err != nil || normal(t, json.RawMessage(written)) != found {
					t.Errorf("%q, tag %q, style %d: %s is written as %s, %v", text, tag, style, found, written, err)
				}
			}
		}
	}
	if plain < 50 {
		t.Errorf("only %d were read", plain)
	}
}

// normal is JSON with one way to write a number.
func normal(t *testing.T, of any) string {
	t.Helper()
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	var read any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	text, _ = json.Marshal(read)
	return string(text)
}
