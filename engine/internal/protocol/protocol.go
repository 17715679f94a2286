// Package protocol is what is said over standard input and output: a JSON document a line.
package protocol

import "encoding/json"

// Protocol is raised whenever an older reader would misunderstand a message.
const Protocol = 2

// Versions is the greeting, the first line that is written.
type Versions struct {
	Protocol   int    `json:"protocol"`
	Helm       string `json:"helm"`
	Kustomize  string `json:"kustomize"`
	Kubernetes string `json:"kubernetes"`
}

// Request asks for one thing, and brings what it takes that this process does not have yet.
type Request struct {
	ID int64 `json:"id"`
	// Contents adds contents of files under the numbers that renders name them by.
	Contents map[int]Content `json:"contents,omitempty"`
	// Definitions adds CustomResourceDefinitions under names that judges name them by.
	Definitions map[string]json.RawMessage `json:"definitions,omitempty"`
	Helm        *Helm                      `json:"helm,omitempty"`
	Kustomize   *Kustomize                 `json:"kustomize,omitempty"`
	Judge       *Judge                     `json:"judge,omitempty"`
	// Deploy goes with a render: what it makes is judged in the same answer.
	Deploy *Deploy `json:"deploy,omitempty"`
}

// Content is what a file holds: as text, or in base64 where it is none.
type Content struct {
	Text   *string `json:"text,omitempty"`
	Base64 []byte  `json:"base64,omitempty"`
}

// Helm asks for what `helm template --include-crds` prints. Paths are from the root of the repository.
type Helm struct {
	Chart       string          `json:"chart"`
	ReleaseName string          `json:"releaseName"`
	Namespace   string          `json:"namespace"`
	KubeVersion string          `json:"kubeVersion"`
	APIVersions []string        `json:"apiVersions"`
	ValueFiles  []string        `json:"valueFiles"`
	Values      json.RawMessage `json:"values"`
	SkipCRDs    bool            `json:"skipCrds"`
	SkipTests   bool            `json:"skipTests"`
	Files       map[string]int  `json:"files"`
}

// Kustomize asks for what `kubectl kustomize PATH` prints.
type Kustomize struct {
	Path  string         `json:"path"`
	Files map[string]int `json:"files"`
}

// Rendered is what came out of a render.
type Rendered struct {
	Documents []Document `json:"documents"`
	// Warnings is what the stock program would have written to standard error.
	Warnings string `json:"warnings"`
}

// Document is one object; as text where readers of YAML may take it differently: the caller's reader decides then.
type Document struct {
	// Template is the file it came from as Helm names it; Kustomize does not say.
	Template string          `json:"template,omitempty"`
	Object   json.RawMessage `json:"object,omitempty"`
	Text     string          `json:"text,omitempty"`
	// Verdicts are about what Argo CD makes of the object: a list holds several. None where nobody asked, or it is a text.
	Verdicts []Verdict `json:"verdicts,omitempty"`
	// Content is what Object says.
	Content map[string]any `json:"-"`
}

// Server is what has to be known of the API server that is asked.
type Server struct {
	// Kubernetes is its minor version, as 1.36.
	Kubernetes string `json:"kubernetes"`
	// Definitions are names of the CustomResourceDefinitions it has.
	Definitions []string `json:"definitions"`
	// Namespace is that of namespaced objects that name none.
	Namespace string `json:"namespace"`
}

// Deploy asks for its verdict about what Argo CD makes of a render.
type Deploy struct {
	Server
	// Application is the name of the one that deploys.
	Application string `json:"application"`
}

// Judge asks for its verdict about objects.
type Judge struct {
	Server
	Objects []json.RawMessage `json:"objects"`
	// Before holds, for each of the objects, what it replaces; null where it is new. Without it all are new.
	Before []json.RawMessage `json:"before,omitempty"`
}

// Verdicts holds one verdict for each of the objects.
type Verdicts struct {
	Verdicts []Verdict `json:"verdicts"`
}

// Verdict is what an API server says of one object.
type Verdict struct {
	// NotJudged says why there is none.
	NotJudged string `json:"notJudged,omitempty"`
	// Refusals are the reasons for which it is refused; none where it is admitted.
	Refusals []Refusal `json:"refusals,omitempty"`
	// Restricted says what that level of Pod Security forbids about its pods; it holds what the level below forbids.
	Restricted []Forbidden `json:"restricted,omitempty"`
}

// Refusal is one reason for which an object is refused.
type Refusal struct {
	// Field is the path as Kubernetes writes it, as spec.ports[0].name; empty where it is about the whole.
	Field string `json:"field"`
	// Kind is strict, invalid, duplicate, immutable or other.
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// Forbidden is what a check of Pod Security says.
type Forbidden struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}
