/** The format of SOPS: what we write it reads, what it writes we read, and nothing changed passes. */
import { beforeAll, describe, expect, test } from "bun:test";

import fc from "fast-check";

import { commentsIn, documentOf, styled } from "../../../tests/support/documents.ts";
import { full, repository } from "../../../tests/support/repository.ts";
import { sops, sopsProgram } from "../../../tests/support/sops.ts";
import { newIdentity } from "./age-wrapping.ts";
import { clearText, close, encryptFile, openFile, readClear, rewrapFile, rotateFile } from "./file.ts";
import { type EncryptionRule, ownRule } from "./metadata.ts";
import { plainNumber } from "./walk.ts";

const now = "2026-11-23T10:00:00Z";
let own: Awaited<ReturnType<typeof newIdentity>>;
let other: typeof own;
beforeAll(async () => {
  own = await newIdentity();
  other = await newIdentity();
});

const secret = `---
# Who reads this knows the names.
apiVersion: addons.projectcapsule.dev/v1alpha1
kind: SopsSecret
metadata:
  name: database # of the tenant
spec:
  secrets:
    - name: database
      stringData:
        username: app
        password: "p: #'\\"ä😀"
        empty: ""
    - name: channels
      stringData:
        password: |
          line
            indented
`;

const rules: (EncryptionRule & { flags: string[] })[] = [
  { ...ownRule, flags: ["--encrypted-regex", ownRule.pattern] },
  { kind: "unencrypted_suffix", pattern: "_unencrypted", flags: [] },
  { kind: "unencrypted_regex", pattern: "^(a|kind)", flags: ["--unencrypted-regex", "^(a|kind)"] },
  { kind: "encrypted_suffix", pattern: "Data", flags: ["--encrypted-suffix", "Data"] },
];

async function expectSame(ours: string, theirs: string): Promise<void> {
  expect(Bun.YAML.parse(ours)).toEqual(Bun.YAML.parse(theirs));
}

