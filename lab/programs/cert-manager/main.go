// The programs of cert-manager as one: controller, webhook and cainjector as subcommands. Upstream's own commands are modules
// of no proxy, so these put its packages together as they do, and take the flags that the chart gives them; any other flag
// is refused. The name of this module is what lets it use upstream's internal packages.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	programs := map[string]func(context.Context, []string) error{
		"controller": runController,
		"webhook":    runWebhook,
		"cainjector": runInjector,
	}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: cert-manager controller|webhook|cainjector [flags]")
		os.Exit(2)
	}
	// The lab holds the other end of standard input: when it is gone, however it went, so is this process.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	logf.InitLogs()
	name := os.Args[1]
	ctx := logf.NewContext(context.Background(), logf.Log, name)
	if err := programs[name](ctx, os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
