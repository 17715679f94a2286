import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { diffMarkdown, diffText } from "../report/difference.ts";
import { findingsText, groupFindings } from "../report/validation.ts";
import type { Finding } from "./finding.ts";
import { visible } from "./visible.ts";

const hostile = [
  "\x1b[2J\x1b[H0 errors",
  "a\r0 errors",
  "x\n::error file=a::b",
  "k\n\n</details>\n\n## Approved by security\n\n@team please merge <a href='https://evil.example'>why</a>\n\n",
  "\u202egnp.exe",
  "\u2028\u2029\u0085",
  "`` ` ```",
];

const fold = (text: string) => ({
  kinds: ["ConfigMap"],
  rows: [{ path: text, before: text, after: `${text}2` }],
  objects: [text],
  applications: [text],
});

const change = (text: string) => ({
  difference: {
    added: [text],
    removed: [text],
    changed: [text],
    same: 0,
    images: [{ application: text, cluster: "c", image: text, before: text, after: text }],
    objects: [
      {
        application: text,
        cluster: "c",
        id: { group: "", version: "v1", kind: "ConfigMap", namespace: "n", name: text },
        kind: "changed" as const,
        rows: [{ path: text, before: text, after: `${text}2` }],
      },
    ],
    pairs: [],
    notCompared: [{ what: text, reason: text }],
  },
  losses: [],
  removals: [{ object: text, applications: [text], fate: "goes with its data" }],
  restarts: [
    { kind: "Deployment", name: text, update: "by hand" as const, clusters: [text], applications: [text], pods: 1 },
  ],
  replicas: [{ kind: "Deployment", name: text, applications: [text], before: 2, after: 1, until: undefined }],
  moves: [{ path: text, before: text, after: `${text}2`, stranger: text, applications: [text] }],
  rights: [{ rights: [text], objects: [text], applications: [text] }],
  causes: {
    causes: [
      {
        file: text,
        line: 1,
        path: text,
        before: text,
        after: `${text}2`,
        applications: [text],
        effects: [fold(text)],
      },
    ],
    rest: [{ fold: fold(text), files: [text] }],
    without: [{ file: text, line: 1, path: "", before: undefined, after: text }],
  },
  reachability: { added: [text], removed: [text], changed: [] },
  refused: [{ application: text, object: text, field: text, message: text }],
});

describe("R14, R18: what a branch puts into names and values is printed, and does nothing", () => {
  for (const text of hostile)
    test(JSON.stringify(text).slice(0, 40), () => {
      const finding: Finding = {
        rule: "orphan-file",
        severity: "error",
        file: text,
        application: text,
        object: text,
        message: `m ${text.replaceAll("\n", " ")}`,
        fix: text.replaceAll("\n", " "),
      };
      const printed = findingsText([finding], false) + diffText(change(text), (bold) => bold);
      // oxlint-disable-next-line no-control-regex
      expect(printed).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
      expect(printed.split("\n").filter((line) => /^(::|0 errors|## |@|<)/.test(line))).toEqual([]);
      const markdown = diffMarkdown(change(text));
      // Outside of code there is nothing of it: every line of ours is a title, a list, a table or a part of the frame.
      const outside = markdown.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
      expect(outside).not.toContain("evil.example");
      expect(outside).not.toContain("@team");
      expect(outside.split("\n").filter((line) => line.startsWith("## "))).toEqual([]);
    });

  test("any text is one line, and says what it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(groupFindings([{ rule: "orphan-file", severity: "error", file: text, message: "m" }])).toHaveLength(1);
      }),
      { seed: 18 },
    );
  });

  test("twin: names of all languages stay as they are", () => {
    for (const text of ["clusters/prod/facts.yaml", "Müller & Söhne", "日本語", "emoji 😀", "a|b `c`"])
      expect(visible(text)).toBe(text);
  });
});
