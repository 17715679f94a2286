package render

import (
	"bytes"
	"log/slog"
	"strings"
)

var said bytes.Buffer

// init sends what the libraries log to where an answer can take it. The programs write both kinds to standard error, records
// without their time; package log goes through the same handler then.
func init() {
	handler := slog.NewTextHandler(&said, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
			if attribute.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attribute
		},
	})
	slog.SetDefault(slog.New(handler))
}

// capture forgets what was said before; the function it returns gives what was said since.
func capture() func() string {
	said.Reset()
	return func() string { return strings.TrimSpace(said.String()) }
}
