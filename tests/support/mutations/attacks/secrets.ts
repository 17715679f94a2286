import type { TestFiles } from "../../repository.ts";
import { encryptFor, secretMutations, sopsSecret } from "../secrets.ts";
import { type Attack, commit, object, own } from "./attack.ts";

const folder = "clusters/prod-shared/platform/secrets";
const file = `${folder}/auth-service.sops.yaml`;
const values = "apps/services/case-service/values.yaml";

/** Adds a platform file with one Secret, as a person would. */
async function add(fleet: TestFiles, name: string, text: string): Promise<void> {
  const clear = text.replace(/^ {2}name: .*\n/m, (line) => `${line}  namespace: murima\n`);
  await fleet.write(`${folder}/${name}.sops.yaml`, await encryptFor(fleet, clear));
  await fleet.edit(`${folder}/kustomization.yaml`, "resources:\n", `resources:\n  - ./${name}.sops.yaml\n`);
}

const wrapped = /-----BEGIN AGE ENCRYPTED FILE-----[^]*?-----END AGE ENCRYPTED FILE-----\n/;
/** Replaces the first wrapped key of a file, as one line a line of it. */
const rewrap = (to: (armored: string) => string) => (fleet: TestFiles) =>
  fleet.read(file).then((text) => fleet.edit(file, wrapped, to(wrapped.exec(text)![0])));
const body = (armored: string) =>
  armored
    .split("\n")
    .slice(1, -2)
    .map((line) => line.trim());
/** The bytes of an age file as armor, indented as they stand in a file. */
const armored = (bytes: Buffer) =>
  `-----BEGIN AGE ENCRYPTED FILE-----\n${bytes
    .toString("base64")
    .match(/.{1,64}/g)!
    .map((line) => `        ${line}\n`)
    .join("")}        -----END AGE ENCRYPTED FILE-----\n`;
const bytesOf = (text: string) => Buffer.from(body(text).join(""), "base64");
const header = (text: Buffer) => text.toString("latin1").split("\n");

const retype = (to: string) => (fleet: TestFiles) =>
  fleet.edit(file, /(password: ENC\[.*),type:str\]/, `$1,type:${to}]`);

