// The Wasm plugin itself, its sources and its rules linked, in the host emulator that its authors test it with: what the
// image holds but for TinyGo. Reads lines of JSON: first the plugin's configuration, then requests; answers each with a line.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
	"slices"

	"github.com/corazawaf/coraza-proxy-wasm/wasmplugin"
	"github.com/tetratelabs/proxy-wasm-go-sdk/proxywasm/proxytest"
	"github.com/tetratelabs/proxy-wasm-go-sdk/proxywasm/types"
)

// As many bytes as Envoy hands over at once; with a requestBuffer it hands over all of them.
const chunk = 16 << 10

type request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

type answer struct {
	// Of the response that the firewall gives instead of the service; 0 where it lets the request pass.
	Status int `json:"status"`
	// The same, where the body comes in one piece.
	AtOnce int `json:"atOnce"`
	// What an Envoy prints that logs warnings.
	Log []string `json:"log"`
}

func main() {
	// The emulator logs each call.
	log.SetOutput(io.Discard)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 256<<20)
	if !lines.Scan() {
		fail("the first line has to be the plugin's configuration, and there is none")
	}
	host, reset := proxytest.NewHostEmulator(proxytest.NewEmulatorOption().
		WithVMContext(wasmplugin.NewVMContext()).
		WithPluginConfiguration(slices.Clone(lines.Bytes())))
	defer reset()
	if host.StartPlugin() != types.OnPluginStartStatusOK {
		fail("the plugin does not start: " + last(host.GetCriticalLogs()))
	}
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fail("a line is not a request: " + err.Error())
		}
		given := judge(host, asked, chunk)
		given.AtOnce = judge(host, asked, len(asked.Body)).Status
		if err := out.Encode(given); err != nil {
			fail(err.Error())
		}
	}
	if err := lines.Err(); err != nil {
		fail(err.Error())
	}
}

// judge sends a request as Envoy does: headers, then the body.
func judge(host proxytest.HostEmulator, asked request, chunk int) answer {
	before := logged(host)
	id := host.InitializeHttpContext()
	headers := [][2]string{{":method", asked.Method}, {":path", asked.Path}, {":scheme", "https"}}
	for _, header := range asked.Headers {
		if header[0] == "host" {
			header[0] = ":authority"
		}
		headers = append(headers, header)
	}
	body := []byte(asked.Body)
	host.CallOnRequestHeaders(id, headers, len(body) == 0)
	for len(body) > 0 && host.GetSentLocalResponse(id) == nil {
		size := min(chunk, len(body))
		host.CallOnRequestBody(id, body[:size], size == len(body))
		body = body[size:]
	}
	// Without a body the rules of the second phase wait for the response.
	if host.GetSentLocalResponse(id) == nil {
		host.CallOnResponseHeaders(id, [][2]string{{":status", "204"}}, true)
	}
	given := answer{}
	if sent := host.GetSentLocalResponse(id); sent != nil {
		given.Status = int(sent.StatusCode)
	}
	host.CompleteHttpContext(id)
	for level, lines := range logged(host) {
		given.Log = append(given.Log, lines[len(before[level]):]...)
	}
	return given
}

// logged is all that was logged since the start, by level.
func logged(host proxytest.HostEmulator) [][]string {
	return [][]string{host.GetCriticalLogs(), host.GetErrorLogs(), host.GetWarnLogs()}
}

func last(lines []string) string {
	if len(lines) == 0 {
		return "it does not say why"
	}
	return lines[len(lines)-1]
}

func fail(message string) {
	_, _ = os.Stderr.WriteString(message + "\n")
	os.Exit(1)
}
