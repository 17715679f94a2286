import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { ownCheckout } from "./schemas.ts";

/** The page's program out of web/ of this checkout, as one script and one style. */
export async function pageProgram(): Promise<{ script: string; style: string }> {
  const folder = path.join(ownCheckout, "web");
  const built = await Bun.build({
    entrypoints: [path.join(folder, "main.tsx")],
    root: ownCheckout,
    target: "browser",
    format: "iife",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    throw: false,
  });
  const [output] = built.outputs;
  if (!built.success || output === undefined)
    throw new ToolError(`web/ can't be built: ${built.logs.map(String).join("; ")}`);
  // Text of the page's own program that an HTML reader would take for the end of its element.
  const script = (await output.text()).replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  return { script, style: await Bun.file(path.join(folder, "style.css")).text() };
}
