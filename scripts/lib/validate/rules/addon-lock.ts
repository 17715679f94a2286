import { addonPlacements } from "../../addon/placements.ts";
import { canonical, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { broughtByAddon, keyOfProvision } from "../../fleet/provisions.ts";
import { enforceLabel } from "../../model/pod-security.ts";
import { addonOf } from "../../render/source-file.ts";
import { unknownName } from "../../repo/documents.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const addonLock: Rule = {
  id: "addon-lock",
  severity: "error",
  absolute: true,
  holds:
    "Each chart that a cluster runs is locked with its archive, definitions and images; its Application renders no definition, what it provides is what its facts say, its namespace enforces the level that addon.yaml says.",
  because: "What no lock names was checked by nobody: a digest alone does not say that it is upstream's.",
  *check(fleet) {
    for (const { addon, chart, facts, locked } of addonPlacements(fleet)) {
      const place = { file: chart.file, ...fleet.sources.locate(chart.file, ["chart", "digest"]) };
      const again = `bun run bump-chart --addon ${addon} --version ${chart.tag} locks it`;
      if (facts === undefined) {
        const { message, fix } = unknownName("addon", addon, fleet.documents.addons.keys());
        yield { file: chart.file, message, fix };
      } else if (locked === undefined)
        yield { ...place, message: `runs ${addon} ${chart.tag} with bytes that its lock does not name`, fix: again };
      else if (facts.document.spec.definitions !== undefined && locked.definitions === undefined)
        yield { ...place, message: `runs ${addon} ${chart.tag}, whose definitions are not locked`, fix: again };
      else {
        const images = (facts.document.spec.images ?? []).filter(
          ({ image }) => locked.images?.some((entry) => entry.image === image) !== true,
        );
        for (const { image } of images)
          yield {
            ...place,
            message: `runs ${addon} ${chart.tag}, whose image ${image} is not locked`,
            fix: "bun run charts images",
          };
      }
    }
    for (const { application, at } of renderedObjects(fleet, "CustomResourceDefinition")) {
      const addon = addonOf(application);
      if (addon === undefined || application.name.startsWith("definitions-")) continue;
      const fix = "switch them off in its values, and on in spec.definitions.values of its addon.yaml";
      yield { ...at, message: "is a definition among the objects of its chart, and would be pruned with them", fix };
    }
    yield* provisions(fleet);
    const levels = new Map(
      standingObjects(fleet, "Namespace").map(({ cluster, id, object }) => [
        `${cluster} ${id.name}`,
        stringAt(object, "metadata", "labels", enforceLabel),
      ]),
    );
    for (const { cluster, facts } of addonPlacements(fleet)) {
      if (facts === undefined) continue;
      const { namespace, podSecurity } = facts.document.spec;
      const level = levels.get(`${cluster} ${namespace}`);
      if (level === undefined || level === podSecurity) continue;
      yield {
        file: facts.file,
        ...fleet.sources.locate(facts.file, ["spec", "podSecurity"]),
        message: `says ${podSecurity}, and the namespace ${namespace} enforces ${level}`,
        fix: "correct it, or the components of its namespace/kustomization.yaml",
      };
    }
  },
};

/** What others rely on when a chart is not at hand has to be true when it is. */
function* provisions(fleet: Fleet): Iterable<RuleFinding> {
  const byAddon = Map.groupBy(standingObjects(fleet), ({ application }) => addonOf(application) ?? "");
  for (const [addon, { file, document }] of fleet.documents.addons) {
    const own = fleet.applications.filter((application) => addonOf(application) === addon);
    if (own.length === 0 || own.some(({ notRendered }) => notRendered !== undefined)) continue;
    const brings = broughtByAddon(byAddon.get(addon) ?? []);
    const said = (document.spec.provides ?? []).map(keyOfProvision).toSorted();
    if (canonical(brings) === canonical(said)) continue;
    const place = fleet.sources.locate(
      file,
      document.spec.provides === undefined ? ["spec"] : ["spec", "provides"],
      "key",
    );
    const message = `says that it provides ${said.join(", ") || "nothing"}, and brings ${brings.join(", ") || "nothing"}`;
    yield { file, ...place, message, fix: "write what it brings into spec.provides" };
  }
}
