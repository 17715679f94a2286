import { expect, test } from "bun:test";

import { full, sampleRepository } from "../../../tests/support/repository.ts";
import { canonical } from "../core/json.ts";
import { loadFleet } from "../fleet/load.ts";
import { Repository } from "../fleet/repository.ts";
import { findTools } from "../io/tools.ts";
import { readManifests } from "./manifests.ts";
import { programs } from "./programs.ts";

test("recorded reads are all a render needs, and each of them is needed or read by the chart", async () => {
  await using repository = await sampleRepository(
    full ? ["dev-shared", "prod-site", "prod-hybrid"] : ["prod-hybrid-site"],
  );
  const selection = { clusters: [], applications: [] };
  const { fleet } = await loadFleet(await Repository.read(repository.root, { env: process.env }), { selection });
  const tools = await findTools(process.env);
  for (const application of fleet.applications) {
    // A renderer of its own: in its folder lies what this Application reads, and nothing else.
    const alone = await programs(fleet.tree, tools, 60_000);
    try {
      const { documents } = await alone.render(application.request!, application.reads);
      const objects = readManifests(documents, false).map(({ object }) => canonical(object));
      expect([application.id, objects.toSorted()]).toEqual([
        application.id,
        application.objects.map(({ raw }) => canonical(raw)).toSorted(),
      ]);
      if (application.request?.tool !== "kustomize") continue;
      for (const file of application.reads) {
        const less = await programs(fleet.tree, tools, 60_000);
        const others = application.reads.filter((other) => other !== file);
        const failed = await less.render(application.request, others).then(
          () => false,
          () => true,
        );
        await less.close();
        expect([application.id, file, failed]).toEqual([application.id, file, true]);
        if (!full) break;
      }
    } finally {
      await alone.close();
    }
  }
});
