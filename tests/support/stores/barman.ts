/**
 * What the Barman plugin runs for a rendered ObjectStore and Cluster.
 * Source: cloudnative-pg/barman-cloud v0.5.1, pkg/archiver/command.go, pkg/backup/backup.go, pkg/command/commandbuilder.go.
 */
import { at, listAt, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";

/**
 * Barman 3.4 of Debian 12 knows no zstd, and its Python no snappy that works (python3-snappy 0.5.3 fails under Python 3.11).
 * maxParallel of a log is the plugin's own; resources and retention are Kubernetes' and the plugin's.
 */
const playable = ["bzip2", "gzip"];

export interface Barman {
  bucket: string;
  /** What the ObjectStore says that can't be played here. */
  unplayed: string[];
  /** For archive_command: %p is the file. */
  archive: string;
  backup: string[];
  list: string[];
  restore(backup: string, folder: string): string[];
  /** For restore_command: %f is the file, %p where it goes. */
  fetch: string;
}

/** server: the archive's name. endpoint: where the bucket is here, in the place of endpointURL. */
export function barman(objectStore: unknown, server: string, endpoint: string): Barman {
  const configuration = objectAt(objectStore, "spec", "configuration");
  const destination = stringAt(configuration, "destinationPath")!;
  const compressions = (["wal", "data"] as const).map(
    (part) => [part, stringAt(configuration, part, "compression")] as const,
  );
  const compressed = (part: "wal" | "data") => {
    const how = stringAt(configuration, part, "compression");
    return how !== undefined && playable.includes(how) ? [`--${how}`] : [];
  };
  const encrypted = (part: "wal" | "data") => {
    const how = stringAt(configuration, part, "encryption");
    return how === undefined ? [] : ["--encryption", how];
  };
  const from = ["--endpoint-url", endpoint, "--cloud-provider", "aws-s3"];
  const place = [destination, server];
  const jobs = at(configuration, "data", "jobs");
  const backup = [
    ...compressed("data"),
    ...encrypted("data"),
    ...(jobs === undefined ? [] : ["--jobs", JSON.stringify(jobs)]),
  ];
  const archive = [...compressed("wal"), ...encrypted("wal"), ...from, ...place];
  return {
    bucket: new URL(destination).hostname,
    unplayed: compressions.flatMap(([part, how]) =>
      how === undefined || playable.includes(how) ? [] : [`${part}.compression ${how}`],
    ),
    archive: `barman-cloud-wal-archive ${archive.join(" ")} %p`,
    backup: ["barman-cloud-backup", "--user", "postgres", ...backup, ...from, ...place],
    list: ["barman-cloud-backup-list", "--format", "json", ...from, ...place],
    restore: (id, folder) => ["barman-cloud-restore", ...from, ...place, id, folder],
    fetch: `barman-cloud-wal-restore ${[...from, ...place].join(" ")} %f %p`,
  };
}

/** The archive that a Cluster writes, or that its recovery reads. */
export function archiveOf(cluster: unknown, use: "writes" | "reads"): string {
  if (use === "writes") {
    const plugin = listAt(cluster, "spec", "plugins").find(
      (entry) => objectAt({ entry }, "entry")["isWALArchiver"] === true,
    );
    return stringAt(plugin, "parameters", "serverName")!;
  }
  const source = stringAt(cluster, "spec", "bootstrap", "recovery", "source");
  const external = listAt(cluster, "spec", "externalClusters").find((entry) => stringAt(entry, "name") === source);
  return stringAt(external, "plugin", "parameters", "serverName")!;
}

/**
 * Parameters of a recovery, as CloudNativePG writes them: cloudnative-pg v1.30.0, api/v1/cluster_funcs.go
 * (BuildPostgresOptions) and pkg/management/postgres/restore.go.
 */
export function recoveryParameters(cluster: unknown, { fetch }: Barman): Record<string, string> {
  const target = objectAt(cluster, "spec", "bootstrap", "recovery", "recoveryTarget");
  const time = stringAt(target, "targetTime");
  return {
    ...(time === undefined ? {} : { recovery_target_time: time }),
    recovery_target_inclusive: String(target["exclusive"] !== true),
    recovery_target_action: "promote",
    restore_command: fetch,
  };
}
