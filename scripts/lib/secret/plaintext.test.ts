/** B-14, C1, R13: a secret in the clear is seen in every dress, in every file; what only looks like one is not. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";

import { fixtures } from "../repo/fixtures.ts";
import { newIdentity } from "./age-wrapping.ts";
import { exposedIn, plaintextProblems, textOfBytes } from "./plaintext.ts";
import { shapes } from "./shapes.ts";

const file = "clusters/prod-shared/platform/x/y.yaml";
/** In parts, so that this file holds nothing of such a shape. */
const begin = "-----".concat("BEGIN");
const pem = `${begin} PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n-----END PRIVATE KEY-----\n`;
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
  ["decrypted beside it", "tenants/x/prod-shared/database.dec.yaml", "a: b\n", "looks like"],
  ["a backup of an editor", "tenants/x/prod-shared/database.sops.yaml~", "a: b\n", "looks like"],
  ["a swap file", "tenants/x/prod-shared/.database.sops.yaml.swp", "x", "looks like"],
  ["not encrypted", "tenants/x/prod-shared/database.sops.yaml", "kind: SopsSecret\nspec: {}\n", "is not encrypted"],
  ["anywhere", "docs/database.sops.yaml", "kind: SopsSecret\nspec: {}\n", "is not encrypted"],
];

/** Letters that repeat nothing, as keys have them. */
const letters = (count: number, alphabet = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8") =>
  Array.from({ length: count }, (_, index) => alphabet[(index * 7 + (index >> 3)) % alphabet.length]).join("");
const hex = (count: number) => letters(count, "0123456789abcdef");

/** Credentials by kind, put together here: none of them stands in this file. */
const tokens: [kind: string, token: string, says: string][] = [
  ["age", identity, "a private key of age"],
  ["RSA", `${begin} RSA PRIVATE KEY-----\n${letters(64)}\n`, "a private key"],
  ["an encrypted RSA key", `${begin} RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n`, "a private key"],
  ["a service account of Google", `{"private_key": "${begin} PRIVATE KEY-----\\n${letters(64)}\\n"}`, "a private key"],
  ["GitHub", `ghp_${letters(36)}`, "GitHub"],
  ["GitHub, fine-grained", `github_pat_${letters(22)}_${letters(59)}`, "GitHub"],
  ["GitLab", `glpat-${letters(20)}`, "GitLab"],
  ["AWS", `AKIA${letters(16, "ABCDEFGHIJKLMNOP234567")}`, "AWS"],
  ["AWS, secret", `aws_secret_access_key = ${letters(40)}`, "AWS"],
  ["Slack", `xoxb-${letters(12, "0123456789")}-${letters(24)}`, "Slack"],
  ["Slack, webhook", `https://hooks.slack.com/services/T0/B0/${letters(24)}`, "Slack"],
  ["Stripe", `sk_live_${letters(24)}`, "Stripe"],
  ["Stripe, restricted", `rk_live_${letters(24)}`, "Stripe"],
  ["Google", `AIza${letters(35)}`, "Google"],
  ["JWT", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xx.${letters(43)}`, "JSON Web Token"],
  ["Twilio", `SK${hex(32)}`, "Twilio"],
  ["SendGrid", `SG.${letters(22)}.${letters(43)}`, "SendGrid"],
  ["Telegram", `1234567890:AA${letters(33)}`, "Telegram"],
  ["npm", `npm_${letters(36)}`, "npm"],
  ["OpenAI", `sk-proj-${letters(48)}`, "OpenAI"],
  ["Vault", `hvs.${letters(90)}`, "Vault"],
];

describe("C1: a shape is seen in every file", () => {
  test.each(tokens)("%s", (_kind, token, says) => {
    for (const path of ["k.txt", "scripts/k.ts", "docs/keys.md", "x.agekey", file, "a/b.test.ts", "Makefile"])
      for (const text of [`${token}\n`, `const key = \`${token}\`;\n`, `x: ${base64(token.padEnd(40))}\n`]) {
        const problems = plaintextProblems(path, text);
        expect([path, problems.map(({ message }) => message).join()]).toEqual([path, expect.stringContaining(says)]);
        expect(JSON.stringify(problems)).not.toContain(token);
      }
  });

  test("benign: heads without a body, and what is too short", () => {
    for (const text of [
      `refuse("${begin} PRIVATE KEY-----")`,
      "AGE-SECRET-KEY-...",
      "ghp_x, glpat-, AKIA, xoxb-, sk_live_, hvs.",
      "eyJhbGciOiJIUzI1NiJ9",
      "task_live_migration_of_everything, disk_test_1234567890",
      `sha256:${hex(64)}`,
    ])
      expect([text, plaintextProblems("scripts/x.ts", text)]).toEqual([text, []]);
  });

  test("UTF-16, which Windows' shells write, is text; a binary file is not", () => {
    const utf16 = (text: string) => Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, "utf16le")]);
    expect(plaintextProblems("k.txt", textOfBytes(utf16(identity))!)).toHaveLength(1);
    expect(textOfBytes(Uint8Array.of(0x89, 0x50, 0, 1))).toBeUndefined();
  });

  test("fixtures are allowed by path and hash both, and each is still there", async () => {
    for (const { path, sha256, why } of fixtures) {
      const text = await Bun.file(`${import.meta.dir}/../../../${path}`).text();
      expect([path, why.length > 10, exposedIn(path, text)]).toEqual([path, true, []]);
      const found = exposedIn(`${path}.other`, text).map((own) => createHash("sha256").update(own.text).digest("hex"));
      expect(found).toContain(sha256);
      expect(exposedIn(path, `${text}\n${identity}\n`)).toHaveLength(1);
    }
  });
});

