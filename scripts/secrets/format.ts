import { Option } from "@commander-js/extra-typings";

/** For people, or for a program. */
export const formatOption = () =>
  new Option("--format <format>", "how to print the result")
    .choices(["text", "json"] as const)
    .default("text" as const);
