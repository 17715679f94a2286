/** Names of the tree that a word may be completed to, by what an option or an argument calls them. */
export interface Names {
  clusters: readonly string[];
  tenants: readonly string[];
  services: readonly string[];
  environments: readonly string[];
  addons: readonly string[];
  revisions: readonly string[];
}

/** By the long name of an option, or COMMAND of a command's first argument: which names go there. */
const sources: Readonly<Record<string, keyof Names | readonly (keyof Names)[]>> = {
  "--addon": "addons",
  "--cluster": "clusters",
  "--environment": "environments",
  "--from": "environments",
  "--like": "clusters",
  "--service": "services",
  "--since": "revisions",
  "--tenant": "tenants",
  "--to": "environments",
  bootstrap: "clusters",
  diff: "revisions",
  "offboard-tenant": "tenants",
  "place-tenant": "tenants",
  "retire-cluster": "clusters",
  show: ["clusters", "tenants", "services"],
  "update-tenant": "tenants",
};

/** What a shell may take for more than a word is no candidate, whatever a branch has put into the tree. */
const plain = /^[\w./@:=-]+$/;

/** An option in a command's own help: its long name, whether a value follows, and which values it has. */
interface HelpOption {
  name: string;
  takesValue: boolean;
  choices: string[];
}

function optionsIn(help: string): HelpOption[] {
  const joined = help.replaceAll(/\n {8,}(?=\S)/g, " ");
  return [...joined.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)( <[^>]+>)?(.*)$/gm)].map(([, name, value, rest]) => ({
    name: name!,
    takesValue: value !== undefined,
    choices: [...(/\(choices: ([^)]*?)(?:, default.*)?\)/.exec(rest!)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(
      ([, one]) => one!,
    ),
  }));
}

/**
 * What the last of some words may become, the words being those after "bun run". Sorted; only what begins like it, and what
 * no shell takes for more than text.
 */
export function candidatesOf(
  words: readonly string[],
  commands: readonly string[],
  help: string,
  names: Names,
): string[] {
  const current = words.at(-1) ?? "";
  const [command = ""] = words;
  const before = words.length > 2 ? words.at(-2)! : "";
  const from = (source: (typeof sources)[string] | undefined) =>
    source === undefined ? [] : [source].flat().flatMap((kind) => names[kind]);
  const all = () => {
    if (words.length <= 1) return commands;
    const options = optionsIn(help);
    const option = options.find(({ name }) => name === before);
    if (option?.takesValue === true) return option.choices.length > 0 ? option.choices : from(sources[before]);
    const own = options.map(({ name }) => name);
    const isFirst = words.slice(1, -1).every((word) => word.startsWith("-"));
    return current.startsWith("-") || !isFirst ? own : [...from(sources[command]), ...own];
  };
  return [...new Set(all())].filter((word) => word.startsWith(current) && plain.test(word)).toSorted();
}
