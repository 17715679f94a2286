/** A PostgreSQL as the operator would start it for what a cluster renders. */
import { type JsonObject, objectAt } from "../../../scripts/lib/core/json.ts";
import { authority, issue } from "./authority.ts";
import { hbaOf, identFor, type Parameters, parametersOf } from "./postgresql-files.ts";
import { giveTo, type Server, startServer } from "./postgresql-server.ts";
import { serverUser } from "./programs.ts";
import type { Rendered } from "./rendered.ts";

export const group = "postgresql.cnpg.io";

export interface OperatorServer {
  server: Server;
  /** The authority of its certificate, and one that it knows nothing of. */
  ca: { ours: string; foreign: string };
}

/** Starts the Cluster in a folder that has its data; env reaches its archive_command. */
export async function operatorServer(
  folder: string,
  objects: Rendered,
  cluster: JsonObject,
  parameters: Parameters,
  env: Record<string, string> = {},
): Promise<OperatorServer> {
  const ca = { ours: await authority(folder, "ours"), foreign: await authority(folder, "foreign") };
  const { cert, key } = await issue(folder, objectAt(objects.one("Certificate", "postgresql-server"), "spec"), ca.ours);
  await giveTo(folder, key);
  const files = {
    ssl_cert_file: cert,
    ssl_key_file: key,
    // The authority of client certificates is another, which the operator makes for itself.
    ssl_ca_file: ca.foreign,
  };
  const server = await startServer(
    folder,
    {
      parameters: { ...parametersOf(cluster), ...files, ...parameters },
      hba: hbaOf(cluster),
      ident: identFor(serverUser),
    },
    env,
  );
  return { server, ca };
}
