import type { ComponentChildren } from "preact";

import { linkTo, type Route, setOptions } from "./route.ts";

/** A link that arrows step to. */
export function Step({ to, children, current }: { to: string; children: ComponentChildren; current?: boolean }) {
  return (
    <a href={to} data-step="" aria-current={current === true ? "true" : undefined}>
      {children}
    </a>
  );
}

export const ApplicationLink = ({ id }: { id: string }) => <Step to={linkTo("applications", id)}>{id}</Step>;

/** A word of a few that is told apart by its colour as well. */
export const Tag = ({ text, tone = "" }: { text: string; tone?: string }) => <span class={`tag ${tone}`}>{text}</span>;

export const Command = ({ text }: { text: string }) => <code class="command">{text}</code>;

interface FilterProps {
  route: Route;
  /** How many are shown, and of how many. */
  shown: number;
  all: number;
  what: string;
  choices?: readonly { key: string; label: string; values: readonly string[]; isRequired?: boolean }[];
}

/** What narrows a view: kept in the address. */
export function Filter({ route, shown, all, what, choices = [] }: FilterProps) {
  return (
    <div class="filter">
      <input
        type="search"
        value={route.options["f"] ?? ""}
        placeholder={`Filter ${what}`}
        aria-label={`Filter ${what}`}
        spellcheck={false}
        onInput={({ currentTarget }) => setOptions(route, { f: currentTarget.value })}
      />
      {choices.map(({ key, label, values, isRequired }) => (
        <label key={key}>
          <span>{label}</span>
          <select
            value={route.options[key] ?? (isRequired === true ? values[0] : "")}
            onChange={({ currentTarget }) => setOptions(route, { [key]: currentTarget.value })}
          >
            {isRequired !== true && <option value="">all</option>}
            {values.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
      ))}
      <output>
        {shown === all ? all : `${shown} of ${all}`} {what}
      </output>
    </div>
  );
}

/** Whether a text has every word that was typed. */
export function matches(text: string, typed: string | undefined): boolean {
  const lower = text.toLowerCase();
  return (typed ?? "")
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Whether a value is what was chosen; where nothing is, all are. */
export const isChosen = (value: string, chosen: string | undefined) => (chosen ?? "") === "" || value === chosen;

/** The different values of a field, sorted. */
export const valuesOf = <Row,>(rows: readonly Row[], value: (row: Row) => string): string[] =>
  [...new Set(rows.map(value))].toSorted();
