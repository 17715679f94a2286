/** Others than sops that read what we write: sops-age, age itself, and our own shortcut to a public key. */
import { beforeAll, expect, test } from "bun:test";

import { decryptSops } from "sops-age";

import { repository } from "../../../tests/support/repository.ts";
import { newIdentity, recipientOf } from "./age-wrapping.ts";
import { clearText, encryptFile, openFile } from "./file.ts";

const now = "2026-11-23T10:00:00Z";
let own: Awaited<ReturnType<typeof newIdentity>>;
let other: typeof own;
beforeAll(async () => {
  own = await newIdentity();
  other = await newIdentity();
});

const secret = `apiVersion: addons.projectcapsule.dev/v1alpha1
kind: SopsSecret
metadata:
  name: database
spec:
  secrets:
    - name: database
      stringData:
        username: app
        password: "p: #'\\"ä😀"
`;

test("a third reader, which knows neither of us, reads the same", async () => {
  const encrypted = await encryptFile(secret, { recipients: [own.recipient, other.recipient], now });
  for (const { identity } of [own, other])
    expect(await decryptSops(encrypted, { secretKey: identity, fileType: "yaml" })).toEqual(
      Bun.YAML.parse(secret) as object,
    );
});

test.skipIf(Bun.which("age") === null)("age opens a wrapped key, and makes keys that we use", async () => {
  const made = Bun.spawnSync(["age-keygen"]).stdout.toString();
  const identity = /^AGE-SECRET-KEY-\S+$/m.exec(made)![0];
  const recipient = /public key: (\S+)/.exec(made)![1]!;
  expect(recipientOf(identity)).toBe(recipient);
  const encrypted = await encryptFile(secret, { recipients: [recipient], now });
  expect(Bun.YAML.parse(clearText(await openFile(encrypted, [identity])))).toEqual(Bun.YAML.parse(secret));
  const { enc } = (Bun.YAML.parse(encrypted) as { sops: { age: { enc: string }[] } }).sops.age[0]!;
  await using folder = await repository({ "key.txt": made, "wrapped.age": enc });
  const opened = Bun.spawnSync([
    "age",
    "--decrypt",
    "--identity",
    `${folder.root}/key.txt`,
    `${folder.root}/wrapped.age`,
  ]);
  expect([opened.exitCode, opened.stdout.length]).toEqual([0, 32]);
});

test("the public half of a key is found without waiting", async () => {
  for (let round = 0; round < 50; round++) {
    const { identity, recipient } = await newIdentity();
    expect(recipientOf(identity)).toBe(recipient);
    expect(recipientOf(identity.slice(0, -1))).toBeUndefined();
  }
  expect(recipientOf(own.recipient)).toBeUndefined();
});
