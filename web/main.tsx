import { render } from "preact";
import { useEffect } from "preact/hooks";

import type { Notice, PageData } from "../scripts/lib/report/page/data.ts";
import { Applications } from "./applications.tsx";
import { DifferenceView } from "./difference.tsx";
import { Findings } from "./findings.tsx";
import { listenToKeys } from "./keyboard.ts";
import { Overview } from "./overview.tsx";
import { ReachabilityView } from "./reachability.tsx";
import { linkTo, parseRoute, type Route, useRoute } from "./route.ts";
import { Search } from "./search.tsx";
import { Tenants } from "./tenants.tsx";
import { unpack } from "./unpack.ts";

const views: readonly [view: string, title: string][] = [
  ["overview", "Overview"],
  ["tenants", "Tenants"],
  ["reachability", "Reachability"],
  ["findings", "Findings"],
  ["applications", "Applications"],
  ["difference", "Difference"],
];

function Page({ data }: { data: PageData }) {
  const route = useRoute();
  const typed = route.view === "search" ? (route.options["q"] ?? "") : "";
  const shown = views.filter(([view]) => view !== "difference" || data.difference !== undefined);
  const current = shown.some(([view]) => view === route.view) ? route.view : "overview";
  useEffect(() => {
    document.title = [route.name, shown.find(([view]) => view === current)![1], "Fleet"].filter(Boolean).join(" · ");
  }, [route.name, current]);
  return (
    <>
      <header>
        <a class="skip" href={location.hash} onClick={() => document.querySelector<HTMLElement>("main")?.focus()}>
          Skip to content
        </a>
        <h1>Fleet</h1>
        <nav aria-label="Views">
          {shown.map(([view, title]) => (
            <a key={view} href={linkTo(view)} aria-current={view === current && typed === "" ? "page" : undefined}>
              {title} <Count data={data} view={view} />
            </a>
          ))}
        </nav>
        <input
          id="search"
          type="search"
          value={typed}
          placeholder="Search everything  /"
          aria-label="Search everything"
          spellcheck={false}
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
      </header>
      {data.notices.length > 0 && (
        <section aria-label="Notices">
          {data.notices.map((notice) => (
            <NoticeLine key={notice.text} notice={notice} />
          ))}
        </section>
      )}
      <main tabIndex={-1}>
        {typed === "" ? <View data={data} route={{ ...route, view: current }} /> : <Search data={data} typed={typed} />}
      </main>
    </>
  );
}

function View({ data, route }: { data: PageData; route: Route }) {
  switch (route.view) {
    case "tenants":
      return <Tenants tenants={data.tenants} route={route} />;
    case "reachability":
      return <ReachabilityView clusters={data.reachability} route={route} />;
    case "findings":
      return <Findings data={data} route={route} />;
    case "applications":
      return <Applications applications={data.applications} route={route} />;
    case "difference":
      return <DifferenceView difference={data.difference} route={route} />;
    default:
      return <Overview data={data} route={route} />;
  }
}

function NoticeLine({ notice: { severity, text, view } }: { notice: Notice }) {
  return (
    <p class={`notice ${severity}`} role={severity === "note" ? undefined : "status"}>
      {text}
      {view !== undefined && (
        <>
          {" "}
          <a href={linkTo(view)}>Show</a>
        </>
      )}
    </p>
  );
}

function Count({ data, view }: { data: PageData; view: string }) {
  const counts: Record<string, number> = {
    tenants: data.tenants.length,
    findings: data.findings.length,
    applications: data.applications.length,
    difference: data.difference?.changes.length ?? 0,
  };
  return counts[view] === undefined ? null : <small>{counts[view]}</small>;
}

/** Where the search began: there it ends. */
let before = "";

function search(typed: string): void {
  if (parseRoute(location.hash).view !== "search") before = location.hash;
  history.replaceState(null, "", typed === "" ? before || "#/" : linkTo("search", "", { q: typed }));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

listenToKeys(() => {
  if (parseRoute(location.hash).view === "search") search("");
});

const root = document.getElementById("page")!;
unpack("data").then(
  (data) => render(<Page data={data} />, root),
  (error: unknown) => {
    root.textContent = `The data of this page can't be read: ${String(error)}`;
  },
);
