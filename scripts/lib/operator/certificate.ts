/** Read in cert-manager v1.21.2: pkg/apis/certmanager/v1/types_certificate.go. Keystores are not described. */
import { type JsonObject, stringAt } from "../core/json.ts";
import { keyed } from "./made.ts";

export function certificate(resource: JsonObject): JsonObject[] {
  const name = stringAt(resource, "spec", "secretName");
  return name === undefined ? [] : [keyed("Secret", name, "ca.crt", "tls.crt", "tls.key")];
}
