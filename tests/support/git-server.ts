import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Real git over HTTP on loopback: git http-backend as CGI, over bare repositories in a folder that goes with it. */
export interface GitServer extends AsyncDisposable {
  /** Address of a repository of this name. */
  url(name: string): string;
  /** Where its bare repository lies. */
  folder(name: string): string;
  /** What came in the header Authorization. */
  authorized: Set<string>;
}

const identity = {
  GIT_AUTHOR_NAME: "test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "test",
  GIT_COMMITTER_EMAIL: "test@example.com",
};
export const gitEnvironment = { ...identity, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

/** Runs git; its output without the last line break. A failure is an error with what it said. */
export function git(folder: string, ...args: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", "-C", folder, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...gitEnvironment },
  });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString().trimEnd();
}

export async function gitServer(...names: string[]): Promise<GitServer> {
  const root = await mkdtemp(path.join(tmpdir(), "git-server-"));
  const folder = (name: string) => path.join(root, `${name}.git`);
  for (const name of names) {
    Bun.spawnSync(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder(name)]);
    git(folder(name), "config", "http.receivepack", "true");
    git(folder(name), "config", "uploadpack.allowAnySHA1InWant", "true");
  }
  const authorized = new Set<string>();
  const backend = path.join(Bun.spawnSync(["git", "--exec-path"]).stdout.toString().trim(), "git-http-backend");
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    maxRequestBodySize: 1024 ** 3,
    async fetch(request) {
      const url = new URL(request.url);
      const authorization = request.headers.get("authorization");
      if (authorization !== null) authorized.add(authorization);
      const child = Bun.spawn([backend], {
        env: {
          PATH: process.env["PATH"] ?? "",
          ...gitEnvironment,
          GIT_PROJECT_ROOT: root,
          GIT_HTTP_EXPORT_ALL: "1",
          REMOTE_USER: "test",
          PATH_INFO: url.pathname,
          QUERY_STRING: url.search.slice(1),
          REQUEST_METHOD: request.method,
          CONTENT_TYPE: request.headers.get("content-type") ?? "",
          HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
          GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
        },
        stdin: new Uint8Array(await request.arrayBuffer()),
        stdout: "pipe",
        stderr: "ignore",
      });
      const output = Buffer.from(await new Response(child.stdout).arrayBuffer());
      const split = output.indexOf("\r\n\r\n");
      const headers = new Headers();
      for (const line of output.subarray(0, split).toString().split("\r\n"))
        headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
      const status = Number(headers.get("status")?.slice(0, 3) ?? "200");
      headers.delete("status");
      return new Response(output.subarray(split + 4), { status, headers });
    },
  });
  return {
    url: (name) => `http://127.0.0.1:${server.port}/${name}.git`,
    folder,
    authorized,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await rm(root, { recursive: true, force: true });
    },
  };
}
