import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { git } from "./git-server.ts";
import { type FakeRelease, fakeReleases } from "./releases.ts";

export interface FakePull {
  number: number;
  title: string;
  body: string;
  head: string;
  state: "open" | "closed";
  labels: string[];
  reviewers: string[];
  comments: { id: number; body: string }[];
}

/** GitHub's API as far as we use it, over a bare repository: pull requests are branches of it, merging is git's. */
export interface FakeGitHub extends AsyncDisposable {
  url: string;
  pulls: FakePull[];
  releases: FakeRelease[];
  /** What it says of its settings, by path below the repository. */
  settings: Record<string, unknown>;
  /** Answers the next requests with this instead. */
  fail: (() => Response | undefined) | undefined;
  authorized: Set<string>;
  /** Merges as GitHub does: refused where git finds a conflict. */
  merge(number: number): boolean;
}

const pageSize = 2;

export function fakeGitHub(bare: string): FakeGitHub {
  const pulls: FakePull[] = [];
  const releases = fakeReleases();
  let comments = 0;
  const authorized = new Set<string>();
  const shown = (pull: FakePull) => ({
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    html_url: `https://github.example/murima2025/gitops/pull/${pull.number}`,
    head: { ref: pull.head },
    updated_at: "2026-11-23T10:00:00Z",
  });
  const paged = (request: Request, all: unknown[]) => {
    const url = new URL(request.url);
    const page = Number(url.searchParams.get("page") ?? "1");
    const items = all.slice((page - 1) * pageSize, page * pageSize);
    url.searchParams.set("page", String(page + 1));
    const headers: Record<string, string> = page * pageSize < all.length ? { link: `<${url.href}>; rel="next"` } : {};
    return Response.json(items, { headers });
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      authorized.add(request.headers.get("authorization") ?? "");
      const failure = result.fail?.();
      if (failure !== undefined) return failure;
      const url = new URL(request.url);
      if (url.pathname === "/app/installations/8/access_tokens")
        return Response.json(
          { token: "token-of-an-app", expires_at: "2100-01-01T00:00:00Z", permissions: {} },
          { status: 201 },
        );
      const at = url.pathname.replace("/repos/murima2025/gitops", "");
      const answer = await releases.answer(request, at);
      if (answer !== undefined) return Array.isArray(answer) ? paged(request, answer) : answer;
      const body = request.method === "GET" ? {} : ((await request.json()) as Record<string, unknown>);
      if (at === "/pulls" && request.method === "GET") {
        const head = url.searchParams.get("head")?.split(":")[1];
        const found = pulls.filter((pull) => pull.state === "open" && (head === undefined || pull.head === head));
        return paged(request, found.map(shown));
      }
      if (at === "/pulls") {
        const head = body["head"] as string;
        const isThere = git(bare, "branch", "--list", head) !== "";
        if (!isThere || pulls.some((pull) => pull.state === "open" && pull.head === head))
          return Response.json(
            { message: "Validation Failed", errors: [{ message: `no commits or already open: ${head}` }] },
            { status: 422 },
          );
        const pull: FakePull = {
          number: pulls.length + 1,
          title: body["title"] as string,
          body: body["body"] as string,
          head,
          state: "open",
          labels: [],
          reviewers: [],
          comments: [],
        };
        pulls.push(pull);
        return Response.json(shown(pull), { status: 201 });
      }
      const settings = result.settings[at];
      if (settings !== undefined && request.method === "GET") return Response.json(settings);
      const [, , number, rest = ""] = /^\/(pulls|issues)\/(\d+)(.*)$/.exec(at) ?? [];
      const pull = pulls.find((own) => own.number === Number(number));
      const edited = /^\/issues\/comments\/(\d+)$/.exec(at)?.[1];
      if (edited !== undefined) {
        const comment = pulls.flatMap((own) => own.comments).find(({ id }) => id === Number(edited))!;
        comment.body = body["body"] as string;
        return Response.json({ ...comment, html_url: "https://github.example/comment" });
      }
      if (pull === undefined) return Response.json({ message: "Not Found" }, { status: 404 });
      switch (`${request.method} ${rest}`) {
        case "PATCH ":
          Object.assign(pull, body);
          return Response.json(shown(pull));
        case "POST /labels":
          pull.labels = [...new Set([...pull.labels, ...(body["labels"] as string[])])];
          return Response.json([]);
        case "GET /labels":
          return paged(
            request,
            pull.labels.map((name) => ({ name })),
          );
        case "POST /requested_reviewers":
          if ((body["reviewers"] as string[]).includes("nobody"))
            return Response.json({ message: "Reviews may only be requested from collaborators." }, { status: 422 });
          pull.reviewers.push(...(body["reviewers"] as string[]), ...(body["team_reviewers"] as string[]));
          return Response.json(shown(pull), { status: 201 });
        case "GET /events":
          return Response.json(
            pull.labels.map((name) => ({ event: "labeled", label: { name }, actor: { login: "somebody" } })),
          );
        case "GET /comments":
          return paged(request, pull.comments);
        case "POST /comments": {
          const comment = { id: ++comments, body: body["body"] as string };
          pull.comments.push(comment);
          return Response.json({ ...comment, html_url: "https://github.example/comment" }, { status: 201 });
        }
        default:
          return Response.json({ message: "Not Found" }, { status: 404 });
      }
    },
  });
  const result: FakeGitHub = {
    url: `http://127.0.0.1:${server.port}`,
    pulls,
    releases: releases.all,
    settings: {},
    fail: undefined,
    authorized,
    merge(number) {
      const pull = pulls.find((own) => own.number === number)!;
      const folder = mkdtempSync(path.join(tmpdir(), "merge-"));
      try {
        git("/", "clone", "--quiet", bare, folder);
        git(folder, "merge", "--quiet", "--no-ff", "-m", `Merge #${number}`, `origin/${pull.head}`);
        git(folder, "push", "--quiet", "origin", "HEAD:main", `:${pull.head}`);
        pull.state = "closed";
        return true;
      } catch {
        return false;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
  return result;
}
