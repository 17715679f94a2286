/** Runs a program to its end; what it printed. A failure is an error with what it said. */
export async function runProgram(...command: [string, ...string[]]): Promise<string> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}
