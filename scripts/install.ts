/**
 * Installs what bun.lock names, before a command that needs it; with nothing to install it reads two files. It imports
 * nothing that would have to be installed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** What was installed last: the lock file as it was. Asking bun itself takes longer than most commands with a warm cache. */
const stamp = "node_modules/.installed";
const lock = existsSync("bun.lock") ? Bun.hash(readFileSync("bun.lock")).toString(36) : "";
const isInstalled = existsSync(stamp) && readFileSync(stamp, "utf8") === lock;

if (!isInstalled) {
  if (!existsSync("node_modules")) process.stderr.write("installing what bun.lock names (once, about 200 MB) ...\n");
  const install = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile", "--no-progress"], {
    stdout: "pipe",
    stderr: "pipe",
  });
  if (install.exitCode === 0) writeFileSync(stamp, lock);
  else {
    process.stderr.write(`${install.stdout.toString()}${install.stderr.toString()}`);
    process.stderr.write(
      "error: tool failed: bun could not install the packages of bun.lock; with the npm registry in reach, run it again\n",
    );
    process.exitCode = 3;
  }
}
