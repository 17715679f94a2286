// The parts of Argo CD that the lab runs, as one program: repo server, application controller and ApplicationSet
// controller as subcommands, and a Redis in memory for their caches. They are the official ones, linked.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: argocd repo-server|application-controller|applicationset-controller|redis [flags]")
		os.Exit(2)
	}
	// The lab holds the other end of standard input: when it is gone, however it went, so is this process.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var command *cobra.Command
	switch os.Args[1] {
	case "repo-server":
		command = reposerver.NewCommand()
	case "application-controller":
		command = controller.NewCommand()
	case "applicationset-controller":
		command = applicationset.NewCommand()
	case "redis":
		if len(os.Args) != 3 {
			log.Fatal("usage: argocd redis ADDRESS")
		}
		redis := miniredis.NewMiniRedis()
		if err := redis.StartAddr(os.Args[2]); err != nil {
			log.Fatal(err)
		}
		// Its clock stands still by itself, and nothing in it would ever expire.
		for {
			time.Sleep(time.Second)
			redis.FastForward(time.Second)
		}
	default:
		fmt.Fprintf(os.Stderr, "argocd: no program %s\n", os.Args[1])
		os.Exit(2)
	}
	command.SetArgs(os.Args[2:])
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}
