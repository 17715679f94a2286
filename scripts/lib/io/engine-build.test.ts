/** A released engine is taken by its digest, over encrypted connections, whole or not at all. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { engineRelease, fetchEngine } from "./engine-build.ts";
import { engineIdentity, findEngine } from "./engine-program.ts";
import { temporaryFolder } from "./files.ts";

const program = "#!/bin/sh\necho it runs\n";
const sha256 = new Bun.CryptoHasher("sha256").update(program).digest("hex");
const folder = await temporaryFolder("fetch");
const asked: (string | null)[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    asked.push(request.headers.get("authorization"));
    const to = (location: string) => new Response(null, { status: 302, headers: { location } });
    switch (new URL(request.url).pathname) {
      case "/engine":
        return new Response(program);
      case "/moved":
        return to("/engine");
      case "/in-the-clear":
        return to("http://files.example.com/engine");
      case "/other-port":
        return to("http://127.0.0.1:1/engine");
      case "/for-ever":
        return to("/for-ever");
      case "/nowhere":
        return to("http://");
      default:
        return new Response("no", { status: 404 });
    }
  },
});
afterAll(async () => {
  await server.stop(true);
  await folder.remove();
});

const at = (name: string) => `http://127.0.0.1:${server.port}/${name}`;
const platform = `${process.platform}-${process.arch}`;
let home = "";
let homes = 0;
beforeEach(() => {
  home = path.join(folder.path, String(homes++));
  asked.length = 0;
});

async function take(url: string, { digest = sha256, env = {}, where = platform } = {}) {
  const release = { identity: await engineIdentity(), files: { [where]: { url, sha256: digest } } };
  return fetchEngine({ XDG_CACHE_HOME: home, ...env }, release, () => {});
}

test.each(["engine", "moved"])("/%s: with its digest it is taken, found, and runs", async (name) => {
  const place = await take(at(name));
  expect((await findEngine({ XDG_CACHE_HOME: home }))?.program).toBe(place);
  expect(Bun.spawnSync([place]).stdout.toString()).toBe("it runs\n");
  expect(await readdir(path.dirname(place))).toEqual([path.basename(place)]);
});

const refused: [what: string, url: string, says: string | RegExp, given?: Parameters<typeof take>[1]][] = [
  ["another digest", at("engine"), `has SHA-256 ${sha256}, expected ${"0".repeat(64)}`, { digest: "0".repeat(64) }],
  ["nothing there", at("gone"), "answered 404: what is not public needs GITHUB_TOKEN"],
  ["no server", "http://127.0.0.1:1/engine", "could not be fetched"],
  [
    "another platform",
    at("engine"),
    `no engine is released for ${platform}, only for plan9-x64`,
    { where: "plan9-x64" },
  ],
  ["no encryption", "http://files.example.com/engine", "without encryption"],
  ["a file", "file:///etc/hostname", "without encryption"],
  ["a name that only begins as loopback", "http://127.0.0.1.example.com/engine", "without encryption"],
  ["a redirect that leaves encryption", at("in-the-clear"), "leads to http://files.example.com, without encryption"],
  ["a redirect to another service of this machine", at("other-port"), "without encryption"],
  ["redirects for ever", at("for-ever"), "redirects too often"],
  ["a redirect to nothing", at("nowhere"), "leads to what is no address"],
];
// A fourth parameter would be taken for a callback where a case has none.
test.each(refused)("%s is refused, and nothing is left behind", async (_what, url, says, ...[given]) => {
  const said = await take(url, given).then(
    () => "it was taken",
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(said).toStartWith("ToolError: ");
  expect(said).toMatch(says);
  expect(existsSync(home)).toBe(false);
});

test("a token goes to the GitHub it is for, and to nobody else", async () => {
  const env = { GITHUB_TOKEN: "token-of-a-test" };
  await take(at("engine"), { env });
  expect(asked).toEqual([null]);
  await take(at("engine"), { env: { ...env, GITHUB_API_URL: new URL(at("")).origin } });
  expect(asked).toEqual([null, "Bearer token-of-a-test"]);
});

test.each([
  ["{", "is no JSON"],
  ["[]", "is not an object"],
  ['{"identity":"0123456789abcdef"}', "files"],
  ['{"identity":"0123456789abcdef","files":{}}', "files"],
  [`{"identity":"x","files":{"linux-x64":{"url":"https://a.example/b","sha256":"${sha256}"}}}`, "identity"],
  [`{"identity":"0123456789abcdef","files":{"linux-x64":{"url":"http://a.example/b","sha256":"${sha256}"}}}`, "url"],
  ['{"identity":"0123456789abcdef","files":{"linux-x64":{"url":"https://a.example/b","sha256":"1"}}}', "sha256"],
  [`{"identity":"0123456789abcdef","files":{"amiga":{"url":"https://a.example/b","sha256":"${sha256}"}}}`, "amiga"],
])("engine/release.json as %s is refused", async (text, says) => {
  const file = path.join(folder.path, "release.json");
  await Bun.write(file, text);
  const said = await engineRelease(file).then(
    () => "it was read",
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(said).toStartWith("ToolError: engine/release.json");
  expect(said).toContain(says);
});
