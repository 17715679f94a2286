/** Edits of a cluster's PostgreSQL as a person makes them for a restore or an upgrade: a component, and what only they know. */
import type { TestRepository } from "../repository.ts";

type Edit = (fleet: TestRepository) => Promise<void>;

/** Adds postgresql-restored, as of a moment; without one, all that was archived. */
export const restoring = (cluster: string, moment?: string) =>
  including(cluster, "restore", moment === undefined ? undefined : restoredTo(moment));

/** Goes to the next major version, with this image. */
export const upgrading = (cluster: string, image: string) =>
  including(cluster, "upgrade", patch("postgresql", "replace", "/spec/imageName", image));

const restoredTo = (moment: string) =>
  patch("postgresql-restored", "add", "/spec/bootstrap/recovery/recoveryTarget/targetTime", moment);

const patch = (name: string, op: string, at: string, value: string) => `patches:
  - target:
      group: postgresql.cnpg.io
      kind: Cluster
      name: ${name}
    patch: |-
      - op: ${op}
        path: ${at}
        value: ${JSON.stringify(value)}
`;

const including =
  (cluster: string, component: string, patches = ""): Edit =>
  async (fleet) => {
    const file = `clusters/${cluster}/stores/postgresql/kustomization.yaml`;
    const last = /(?<=^ {2}- .*\/postgresql\/)backup\n/m;
    await fleet.edit(file, last, `backup\n  - ../../../../apps/stores/postgresql/${component}\n${patches}`);
  };
