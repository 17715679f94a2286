package judge

import (
	"encoding/json"
	"strings"
	"testing"

	"engine/internal/protocol"
)

const definition = `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.org"},
"spec":{"group":"example.org","scope":"Namespaced","names":{"kind":"Thing","plural":"things","singular":"thing","listKind":"ThingList"},
"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
"required":["size"],
"x-kubernetes-validations":[{"rule":"self.size <= 5","message":"at most five"},{"rule":"self.size >= oldSelf.size","message":"never smaller"}],
"properties":{"size":{"type":"integer","default":1},
"parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}}}}}}]}}`

func server(minor string, definitions ...string) protocol.Server {
	return protocol.Server{Kubernetes: minor, Namespace: "n", Definitions: definitions}
}

func judgeOne(t *testing.T, minor, object, before string) protocol.Verdict {
	t.Helper()
	judges := New()
	if err := judges.Define(map[string]json.RawMessage{"things": json.RawMessage(definition)}); err != nil {
		t.Fatal(err)
	}
	asked := &protocol.Judge{Server: server(minor, "things"), Objects: []json.RawMessage{json.RawMessage(object)}}
	if before != "" {
		asked.Before = []json.RawMessage{json.RawMessage(before)}
	}
	given, err := judges.Judge(asked)
	if err != nil {
		t.Fatal(err)
	}
	return given.Verdicts[0]
}

func TestRefusals(t *testing.T) {
	service := func(spec string) string {
		return `{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":` + spec + `}`
	}
	thing := func(spec string) string {
		return `{"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"t"},"spec":` + spec + `}`
	}
	job := func(image string) string {
		return `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"` + image + `"}]}}}}`
	}
	for _, test := range []struct {
		name, object, before string
		// wants are "FIELD KIND" of the refusals; none where the object is admitted.
		wants []string
	}{
		{"a service", service(`{"ports":[{"port":80}]}`), "", nil},
		{"headless", service(`{"clusterIP":"None","ports":[{"port":80}]}`), "", nil},
		{"a port twice", service(`{"ports":[{"port":80,"name":"a"},{"port":80,"name":"b"}]}`), "", []string{"spec.ports duplicate", "spec.ports[1] duplicate"}},
		{"an unknown field", service(`{"port":[]}`), "", []string{"spec.port strict", "spec.ports invalid"}},
		{"of another type", service(`{"ports":"80"}`), "", []string{" invalid"}},
		{"an unknown version", `{"apiVersion":"apps/v9","kind":"Deployment","metadata":{"name":"d"}}`, "", []string{"apiVersion invalid"}},
		{"a name", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Capital"}}`, "", []string{"metadata.name invalid"}},
		{"a custom object", thing(`{"size":3}`), "", nil},
		{"a default of a custom object", thing(`{}`), "", nil},
		{"a rule of a custom kind", thing(`{"size":6}`), "", []string{"spec invalid"}},
		{"an unknown field of a custom kind", thing(`{"size":1,"sise":2}`), "", []string{"spec.sise strict"}},
		{"an item twice of a custom kind", thing(`{"size":1,"parts":[{"name":"a"},{"name":"a"}]}`), "", []string{"spec.parts duplicate", "spec.parts[1] duplicate"}},
		{"a transition", thing(`{"size":2}`), thing(`{"size":3}`), []string{"spec invalid"}},
		{"the other transition", thing(`{"size":3}`), thing(`{"size":2}`), nil},
		{"what the old one was not", thing(`{"size":2}`), thing(`{"size":9}`), nil},
		{"an immutable template", job("b"), job("a"), []string{"spec.template immutable"}},
		{"the same job", job("a"), job("a"), nil},
		{"a service that is changed", service(`{"ports":[{"port":81}]}`), service(`{"ports":[{"port":80}]}`), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			verdict := judgeOne(t, "1.36", test.object, test.before)
			if verdict.NotJudged != "" {
				t.Fatalf("not judged: %s", verdict.NotJudged)
			}
			var found []string
			for _, refusal := range verdict.Refusals {
				found = append(found, refusal.Field+" "+refusal.Kind)
			}
			if strings.Join(found, ", ") != strings.Join(test.wants, ", ") {
				t.Errorf("refusals are %q, want %q: %+v", found, test.wants, verdict.Refusals)
			}
		})
	}
}

