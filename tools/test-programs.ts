/** Builds the programs in Go that tests hold ours against, into the user's cache: bun tools/test-programs.ts. Takes minutes, once. */
import path from "node:path";

import { buildGoProgram, type GoProgram } from "../scripts/lib/io/go-program.ts";

const checkout = path.join(import.meta.dirname, "..");
const network: GoProgram = {
  name: "cyclonus",
  folder: "tests/network/cyclonus",
  purpose: "network",
  flags: [],
  source: ".",
};

process.stdout.write(`${await buildGoProgram(checkout, process.env, network, 900_000)}\n`);
