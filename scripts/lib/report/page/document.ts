import { gzipSync } from "fflate";

import type { Json } from "../../core/json.ts";
import type { ObjectBlock, PageData, ValueBlock } from "./data.ts";
import { printable } from "./printable.ts";

/** A part of the page that is text of a program: what runs, and how it looks. */
export interface PageProgram {
  script: string;
  style: string;
}

export interface Blocks {
  objectBlocks: readonly ObjectBlock[];
  valueBlocks: readonly ValueBlock[];
}

/**
 * The page as one file. A browser runs the one script and takes the one style whose hashes its policy names, and loads nothing:
 * whatever a name in the fleet holds, it is text in a block of base64, which no character of it can leave.
 */
export function pageDocument(
  { script, style }: PageProgram,
  data: PageData,
  { objectBlocks, valueBlocks }: Blocks,
): string {
  for (const text of [script, style])
    if (/<\/(script|style)|<!--/i.test(text)) throw new Error("the page's own program would end its element");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const parts = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    "<title>Fleet</title>",
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    '<div id="page"><noscript>This page needs JavaScript: everything in it is in this file, packed.</noscript></div>',
    dataElement("data-0", printable(data as unknown as Json)),
  ];
  for (const [number, block] of objectBlocks.entries())
    parts.push(dataElement(`objects-${number}`, printable(block, true)));
  for (const [number, block] of valueBlocks.entries())
    parts.push(dataElement(`values-${number}`, printable(block as unknown as Json, true)));
  return `${parts.join("\n")}\n<script>${script}</script>\n</body>\n</html>\n`;
}

const hashOf = (text: string) => `'sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}'`;

function dataElement(id: string, data: Json): string {
  // By a library and not the runtime's own: the same bytes on every machine, and no time in them.
  const packed = gzipSync(new TextEncoder().encode(JSON.stringify(data)), { level: 9, mtime: 0 });
  return `<script type="application/gzip" id="${id}">${Buffer.from(packed).toString("base64")}</script>`;
}
