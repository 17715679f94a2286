/** renovate.json: every version that is pinned somewhere is seen by exactly one manager, or exempt with a reason. */
import { expect, test } from "bun:test";
import path from "node:path";

import { checkout } from "../support/fleet.ts";

interface Manager {
  description: string;
  managerFilePatterns: string[];
  matchStrings: string[];
}
const config = (await Bun.file(path.join(checkout, "renovate.json")).json()) as {
  enabledManagers: string[];
  minimumReleaseAge: string;
  packageRules: { description?: string }[];
  customManagers: Manager[];
};

/** Files and lines that managers of Renovate's own read. */
const builtin: Record<string, { file: RegExp; line: RegExp }> = {
  npm: { file: /^package\.json$/, line: /^\s*"[^"]+": "(npm:[^"@]+@)?\d/ },
  "github-actions": { file: /^\.github\/(workflows|actions)\//, line: /uses: / },
  gomod: { file: /(^|\/)go\.mod$/, line: /\bv\d|^go \d/ },
  helmv3: { file: /(^|\/)Chart\.yaml$/, line: /version:/ },
};

/** Versions that nobody bumps, and why. Pattern of the file, pattern of the line. */
const exempt: [file: RegExp, line: RegExp, why: string][] = [
  [/^apps\/charts\/service\/Chart\.yaml$/, /version/i, "our own chart, which nobody publishes, and what it runs on"],
  [/^\.github\/(workflows\/lab|actions\/engine\/action)\.yaml$/, /go-version/, "a range of Go, that of the modules"],
  [/^\.github\/(workflows|actions)\//, /run-name|description/, "words for people"],
  [
    /^scripts\/lib\/io\/tools\.ts$/,
    /./,
    "what the npm package carries; a test holds them equal, and PATH against them",
  ],
];

const pinned = /(?<![\w.-])v?\d+\.\d+\.\d+(?![\w.])/;

/** Where versions of other people's work are pinned; values and documents have their own. */
const places =
  /^(package\.json|\.ci\/run|\.github\/(workflows|actions)\/.*|(.*\/)?go\.mod|(.*\/)?Chart\.yaml|scripts\/lib\/(lab\/(programs|definitions)|io\/tools|secret\/metadata)\.ts)$/;

test("each pinned version has one manager", async () => {
  const files = Bun.spawnSync(["git", "-C", checkout, "ls-files"])
    .stdout.toString()
    .split("\n")
    .filter((file) => places.test(file));
  expect(files.length).toBeGreaterThan(10);
  const wrong: string[] = [];
  let seen = 0;
  for (const file of files) {
    const text = await Bun.file(path.join(checkout, file)).text();
    for (const [index, line] of text.split("\n").entries()) {
      if (!pinned.test(line) || /^\s*(#|\/\/|\/?\*)/.test(line)) continue;
      const managers = [
        ...Object.entries(builtin)
          .filter(([name, own]) => config.enabledManagers.includes(name) && own.file.test(file) && own.line.test(line))
          .map(([name]) => name),
        ...config.customManagers
          .filter((own) => own.managerFilePatterns.some((pattern) => toRegExp(pattern).test(file)))
          .filter((own) => own.matchStrings.some((pattern) => new RegExp(pattern).test(line)))
          .map(({ description }) => description),
      ];
      const isExempt = exempt.some(([own, pattern]) => own.test(file) && pattern.test(line));
      seen += managers.length;
      if (isExempt ? managers.length > 1 : managers.length !== 1)
        wrong.push(`${file}:${index + 1} ${line.trim()}: ${managers.join(" and ") || "nobody"}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(60);
});

test("every rule says what it is for; nothing is taken on the day it appears", () => {
  for (const rule of [...config.packageRules, ...config.customManagers])
    expect(rule.description).toMatch(/^[A-Z].{20,}\.$/);
  expect(config.minimumReleaseAge).toBe("7 days");
});

test("the places a custom manager names are there, and it finds something in each", async () => {
  const files = Bun.spawnSync(["git", "-C", checkout, "ls-files"]).stdout.toString().split("\n");
  for (const { description, managerFilePatterns, matchStrings } of config.customManagers) {
    for (const pattern of managerFilePatterns) {
      const own = files.filter((file) => toRegExp(pattern).test(file));
      const contents = await Promise.all(own.map((file) => Bun.file(path.join(checkout, file)).text()));
      const found = contents.map((text) => matchStrings.some((match) => new RegExp(match).test(text)));
      expect([description, pattern, found.some(Boolean)]).toEqual([description, pattern, true]);
    }
  }
});

function toRegExp(pattern: string): RegExp {
  return new RegExp(pattern.replace(/^\//, "").replace(/\/$/, ""));
}
