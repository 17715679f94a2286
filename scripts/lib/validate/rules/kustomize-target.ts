import { suggest } from "../../core/suggest.ts";
import { kustomizeTargets, matchesAll, matchesName, nearMiss, type Target } from "../../repo/kustomize-targets.ts";
import type { Rule } from "../rule.ts";

export const kustomizeTarget: Rule = {
  id: "kustomize-target",
  severity: "error",
  holds:
    "A patch, and a replacement that names its targets, picks an object in some build that includes it; each name of a list of names is one of an object.",
  because:
    "Kustomize passes over what picks nothing: a misspelt name is a change that is never made, and nobody is told.",
  *check(fleet) {
    const { targets, objects } = kustomizeTargets(fleet);
    for (const target of targets) {
      const { file, kind } = target;
      const ofKind = objects.filter(
        (object) => object.unread === true || kind === undefined || matchesAll(kind, object.kind),
      );
      const names = ofKind.flatMap((object) => object.names);
      const place = () => ({ file, ...fleet.sources.locate(file, target.path) });
      const isPatch = target.path[0] === "patches";
      const what = isPatch ? "the patch" : "the replacement";
      if (ofKind.length === 0) {
        const meant = suggest(kind!, new Set(objects.map((object) => object.kind)));
        yield {
          ...place(),
          message: `${what} of ${target.text} picks no object: there is none of that kind`,
          fix: misspelt(target) ?? fix(what, meant),
        };
        continue;
      }
      // Facts are copied to whatever of a kind an overlay has, and it may have none.
      if (!target.hits && (isPatch || target.name !== undefined) && !ofAddons.test(target.name ?? "")) {
        const meant = suggest(target.name ?? "", names);
        yield {
          ...place(),
          message: `${what} of ${target.text} picks no object in any build that includes it`,
          fix: misspelt(target) ?? fix(what, meant),
        };
        continue;
      }
      if (ofKind.some(({ unread }) => unread === true)) continue;
      for (const name of listed(target))
        if (!names.some((known) => matchesName(name, known)))
          yield {
            ...place(),
            message: `${what} of ${target.text} names ${name}, which no ${kind ?? "object"} is called`,
            fix: misspelt(target, name) ?? fix(what, suggest(name, names)),
          };
    }
  },
};

/** Policies that only addons have, and a fleet may run none. */
const ofAddons = /^(from-api-server\.\*|to-kubelets)$/;

const fix = (what: string, meant: string | undefined) =>
  meant === undefined ? `correct the target, or remove ${what}` : `did you mean ${meant}? Otherwise remove ${what}`;

/** What to do where the object is there, but of a kind that is written otherwise. */
function misspelt(target: Target, name?: string): string | undefined {
  const near = nearMiss(target, name);
  return near && `did you mean ${near.kind}, which ${near.file} is? Otherwise correct the kind there`;
}

/** Names of a list (a|b|c). */
function listed({ name }: Target): string[] {
  const inside = /^\(?([A-Za-z0-9.*|-]+)\)?$/.exec(name ?? "")?.[1];
  return inside?.includes("|") === true ? inside.split("|") : [];
}
