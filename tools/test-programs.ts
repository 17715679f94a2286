/** Builds the programs in Go that tests hold ours against: bun tools/test-programs.ts. Takes minutes, once. */
import { type TestProgram, testProgram, testPrograms } from "../tests/support/go-programs.ts";

// One after the other: each takes all cores.
for (const name of Object.keys(testPrograms) as TestProgram[]) process.stdout.write(`${await testProgram(name)}\n`);
