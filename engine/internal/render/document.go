package render

import (
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"engine/internal/protocol"
)

var (
	separator = regexp.MustCompile(`(?m)^---[ \t]*$`)
	source    = regexp.MustCompile(`(?m)^# Source: (.+)$`)
)

// documents splits what Helm prints. What every reader of YAML takes alike is given as JSON; anything else as it is.
func documents(text string) []protocol.Document {
	found := []protocol.Document{}
	for _, part := range separator.Split(text, -1) {
		document := protocol.Document{}
		if match := source.FindStringSubmatch(part); match != nil {
			document.Template = match[1]
		}
		object, isPlain := readPlain(part)
		switch {
		case !isPlain:
			document.Text = part
		case object == nil:
			continue
		default:
			content, err := json.Marshal(object)
			if err != nil {
				document.Text = part
			} else {
				document.Object, document.Content = content, object
			}
		}
		found = append(found, document)
	}
	return found
}

const deepest = 60

var (
	integer = regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,14})$`)
	decimal = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6}$`)
	// measure is a length of time, an amount of memory, or an IPv4 address.
	measure = regexp.MustCompile(`^[0-9]+(?:ms|[smhdw]|[KMGT]i)$|^[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?$`)
	words   = regexp.MustCompile(`(?i)^(?:y|n|yes|no|on|off|true|false|null)$`)
)

// readPlain reads a document that holds only forms which all readers take alike. It returns nil, true for an empty one.
func readPlain(text string) (map[string]any, bool) {
	if isOdd(text) || !strings.HasSuffix(text, "\n") {
		return nil, strings.TrimSpace(text) == ""
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return nil, false
	}
	if root.Kind == 0 {
		return nil, true
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	object, isPlain := value(root.Content[0], 0)
	content, isObject := object.(map[string]any)
	return content, isPlain && isObject
}

// isOdd finds text whose reading takes more than a look at the tree: escapes, tabs, other breaks of lines, markers of a
// conflict, a line of blanks at the end.
func isOdd(text string) bool {
	for index := 0; index < len(text); index++ {
		switch character := text[index]; {
		case character == '\n':
		case character < ' ', character == '\\', character == 0x7f:
			return true
		}
	}
	for _, mark := range [...]string{"\u0085", "\u2028", "\u2029", "\ufeff", "<<<<", "====", ">>>>"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	last := text[strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n')+1:]
	return strings.TrimRight(last, " \n") == "" && strings.Contains(last, " ")
}

// isWord finds a plain scalar outside of brackets that is a string to every reader, unless it is one of words: a letter or
// a slash, then printable ASCII.
func isWord(text string) bool {
	first := text[0] | 0x20
	if (first < 'a' || first > 'z') && text[0] != '/' {
		return false
	}
	for index := 1; index < len(text); index++ {
		if text[index] < ' ' || text[index] > '~' {
			return false
		}
	}
	return text[len(text)-1] != ':'
}

// value returns what a node says; false where it is of a form that is read in more than one way.
func value(node *yaml.Node, depth int) (any, bool) {
	if depth > deepest || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 {
		return nil, false
	}
	// In brackets only what is quoted is safe, and what is empty.
	if node.Style&yaml.FlowStyle != 0 && len(node.Content) > 0 {
		return nil, false
	}
	switch node.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		for index := 0; index < len(node.Content); index += 2 {
			key, isPlain := value(node.Content[index], depth+1)
			name, isText := key.(string)
			_, isRepeated := object[name]
			if !isPlain || !isText || isRepeated {
				return nil, false
			}
			content, isPlain := value(node.Content[index+1], depth+1)
			if !isPlain {
				return nil, false
			}
			object[name] = content
		}
		return object, true
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for index, item := range node.Content {
			content, isPlain := value(item, depth+1)
			if !isPlain {
				return nil, false
			}
			list[index] = content
		}
		return list, true
	case yaml.ScalarNode:
		return scalar(node)
	default:
		return nil, false
	}
}

// scalar goes by the text, and by the tag where they differ: in a tree that was changed a number may be meant as a string.
func scalar(node *yaml.Node) (any, bool) {
	is := func(tag string) bool { return node.Tag == "" || node.Tag == tag }
	switch node.Style {
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		return node.Value, is("!!str") && !strings.Contains(node.Value, "\n")
	case yaml.LiteralStyle:
		// With an indentation or line breaks of its own at an end, it depends on indicators that the tree does not show.
		return node.Value, is("!!str") && !strings.HasSuffix(node.Value, "\n\n") && strings.TrimLeft(node.Value, " \n") == node.Value
	case 0:
	default:
		return nil, false
	}
	switch text := node.Value; {
	case text == "" || text == "null":
		return nil, is("!!null")
	case text == "true":
		return true, is("!!bool")
	case text == "false":
		return false, is("!!bool")
	case integer.MatchString(text) && text != "-0":
		return json.Number(text), is("!!int")
	case decimal.MatchString(text):
		return json.Number(text), is("!!float")
	case isWord(text) && !words.MatchString(text), measure.MatchString(text):
		return text, is("!!str")
	default:
		return nil, false
	}
}
