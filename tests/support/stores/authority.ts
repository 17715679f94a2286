/** A certificate authority, and certificates as cert-manager would make of a rendered Certificate. */
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";

import { type JsonObject, stringsAt } from "../../../scripts/lib/core/json.ts";
import { mustRun } from "./programs.ts";

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes NAME.crt and NAME.key of an authority; returns the path of its certificate. */
export async function authority(folder: string, name: string): Promise<string> {
  const certificate = path.join(folder, `${name}.crt`);
  const out = ["-keyout", path.join(folder, `${name}.key`), "-out", certificate];
  await mustRun(["openssl", "req", "-x509", ...newKey, "-days", "1", "-subj", `/CN=${name}`, ...out]);
  return certificate;
}

/** A certificate, its key, and the authority that signed it: PEM files. */
export interface CertificateFiles {
  ca: string;
  cert: string;
  key: string;
}

/** What a Certificate says that it may be used for, in the words of openssl. */
const uses: Readonly<Record<string, string>> = { "client auth": "clientAuth", "server auth": "serverAuth" };

/** Makes server.crt and server.key: signed by an authority, for exactly the names and uses that the spec of a Certificate lists. */
export async function issue(folder: string, spec: JsonObject, signer: string): Promise<CertificateFiles> {
  const file = (name: string) => path.join(folder, `server.${name}`);
  const names = stringsAt(spec, "dnsNames").map((name) => `DNS:${name}`);
  const usages = stringsAt(spec, "usages").map((use) => uses[use]!);
  await writeFile(file("ext"), `subjectAltName=${names.join(",")}\nextendedKeyUsage=${usages.join(",")}\n`);
  const request = ["-keyout", file("key"), "-out", file("csr")];
  await mustRun(["openssl", "req", "-new", ...newKey, "-subj", "/CN=server", ...request]);
  const signing = ["-CA", signer, "-CAkey", signer.replace(/crt$/, "key"), "-CAcreateserial", "-days", "1"];
  const signed = ["-in", file("csr"), "-extfile", file("ext"), "-out", file("crt")];
  await mustRun(["openssl", "x509", "-req", ...signing, ...signed]);
  // PostgreSQL refuses a key that others can read.
  await chmod(file("key"), 0o600);
  return { ca: signer, cert: file("crt"), key: file("key") };
}