/** Texts that set a credential, by the kind of file they are in. */
const named: [path: string, text: string][] = [
  ["apps/services/x/values.yaml", "env: {SMTP_PASSWORD: hunter2}\n"],
  ["apps/services/x/values.yaml", "env:\n  - name: DB_PASSWORD\n    value: hunter2\n"],
  ["apps/services/x/values.yaml", "env:\n  DATABASE_URL: postgres://app:hunter2@db/x\n"],
  ["apps/services/x/values.yaml", "env:\n  REDIS_URL: redis://:hunter2@cache:6379\n"],
  ["apps/services/x/values.yaml", "config:\n  smtp:\n    user: x\n    password: hunter2\n"],
  ["apps/services/x/values.yaml", 'config: {"apiKey": "abc123"}\n'],
  ["apps/services/x/values.yaml", "clientSecret: keyboard-cat\n"],
  ["apps/services/x/values.yaml", "TWILIO_AUTH_TOKEN: abc123\n"],
  ["apps/services/x/values.yaml", "PAYMENT_KEY: abc123\n"],
  ["apps/services/x/values.yaml", "password: &p hunter2\nother: *p\n"],
  ["apps/services/x/values.yaml", "password: |\n  hunter2\n"],
  ["apps/services/x/values.yaml", "password: one\npassword: {{ .x }}\n"],
  ["apps/services/x/values.yaml", "args: [--db-password=hunter2]\n"],
  ["apps/services/x/values.yaml", "args:\n  - --password\n  - hunter2\n"],
  ["apps/services/x/values.yaml", "headers:\n  - name: Authorization\n    value: Bearer abcdef123456\n"],
  [file, "kind: ConfigMap\ndata:\n  db_password: abc123\n"],
  [file, "kind: ConfigMap\ndata:\n  app.properties: |\n    a=b\n    spring.datasource.password=hunter2\n"],
  [file, 'kind: ConfigMap\ndata:\n  config.json: \'{"db": {"password": "hunter2"}}\'\n'],
  [file, "configMapGenerator:\n  - literals:\n      - DB_PASSWORD=hunter2\n"],
  [file, "patches:\n  - patch: |-\n      - op: add\n        path: /data/DB_PASSWORD\n        value: hunter2\n"],
  [file, "a: b\n---\ntoken: abc123\n"],
  ["apps/charts/x/templates/a.yaml", '{{ if .x }}\nstringData: {}\n  password: "hunter2"\n{{ end }}\n'],
  ["notes.yaml", "password: hunter2hunter2hunter2\n"],
  ["env.sh", "export DB_PASSWORD=hunter2\n"],
  [".env.production", "SESSION_SECRET=keyboard-cat\n"],
  [".npmrc", "//registry.npmjs.org/:_authToken=abc123def\n"],
  ["settings.json", '{"smtp": {"pass": "hunter2"}}\n'],
  ["docker/config.json", `{"auths": {"r": {"auth": "${base64("user:hunter2")}"}}}\n`],
];

