import { useEffect, useState } from "preact/hooks";

/** What is looked at, as the address keeps it: #/VIEW/NAME...?KEY=VALUE. */
export interface Route {
  view: string;
  /** What the view is of; empty for all. */
  name: string;
  options: Readonly<Record<string, string>>;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", ...name] = path.split("/");
  return { view, name: decoded(name.join("/")), options: Object.fromEntries(new URLSearchParams(query)) };
}

/** An address of this page: the only kind of link there is. */
export function linkTo(view: string, name = "", options: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== "")).toString();
  const path = name === "" ? view : `${view}/${encodeURIComponent(name)}`;
  return `#/${path}${query === "" ? "" : `?${query}`}`;
}

/** Other options of the same view; what is typed makes no step back of its own. */
export function setOptions({ view, name, options }: Route, changed: Readonly<Record<string, string>>): void {
  history.replaceState(null, "", linkTo(view, name, { ...options, ...changed }));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const read = () => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return route;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
