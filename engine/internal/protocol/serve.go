package protocol

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// Unknown is the error of a request that asks for nothing this version knows.
var Unknown = errors.New("the request asks for nothing that this version knows")

// Service answers requests.
type Service interface {
	Versions() Versions
	// Handle returns what to answer. An error is a judgement of the input, for the person who wrote it.
	Handle(request *Request) (any, error)
}

type answer struct {
	ID     int64  `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
	// Failed is set where the engine itself could not: the other side reports a failure of the program.
	Failed string `json:"failed,omitempty"`
}

// Serve greets, and answers every line until the input ends.
func Serve(in io.Reader, out io.Writer, service Service) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriterSize(out, 1<<20)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	write := func(message any) error {
		if err := encoder.Encode(message); err != nil {
			return err
		}
		return writer.Flush()
	}
	if err := write(service.Versions()); err != nil {
		return err
	}
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		var request Request
		if err := json.Unmarshal(line, &request); err != nil {
			return fmt.Errorf("a request is not JSON: %w", err)
		}
		if err := write(handle(service, &request)); err != nil {
			return err
		}
	}
}

// handle contains a panic: one request fails, and those after it are answered.
func handle(service Service, request *Request) (given answer) {
	given.ID = request.ID
	defer func() {
		if cause := recover(); cause != nil {
			given.Result, given.Error = nil, ""
			given.Failed = fmt.Sprintf("panic: %v at %s", cause, firstFrames(string(debug.Stack())))
		}
	}()
	result, err := service.Handle(request)
	if err != nil {
		given.Error = err.Error()
		return given
	}
	given.Result = result
	return given
}

// firstFrames names the functions nearest to a panic, without paths of the machine that built it.
func firstFrames(stack string) string {
	var frames []string
	seen := false
	for line := range strings.Lines(stack) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic(") {
			seen = true
			continue
		}
		if !seen || strings.HasPrefix(line, "/") || !strings.Contains(line, "(") || strings.Contains(line, ".go:") {
			continue
		}
		frames = append(frames, line[:strings.LastIndex(line, "(")])
		if len(frames) == 3 {
			break
		}
	}
	return strings.Join(frames, " < ")
}
