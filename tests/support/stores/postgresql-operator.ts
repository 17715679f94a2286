/** A PostgreSQL as the operator would start it for what a cluster renders. */
import type { JsonObject } from "../../../scripts/lib/core/json.ts";
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
  await issue(folder, objects.one("Certificate", "postgresql-server"), ca.ours);
  await giveTo(folder, `${folder}/server.key`);
  const files = {
    ssl_cert_file: `${folder}/server.crt`,
    ssl_key_file: `${folder}/server.key`,
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
