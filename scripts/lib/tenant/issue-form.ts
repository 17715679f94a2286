import { UsageError } from "../core/errors.ts";
import { visible } from "../core/visible.ts";

/** A field of the form, by its heading: what new-tenant is told with its value. */
interface Field {
  heading: string;
  required: boolean;
  /** Options of new-tenant; the id is none. */
  options: (value: string) => string[];
}

const option = (name: string) => (value: string) => [`--${name}=${value}`];
const contact = (kind: string) => (value: string) => [`--contact=${kind}=${value}`];

/** In the order of .github/ISSUE_TEMPLATE/new-customer.yaml. */
export const fields: readonly Field[] = [
  { heading: "Id", required: true, options: () => [] },
  { heading: "Display name", required: true, options: option("display-name") },
  { heading: "Owner", required: true, options: option("owner") },
  { heading: "Technical contact", required: true, options: contact("technical") },
  { heading: "Security contact", required: false, options: contact("security") },
  { heading: "Billing contact", required: false, options: contact("billing") },
  { heading: "Plan", required: true, options: option("plan") },
  { heading: "Isolation", required: true, options: option("isolation") },
  { heading: "Agents", required: true, options: (value) => [`--limit=agents=${value}`] },
  { heading: "Cluster", required: true, options: option("cluster") },
  {
    heading: "Hosts",
    required: false,
    options: (value) => value.split("\n").flatMap((line) => (line.trim() === "" ? [] : [`--host=${line.trim()}`])),
  },
];

/** What GitHub writes for a field that was left empty. */
const empty = "_No response_";

/**
 * The arguments of new-tenant that an issue of the form asks for. Whoever wrote it is nobody we know: each heading has to be there
 * once and in the form's order, so that no text of a field passes for another field; values are judged by new-tenant like any.
 */
export function argumentsOf(body: string): string[] {
  const parts = body.replaceAll("\r\n", "\n").split(/^### +(.*)$/m);
  const before = parts[0]!.trim();
  const found = parts.slice(1).filter((_, index) => index % 2 === 0);
  const expected = fields.map(({ heading }) => heading);
  if (before !== "" || found.map((heading) => heading.trim()).join("\n") !== expected.join("\n"))
    throw new UsageError(
      `the issue is not as the form makes it: it has ${found.map((heading) => visible(heading.trim())).join(", ") || "no headings"}, and the form ${expected.join(", ")}; open it anew by the form`,
    );
  const values = fields.map((field, index) => {
    const text = parts[index * 2 + 2]!.trim();
    const value = text === empty ? "" : text;
    if (value === "" && field.required) throw new UsageError(`the issue says nothing under ${field.heading}`);
    if (field.heading !== "Hosts" && value.includes("\n"))
      throw new UsageError(`the issue has more than one line under ${field.heading}`);
    return value;
  });
  const id = values[0]!;
  // The rest of what an id may be, new-tenant says: this only keeps it from being an option.
  if (id.startsWith("-")) throw new UsageError(`${visible(id)} is no id of a tenant`);
  return [id, ...fields.flatMap((field, index) => (values[index] === "" ? [] : field.options(values[index]!)))];
}
