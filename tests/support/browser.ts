/** A real browser, where the machine has one: Debian's package chromium. */
import { pathToFileURL } from "node:url";

import puppeteer, { type Browser, type Page } from "puppeteer-core";

const program = process.env["GITOPS_CHROMIUM"] ?? Bun.which("chromium") ?? Bun.which("google-chrome");

export const hasBrowser = program !== null;

/** A page that is open, and what went wrong in it. */
export interface OpenPage extends AsyncDisposable {
  page: Page;
  /** Lines of the console, errors, violations of the policy, and requests for anything but the file. */
  problems: string[];
  /** Goes to an address of the page. */
  go(hash: string): Promise<void>;
  /** What a reader sees. */
  text(selector?: string): Promise<string>;
}

export function startBrowser(): Promise<Browser> {
  // In a container there is no namespace to build Chromium's own sandbox of, and the page is ours.
  return puppeteer.launch({ executablePath: program!, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export async function openPage(browser: Browser, file: string): Promise<OpenPage> {
  const page = await browser.newPage();
  const problems: string[] = [];
  const url = pathToFileURL(file).href;
  page.on("console", (message) => problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${String(error)}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.url().split("#")[0] === url) return void request.continue();
    problems.push(`request: ${request.url()}`);
    return void request.abort();
  });
  await page.exposeFunction("violated", (what: string) => problems.push(`policy: ${what}`));
  await page.evaluateOnNewDocument(
    'document.addEventListener("securitypolicyviolation", (event) => window.violated(event.violatedDirective))',
  );
  const settled = () => page.waitForSelector("main :is(h2, .empty, .figures)");
  await page.goto(url);
  await settled();
  return {
    page,
    problems,
    async go(hash) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))");
      await settled();
    },
    text: (selector = "body") =>
      page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`) as Promise<string>,
    [Symbol.asyncDispose]: () => page.close(),
  };
}
