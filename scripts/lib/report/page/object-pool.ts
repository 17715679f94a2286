import type { Json } from "../../core/json.ts";
import type { ObjectBlock, ObjectPlace } from "./data.ts";

/** Characters of a block: so few that one is unpacked at once, so many that they compress well. */
const objectBlockSize = 256 * 1024;

/** Objects in blocks, each once: clusters have much in common, definitions of custom resources above all. */
export class ObjectPool {
  readonly blocks: ObjectBlock[] = [];
  readonly #known = new Map<string, ObjectPlace>();
  #size = Number.POSITIVE_INFINITY;

  add(object: Json): ObjectPlace {
    const text = JSON.stringify(object);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#size + text.length > objectBlockSize) {
      this.blocks.push([]);
      this.#size = 0;
    }
    const block = this.blocks.at(-1)!;
    const place = { block: this.blocks.length - 1, index: block.length };
    block.push(object);
    this.#size += text.length;
    this.#known.set(text, place);
    return place;
  }
}
