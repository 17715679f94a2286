/** B-14: a secret in the clear is seen in every dress; what only looks like one is not. */
import { describe, expect, test } from "bun:test";

import { newIdentity } from "./age-wrapping.ts";
import { plaintextProblems } from "./plaintext.ts";

const file = "clusters/prod-shared/platform/x/y.yaml";
const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n-----END PRIVATE KEY-----\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const { identity } = await newIdentity();

const seen: [name: string, path: string, text: string, says: string][] = [
  ["data", file, `apiVersion: v1\nkind: Secret\ndata:\n  password: ${base64("hunter2")}\n`, "a Secret in the clear"],
  ["stringData", file, "apiVersion: v1\nkind: Secret\nstringData:\n  password: hunter2\n", "a Secret in the clear"],
  ["a List", file, "kind: List\nitems:\n  - kind: Secret\n    data:\n      a: b\n", "a Secret in the clear"],
  [
    "inside Helm values",
    "apps/services/x/values.yaml",
    "extra:\n  - kind: 'Secret'\n    stringData: {a: b}\n",
    "a Secret",
  ],
  ["lower case", file, "kind: secret\ndata:\n  a: b\n", "a Secret in the clear"],
  ["JSON", "apps/x/y.json", '{"kind": "Secret", "stringData": {"a": "b"}}', "a Secret in the clear"],
  ["base64 of base64", file, `config: ${base64(base64(`key: ${identity}`))}\n`, "a private key of age, as base64"],
  [
    "PEM in a ConfigMap",
    file,
    `kind: ConfigMap\ndata:\n  key: |\n    ${pem.replaceAll("\n", "\n    ")}\n`,
    "a private key",
  ],
  ["a key of age", "tenants/x/README.md", `Use ${identity}.`, "a private key of age"],
  ["decrypted beside it", "tenants/x/prod-shared/database.dec.yaml", "a: b\n", "left behind"],
  ["a backup of an editor", "tenants/x/prod-shared/database.sops.yaml~", "a: b\n", "left behind"],
  ["a swap file", "tenants/x/prod-shared/.database.sops.yaml.swp", "x", "left behind"],
  ["not encrypted", "tenants/x/prod-shared/database.sops.yaml", "kind: SopsSecret\nspec: {}\n", "is not encrypted"],
  ["anywhere", "docs/database.sops.yaml", "kind: SopsSecret\nspec: {}\n", "is not encrypted"],
];

describe("seen", () => {
  test.each(seen)("%s", (_name, path, text, says) => {
    const problems = plaintextProblems(path, text);
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining(says));
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|AGE-SECRET/);
  });
});

test("not taken for one: a reference, a kind in a list of kinds, a public key, an encrypted file, code", () => {
  for (const [path, text] of [
    [file, "kind: Deployment\nspec:\n  secretKeyRef:\n    name: x\n    key: password\n"],
    [file, "rules:\n  - kind: Secret\n    names:\n      - x\n"],
    [file, "kind: SecretRules\nspec:\n  data: x\n"],
    [file, "-----BEGIN PUBLIC KEY-----\nMC4\n-----END PUBLIC KEY-----\n"],
    ["tenants/x/prod-shared/database.sops.yaml", "kind: SopsSecret\nspec: {}\nsops:\n  mac: x\n"],
    ["scripts/lib/x.test.ts", identity],
  ] as const)
    expect([path, text, plaintextProblems(path, text)]).toEqual([path, text, []]);
});
