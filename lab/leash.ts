/** Runs a program that does not mind its standard input until that ends: the lab holds the other end of it. */
import { spawn } from "node:child_process";

const [program, ...args] = process.argv.slice(2);
const child = spawn(program!, args, { stdio: ["ignore", "inherit", "inherit"] });
process.stdin.on("end", () => child.kill("SIGKILL")).resume();
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
  process.stdin.destroy();
});
