/** A certificate authority, and certificates as cert-manager would make of a rendered Certificate. */
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";

import { objectAt, stringsAt } from "../../../scripts/lib/core/json.ts";
import { mustRun } from "./programs.ts";

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes NAME.crt and NAME.key of an authority; returns the path of its certificate. */
export async function authority(folder: string, name: string): Promise<string> {
  const certificate = path.join(folder, `${name}.crt`);
  const out = ["-keyout", path.join(folder, `${name}.key`), "-out", certificate];
  await mustRun(["openssl", "req", "-x509", ...newKey, "-days", "1", "-subj", `/CN=${name}`, ...out]);
  return certificate;
}

/** Makes server.crt and server.key: signed by an authority, for exactly the names that the Certificate lists. */
export async function issue(folder: string, certificate: unknown, signer: string): Promise<void> {
  const names = stringsAt(objectAt(certificate, "spec"), "dnsNames");
  const file = (name: string) => path.join(folder, `server.${name}`);
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  await writeFile(file("ext"), `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`);
  const request = ["-keyout", file("key"), "-out", file("csr")];
  await mustRun(["openssl", "req", "-new", ...newKey, "-subj", "/CN=server", ...request]);
  const signing = ["-CA", signer, "-CAkey", signer.replace(/crt$/, "key"), "-CAcreateserial", "-days", "1"];
  const signed = ["-in", file("csr"), "-extfile", file("ext"), "-out", file("crt")];
  await mustRun(["openssl", "x509", "-req", ...signing, ...signed]);
  // PostgreSQL refuses a key that others can read.
  await chmod(file("key"), 0o600);
}
