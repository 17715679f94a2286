import { UsageError } from "../core/errors.ts";
import type { CommandIo } from "./io.ts";

/** Something a command has to know: asked for at a terminal where no option says it. */
export interface Question {
  /** The option that says it, for messages: --owner, --limit agents=NUMBER. */
  option: string;
  /** What a person is asked. */
  text: string;
  /** What the option says, if it is given. */
  given: string | undefined;
}

/** The answers, by name. Elsewhere than at a terminal every missing option is named at once. */
export async function ask<N extends string>(
  { stdin }: Pick<CommandIo, "stdin">,
  questions: Readonly<Record<N, Question>>,
): Promise<Record<N, string>> {
  const missing: string[] = [];
  const answers: [string, string][] = [];
  for (const [name, { option, text, given }] of Object.entries<Question>(questions)) {
    const answer = given ?? (stdin.isTTY ? (await stdin.ask(`${text}: `)).trim() : "");
    if (answer === "") missing.push(option);
    answers.push([name, answer]);
  }
  if (missing.length > 0) throw new UsageError(`missing: ${missing.join(", ")}`);
  return Object.fromEntries(answers) as Record<N, string>;
}
