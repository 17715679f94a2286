/** A certificate authority, and certificates as cert-manager would make of a rendered Certificate. */
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";

import { objectAt, stringsAt } from "../../../scripts/lib/core/json.ts";
import { mustRun } from "./programs.ts";

/** Makes NAME.crt and NAME.key of an authority; returns the path of its certificate. */
export async function authority(folder: string, name: string): Promise<string> {
  const certificate = path.join(folder, `${name}.crt`);
  await mustRun([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${name}`, "-keyout", path.join(folder, `${name}.key`), "-out", certificate],
  ]);
  return certificate;
}

/** Makes server.crt and server.key: signed by an authority, for exactly the names that the Certificate lists. */
export async function issue(folder: string, certificate: unknown, signer: string): Promise<void> {
  const names = stringsAt(objectAt(certificate, "spec"), "dnsNames");
  const [key, request, extensions, out] = ["server.key", "server.csr", "server.ext", "server.crt"].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string];
  await writeFile(
    extensions,
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\nextendedKeyUsage=serverAuth\n`,
  );
  await mustRun([
    ...[
      "openssl",
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=server",
    ],
    ...["-keyout", key, "-out", request],
  ]);
  const signing = ["-CA", signer, "-CAkey", signer.replace(/crt$/, "key"), "-CAcreateserial", "-days", "1"];
  await mustRun(["openssl", "x509", "-req", "-in", request, ...signing, "-extfile", extensions, "-out", out]);
  // PostgreSQL refuses a key that others can read.
  await chmod(key, 0o600);
}
