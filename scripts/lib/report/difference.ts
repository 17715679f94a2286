import { visible } from "../core/visible.ts";
import { isOverBudget } from "../diff/budget.ts";
import { foldChanges, foldImages, foldObjects, isSecret } from "../diff/fold.ts";
import type { DiffReport } from "../diff/sides.ts";
import { sectionsOf } from "./difference-sections.ts";

/** The largest comment that GitHub takes, in characters. */
export const commentLimit = 65_536;

/** As Markdown for a comment; sections that do not fit are left out whole, and named. */
export function diffMarkdown(report: DiffReport, limit = commentLimit): string {
  const head = `### ${headline(report)}\n`;
  const sections = sectionsOf(report, code).map(({ title, lines, isOpen }) => ({
    title,
    text: `\n<details${isOpen ? " open" : ""}><summary><b>${title}</b></summary>\n\n${lines.join("\n")}\n\n</details>\n`,
  }));
  let text = head;
  const cut: string[] = [];
  // Room for the sentence that says what is missing.
  const room = limit - 600;
  for (const { title, text: own } of sections) {
    if (text.length + own.length <= room) text += own;
    else cut.push(title);
  }
  return cut.length === 0
    ? text
    : `${text}\nToo long for a comment, and left out: ${cut.join("; ")}. \`bun run diff\` shows all of it.\n`;
}

/** The same for a terminal. */
export function diffText(report: DiffReport, bold: (text: string) => string): string {
  const plain = visible;
  const parts = sectionsOf(report, plain).map(({ title, lines }) => {
    const own = lines.filter(isNoHead).map((line) => `  ${textLine(line)}\n`);
    return `\n${bold(title)}\n${own.join("")}`;
  });
  return `${bold(headline(report))}\n${parts.join("")}`;
}

/** Whether a line is more than the head of a table. */
export const isNoHead = (line: string) => !/^\| (image|---) /.test(line);

/** A line of a list or a table without its Markdown. */
export function textLine(line: string): string {
  const cells = /^\| (.*) \| (.*) \| (.*) \| (.*) \|$/.exec(line);
  return cells === null ? line.replace(/^- /, "") : `${cells[1]}: ${cells[2]} -> ${cells[3]} in ${cells[4]}`;
}

/** The same for programs. */
export function diffJson({ difference, losses, refused, ...consequences }: DiffReport): string {
  const { added, removed, changed, same, objects, notCompared } = difference;
  const data = {
    applications: { added, removed, changed, same },
    losses: losses.map((loss) => ({ ...loss, over: isOverBudget(loss) })),
    images: foldImages(difference.images),
    objects: { added: foldObjects(difference, "added"), removed: foldObjects(difference, "removed") },
    ...consequences,
    secrets: foldChanges(objects.filter(({ id }) => isSecret(id))),
    refused: refused ?? null,
    notCompared,
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

export function headline({ difference: { added, removed, changed, same, notCompared } }: DiffReport): string {
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}`]);
  const parts = [
    ...count(changed.length, "changed"),
    ...count(added.length, "added"),
    ...count(removed.length, "removed"),
    ...count(notCompared.length, "not compared"),
  ];
  return parts.length === 0
    ? `Nothing changes in ${same} Applications`
    : `Applications: ${parts.join(", ")}; ${same} stay as they are`;
}

/** Text from a render as code: nothing in it is taken for Markdown or HTML, whatever it holds. */
function code(raw: string): string {
  // A line break would end the code, and what follows would be Markdown.
  const text = visible(raw);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$/.test(text) ? " " : "";
  return `${fence}${pad}${text.replaceAll("|", "\\|")}${pad}${fence}`;
}
