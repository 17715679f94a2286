import { useEffect, useState } from "preact/hooks";

import type { Json } from "../scripts/lib/core/json.ts";
import type { ObjectBlock, ObjectPlace, PageData, ValueBlock } from "../scripts/lib/report/page/data.ts";

/** Kinds of blocks that the page has, by the ids of their elements. */
interface Blocks {
  data: PageData;
  objects: ObjectBlock;
  values: ValueBlock;
}

const unpacked = new Map<string, Promise<unknown>>();

/** A block of the page: base64 of gzip of JSON. Unpacked once. */
export function unpack<Kind extends keyof Blocks>(kind: Kind, number = 0): Promise<Blocks[Kind]> {
  const id = `${kind}-${number}`;
  let found = unpacked.get(id);
  if (found === undefined) unpacked.set(id, (found = read(id)));
  return found as Promise<Blocks[Kind]>;
}

async function read(id: string): Promise<unknown> {
  const packed = atob(document.getElementById(id)?.textContent ?? "");
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as unknown;
}

/** The same for a view: undefined until it is there, and where no block is asked for. */
export function useUnpacked<Kind extends keyof Blocks>(
  kind: Kind,
  number: number | undefined,
): Blocks[Kind] | undefined {
  const [found, setFound] = useState<{ number: number; block: Blocks[Kind] }>();
  useEffect(() => {
    let isLeft = false;
    if (number !== undefined) void unpack(kind, number).then((block) => isLeft || setFound({ number, block }));
    return () => void (isLeft = true);
  }, [kind, number]);
  return found !== undefined && found.number === number ? found.block : undefined;
}

/** An object as a whole: undefined until it is there, and where there is none. */
export function useObject(place: ObjectPlace | null | undefined): Json | undefined {
  const block = useUnpacked("objects", place?.block);
  return place === null || place === undefined ? undefined : block?.[place.index];
}
