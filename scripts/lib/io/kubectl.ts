import { ToolError, UsageError } from "../core/errors.ts";
import { isObject, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { clusterFacts } from "../repo/layout.ts";
import { definedOf, run, type RunResult } from "./process.ts";

const isEstablished = (definition: JsonObject) =>
  listAt(definition, "status", "conditions").some(
    (condition) => stringAt(condition, "type") === "Established" && stringAt(condition, "status") === "True",
  );

/** A real cluster, through kubectl and a context that is named: never the one that happens to be current. */
export class Kubectl {
  readonly #program: string;
  readonly #context: string;
  readonly #env: Record<string, string>;

  constructor(program: string, context: string, env: Record<string, string | undefined>) {
    this.#program = program;
    this.#context = context;
    this.#env = definedOf(env);
  }

  /** Refuses a cluster that is not the one its facts describe. */
  async expectFingerprint(cluster: string, expected: string | undefined): Promise<void> {
    const namespace = JSON.parse(await this.#run(["get", "namespace", "kube-system", "--output=json"])) as JsonObject;
    const found = stringAt(namespace, "metadata", "uid") ?? "";
    if (expected === undefined) {
      throw new UsageError(
        `the facts of ${cluster} have no fingerprint; that of context ${this.#context} is ${found}: add it to ${clusterFacts(cluster)} if it is the right one`,
      );
    }
    if (found !== expected) {
      throw new UsageError(
        `context ${this.#context} is another cluster than ${cluster}: its fingerprint is ${found}, expected is ${expected}`,
      );
    }
  }

  /** Server-side apply, as Argo CD does it later. */
  async apply(objects: readonly JsonObject[]): Promise<string> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    return this.#run(
      ["apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller", "--filename=-"],
      list,
    );
  }

  /** Waits for the API server to serve what definitions define: objects of it are refused before. */
  async waitUntilServed(definitions: readonly JsonObject[]): Promise<void> {
    const names = definitions.map((definition) => stringAt(definition, "metadata", "name") ?? "");
    const get = ["get", "customresourcedefinitions", "--output=json", ...names];
    // kubectl wait fails on a definition that has no conditions yet.
    for (let attempt = 0; attempt < 120; attempt++) {
      const found = JSON.parse(await this.#run(get)) as JsonObject;
      const all = names.length === 1 ? [found] : listAt(found, "items").filter(isObject);
      if (all.every((definition) => isEstablished(definition))) return;
      await Bun.sleep(500);
    }
    throw new ToolError(`the API server does not serve ${names.join(", ")} after a minute`);
  }

  async applications(): Promise<JsonObject[]> {
    const list = JSON.parse(
      await this.#run(["get", "applications.argoproj.io", "--namespace=argocd", "--output=json"]),
    ) as JsonObject;
    return listAt(list, "items").filter(isObject);
  }

  /** Every object of a kind in a namespace; none where the server does not know the kind. */
  async all(resource: string, namespace: string): Promise<JsonObject[]> {
    const { exitCode, stdout, stderr } = await this.#ask([
      "get",
      resource,
      `--namespace=${namespace}`,
      "--output=json",
    ]);
    if (exitCode === 0) return listAt(JSON.parse(stdout), "items").filter(isObject);
    if (stderr.includes("doesn't have a resource type")) return [];
    throw new ToolError(`kubectl get ${resource} failed: ${stderr.trim()}`);
  }

  async application(name: string): Promise<JsonObject | undefined> {
    const get = ["get", "applications.argoproj.io", "--namespace=argocd", "--ignore-not-found", "--output=json"];
    const found = await this.#run([...get, "--", name]);
    return found.trim() === "" ? undefined : (JSON.parse(found) as JsonObject);
  }

  /** Looks at the Applications until `isOver` says yes; false if that took longer than so many milliseconds. */
  async watchApplications(isOver: (live: readonly JsonObject[]) => boolean, patience: number): Promise<boolean> {
    const end = performance.now() + patience;
    while (!isOver(await this.applications())) {
      if (performance.now() > end) return false;
      await Bun.sleep(2000);
    }
    return true;
  }

  async deleteApplication(name: string): Promise<string> {
    return this.#run([
      "delete",
      "applications.argoproj.io",
      "--namespace=argocd",
      "--ignore-not-found",
      "--wait=false",
      "--",
      name,
    ]);
  }

  /** Ends an Application's operation, as `argocd app terminate-op` does; false if the Application has changed meanwhile. */
  async endOperation(application: JsonObject): Promise<boolean> {
    const resourceVersion = stringAt(application, "metadata", "resourceVersion") ?? "";
    const patch = { metadata: { resourceVersion }, status: { operationState: { phase: "Terminating" } } };
    const { exitCode, stderr } = await this.#ask([
      "patch",
      "applications.argoproj.io",
      "--namespace=argocd",
      "--type=merge",
      `--patch=${JSON.stringify(patch)}`,
      "--",
      stringAt(application, "metadata", "name") ?? "",
    ]);
    if (exitCode === 0) return true;
    if (/\((Conflict|NotFound)\)/.test(stderr)) return false;
    throw new ToolError(`kubectl patch failed: ${stderr.trim()}`);
  }

  /** Those of these objects that are there. */
  async standing(objects: readonly JsonObject[]): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    // By kind: of one that the server knows no more there is nothing, but kubectl would then say nothing of the others.
    for (const items of Map.groupBy(objects, ({ apiVersion, kind }) => JSON.stringify([apiVersion, kind])).values()) {
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
      const get = ["get", "--ignore-not-found", "--output=json", "--filename=-"];
      const { exitCode, stdout, stderr } = await this.#ask(get, list);
      if (exitCode !== 0 && !stderr.includes("no matches for kind"))
        throw new ToolError(`kubectl get failed: ${stderr.trim()}`);
      if (stdout.trim() === "") continue;
      const said = JSON.parse(stdout) as JsonObject;
      found.push(...(said["kind"] === "List" ? listAt(said, "items").filter(isObject) : [said]));
    }
    return found;
  }

  async #run(args: readonly string[], input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#ask(args, input);
    if (exitCode !== 0) throw new ToolError(`kubectl ${args[0]} failed: ${stderr.trim()}`);
    return stdout;
  }

  async #ask(args: readonly string[], input?: string): Promise<RunResult> {
    const command = [this.#program, `--context=${this.#context}`, ...args] as [string, ...string[]];
    return run(command, { env: this.#env, ...(input === undefined ? {} : { input }) });
  }
}
