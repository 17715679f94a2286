/** What a line of kubectl does, and to which kinds. */

/** Options that stand alone; all others have a value. */
const alone = new Set([
  "-i",
  "--all-namespaces",
  "--delete-emptydir-data",
  "--ignore-daemonsets",
  "--overwrite",
  "--previous",
  "--server-side",
  "--watch",
]);

/** They change nothing in a cluster: a port that is forwarded is open on this machine. */
const looking = new Set(["describe", "get", "logs", "port-forward", "top"]);

/** What they are about is named alone: a node, or the pod whose program runs. */
const ofOneKind: Readonly<Record<string, string>> = { cordon: "node", drain: "node", exec: "pod", uncordon: "node" };
const withoutKind = new Set(["apply", "version"]);

export interface KubectlCall {
  verb: string;
  looks: boolean;
  /** As the line has them: lower case, singular or plural. */
  kinds: string[];
}

export function kubectlCall(args: readonly string[]): KubectlCall {
  const words: string[] = [];
  for (let index = 0; index < args.length && args[index] !== "--"; index++) {
    const word = args[index]!;
    if (!word.startsWith("-")) words.push(word);
    else if (!alone.has(word) && !word.includes("=")) index++;
  }
  const [first = "", ...rest] = words;
  const [verb, ...named] = first === "rollout" ? [`rollout ${rest[0]}`, ...rest.slice(1)] : [first, ...rest];
  return { verb, looks: looking.has(verb), kinds: kindsIn(verb, named) };
}

function kindsIn(verb: string, [named = ""]: string[]): string[] {
  if (withoutKind.has(verb)) return [];
  const one = ofOneKind[verb];
  if (one !== undefined) return [one];
  // logs POD and logs KIND/NAME.
  if (verb === "logs" && !named.includes("/")) return ["pod"];
  return named.split("/")[0]!.split(",");
}
