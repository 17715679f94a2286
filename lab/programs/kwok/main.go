// KWOK: nodes and pods that turn ready without a kubelet, so that what waits for pods goes on. The official program,
// linked, ending with the lab. Its own stages come with it: "kwok stages" prints them, as a file for --config.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/spf13/pflag"
	node "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	"sigs.k8s.io/kwok/kustomize/stage/node/heartbeat"
	pod "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "stages" {
		stages := []string{
			node.DefaultNodeInit, heartbeat.DefaultNodeHeartbeat,
			pod.DefaultPodReady, pod.DefaultPodComplete, pod.DefaultPodDelete,
		}
		fmt.Println(strings.Join(stages, "\n---\n"))
		return
	}
	// The lab holds the other end of standard input: when it is gone, however it went, so is this process.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	// The files of stages have to be known before the command reads its own flags.
	global := pflag.NewFlagSet("global", pflag.ContinueOnError)
	global.ParseErrorsAllowlist.UnknownFlags = true
	ctx, err := config.InitFlags(signals.SetupSignalContext(), global)
	if err != nil {
		log.Fatal(err)
	}
	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(global)
	if err := command.ExecuteContext(ctx); err != nil {
		log.Fatal(err)
	}
}
