package render

import (
	"encoding/json"
	"testing"
)

func TestReadPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "null",
		"# nothing\n":               "null",
		"a: b\n":                    `{"a":"b"}`,
		"a: 30s\nb: 1Gi\n":          `{"a":"30s","b":"1Gi"}`,
		"a: 1\nb: -2\nc: 0.5\n":     `{"a":1,"b":-2,"c":0.5}`,
		"a: true\nb: null\nc:\n":    `{"a":true,"b":null,"c":null}`,
		"a: \"yes\"\nb: 'no'\n":     `{"a":"yes","b":"no"}`,
		"a:\n  - b: c\n  - {}\n":    `{"a":[{"b":"c"},{}]}`,
		"a: |\n  x\n  y\n":          `{"a":"x\ny\n"}`,
		"a: 10.0.0.0/8\n":           `{"a":"10.0.0.0/8"}`,
		"a: text = (all) {of} it\n": `{"a":"text = (all) {of} it"}`,
	} {
		object, isPlain := readPlain(text)
		content, _ := json.Marshal(object)
		if !isPlain || string(content) != want {
			t.Errorf("%q: %s, %v; want %s", text, content, isPlain, want)
		}
	}
}

// What readers of YAML may take in more than one way is left to the caller.
func TestReadPlainRefuses(t *testing.T) {
	for _, text := range []string{
		"a: yes\n", "a: y\n", "a: Off\n", "a: 012\n", "a: 0x1f\n", "a: 1_000\n", "a: 1e3\n", "a: .5\n", "a: -0\n",
		"a: 12345678901234567\n", "a: 2020-01-01\n", "a: 12:30:45\n", "a: ~\n", "a: .inf\n", "a: <<\n",
		"a: &x b\nc: *x\n", "a: !!str b\n", "a: {b: c}\n", "a: [b]\n", "a: >\n  b\n", "a: |+\n  b\n\n", "a: |2\n    b\n",
		"a: b\na: c\n", "1: b\n", "a:\tb\n", "a: \"b\\tc\"\n", "a: b", "- a\n", "a\n", "a: [\n", "a: b\n<<<<<<< HEAD\n",
		"a: b\r\n", "\ufeffa: b\n", "a: gr\u00fcn\n", "a: b\n  \n ",
	} {
		if object, isPlain := readPlain(text); isPlain {
			t.Errorf("%q is read as %v", text, object)
		}
	}
}
