import { UsageError } from "../core/errors.ts";
import type { Choice, CommandIo } from "./io.ts";

/** Something a command has to know: asked for at a terminal where no option says it. */
export interface Question {
  /** The option that says it, for messages: --owner, --limit agents=NUMBER. */
  option: string;
  /** What a person is asked. */
  text: string;
  /** What the option says, if it is given. */
  given: string | undefined;
  /** What there is to choose from, after the answers before it; asked for only where somebody chooses. */
  choices?: ((before: Readonly<Record<string, string>>) => readonly Choice[] | Promise<readonly Choice[]>) | undefined;
  /** Whether several may be chosen: the answer has commas between them then. */
  many?: boolean | undefined;
  /** The answer where nobody is asked: it is asked for only beside others. Of several, none may be chosen then. */
  otherwise?: string | undefined;
  /** What is wrong with an answer, as a sentence; asked again then. */
  check?: ((answer: string) => string | undefined) | undefined;
}

/** Answers, and whether a person gave any of them. */
export interface Answers<N extends string> {
  answers: Record<N, string>;
  asked: boolean;
}

/** The answers, by name. Elsewhere than at a terminal every missing option is named at once. */
export async function ask<N extends string>(
  { stdin }: Pick<CommandIo, "stdin">,
  questions: Readonly<Record<N, Question>>,
): Promise<Answers<N>> {
  const all = Object.entries<Question>(questions);
  const missing = all.filter(([, { given, otherwise }]) => given === undefined && otherwise === undefined);
  if (!stdin.isTTY && missing.length > 0)
    throw new UsageError(`missing: ${missing.map(([, { option }]) => option).join(", ")}`);
  const answers: [string, string][] = [];
  const asked = missing.length > 0;
  for (const [name, question] of all) {
    const { given, otherwise } = question;
    const before = Object.fromEntries(answers);
    answers.push([name, given ?? (asked ? await answerOf(stdin, question, before) : (otherwise ?? ""))]);
  }
  return { answers: Object.fromEntries(answers) as Record<N, string>, asked };
}

async function answerOf(
  stdin: CommandIo["stdin"],
  { option, text, choices, many = false, otherwise, check }: Question,
  before: Readonly<Record<string, string>>,
): Promise<string> {
  const offered = await choices?.(before);
  if (offered === undefined) {
    const answer = await stdin.ask(text, (given) => (given === "" ? "say something" : check?.(given)));
    if (answer === "") throw new UsageError(`missing: ${option}`);
    return answer;
  }
  if (offered.length === 0) {
    if (otherwise !== undefined) return otherwise;
    throw new UsageError(`there is nothing to choose from for ${option}`);
  }
  return many
    ? (await stdin.chooseSome(text, offered, otherwise === undefined)).join(",")
    : stdin.choose(text, offered);
}

/** An answer with commas, as the list that it is. */
export const listOf = (answer: string): string[] => answer.split(",").filter((one) => one !== "");
