package protocol

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type fake struct{}

func (fake) Versions() Versions { return Versions{Protocol: Protocol} }

func (fake) Handle(request *Request) (any, error) {
	switch request.ID {
	case 1:
		panic("on purpose")
	case 2:
		return nil, errors.New("bad input")
	default:
		return map[string]int{"ok": 1}, nil
	}
}

// A panic fails one request: those after it are answered.
func TestServe(t *testing.T) {
	var out bytes.Buffer
	if err := Serve(strings.NewReader(`{"id":1}`+"\n"+`{"id":2}`+"\n"+`{"id":3}`), &out, fake{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.Contains(lines[0], `"protocol":2`) {
		t.Fatalf("%q", lines)
	}
	if !strings.Contains(lines[1], `"failed":"panic: on purpose at `) || strings.Contains(lines[1], ".go") {
		t.Error(lines[1])
	}
	if lines[2] != `{"id":2,"error":"bad input"}` || lines[3] != `{"id":3,"result":{"ok":1}}` {
		t.Error(lines[2], lines[3])
	}
}

func TestServeRefusesGarbage(t *testing.T) {
	if err := Serve(strings.NewReader("garbage\n"), &bytes.Buffer{}, fake{}); err == nil {
		t.Error("garbage is taken")
	}
}
