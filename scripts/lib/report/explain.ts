import { UsageError } from "../core/errors.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { absentLayers } from "../render/application.ts";
import { explainValue, parsePath, readersOf } from "../render/explain.ts";
import { named } from "../repo/content.ts";

/** What a command prints: for people, for programs, and a remark beside it. */
export interface Explanation {
  text: string;
  data: unknown;
  note: string;
}

/** Where a value of an Application comes from: what each layer says of it, the winner marked. */
export function valueExplanation(fleet: Fleet, name: string, path: string): Explanation {
  const application = named("Application", name, new Map(fleet.applications.map((own) => [own.id, own])));
  const values = fleet.values(application);
  if (values === undefined) throw new UsageError(`${name} does not render a chart of ours, so it has no values`);
  const explained = explainValue(values.layers, values.merged, parsePath(path), fleet.sources);
  const lines = explained.layers.map(({ layer, line, value, wins }) => {
    const place = line === undefined ? layer : `${layer}:${line}`;
    return `${wins ? "*" : " "} ${place}${value === undefined ? "" : `  ${JSON.stringify(value)}`}\n`;
  });
  const result =
    explained.value === undefined ? "no layer sets it\n" : `${path} is ${JSON.stringify(explained.value)}\n`;
  const absent = absentLayers(application);
  return {
    text: `${lines.join("")}${result}`,
    data: { application: name, path, ...explained },
    note: absent.length === 0 ? "" : `layers without a file: ${absent.join(", ")}\n`,
  };
}

/** Which Applications read a file, or would if it were there. */
export function readersExplanation({ applications, tree }: Fleet, file: string): Explanation {
  const readers = readersOf(applications, file);
  const isThere = tree.has(file) || tree.isFolder(file);
  if (!isThere && readers.length === 0) throw new UsageError(`there is no ${file} in the fleet`);
  return {
    text: readers.map((reader) => `${reader}\n`).join(""),
    data: { file, readers },
    note: `${readers.length} Applications ${isThere ? "read" : "would read"} ${file}\n`,
  };
}
