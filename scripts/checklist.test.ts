/** The boxes of an installation, as far as the repository and hosts on loopback can say. The API server: bootstrap.test.ts. */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { cluster, stores } from "../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { sampleValidation } from "../tests/support/sample.ts";
import { run as checklist } from "./checklist.ts";
import { boxesAfter } from "./lib/cluster/checklist-after.ts";
import { tenantPartOf } from "./lib/fleet/ownership.ts";
import { probe } from "./lib/io/probe.ts";
import { readSchema } from "./lib/io/schemas.ts";
import { compile } from "./lib/model/schema.ts";

describe("before an installation", () => {
  test("every box is there, in order, with what was seen; what nobody can see is a person's", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const { code, stdout } = await runIn(fleet, checklist, ["pre", "--cluster", "prod-shared"]);
    const boxes = [...stdout.matchAll(/^\[(.)\] (.+?) {2}/gm)].map(([, mark, what]) => `${mark} ${what}`);
    // Values that somebody has to give are placeholders in the sample, as in every new cluster.
    expect([code, boxes]).toEqual([
      1,
      [
        "x hardware",
        "x network",
        "? DNS",
        "x certificates",
        "x backups",
        "x monitoring",
        "x security",
        "? restore",
        "  secrets",
        "  parts",
        "x everything else",
        "? not judged",
        "? people",
      ],
    ]);
  });

  test("a finding opens the box that it belongs to, with its file and line", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    await fleet.edit("clusters/prod-shared/facts/cluster.yaml", /cpu: "\d+"/, 'cpu: "2"');
    const { stdout } = await runIn(fleet, checklist, ["pre", "--cluster", "prod-shared", "--format", "json"]);
    const { items } = JSON.parse(stdout) as { items: { what: string; state: string; says: string[] }[] };
    const hardware = items.find(({ what }) => what === "hardware")!;
    expect(hardware.state).toBe("open");
    expect(hardware.says[0]).toMatch(
      /^clusters\/prod-shared\/facts\/cluster\.yaml:\d+ hardware-minimum: offers 2 CPUs/,
    );
    const check = compile(await readSchema("schemas/reports/checklist.json"));
    expect(check(JSON.parse(stdout))).toEqual([]);
  });

  test("post asks a cluster that is named, and pre asks nobody", async () => {
    await using fleet = await sampleRepository();
    for (const [args, says] of [
      [["post"], "post asks the cluster: name it with --context"],
      [["pre", "--context", "x"], "pre asks nobody"],
    ] as const) {
      const { code, stderr } = await runIn(fleet, checklist, [...args, "--cluster", "dev-shared"]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });
});

describe("after an installation", () => {
  test("a tenant's own copies of services are services; what is late is named where it belongs", async () => {
    const { fleet } = await sampleValidation([cluster.sharedUs]);
    const facts = fleet.documents.clusters.get(cluster.sharedUs)!.document;
    const applications = fleet.applications.filter((application) => application.cluster === cluster.sharedUs);
    const copies = applications.filter((application) => tenantPartOf(application)?.kind === "service");
    const late = copies[0]!.name;
    const live = applications.map(({ name }) => ({
      metadata: { name },
      status: { sync: { status: name === late ? "OutOfSync" : "Synced" }, health: { status: "Healthy" } },
    }));
    const seen = { live, objectStores: [], mongodbBackups: [], orphans: [], answers: [] };
    const boxes = boxesAfter(fleet, facts, applications, seen);
    expect(boxes.slice(0, 3)).toEqual([
      { what: "services", state: "open", says: [expect.stringContaining(`${late} is OutOfSync, Healthy`)] },
      {
        what: "stores",
        state: "done",
        says: [expect.stringContaining(`${stores.length} Applications are Synced and Healthy`)],
      },
      { what: "platform", state: "done", says: [expect.any(String)] },
    ]);
  });
});

describe("a host is asked over TLS that is verified", () => {
  const makeCertificate = async (folder: string, name: string, days: number) => {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    const made = Bun.spawnSync(
      [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        String(days),
        ...subject,
        "-keyout",
        key,
        "-out",
        cert,
      ],
      { stderr: "pipe" },
    );
    if (made.exitCode !== 0) throw new Error(made.stderr.toString());
    return { key: await Bun.file(key).text(), cert: await Bun.file(cert).text() };
  };

  test.skipIf(Bun.which("openssl") === null)("its name, its authority, its days and its status", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "probe-"));
    try {
      const { key, cert } = await makeCertificate(folder, "api.example.com", 30);
      using server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        tls: { key, cert },
        fetch: () => new Response("", { status: 503 }),
      });
      const connectTo = `127.0.0.1:${server.port}`;
      const known = { connectTo, authorities: cert };
      expect(await probe("api.example.com", known)).toEqual({ host: "api.example.com", status: 503, days: 29 });
      expect(await probe("app.example.com", known)).toMatchObject({
        status: undefined,
        error: "ERR_TLS_CERT_ALTNAME_INVALID",
      });
      expect(await probe("api.example.com", { connectTo })).toMatchObject({
        status: undefined,
        error: expect.any(String),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
