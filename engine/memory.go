package main

import (
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"time"
)

// limitMemory ends the process when it holds more bytes than ENGINE_MEMORY says: one monstrous input must not take the
// machine, and whoever asked for it is told which one it was.
func limitMemory() {
	limit, err := strconv.ParseUint(os.Getenv("ENGINE_MEMORY"), 10, 64)
	if err != nil || limit == 0 {
		return
	}
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for range time.Tick(20 * time.Millisecond) {
			metrics.Read(sample)
			if used := sample[0].Value.Uint64(); used > limit {
				fmt.Fprintf(os.Stderr, "needs more than %d MiB of memory\n", limit>>20)
				os.Exit(3)
			}
		}
	}()
}
