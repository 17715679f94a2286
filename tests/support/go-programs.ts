/** Programs in Go that tests hold ours against. Built once, into the user's own cache: bun tools/test-programs.ts. */
import { existsSync } from "node:fs";

import { buildGoProgram, type GoProgram, goProgramPlace } from "../../scripts/lib/io/go-program.ts";
import { checkout } from "./fleet.ts";

// As the plugin is released: variables are evaluated in the first phase that has them.
const firewall = { purpose: "firewall", source: ".", flags: ["-tags", "coraza.rule.multiphase_evaluation"] };

export const testPrograms = {
  /** What network plugins are tested by. */
  cyclonus: { name: "cyclonus", folder: "tests/network/cyclonus", purpose: "network", source: ".", flags: [] },
  /** Coraza with a newer rule set than the plugin has. */
  library: { ...firewall, name: "library", folder: "tests/firewall/library" },
  /** The plugin that the gateway runs. */
  plugin: { ...firewall, name: "plugin", folder: "tests/firewall/plugin" },
} as const satisfies Record<string, GoProgram>;
export type TestProgram = keyof typeof testPrograms;

// Not a test's own cache: they would be built for each run, by a Go with an empty one.
const env = { ...process.env, XDG_CACHE_HOME: undefined };

export const isProgramBuilt = async (name: TestProgram) =>
  existsSync(await goProgramPlace(checkout, env, testPrograms[name]));

/** Where it is, once it is built: minutes the first time. */
export const testProgram = (name: TestProgram) => buildGoProgram(checkout, env, testPrograms[name], 900_000);
