import { at, type Json, listAt, stringAt } from "../core/json.ts";
import type { Own, Reference } from "./needs.ts";

/** Where cert-manager looks for what a ClusterIssuer names: its own namespace. */
const issuersNamespace = "cert-manager";

/** What custom resources of gateways, stores, certificates and autoscalers name, by their fields; pods of operators name the rest. */
export function* ofCustomResource(kind: string, object: Json, own: Own): Iterable<Reference> {
  const secret = (name: string | undefined, key?: string) => own("Secret", name, key === undefined ? {} : { key });
  /** That of a certificate or an authority, perhaps in another namespace. */
  const keyPair = (name: string | undefined, namespace?: string): Reference[] =>
    secret(name, "tls.key").map((reference) => (namespace === undefined ? reference : { ...reference, namespace }));
  /** Authorities by which a certificate is verified, in Secrets or ConfigMaps. */
  const authorities = (...path: string[]) =>
    listAt(object, ...path, "caCertificateRefs").flatMap((authority) =>
      own(stringAt(authority, "kind") ?? "Secret", stringAt(authority, "name"), { key: "ca.crt" }),
    );
  switch (kind) {
    case "BackendTLSPolicy":
      yield* authorities("spec", "validation");
      break;
    case "Certificate": {
      const issuer = stringAt(object, "spec", "issuerRef", "name");
      if (stringAt(object, "spec", "issuerRef", "kind") !== "ClusterIssuer") yield* own("Issuer", issuer);
      else if (issuer !== undefined) yield { kind: "ClusterIssuer", namespace: "", name: issuer };
      break;
    }
    case "ClientTrafficPolicy":
      yield* authorities("spec", "tls", "clientValidation");
      break;
    case "ClusterIssuer":
    case "Issuer":
      yield* keyPair(
        stringAt(object, "spec", "ca", "secretName"),
        kind === "ClusterIssuer" ? issuersNamespace : undefined,
      );
      break;
    case "EnvoyProxy":
      yield* keyPair(stringAt(object, "spec", "backendTLS", "clientCertificateRef", "name"));
      break;
    case "Gateway":
    case "ListenerSet":
      yield* own(
        stringAt(object, "spec", "infrastructure", "parametersRef", "kind") ?? "",
        stringAt(object, "spec", "infrastructure", "parametersRef", "name"),
      );
      for (const listener of listAt(object, "spec", "listeners"))
        for (const certificate of listAt(listener, "tls", "certificateRefs"))
          yield* keyPair(stringAt(certificate, "name"), stringAt(certificate, "namespace"));
      break;
    case "DatabaseRole":
      yield* secret(stringAt(object, "spec", "passwordSecret", "name"), "password");
      break;
    case "Exchange":
    case "Permission":
    case "Shovel":
    case "User":
    case "Vhost":
      yield* secret(stringAt(object, "spec", "importCredentialsSecret", "name"), "password");
      yield* secret(stringAt(object, "spec", "uriSecret", "name"));
      yield* secret(stringAt(object, "spec", "rabbitmqClusterReference", "connectionSecret", "name"), "uri");
      break;
    case "ObjectStore":
      for (const name of ["accessKeyId", "secretAccessKey"]) {
        const credentials = at(object, "spec", "configuration", "s3Credentials", name);
        yield* secret(stringAt(credentials, "name"), stringAt(credentials, "key"));
      }
      break;
    case "PerconaServerMongoDB":
      for (const user of listAt(object, "spec", "users"))
        yield* secret(stringAt(user, "passwordSecretRef", "name"), stringAt(user, "passwordSecretRef", "key"));
      for (const storage of Object.values((at(object, "spec", "backup", "storages") ?? {}) as Record<string, Json>))
        yield* secret(stringAt(storage, "s3", "credentialsSecret"));
      break;
    case "ScaledObject":
      for (const trigger of listAt(object, "spec", "triggers")) {
        const authentication = at(trigger, "authenticationRef");
        const kind = stringAt(authentication, "kind") ?? "TriggerAuthentication";
        const name = stringAt(authentication, "name");
        if (kind === "ClusterTriggerAuthentication" && name !== undefined) yield { kind, namespace: "", name };
        else yield* own(kind, name);
      }
      break;
    case "TriggerAuthentication":
      for (const source of listAt(object, "spec", "configMapTargetRef"))
        yield* own("ConfigMap", stringAt(source, "name"), keyAt(source));
      for (const source of listAt(object, "spec", "secretTargetRef"))
        yield* own("Secret", stringAt(source, "name"), keyAt(source));
      break;
    case "SecurityPolicy":
      // The key that Envoy Gateway looks for.
      yield* secret(stringAt(object, "spec", "oidc", "clientSecret", "name"), "client-secret");
      break;
    case "RedisReplication":
      for (const volume of listAt(object, "spec", "storage", "volumeMount", "volume"))
        for (const source of listAt(volume, "projected", "sources"))
          for (const item of listAt(source, "secret", "items"))
            yield* secret(stringAt(source, "secret", "name"), stringAt(item, "key"));
      break;
  }
}

function keyAt(source: Json): { key?: string } {
  const key = stringAt(source, "key");
  return key === undefined ? {} : { key };
}
