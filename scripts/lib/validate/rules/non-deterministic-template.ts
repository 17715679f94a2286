import { within } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

const functions: Record<string, string> = {
  randAlpha: "gives another value each time",
  randAlphaNum: "gives another value each time",
  randAscii: "gives another value each time",
  randBytes: "gives another value each time",
  randInt: "gives another value each time",
  randNumeric: "gives another value each time",
  uuidv4: "gives another value each time",
  shuffle: "gives another order each time",
  now: "depends on the clock",
  ago: "depends on the clock",
  genPrivateKey: "makes another key each time",
  genCA: "makes another key each time",
  genSelfSignedCert: "makes another key each time",
  genSignedCert: "makes another key each time",
  htpasswd: "salts anew each time",
  bcrypt: "salts anew each time",
  lookup: "asks the cluster, which Argo CD can't",
  getHostByName: "asks the network",
  env: "reads the environment",
  expandenv: "reads the environment",
};

const call = new RegExp(`(?:^|[\\s(|])(${Object.keys(functions).join("|")})(?=[\\s)|]|$)`, "g");

export const nonDeterministicTemplate: Rule = {
  id: "non-deterministic-template",
  severity: "error",
  holds: "A template gives the same for the same values, at any time, anywhere.",
  because: "Argo CD would find a difference at every look, and a check would judge another object than is deployed.",
  *check({ tree }) {
    for (const file of tree.paths.filter((path) => within("chart", path)?.file.startsWith("templates/"))) {
      const lines = new TextDecoder().decode(tree.bytes(file)).split("\n");
      for (const [index, line] of lines.entries()) {
        for (const [, action] of line.matchAll(/\{\{(?!-?\s*\/\*)(.*?)\}\}/g)) {
          // Text in quotes is no call.
          for (const [, name] of action!.replaceAll(/"[^"]*"|`[^`]*`/g, '""').matchAll(call)) {
            yield {
              file,
              line: index + 1,
              message: `calls ${name}, which ${functions[name!]}`,
              fix: "take the value from values or a Secret",
            };
          }
        }
      }
    }
  },
};