test("opens what it closes: names, comments and order stay readable, values do not", async () => {
  const encrypted = await encryptFile(secret, { recipients: [own.recipient, other.recipient], now });
  expect(encrypted).toStartWith("---\n# Who reads this knows the names.\napiVersion:");
  expect(encrypted).toContain("  name: database # of the tenant\n");
  expect(encrypted).not.toMatch(/p: #|line|indented|username: app/);
  for (const { identity } of [own, other]) await expectSame(clearText(await openFile(encrypted, [identity])), secret);
});

describe.skipIf(sopsProgram === undefined)(
  "beside real sops (go install github.com/getsops/sops/v3/cmd/sops@v3.13.2)",
  () => {
    test("F-09: random documents of every form, each way, every rule", async () => {
      await using folder = await repository();
      const seed = 3132;
      const samples = fc.sample(fc.tuple(documentOf, fc.infiniteStream(fc.nat(99))), {
        numRuns: full ? 4_000 : 100,
        seed,
      });
      let refused = 0;
      for (const [index, [data, choices]] of samples.entries()) {
        const text = styled(data, () => choices.next().value as number);
        const { flags, ...rule } = rules[index % rules.length]!;
        const macOnlyEncrypted = index % 2 === 0;
        const what = `seed ${seed}, document ${index}:\n${text}`;
        const encrypted = await encryptFile(text, { recipients: [own.recipient], now, rule, macOnlyEncrypted }).catch(
          (error: Error) => error,
        );
        if (encrypted instanceof Error) {
          expect([what, encrypted.message]).toEqual([what, expect.stringContaining("has a comment (line")]);
          refused++;
        } else {
          await folder.write("ours.yaml", encrypted);
          const read = await sops(["decrypt", `${folder.root}/ours.yaml`], own.identity);
          expect([what, read.code, read.stderr]).toEqual([what, 0, ""]);
          await expectSame(read.stdout, text);
        }
        await folder.write("clear.yaml", text);
        const written = await sops(
          ["encrypt", "--age", own.recipient, ...flags, `${folder.root}/clear.yaml`],
          own.identity,
        );
        expect([what, written.code, written.stderr]).toEqual([what, 0, ""]);
        const opened = clearText(await openFile(written.stdout, [own.identity]));
        await expectSame(opened, text);
        expect([what, commentsIn(opened)]).toEqual([what, commentsIn(text)]);
      }
      // Some have a comment where it would stay in the clear; most do not.
      expect(refused).toBeWithin(1, samples.length / 2);
    }, 3_600_000);

    test("it re-wraps and rotates what we wrote, and we what it wrote", async () => {
      await using folder = await repository();
      await folder.write("a.yaml", await encryptFile(secret, { recipients: [own.recipient], now }));
      expect((await sops(["rotate", "--in-place", `${folder.root}/a.yaml`], own.identity)).code).toBe(0);
      const rotated = await folder.read("a.yaml");
      await expectSame(clearText(await openFile(rotated, [own.identity])), secret);
      const both = await rewrapFile(rotated, [own.identity], [own.recipient, other.recipient]);
      const again = await rotateFile(both, [other.identity], now);
      await folder.write("b.yaml", again);
      for (const { identity } of [own, other]) {
        const read = await sops(["decrypt", `${folder.root}/b.yaml`], identity);
        expect([read.code, read.stderr]).toEqual([0, ""]);
        await expectSame(read.stdout, secret);
      }
    });

    test("it sees with us what was changed", async () => {
      await using folder = await repository();
      const encrypted = await encryptFile(secret, { recipients: [own.recipient], now });
      const swapped = encrypted.replace(/username: (.*)\n(\s+)password: (.*)\n/, "username: $3\n$2password: $1\n");
      await folder.write("a.yaml", swapped);
      expect((await sops(["decrypt", `${folder.root}/a.yaml`], own.identity)).code).not.toBe(0);
      expect(openFile(swapped, [own.identity])).rejects.toThrow("was changed, moved from another key");
    });
  },
);

describe("B-15: what is wrong with a file is said, and what it is is not", () => {
  const broken: [string, (text: string) => string, string][] = [
    ["no mac", (text) => text.replace(/^ {2}mac: .*\n/m, ""), "has no mac"],
    [
      "a value of another key",
      (text) => text.replace(/(username: )(.*)(\n\s+password: )(.*)/, "$1$4$3$2"),
      "moved from another key",
    ],
    [
      "a value more",
      (text) =>
        text.replace(/username: (.*)\n/, (whole) => `${whole}        again: ""\n`).replace('again: ""', "again: plain"),
      "is not encrypted",
    ],
    ["a value less", (text) => text.replace(/ {8}username: .*\n/, ""), "its values do not match its MAC"],
    [
      "list items swapped",
      (text) => text.replace(/( {4}- name: database[^]*?)( {4}- name: channels[^]*?)(?=sops:)/, "$2$1"),
      "its values do not match its MAC",
    ],
    ["another time", (text) => text.replace("10:00:00Z", "10:00:01Z"), "its mac was changed"],
    ["nobody", (text) => text.replace(/ {2}age:\n( {4}.*\n)+/, "  age: []\n"), "has no recipients"],
    ["two rules", (text) => text.replace("sops:\n", "sops:\n  unencrypted_suffix: x\n"), "more than one rule"],
    [
      "a key of KMS",
      (text) => text.replace("sops:\n", "sops:\n  kms:\n    - arn: x\n"),
      "uses kms: only the sops program",
    ],
    ["key groups", (text) => text.replace("sops:\n", "sops:\n  key_groups:\n    - x\n"), "uses key_groups"],
    ["two sops blocks", (text) => `${text}sops: {}\n`, "sops"],
    ["cut off", (text) => text.slice(0, text.indexOf("sops:")), "has no sops block"],
    ["only the block", (text) => text.slice(text.indexOf("sops:")), "its values do not match its MAC"],
  ];
  test.each(broken)("%s", async (_name, change, said) => {
    const encrypted = await encryptFile(secret, { recipients: [own.recipient], now });
    const changed = change(encrypted);
    expect(changed).not.toBe(encrypted);
    const message = await openFile(changed, [own.identity]).then(
      () => "opened",
      (error: Error) => error.message,
    );
    expect(message).toContain(said);
    expect(message).not.toMatch(/p: #|indented|AGE-SECRET/);
  });

  test("a key that does not fit says whose would", async () => {
    const encrypted = await encryptFile(secret, { recipients: [own.recipient], now });
    expect(openFile(encrypted, [other.identity])).rejects.toThrow(`it is encrypted to ${own.recipient}`);
  });
});

test("F-09: one changed byte, at every place of every value, the MAC, the time and the wrapped key, is refused", async () => {
  const encrypted = await encryptFile("data:\n  password: hunter2\n", { recipients: [own.recipient], now });
  const places: number[] = [];
  for (const pattern of [
    /password: (.*)/,
    /mac: (.*)/,
    /lastmodified: "(.*)"/,
    /-----BEGIN[^]*?END AGE ENCRYPTED FILE-----/,
  ]) {
    const match = pattern.exec(encrypted)!;
    const from = match.index + match[0].indexOf(match[1] ?? match[0]);
    const length = (match[1] ?? match[0]).length;
    for (let at = from; at < from + length; at += full ? 1 : 7) places.push(at);
  }
  const accepted: number[] = [];
  for (const at of places) {
    const flipped = encrypted[at] === "A" ? "B" : "A";
    if (/\s/.test(encrypted[at]!)) continue; // Line ends of the armor are form, not content.
    const changed = encrypted.slice(0, at) + flipped + encrypted.slice(at + 1);
    if (
      await openFile(changed, [own.identity]).then(
        () => true,
        () => false,
      )
    )
      accepted.push(at);
  }
  expect(accepted.map((at) => encrypted.slice(at - 20, at + 20))).toEqual([]);
});

test("a comment inside what is encrypted is refused wherever it stands; outside it stays", async () => {
  const body = (inside: string[]) =>
    `# out\nspec:\n  # out\n  data:\n${inside.map((line) => `${line}\n`).join("")}  # out\n  name: x # out\n`;
  const refused = [
    ["    # hunter2", "    a: b"],
    ["    a: b # hunter2"],
    ["    a: b", "    # hunter2", "    c: d"],
    ["    a: b", "    # hunter2"],
    ["    a:", "      # hunter2", "      b: c"],
    ["    a:", "      - b", "      # hunter2", "      - c"],
  ];
  for (const inside of refused) {
    const message = await encryptFile(body(inside), { recipients: [own.recipient], now }).then(
      String,
      (error: Error) => error.message,
    );
    expect([inside, message]).toEqual([inside, expect.stringContaining("has a comment (line")]);
    expect(message).not.toContain("hunter2");
  }
  const allowed = await encryptFile(body(["    a: 'b # no comment'", "    c: |", "      # no comment", "      d"]), {
    recipients: [own.recipient],
    now,
  });
  expect(allowed).not.toContain("no comment");
  expect(allowed.match(/# out/g)).toHaveLength(4);
});

test("what does not change keeps its bytes, also when items move; equal values have ciphertexts of their own", async () => {
  const item = (name: string, value: string) => `    - name: ${name}\n      data:\n        token: ${value}\n`;
  const body = (...items: string[]) => `spec:\n  secrets:\n${items.join("")}`;
  const first = await encryptFile(body(item("a", "same"), item("b", "same"), item("c", "other")), {
    recipients: [own.recipient],
    now,
  });
  const tokens = (text: string) => [...text.matchAll(/token: (.*)/g)].map(([, token]) => token!);
  const reclose = async (clear: string) => {
    const opened = await openFile(first, [own.identity]);
    return tokens(close({ ...opened, document: readClear(clear) }, now));
  };
  const [a, b, c] = tokens(first) as [string, string, string];
  expect(new Set([a, b, c]).size).toBe(3);
  expect(await reclose(body(item("a", "same"), item("b", "same"), item("c", "new")))).toEqual([
    a,
    b,
    expect.not.stringContaining(c),
  ]);
  expect(await reclose(body(item("b", "same"), item("c", "other")))).toEqual([a, c]);
  const more = await reclose(body(item("a", "same"), item("b", "same"), item("d", "same"), item("c", "other")));
  expect([more.slice(0, 2), more[3], new Set(more).size]).toEqual([[a, b], c, 4]);
});

test("numbers are written as Go writes them", () => {
  for (const [value, text] of [
    [1e22, "10000000000000000000000"],
    [1.5e-7, "0.00000015"],
    [0.1, "0.1"],
    [-1.25e21, "-1250000000000000000000"],
    [5, "5"],
  ] as const)
    expect(plainNumber(value)).toBe(text);
});
