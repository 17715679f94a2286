/**
 * What becomes of a line of a log: the script of apps/addons/fluent-bit, run by LuaJIT, which Fluent Bit has inside. Fluent Bit
 * itself could not be had: how it tails, merges and sends was not tried.
 */
import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import path from "node:path";

import { isObject, type Json, type JsonObject, stringAt } from "../scripts/lib/core/json.ts";
import { run } from "../scripts/lib/io/process.ts";
import { checkout } from "./support/fleet.ts";

const values = Bun.YAML.parse(
  await readFile(path.join(checkout, "apps/addons/fluent-bit/values.yaml"), "utf8"),
) as JsonObject;
const script = stringAt(values, "luaScripts", "records.lua")!;
const luajit = Bun.which("luajit");

/** Data as Lua writes it. */
function lua(value: Json): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(",")}}`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `[${lua(key)}]=${lua(item)}`)
      .join(",")}}`;
  return typeof value === "string" ? `"${[...Buffer.from(value)].map((byte) => `\\${byte}`).join("")}"` : String(value);
}

const printer = `
local function text(value)
  if type(value) == "table" then
    local parts, list = {}, #value > 0
    for key, item in pairs(value) do parts[#parts + 1] = (list and "" or text(tostring(key)) .. ":") .. text(item) end
    return (list and "[" or "{") .. table.concat(parts, ",") .. (list and "]" or "}")
  end
  if type(value) == "string" then
    return '"' .. value:gsub('[%c"\\\\]', function(c) return string.format("\\\\u%04x", c:byte()) end) .. '"'
  end
  return tostring(value)
end`;

interface Kept {
  code: number;
  record: JsonObject;
}

/** Records as both filters leave them, all in one second. */
async function through(records: readonly JsonObject[]): Promise<Kept[]> {
  const program = `${script}\n${printer}\nfor _, record in ipairs({${records.map(lua).join(",")}}) do
    local _, _, shaped = shape("kube.a", 1, record)
    local code, _, out = limit("kube.a", 1, shaped)
    print('{"code":' .. code .. ',"record":' .. text(out) .. '}')
  end`;
  const { exitCode, stdout, stderr } = await run([luajit!, "-"], { input: program });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept);
}

const kubernetes = (namespace: string, labels: JsonObject = {}): JsonObject => ({
  namespace_name: namespace,
  pod_name: "case-service-1",
  container_name: "case-service",
  host: "node-1",
  labels: { "app.kubernetes.io/name": "case-service", ...labels },
});
const line = (more: JsonObject): JsonObject => ({ kubernetes: kubernetes("murima"), ...more });
const messageOf = async (message: string) => (await through([line({ message })]))[0]!.record["message"];

describe.skipIf(luajit === null)("logs (needs luajit)", () => {
  test("JSON and text lines are kept, each with its level, service and tenant", async () => {
    const [json, text, own, lied] = await through([
      line({ level: "WARN", message: "slow", tenant: "wonka", durationMs: 12 }),
      line({ log: "plain text of a program" }),
      { kubernetes: kubernetes("tenant-soylent"), level: "error", msg: "no" },
      { kubernetes: kubernetes("tenant-soylent", { "murima2025.com/tenant": "soylent" }), tenant: "wonka", log: "x" },
    ]);
    expect(json!.record).toMatchObject({
      level: "warn",
      message: "slow",
      tenant: "wonka",
      service: "case-service",
      durationMs: 12,
      kubernetes: { namespace: "murima", pod: "case-service-1", container: "case-service", node: "node-1" },
    });
    expect(text!.record).toMatchObject({ level: "info", message: "plain text of a program", tenant: "none" });
    expect(own!.record).toMatchObject({ level: "error", message: "no", tenant: "soylent" });
    expect(lied!.record["tenant"]).toBe("soylent");
  });

  test.each([
    ["a card", "paid with 4111 1111 1111 1111 today", "paid with [card] today"],
    ["a card with hyphens", "card 5500-0000-0000-0004.", "card [card]."],
    ["a social security number", "ssn is 078-05-1120", "ssn is [ssn]"],
    ["an account", "to DE89 3704 0044 0532 0130 00 please", "to [account] please"],
    ["a password in an address", "login?user=a&password=hunter2&x=1", "login?user=a&password=[redacted]&x=1"],
    ["JSON in a text", '{"credit_card_number": "1234", "id": 7}', '{"credit_card_number": "[redacted]", "id": 7}'],
    [
      "who asked the firewall",
      'Coraza: [client "203.0.113.9"] [uri "/api/v1/cases?q=Jane"] x',
      'Coraza: [client "[address]"] [uri "/api/v1/cases"] x',
    ],
    ["a header", "Authorization: Bearer abc.def-ghi", "Authorization: [redacted] [redacted]"],
    ["a token", "got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln", "got [token]"],
  ])("%s does not leave the node", async (_, before, after) => {
    expect(await messageOf(before)).toBe(after);
  });

  test.each([
    ["a number of a case", "case 4111111111111112 was closed"],
    ["a telephone number", "called +254 712 345 678 twice"],
    ["a time", "2026-11-28 10:15:00.123 took 42 ms"],
    ["an id", "request 7f9c24e8-3b1d-4c5e-9a6f-0123456789ab"],
    ["a question", "how do I reset my password?"],
    ["Swahili", "mteja amepiga simu, anasubiri jibu"],
    ["Arabic", "العميل ينتظر الرد"],
    ["emoji", "thanks 😀"],
  ])("twin: %s stays", async (_, text) => {
    expect(await messageOf(text)).toBe(text);
  });

  test("fields that hold what nobody may read are taken out wherever they are, whatever their case", async () => {
    const [{ record }] = (await through([
      line({
        user: { bankAccount: "12", name: "Null" },
        items: [{ Social_Security_Number: "1" }],
        card: 4111111111111111,
      }),
    ])) as [Kept];
    expect(record).toMatchObject({
      user: { bankAccount: "[redacted]", name: "Null" },
      items: [{ Social_Security_Number: "[redacted]" }],
      card: "[card]",
    });
  });

  test("a flood is cut, never a warning, and the next line says how many are missing", async () => {
    const many = Array.from({ length: 700 }, () => line({ level: "info", message: "again" }));
    const kept = await through([...many, line({ level: "error", message: "broken" })]);
    expect(kept.filter(({ code }) => code === -1)).toHaveLength(200);
    expect(kept.at(-1)).toMatchObject({ code: 2, record: { message: "broken", left_out_before: 200 } });
  });
});

test("the pipeline keeps what it can't send, and reads on where it ended", () => {
  const config = values["config"] as Record<string, string>;
  expect(config["inputs"]).toMatch(/multiline\.parser cri[\s\S]*DB \/state\/[\s\S]*storage\.type filesystem/);
  expect(config["outputs"]).toMatch(/tls\.verify On[\s\S]*Write_Operation create[\s\S]*Retry_Limit no_limits/);
  expect(config["filters"]).not.toMatch(/Name (grep|throttle)/);
});
