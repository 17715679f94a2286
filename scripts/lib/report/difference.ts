import type { Json } from "../core/json.ts";
import { visible } from "../core/visible.ts";
import type { Loss } from "../diff/budget.ts";
import { deletionLabel, isOverBudget } from "../diff/budget.ts";
import { type Fold, foldChanges, foldImages, foldObjects } from "../diff/fold.ts";
import type { DiffReport } from "../diff/sides.ts";
import type { Row } from "../diff/structure.ts";

/** A part of the report: left out as a whole where there is no room for it. */
interface Section {
  title: string;
  /** Lines of Markdown without the title. */
  lines: string[];
}

/** The largest comment that GitHub takes, in characters. */
export const commentLimit = 65_536;

/** As Markdown for a comment; sections that do not fit are left out whole, and named. */
export function diffMarkdown(report: DiffReport, limit = commentLimit): string {
  const head = `### ${headline(report)}\n`;
  const sections = sectionsOf(report, code).map(({ title, lines }) => ({
    title,
    text: `\n<details${title.startsWith("Removed") || title.startsWith("Images") ? " open" : ""}><summary><b>${title}</b></summary>\n\n${lines.join("\n")}\n\n</details>\n`,
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
    const own = lines.filter((line) => !/^\| (image|---) /.test(line)).map((line) => `  ${textLine(line)}\n`);
    return `\n${bold(title)}\n${own.join("")}`;
  });
  return `${bold(headline(report))}\n${parts.join("")}`;
}

/** A line of a list or a table without its Markdown. */
function textLine(line: string): string {
  const cells = /^\| (.*) \| (.*) \| (.*) \| (.*) \|$/.exec(line);
  return cells === null ? line.replace(/^- /, "") : `${cells[1]}: ${cells[2]} -> ${cells[3]} in ${cells[4]}`;
}

/** The same for programs. */
export function diffJson({ difference, losses, reachability, refused }: DiffReport): string {
  const { added, removed, changed, same, objects, notCompared } = difference;
  const data = {
    applications: { added, removed, changed, same },
    losses: losses.map((loss) => ({ ...loss, over: isOverBudget(loss) })),
    images: foldImages(difference.images),
    changes: foldChanges(objects),
    objects: { added: foldObjects(difference, "added"), removed: foldObjects(difference, "removed") },
    reachability,
    refused: refused ?? null,
    notCompared,
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

function headline({ difference: { added, removed, changed, same, notCompared } }: DiffReport): string {
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

function sectionsOf(report: DiffReport, mark: (text: string) => string): Section[] {
  const { difference, losses, reachability, refused } = report;
  const folds = foldChanges(difference.objects);
  const secrets = folds.filter(({ kinds }) => kinds.some((kind) => kind.endsWith("Secret")));
  const others = folds.filter((fold) => !secrets.includes(fold));
  const images = foldImages(difference.images);
  const gone = foldObjects(difference, "removed");
  const fresh = foldObjects(difference, "added");
  const named = (names: readonly string[]) => names.map((name) => `- ${mark(name)}`);
  const listed = (entries: ReturnType<typeof foldObjects>) =>
    entries.map(({ object, applications }) => `- ${mark(object)} in ${some(applications, mark)}`);
  const sections: Section[] = [
    {
      title: "Removed, beyond what one pull request may",
      lines: losses
        .filter(isOverBudget)
        .map(
          ({ environment, what, removed, allowed }) =>
            `- ${environment}: ${counted(removed.length, words[what])}, allowed are ${allowed} (${some(removed, mark)}). If it is meant: the label ${mark(deletionLabel)}`,
        ),
    },
    {
      title: `Refused by the cluster: ${counted(refused?.length ?? 0, "changes")}`,
      lines: (refused ?? []).map(
        ({ application, object, field, message }) =>
          `- ${mark(object)} in ${mark(application)}: ${mark(`${field}: ${value(message)}`)}. Give the object another name, or have Argo CD replace it`,
      ),
    },
    {
      title: `Removed: ${counted(difference.removed.length, "Applications")}, ${counted(gone.length, "other objects")}`,
      lines: [...named(difference.removed), ...listed(gone)],
    },
    {
      title: `Images: ${images.length} (labels of their versions aside)`,
      lines:
        images.length === 0
          ? []
          : [
              "| image | from | to | Applications |",
              "| --- | --- | --- | --- |",
              ...images.map(
                ({ image, before, after, applications }) =>
                  `| ${[mark(image), mark(before), mark(after), some(applications, mark)].join(" | ")} |`,
              ),
            ],
    },
    { title: `Changes: ${others.length}, alike ones together`, lines: others.flatMap((fold) => foldLines(fold, mark)) },
    { title: `Secrets, by key: ${secrets.length}`, lines: secrets.flatMap((fold) => foldLines(fold, mark)) },
    {
      title: `Who may talk to whom: ${reachability.added.length} new, ${reachability.changed.length} changed, ${reachability.removed.length} no more`,
      lines: [
        ...reachability.added.map((flow) => `- new: ${mark(flow)}`),
        ...reachability.changed.map(
          ({ flow, change, before, after }) => `- ${change}: ${mark(flow)}, was ${mark(before)}, now ${mark(after)}`,
        ),
        ...reachability.removed.map((flow) => `- no more: ${mark(flow)}`),
      ],
    },
    {
      title: `Added: ${counted(difference.added.length, "Applications")}, ${counted(fresh.length, "other objects")}`,
      lines: [...named(difference.added), ...listed(fresh)],
    },
    {
      title: "Not asked: whether the API server takes these changes",
      lines:
        refused === undefined && difference.changed.length > 0 ? ["- the engine is not built: bun run engine"] : [],
    },
    {
      title: `Not compared: ${difference.notCompared.length}`,
      lines: difference.notCompared.map(({ what, reason }) => `- ${mark(what)}: ${mark(reason)}`),
    },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

const words: Record<Loss["what"], string> = {
  applications: "Applications",
  customResources: "custom resources",
  namespaces: "namespaces",
  volumes: "volumes",
};

/** "1 Application", "2 Applications". */
const counted = (number: number, words: string) => `${number} ${number === 1 ? words.replace(/s$/, "") : words}`;

/** "same in 212 Applications": which kind of object, in how many, and each value that differs. */
function foldLines({ kinds, rows, objects, applications }: Fold, mark: (text: string) => string): string[] {
  const where =
    objects.length === 1
      ? mark(objects[0]!)
      : `${kinds.length <= 3 ? kinds.join(", ") : `${kinds.length} kinds of objects`}, the same in ${counted(applications.length, "Applications")} (${counted(objects.length, "objects")}): ${some(objects, mark)}`;
  return [`- ${where}`, ...rows.map((row) => `  - ${rowText(row, mark)}`)];
}

function rowText({ path, before, after }: Row, mark: (text: string) => string): string {
  if (before === undefined) return `${mark(path)}: + ${mark(value(after))}`;
  if (after === undefined) return `${mark(path)}: - ${mark(value(before))}`;
  return `${mark(path)}: ${mark(value(before))} -> ${mark(value(after))}`;
}

/** A value in a line; long ones by their beginning. */
function value(json: Json | undefined): string {
  const line = visible(typeof json === "string" ? json : JSON.stringify(json ?? null));
  return line.length > 160 ? `${line.slice(0, 150)}... (${line.length} characters)` : line;
}

function some(names: readonly string[], mark: (text: string) => string): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.slice(0, 3).map(mark).join(", ") + more;
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