/** Texts beside those, which set none. */
const benign: [path: string, text: string][] = [
  ["apps/services/x/values.yaml", "privateKeySecret:\n  name: auth-service-jwt\n  key: privateKey\n"],
  ["apps/services/x/values.yaml", "keySecret: {name: x, key: key}\nsecret: auth-service-oauth-google\n"],
  ["apps/services/x/values.yaml", "existingSecret: database\nsecretName: tls\ncredentials: database\n"],
  ["apps/services/x/values.yaml", "sensitivePIIFields:\n  - password\n  - token\n"],
  ["apps/services/x/values.yaml", 'password: ""\ntoken:\nSECRET_KEY: ~\n'],
  ["apps/services/x/values.yaml", "password: '{{ .Values.x }}'\nDB_PASSWORD: $(PASSWORD)\nTOKEN: ${TOKEN}\n"],
  [
    "apps/services/x/values.yaml",
    "DATABASE_URL: postgres://$(USER):$(PASSWORD)@db/x\nURL: https://example.com:8443/@x\n",
  ],
  ["apps/services/x/values.yaml", "PUBLIC_KEY: abc\nROUTING_KEY: cases.created\npublicKey: abc\ntopologyKey: zone\n"],
  ["apps/services/x/values.yaml", "TLS_KEY: /etc/tls/tls.key\nPASSWORD_FILE: /run/x\ntokenPath: x\nmaxTokens: 4096\n"],
  [
    "apps/services/x/values.yaml",
    "accessTokenExpiry: 15m\nautomountServiceAccountToken: false\npasswordMinLength: 12\n",
  ],
  [file, "env:\n  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        name: x\n        key: password\n"],
  [file, "secretKey: password\nremoteRef:\n  key: DB_PASSWORD\n"],
  [file, "- key: environment\n  operator: In\n  values: [prod]\n"],
  [".github/workflows/x.yaml", "env:\n  GITHUB_TOKEN: ${{ github.token }}\n"],
  ["run.sh", 'TOKEN="$1"\nPASSWORD=$(cat x)\nKEY=`x`\n'],
  ["schemas/x.json", '{"properties": {"password": {"type": "string", "default": "x"}}}'],
  ["docs/x.md", "password: hunter2\n"],
  ["scripts/x.ts", 'const password = "hunter2";\n'],
];

describe("R13, L-6: a credential is seen by its name", () => {
  test.each(named)("%s %j", (path, text) => {
    const problems = plaintextProblems(path, text);
    expect([text, problems.length]).toEqual([text, 1]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|abc123|keyboard/);
    expect(problems[0]!.line).toBeGreaterThan(0);
  });

  test.each(benign)("benign: %s %j", (path, text) => {
    expect([text, plaintextProblems(path, text)]).toEqual([text, []]);
  });

  test("it is named where a person would edit", () => {
    const text = "env:\n  - name: A\n    value: b\n  - name: DB_PASSWORD\n    value: hunter2\n";
    expect(plaintextProblems("apps/services/x/values.yaml", text)[0]!.line).toBe(5);
  });
});

describe("R22: the time grows with the text, and no faster", () => {
  /** Parts that make readers go back: each is repeated. */
  const parts = [
    "\n",
    " ",
    " \n",
    "- ",
    "-",
    "kind: secret\n",
    'kind: secret\n"kind"  \n',
    '"kind" ',
    "password",
    "password: ",
    "password=",
    "a-",
    'a:"',
    "://",
    "://a:",
    "http://a:b",
    "eyJaaaaaaaaaa.",
    "eyJ",
    "key=",
    `${begin} `,
    `${begin} PRIVATE KEY-----`,
    "AAAA",
    "aws_secret_access_key ",
    ...new Set(
      shapes.map(({ pattern }) => pattern.source.replaceAll(/\(\?[^)]*\)/g, "").replace(/[^A-Za-z0-9_.-].*/, "")),
    ),
  ].filter((part) => part !== "");
  const texts = (size: number) => [
    ...parts.map((part) => part.repeat(Math.ceil(size / part.length))),
    ...parts.map((part) => `kind: secret\n${part.repeat(Math.ceil(size / part.length))}`),
  ];
  /** Milliseconds of the processor, not of the clock: others use the machine too. */
  const cost = (path: string, text: string) => {
    const before = process.cpuUsage();
    plaintextProblems(path, text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  /** Eight times the text: what takes the square of it takes sixty-four times as long, each time it is asked. */
  const isQuadratic = (path: string, small: string, large: string) =>
    [1, 2, 3, 4, 5].every(() => {
      const long = cost(path, large);
      return long > 20 && long > 30 * cost(path, small);
    });

  test.each(["x.txt", "apps/charts/x/templates/a.tpl", "apps/x/a.sh"])("%s", (path) => {
    const [small, large] = [texts(8_000), texts(64_000)];
    for (const [index, text] of large.entries()) {
      expect([text.slice(0, 40), isQuadratic(path, small[index]!, text)]).toEqual([text.slice(0, 40), false]);
    }
  });
});

describe("seen", () => {
  test.each(seen)("%s", (_name, path, text, says) => {
    const problems = plaintextProblems(path, text);
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining(says));
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|AGE-SECRET/);
  });
});

test("not taken for one: a reference, a kind in a list of kinds, a public key, an encrypted file", () => {
  for (const [path, text] of [
    [file, "kind: Deployment\nspec:\n  secretKeyRef:\n    name: x\n    key: password\n"],
    [file, "rules:\n  - kind: Secret\n    names:\n      - x\n"],
    [file, "kind: SecretRules\nspec:\n  data: x\n"],
    [file, "-----BEGIN PUBLIC KEY-----\nMC4\n-----END PUBLIC KEY-----\n"],
    ["tenants/x/prod-shared/database.sops.yaml", "kind: SopsSecret\nspec: {}\nsops:\n  mac: x\n"],
  ] as const)
    expect([path, text, plaintextProblems(path, text)]).toEqual([path, text, []]);
});
