import { listAt, objectAt, stringAt } from "../core/json.ts";
import { parseYaml } from "../yaml/parse.ts";

/** What changed in an encrypted file, by names alone: never a value, and no ciphertext either. */
export function secretDifference(before: string | undefined, after: string | undefined): string[] {
  const [old, own] = [read(before), read(after)];
  const lines: string[] = [];
  for (const name of [...new Set([...old.values.keys(), ...own.values.keys()])].toSorted()) {
    const [was, is] = [old.values.get(name), own.values.get(name)];
    if (was === undefined) lines.push(`+ ${name}`);
    else if (is === undefined) lines.push(`- ${name}`);
    else if (was !== is) lines.push(`~ ${name}`);
  }
  for (const recipient of own.recipients.filter((name) => !old.recipients.includes(name)))
    lines.push(`+ recipient ${recipient}`);
  for (const recipient of old.recipients.filter((name) => !own.recipients.includes(name)))
    lines.push(`- recipient ${recipient}`);
  return lines;
}

function read(text: string | undefined): { values: Map<string, string>; recipients: string[] } {
  const parsed = text === undefined ? undefined : parseYaml(new TextEncoder().encode(text));
  const data = parsed !== undefined && "source" in parsed ? parsed.source.data : undefined;
  const values = new Map<string, string>();
  for (const item of listAt(data, "spec", "secrets")) {
    const name = stringAt(item, "name") ?? "";
    for (const field of ["data", "stringData"]) {
      for (const [key, value] of Object.entries(objectAt(item, field)))
        values.set(`${name}/${key}`, typeof value === "string" ? value : JSON.stringify(value));
    }
  }
  const recipients = listAt(data, "sops", "age").flatMap((entry) => stringAt(entry, "recipient") ?? []);
  return { values, recipients: recipients.toSorted() };
}
