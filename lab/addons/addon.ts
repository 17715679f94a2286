import { ToolError } from "../../scripts/lib/core/errors.ts";
import { type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import { waitFor } from "../../scripts/lib/io/daemon.ts";
import type { Api } from "../api.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { PlayedProgram } from "../kubelet.ts";
import type { LabProgram } from "../programs.ts";

/** Something that an addon's programs have to do. Says what was seen, or throws. */
export interface Proof {
  what: string;
  see: (plane: ControlPlane) => Promise<string>;
}

/** An addon whose programs are Go, and run here against the API server. */
export interface LabAddon {
  addon: string;
  needs: LabProgram;
  programs: (built: string) => PlayedProgram[];
  proofs: Proof[];
}

/** How long a proof may take, in milliseconds: a lease is taken, caches fill, a webhook gets its certificate. */
const patience = 90_000;

/** Asks until there is an answer; what there was instead is in the error. */
export async function eventually<T>(plane: ControlPlane, what: string, ask: () => Promise<T | string>): Promise<T> {
  let last: T | string = "nothing";
  const isThere = async () => {
    last = await ask();
    return typeof last !== "string";
  };
  await waitFor(what, isThere, plane.daemons, patience).catch((error: unknown) => {
    if (error instanceof ToolError) throw new ToolError(`${error.message}\n${String(last)}`);
    throw error;
  });
  return last as T;
}

/** Puts an object on the server as soon as the webhook that has to answer for it does. */
export async function kept(plane: ControlPlane, object: JsonObject): Promise<void> {
  await eventually(plane, `the API server to take ${stringAt(object, "kind") ?? "it"}`, async () => {
    const { accepted, message } = await plane.api.apply(object, { dryRun: false, manager: "lab" });
    return accepted ? true : message;
  });
}

/** What a webhook says of an object that it has to refuse. */
export async function refusal(api: Api, object: JsonObject): Promise<string> {
  const { accepted, message } = await api.apply(object, { dryRun: true, manager: "lab" });
  if (accepted) throw new ToolError(`${stringAt(object, "kind") ?? "it"} was taken, and should have been refused`);
  const said = /admission webhook "([^"]+)" denied the request: (.*)/s.exec(message);
  if (said === null) throw new ToolError(`refused, and not by its webhook: ${message}`);
  return `${said[1]}: ${said[2]}`;
}
