import dagre from "@dagrejs/dagre";
import { useMemo } from "preact/hooks";

import { linkTo, type Route } from "./route.ts";

interface PictureProps {
  ways: readonly { from: string; to: string }[];
  /** Pods, and not only their groups. */
  isFine: boolean;
  groupOf: (end: string) => string;
  route: Route;
}

/** More is a ball of wool to a reader, and a long wait for the layout. */
const most = { nodes: 90, ways: 400 };
const height = 26;
/** Of a character, on average. */
const pixels = 6.6;

/** Ends and the ways between them, from left to right. A node narrows the view to its group. */
export function Picture({ ways, isFine, groupOf, route }: PictureProps) {
  const chosen = route.options["namespace"] ?? "";
  const drawn = useMemo(
    () => layout(isFine ? ways : grouped(ways, groupOf), chosen) ?? layout(grouped(ways, groupOf), chosen),
    [ways.length, ways[0], ways.at(-1), isFine, chosen],
  );
  if (ways.length === 0) return null;
  if (drawn === undefined) return <p class="empty">Too much for a picture: choose a namespace, or filter.</p>;
  const { nodes, edges, width, height: whole } = drawn;
  return (
    <div class="scroll picture" tabIndex={0} role="region" aria-label="Picture of the ways below">
      <svg width={width} height={whole} viewBox={`0 0 ${width} ${whole}`} role="group" aria-label="Ways">
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 8 4 0 8Z" />
          </marker>
        </defs>
        {edges.map(({ from, to, points }) => (
          <path key={`${from}>${to}`} class="way" d={points} marker-end="url(#arrow)">
            <title>
              {from} → {to}
            </title>
          </path>
        ))}
        {nodes.map(({ name, x, y, width: own }) => (
          <a
            key={name}
            href={linkTo(route.view, "", { ...route.options, namespace: groupOf(name), f: "" })}
            data-step=""
          >
            <rect
              x={x - own / 2}
              y={y - height / 2}
              width={own}
              height={height}
              rx="5"
              class={groupOf(name) === chosen ? "chosen" : name.startsWith("outside: ") ? "foreign" : ""}
            />
            <text x={x} y={y + 4} text-anchor="middle">
              {labelOf(name, chosen)}
            </text>
          </a>
        ))}
      </svg>
    </div>
  );
}

/** What is in the chosen group needs no word of it. */
const labelOf = (name: string, chosen: string) =>
  name.replace(/^outside: /, "").slice(chosen !== "" && name.startsWith(`${chosen}/`) ? chosen.length + 1 : 0);

function grouped(ways: PictureProps["ways"], groupOf: PictureProps["groupOf"]): PictureProps["ways"] {
  const pairs = new Map(
    ways
      .map(({ from, to }) => [groupOf(from), groupOf(to)] as const)
      .map(([from, to]) => [`${from}\n${to}`, { from, to }]),
  );
  return [...pairs.values()].filter(({ from, to }) => from !== to);
}

function layout(ways: PictureProps["ways"], chosen: string) {
  const names = [...new Set(ways.flatMap(({ from, to }) => [from, to]))];
  if (names.length > most.nodes || ways.length > most.ways) return undefined;
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 8, ranksep: 48, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of names) graph.setNode(name, { width: labelOf(name, chosen).length * pixels + 20, height });
  for (const { from, to } of ways) graph.setEdge(from, to);
  dagre.layout(graph);
  const label = graph.graph();
  return {
    width: Math.ceil(label.width ?? 0),
    height: Math.ceil(label.height ?? 0),
    nodes: names.map((name) => ({ name, ...(graph.node(name) as { x: number; y: number; width: number }) })),
    edges: ways.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] };
      return { from, to, points: `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` };
    }),
  };
}
