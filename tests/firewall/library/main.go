// Coraza with a newer core rule set than the Wasm plugin embeds: what a coming version of the plugin, or another way to
// run Coraza, makes of the same directives. Reads lines of JSON: first the plugin's configuration, then requests; answers
// each request with a line. Nothing of a request but its verdict and the rules that matched is in an answer.
//
// The plugin differs from the library in this: it runs compiled by TinyGo in a VM, with RE2, Aho-Corasick and libinjection
// as C code; it evaluates variables in the first phase that has them; it sees a body as Envoy buffers it, and pauses the
// request meanwhile; it can't refuse a response once its headers are sent; it has no files, so uploads are in memory.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"log"
	"os"
	"slices"
	"strings"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/types"
)

type configuration struct {
	Directives map[string][]string `json:"directives_map"`
	Default    string              `json:"default_directives"`
}

type request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

type rule struct {
	ID   int      `json:"id"`
	Tags []string `json:"tags"`
}

type answer struct {
	// Of the response that the firewall gives instead of the service; 0 where it lets the request pass.
	Status int      `json:"status"`
	Rules  []rule   `json:"rules"`
	Log    []string `json:"log"`
}

// aliases are the plugin's names of files that the rule set has by others.
type aliases struct{ fs.FS }

var names = map[string]string{
	"@recommended-conf": "@coraza.conf-recommended",
	"@crs-setup-conf":   "@crs-setup.conf.example",
}

func (a aliases) Open(name string) (fs.File, error) {
	if known, ok := names[name]; ok {
		name = known
	}
	return a.FS.Open(name)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 256<<20)
	var config configuration
	if !lines.Scan() {
		log.Fatal("the first line has to be the plugin's configuration, and there is none")
	}
	if err := json.Unmarshal(lines.Bytes(), &config); err != nil {
		log.Fatalf("the first line has to be the plugin's configuration: %v", err)
	}
	var said []string
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().
		WithRootFS(aliases{coreruleset.FS}).
		WithErrorCallback(func(rule types.MatchedRule) { said = append(said, rule.ErrorLog()) }).
		WithDirectives(strings.Join(config.Directives[config.Default], "\n")))
	if err != nil {
		log.Fatalf("the directives are wrong: %v", err)
	}
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		said = nil
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatalf("a line is not a request: %v", err)
		}
		given, err := judge(waf, asked)
		if err != nil {
			log.Fatalf("%s %s could not be judged: %v", asked.Method, asked.Path, err)
		}
		given.Log = said
		if err := out.Encode(given); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}

// judge goes through the phases as the plugin does.
func judge(waf coraza.WAF, asked request) (answer, error) {
	tx := waf.NewTransaction()
	tx.ProcessConnection("192.0.2.7", 50000, "192.0.2.1", 443)
	tx.ProcessURI(asked.Path, asked.Method, "HTTP/2.0")
	for _, header := range asked.Headers {
		tx.AddRequestHeader(header[0], header[1])
		if header[0] == "host" {
			tx.SetServerName(header[1])
		}
	}
	stopped := tx.ProcessRequestHeaders()
	if stopped == nil && asked.Body != "" {
		var err error
		if stopped, _, err = tx.WriteRequestBody([]byte(asked.Body)); err != nil {
			return answer{}, err
		}
	}
	if stopped == nil {
		var err error
		if stopped, err = tx.ProcessRequestBody(); err != nil {
			return answer{}, err
		}
	}
	tx.ProcessLogging()
	given := answer{Status: statusOf(stopped), Rules: []rule{}}
	for _, matched := range tx.MatchedRules() {
		id := matched.Rule().ID()
		// Rules that only prepare others say nothing.
		if matched.Message() == "" {
			continue
		}
		if !slices.ContainsFunc(given.Rules, func(known rule) bool { return known.ID == id }) {
			given.Rules = append(given.Rules, rule{id, matched.Rule().Tags()})
		}
	}
	return given, errors.Join(tx.Close())
}

func statusOf(stopped *types.Interruption) int {
	switch {
	case stopped == nil:
		return 0
	case stopped.Status == 0:
		return 403
	default:
		return stopped.Status
	}
}