/** R8, R13, R20, K4: what can be seen of secrets without a key. */
export const secrets: Attack[] = [
  ...["int", "float", "bool", "bytes", "comment", "STR"].map((type) => ({
    name: `K4 a value that is encrypted as ${type}`,
    rule: "sops-file",
    attack: retype(type),
  })),
  {
    name: "R8 another text in the place of a wrapped key",
    rule: "sops-file",
    attack: rewrap(
      () => "-----BEGIN AGE ENCRYPTED FILE-----\n        AAAA\n        -----END AGE ENCRYPTED FILE-----\n",
    ),
  },
  {
    name: "R8 a wrapped key with a second stanza",
    rule: "sops-file",
    attack: rewrap((text) => {
      const bytes = bytesOf(text);
      const [version, stanza, share] = header(bytes);
      const rest = bytes.subarray(`${version}\n`.length);
      return armored(Buffer.concat([Buffer.from(`${version}\n${stanza}\n${share}\n`), rest]));
    }),
  },
  {
    name: "R8 a wrapped key for a passphrase",
    rule: "sops-file",
    attack: rewrap((text) => {
      const all = bytesOf(text)
        .toString("latin1")
        .replace(/-> X25519 (\S+)/, "-> scrypt $1 18");
      return armored(Buffer.from(all, "latin1"));
    }),
  },
  {
    name: "R8 a wrapped key that ends too early",
    rule: "sops-file",
    attack: rewrap((text) => armored(bytesOf(text).subarray(0, -16))),
  },
  {
    name: "R8 a wrapped key in other base64",
    rule: "sops-file",
    attack: rewrap((text) => text.replace(/==?\n/, "\n")),
  },
  {
    name: "R8 a wrapped key in the armor of PGP",
    rule: "sops-file",
    attack: rewrap((text) => text.replaceAll("AGE ENCRYPTED FILE", "PGP MESSAGE")),
  },
  {
    name: "R8 the same wrapped key for both recipients",
    rule: "sops-file",
    attack: async (fleet) => {
      const first = wrapped.exec(await fleet.read(file))![0];
      await fleet.write(
        file,
        (await fleet.read(file)).replaceAll(new RegExp(wrapped, "g"), () => first),
      );
    },
  },
  {
    name: "R8 plaintext in the dress of a ciphertext",
    rule: "sops-file",
    attack: (fleet) =>
      fleet.edit(
        file,
        /password: ENC\[.*\]/,
        `password: ENC[AES256_GCM,data:${btoa("hunter2")},iv:AAAA,tag:AAAA,type:str]`,
      ),
  },
  {
    name: "R8 a MAC that is none",
    rule: "sops-file",
    attack: (fleet) => fleet.edit(file, /mac: ENC\[AES256_GCM,data:[^,]*/, "mac: ENC[AES256_GCM,data:AAAA"),
  },
  {
    name: "R13 a credential in a service's variables",
    rule: "plaintext-secret",
    attack: async (fleet) => fleet.write(values, `${await fleet.read(values)}env:\n  SMTP_PASSWORD: hunter2\n`),
  },
  {
    name: "R13 a password in a URL",
    rule: "plaintext-secret",
    attack: async (fleet) =>
      fleet.write(values, `${await fleet.read(values)}env:\n  AUDIT_DATABASE: postgres://app:hunter2@db/x\n`),
  },
  {
    name: "R13 a tenant's ConfigMap with a password",
    rule: "plaintext-secret",
    attack: commit(object("v1", "ConfigMap", "data:\n  DB_PASSWORD: hunter2\n")),
  },
  {
    name: "L-6 a credential that only the render has",
    rule: "plaintext-secret",
    attack: (fleet) =>
      fleet.edit(
        "apps/charts/service/templates/configmap.yaml",
        /^data:\n/m,
        'data:\n  {{ printf "DB_PASS%s" "WORD" }}: {{ printf "hun%s" "ter2" }}\n',
      ),
  },
  {
    name: "C1 a note with a password beside a placement",
    rule: "plaintext-secret",
    attack: (fleet) => fleet.write(`${own}/notes.yaml`, "password: hunter2hunter2hunter2\n"),
  },
  {
    name: "R20 two SopsSecrets that make one Secret",
    rule: "duplicate-object",
    attack: (fleet) =>
      add(
        fleet,
        "second",
        sopsSecret("auth-service-jwt", "privateKey: x").replace("name: auth-service-jwt", "name: second"),
      ),
  },
  {
    name: "R20 one SopsSecret that makes a Secret twice",
    rule: "duplicate-object",
    attack: (fleet) =>
      add(fleet, "second", `${sopsSecret("second", "a: x")}    - name: second\n      stringData:\n        b: x\n`),
  },
  {
    name: "R20 a Secret with another tenant's label",
    rule: "tenant-label",
    attack: (fleet) => add(fleet, "second", labelled("murima2025.com/tenant: wonka")),
  },
  {
    name: "R20 a Secret that says which Application tracks it",
    rule: "object-metadata",
    attack: (fleet) => add(fleet, "second", labelled("argocd.argoproj.io/instance: root")),
  },
  {
    name: "R20 a Secret that the operator would take for a private key",
    rule: "sops-provider",
    attack: (fleet) => add(fleet, "second", labelled('sops.addons.projectcapsule.dev: "true"')),
  },
  {
    name: "F13 a tenant with a database of its own, and no credentials for it",
    rule: "tenant-secret",
    attack: (fleet) => secretMutations["tenant-secret"]!.break(fleet),
  },
  {
    name: "R24 a service that may read what it does not need",
    rule: "grant-scope",
    attack: (fleet) =>
      fleet.edit("apps/tenant/components/isolation/shared/channels.yaml", "name: comm-hub", "name: case-service"),
  },
  {
    name: "a published file with a second key",
    rule: "published-key",
    clusters: ["dev-shared"],
    attack: async (fleet) => {
      const published = "clusters/dev-shared/published.agekey";
      const text = await fleet.read(published);
      await fleet.write(published, text.replace(/^(AGE-SECRET-KEY-.*)$/m, "$1\n$1"));
    },
  },
];

function labelled(label: string): string {
  return sopsSecret("second", "a: x").replace(
    "      stringData:",
    `      labels:\n        ${label}\n      stringData:`,
  );
}

/** The same kinds of change, meant well. */
export const secretTwins: Omit<Attack, "rule">[] = [
  {
    name: "R13 variables that name no credential",
    attack: async (fleet) =>
      fleet.write(
        values,
        `${await fleet.read(values)}env:\n  ROUTING_KEY: cases.created\n  TOKEN_LIFETIME: 15m\n  AUDIT_URL: https://audit.example.com:8443/x\n`,
      ),
  },
  {
    name: "R13 a tenant's settings",
    attack: commit(object("v1", "ConfigMap", 'data:\n  PASSWORD_MIN_LENGTH: "12"\n  publicKey: abc\n')),
  },
  {
    name: "R8, K9 an empty value that is meant",
    attack: (fleet) => fleet.edit(file, /( {8})password: ENC\[/, '$1empty: ""\n$1password: ENC['),
  },
];
