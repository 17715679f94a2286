// Command engine renders charts and kustomizations and judges objects by Kubernetes' own code, for the commands of this
// repository. It reads requests from standard input and writes answers to standard output, a JSON document a line; README.md
// describes them. It opens no file and no connection: what it may read is sent to it.
package main

import (
	"fmt"
	"os"

	"engine/internal/protocol"
)

func main() {
	limitMemory()
	if err := protocol.Serve(os.Stdin, os.Stdout, newService()); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}
