import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

import { usePrinting } from "./printing.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** In CSS; columns without one share what is left. */
  width?: string;
  isNumber?: boolean;
}

interface TableProps<Row> {
  /** What the table is of, for who can't see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  empty: string;
  /** Of the whole table, where it is wider than the page. */
  width?: string;
  /** Whether it is wide, and its first column stays in sight. */
  isMatrix?: boolean;
}

/** From here on only rows in sight are in the document. */
const windowed = 80;
/** Nobody reads more on paper. */
const printed = 1000;

/** A table of any length. */
export function Table<Row>(props: TableProps<Row>) {
  const isPrinting = usePrinting();
  if (props.rows.length === 0) return <p class="empty">{props.empty}</p>;
  if (props.rows.length <= windowed) return <Whole {...props} />;
  return isPrinting ? (
    <Whole {...props} rows={props.rows.slice(0, printed)} rest={props.rows.length - printed} />
  ) : (
    <Windowed {...props} />
  );
}

function Whole<Row>({ rest = 0, ...props }: TableProps<Row> & { rest?: number }) {
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
        <Frame {...props}>
          {props.rows.map((row, index) => (
            <Line key={index} columns={props.columns} row={row} index={index} />
          ))}
        </Frame>
      </div>
      {rest > 0 && <p class="empty">and {rest} more: filter before printing</p>}
    </>
  );
}

function Windowed<Row>(props: TableProps<Row>) {
  const { rows, columns, label } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 33,
    overscan: 12,
    indexAttribute: "data-index",
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const spacer = (height: number) => (
    <tr aria-hidden="true" class="spacer">
      <td colSpan={columns.length} style={{ height: `${height}px` }} />
    </tr>
  );
  return (
    <div class="scroll window" ref={scroll} tabIndex={0} role="region" aria-label={label}>
      <Frame {...props}>
        {spacer(before)}
        {items.map(({ index, key }) => (
          <Line
            key={key}
            columns={columns}
            row={rows[index]!}
            index={index}
            measure={(element) => virtual.measureElement(element)}
          />
        ))}
        {spacer(after)}
      </Frame>
    </div>
  );
}

function Frame<Row>({
  columns,
  rows,
  label,
  width,
  isMatrix,
  children,
}: TableProps<Row> & { children: ComponentChildren }) {
  return (
    <table
      class={isMatrix === true ? "matrix" : ""}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      style={width === undefined ? {} : { minWidth: width }}
    >
      <colgroup>
        {columns.map(({ title, width: own }) => (
          <col key={title} style={own === undefined ? {} : { width: own }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" class={isNumber === true ? "number" : ""}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface LineProps<Row> {
  columns: readonly Column<Row>[];
  row: Row;
  index: number;
  measure?: (element: HTMLTableRowElement | null) => void;
}

function Line<Row>({ columns, row, index, measure }: LineProps<Row>) {
  return (
    <tr ref={measure ?? null} data-index={index} aria-rowindex={index + 2}>
      {columns.map(({ title, cell, isNumber }) => (
        <td key={title} class={isNumber === true ? "number" : ""}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

type Options = VirtualizerOptions<HTMLDivElement, HTMLTableRowElement>;

/** What TanStack's adapters do for other frameworks. */
function useVirtualizer(options: Options): Virtualizer<HTMLDivElement, HTMLTableRowElement> {
  const [, rerender] = useReducer<number, void>((count) => count + 1, 0);
  const own: Options = { ...options, onChange: () => rerender() };
  const [virtual] = useState(() => new Virtualizer(own));
  virtual.setOptions(own);
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  return virtual;
}
