import { describe, expect, test } from "bun:test";
import path from "node:path";

import { checkout, cluster } from "../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { type JsonObject, listAt, stringAt, stringsAt } from "./lib/core/json.ts";
import { readSchema } from "./lib/io/schemas.ts";
import { argumentsOf, fields } from "./lib/tenant/issue-form.ts";
import { run as onboard } from "./onboard.ts";

const answers: Record<string, string> = {
  Id: "umbrella",
  "Display name": "Umbrella Ltd",
  Owner: "@murima2025/umbrella",
  "Technical contact": "it@umbrella.example",
  "Security contact": "_No response_",
  "Billing contact": "_No response_",
  Plan: "starter",
  Isolation: "schema",
  Agents: "20",
  Cluster: cluster.shared,
  Hosts: "help.umbrella.example\n\ndesk.umbrella.example",
};
const bodyOf = (own: Record<string, string>) =>
  Object.entries(own)
    .map(([heading, value]) => `### ${heading}\n\n${value}`)
    .join("\n\n");
const eventOf = (own: Record<string, string>) => JSON.stringify({ issue: { body: bodyOf(own) } });

test("an issue of the form becomes what new-tenant makes of the same facts", async () => {
  await using fleet = await sampleRepository([cluster.shared]);
  const { code, stdout, stderr } = await runIn(fleet, onboard, ["--event", "-"], {}, undefined, eventOf(answers));
  expect([code, stderr]).toEqual([0, expect.stringContaining("next: ")]);
  expect(stdout).toContain("tenants/umbrella/facts/tenant.yaml\n");
  const facts = await fleet.read("tenants/umbrella/facts/tenant.yaml");
  expect(facts).toMatch(
    /displayName: Umbrella Ltd\n(.*\n)*.*technical: it@umbrella.example\n(.*\n)*.*- help.umbrella.example\n/,
  );
  expect(facts).not.toContain("billing");
});

describe("what somebody unknown wrote", () => {
  const refused: [what: string, body: string, says: string][] = [
    [
      "a heading inside of a field",
      bodyOf({ ...answers, Hosts: "a.example\n\n### Plan\n\nenterprise" }),
      "not as the form makes it",
    ],
    ["a heading that is missing", bodyOf({ Id: "umbrella" }), "not as the form makes it"],
    ["text before the first heading", `hello\n\n${bodyOf(answers)}`, "not as the form makes it"],
    ["an id that is an option", bodyOf({ ...answers, Id: "--pr" }), "is no id of a tenant"],
    ["more lines than one", bodyOf({ ...answers, Agents: "20\n--pr" }), "more than one line under Agents"],
    ["a required field that is empty", bodyOf({ ...answers, Owner: "_No response_" }), "says nothing under Owner"],
    ["nothing", "", "no headings"],
  ];
  test.each(refused)("%s is refused", (_, body, says) => expect(() => argumentsOf(body)).toThrow(says));

  test.each<[field: string, value: string]>([
    ["Id", "../wonka"],
    ["Display name", "a\u202Eb"],
    ["Owner", "$(touch owned)"],
    ["Technical contact", "technical"],
    ["Plan", "free"],
    ["Agents", "-1"],
    ["Cluster", "--cluster"],
    ["Hosts", "*.example"],
  ])("%s %p is judged by the schema, and nothing is written", async (field, value) => {
    await using fleet = await sampleRepository([cluster.shared]);
    const event = eventOf({ ...answers, [field]: value });
    const { code } = await runIn(fleet, onboard, ["--event", "-"], {}, undefined, event);
    expect(code).toBeGreaterThan(0);
    expect(await Bun.file(path.join(fleet.root, "tenants/umbrella/facts/tenant.yaml")).exists()).toBe(false);
  });
});

test("the form asks for what is read, in that order, and offers what the schema has", async () => {
  const form = Bun.YAML.parse(
    await Bun.file(path.join(checkout, ".github/ISSUE_TEMPLATE/new-customer.yaml")).text(),
  ) as JsonObject;
  const asked = listAt(form, "body").filter((own) => stringAt(own, "type") !== "markdown");
  expect(asked.map((own) => stringAt(own, "attributes", "label"))).toEqual(fields.map(({ heading }) => heading));
  const schema = await readSchema("schemas/tenant.json");
  for (const [label, field] of [
    ["Plan", "plan"],
    ["Isolation", "isolation"],
  ] as const) {
    const own = asked.find((one) => stringAt(one, "attributes", "label") === label);
    const choices = stringsAt(schema, "properties", "spec", "properties", field, "enum");
    expect(stringsAt(own, "attributes", "options").toSorted()).toEqual(choices.toSorted());
  }
});
