/** A certificate for some names, and the authority that signed it, in a folder: PEM files, made by openssl. */
import path from "node:path";

import { runProgram } from "./program.ts";

export interface CertificateFiles {
  ca: string;
  cert: string;
  key: string;
}

export async function certificateFiles(folder: string, names: readonly string[]): Promise<CertificateFiles> {
  const file = (name: string) => path.join(folder, name);
  const [ca, caKey, cert, key] = ["ca.crt", "ca.key", "tls.crt", "tls.key"].map(file) as [
    string,
    string,
    string,
    string,
  ];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  await runProgram("openssl", "req", "-x509", ...curve, "-subj", "/CN=test", "-keyout", caKey, "-out", ca);
  const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`;
  const signed = ["-CA", ca, "-CAkey", caKey, "-addext", alternatives, "-addext", "basicConstraints=critical,CA:false"];
  await runProgram("openssl", "req", "-x509", ...curve, "-subj", "/CN=server", ...signed, "-keyout", key, "-out", cert);
  return { ca, cert, key };
}
