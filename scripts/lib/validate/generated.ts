import type { Change } from "../core/change.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { RuleFinding } from "./rule.ts";

/** What is said of a generated file that is not as it has to be. */
interface Words {
  /** It is there and should not be. */
  tooMuch: string;
  /** It is another. */
  differs: string;
  /** It is not there. */
  missing: string;
}

/** Files that follow from others and are not as they follow, by the changes that would make them so. */
export function* notAsGenerated({ tree }: Fleet, changes: readonly Change[], words: Words): Iterable<RuleFinding> {
  for (const { path: file, content } of changes) {
    const message = content === null ? words.tooMuch : tree.has(file) ? words.differs : words.missing;
    yield { file, message, fix: "bun run validate --fix writes it" };
  }
}