func TestPodSecurity(t *testing.T) {
	pod := func(spec string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":` + spec + `}`
	}
	restricted := `"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"a","image":"b","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]`
	if verdict := judgeOne(t, "1.36", pod("{"+restricted+"}"), ""); len(verdict.Restricted)+len(verdict.Refusals) != 0 {
		t.Errorf("a restricted pod: %+v", verdict)
	}
	verdict := judgeOne(t, "1.36", pod(`{"hostNetwork":true,`+restricted+"}"), "")
	if len(verdict.Restricted) != 1 || verdict.Restricted[0].Reason != "host namespaces" {
		t.Errorf("the host's network: %+v", verdict)
	}
}

func TestVersions(t *testing.T) {
	judges := New()
	for minor, isJudged := range map[string]bool{"1.34": false, "1.35": true, "1.36": true, "1.37": false, "x": false} {
		_, err := judges.Judge(&protocol.Judge{Server: server(minor)})
		if (err == nil) != isJudged {
			t.Errorf("%s: %v", minor, err)
		}
	}
}

func TestUnknownKindIsNotJudged(t *testing.T) {
	verdict := judgeOne(t, "1.36", `{"apiVersion":"other.org/v1","kind":"Thing","metadata":{"name":"t"}}`, "")
	if verdict.NotJudged == "" {
		t.Errorf("judged: %+v", verdict)
	}
}

// Of Kubernetes' own kind the server leaves values out itself; of a custom one its schema repeats them.
func TestSecretsOfCustomKindsAreMasked(t *testing.T) {
	custom := strings.ReplaceAll(definition, "Thing", "SopsSecret")
	custom = strings.Replace(custom, `"size":{"type":"integer","default":1}`, `"size":{"type":"integer","default":1},"text":{"type":"string","pattern":"^ENC"}`, 1)
	judges := New()
	if err := judges.Define(map[string]json.RawMessage{"secrets": json.RawMessage(custom)}); err != nil {
		t.Fatal(err)
	}
	object := `{"apiVersion":"example.org/v1","kind":"SopsSecret","metadata":{"name":"s"},"spec":{"text":"hunter2"}}`
	given, err := judges.Judge(&protocol.Judge{Server: server("1.36", "secrets"), Objects: []json.RawMessage{json.RawMessage(object)}})
	if err != nil {
		t.Fatal(err)
	}
	refusals := given.Verdicts[0].Refusals
	if len(refusals) != 1 || refusals[0].Field != "spec.text" || strings.Contains(refusals[0].Message, "hunter2") {
		t.Errorf("%+v", refusals)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	verdict := judgeOne(t, "1.36", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"c2VjcmV0"}}`, "")
	if len(verdict.Refusals) == 0 {
		t.Fatal("not refused")
	}
	for _, refusal := range verdict.Refusals {
		if strings.Contains(refusal.Message, "secret\"") || strings.Contains(refusal.Message, "c2VjcmV0") {
			t.Errorf("tells the value: %s", refusal.Message)
		}
	}
}

// What Argo CD adds is judged too: with its annotation these are too long.
func TestDeployed(t *testing.T) {
	content := func(length int) protocol.Document {
		annotations := map[string]any{"a": strings.Repeat("x", length)}
		return protocol.Document{Content: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "c", "annotations": annotations}}}
	}
	documents := []protocol.Document{content(262_143), content(1), {Text: "a: &b c"}}
	if err := New().Deployed(&protocol.Deploy{Server: server("1.36"), Application: "app"}, documents); err != nil {
		t.Fatal(err)
	}
	if len(documents[0].Verdicts) != 1 || len(documents[0].Verdicts[0].Refusals) != 1 {
		t.Errorf("too long: %+v", documents[0].Verdicts)
	}
	if len(documents[1].Verdicts) != 1 || len(documents[1].Verdicts[0].Refusals) != 0 {
		t.Errorf("short: %+v", documents[1].Verdicts)
	}
	if documents[2].Verdicts != nil {
		t.Errorf("a text is judged: %+v", documents[2].Verdicts)
	}
}
