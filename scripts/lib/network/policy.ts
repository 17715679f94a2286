import { at, isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { parseCidr, type Range } from "../model/cidr.ts";

export type Protocol = "TCP" | "UDP" | "SCTP";

/** Who may be at the other end. */
export type Peer =
  | { kind: "pods"; /** Undefined: the policy's own namespace. */ namespaces: JsonObject | undefined; pods: JsonObject }
  | { kind: "range"; cidr: string; range: Range; except: readonly Range[] };

/** Ports of the destination: by number, by name of a container's port, or all of a protocol. */
export interface Port {
  protocol: Protocol;
  port: number | string | undefined;
  endPort: number | undefined;
}

/** One rule: any of the peers at any of the ports. Undefined is everybody, or every port of every protocol. */
export interface PolicyRule {
  peers: readonly Peer[] | undefined;
  ports: readonly Port[] | undefined;
}

/** A NetworkPolicy as it works. A direction it says nothing about is undefined: it does not close it. */
export interface Policy {
  namespace: string;
  name: string;
  selector: JsonObject;
  ingress: readonly PolicyRule[] | undefined;
  egress: readonly PolicyRule[] | undefined;
  /** It comes and goes with a sync: what it opens may be open, and nothing is closed by it alone. */
  transient?: boolean;
}

/** Reads a NetworkPolicy by the API's own text (networking.k8s.io/v1), or says in sentences why a server refuses it. */
export function parsePolicy(object: JsonObject): { policy: Policy; problems: string[] } {
  const problems: string[] = [];
  const spec = objectAt(object, "spec");
  const namespace = stringAt(object, "metadata", "namespace") ?? "";
  if (namespace === "") problems.push("names no namespace, and so works wherever it happens to be applied");
  checkSelector(objectAt(spec, "podSelector"), "podSelector", problems);
  // Ingress always; Egress only if there are rules for it (the API's default).
  const said = stringsAt(spec, "policyTypes");
  const types = said.length > 0 ? said : ["Ingress", ...(listAt(spec, "egress").length > 0 ? ["Egress"] : [])];
  for (const type of types) if (type !== "Ingress" && type !== "Egress") problems.push(`has the policy type ${type}`);
  const direction = (name: "ingress" | "egress", type: string, peers: "from" | "to") =>
    types.includes(type)
      ? listAt(spec, name).map((rule) => parseRule(rule, peers, `${name} rule`, problems))
      : undefined;
  const policy: Policy = {
    namespace,
    name: stringAt(object, "metadata", "name") ?? "",
    selector: objectAt(spec, "podSelector"),
    ingress: direction("ingress", "Ingress", "from"),
    egress: direction("egress", "Egress", "to"),
  };
  return { policy, problems };
}

function parseRule(rule: unknown, field: "from" | "to", where: string, problems: string[]): PolicyRule {
  const peers = listAt(rule, field);
  const ports = listAt(rule, "ports");
  return {
    peers: peers.length === 0 ? undefined : peers.flatMap((peer) => parsePeer(peer, where, problems)),
    ports: ports.length === 0 ? undefined : ports.flatMap((port) => parsePort(port, where, problems)),
  };
}

function parsePeer(peer: unknown, where: string, problems: string[]): Peer[] {
  const block = at(peer, "ipBlock");
  const namespaces = at(peer, "namespaceSelector");
  const pods = at(peer, "podSelector");
  if (block === undefined && namespaces === undefined && pods === undefined) {
    problems.push(`has a peer in an ${where} that says nothing`);
    return [];
  }
  if (block !== undefined && (namespaces !== undefined || pods !== undefined)) {
    problems.push(`has a peer in an ${where} with both a range and a selector`);
    return [];
  }
  if (block !== undefined) return parseBlock(block, where, problems);
  checkSelector(namespaces, where, problems);
  checkSelector(pods, where, problems);
  return [
    { kind: "pods", namespaces: isObject(namespaces) ? namespaces : undefined, pods: isObject(pods) ? pods : {} },
  ];
}

function parseBlock(block: unknown, where: string, problems: string[]): Peer[] {
  const cidr = stringAt(block, "cidr") ?? "";
  const range = parseCidr(cidr);
  if (typeof range === "string") {
    problems.push(`has a range in an ${where} that is none: ${range}`);
    return [];
  }
  const except: Range[] = [];
  for (const text of stringsAt(block, "except")) {
    const part = parseCidr(text);
    if (typeof part === "string") problems.push(`has an exception in an ${where} that is not a range: ${part}`);
    else if (
      part.first < range.first ||
      part.last > range.last ||
      (part.first === range.first && part.last === range.last)
    )
      problems.push(`excepts ${text} in an ${where}, which is not inside ${cidr}`);
    else except.push(part);
  }
  return [{ kind: "range", cidr, range, except }];
}

function parsePort(port: unknown, where: string, problems: string[]): Port[] {
  const protocol = stringAt(port, "protocol") ?? "TCP";
  if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") {
    problems.push(`has the protocol ${protocol} in an ${where}`);
    return [];
  }
  const number = at(port, "port");
  const endPort = at(port, "endPort");
  const isNumber = typeof number === "number";
  const isPort = (value: number) => Number.isInteger(value) && value >= 1 && value <= 65535;
  if (isNumber && !isPort(number)) problems.push(`has the port ${number} in an ${where}`);
  if (typeof endPort === "number") {
    if (!isNumber) problems.push(`has an endPort in an ${where} without a port in numbers`);
    else if (endPort < number || !isPort(endPort))
      problems.push(`has the ports ${number} to ${endPort} in an ${where}`);
  }
  return [
    {
      protocol,
      port: isNumber || typeof number === "string" ? number : undefined,
      endPort: typeof endPort === "number" ? endPort : undefined,
    },
  ];
}

function checkSelector(selector: unknown, where: string, problems: string[]): void {
  for (const expression of listAt(selector, "matchExpressions")) {
    const operator = stringAt(expression, "operator") ?? "";
    const values = listAt(expression, "values").length;
    const needsValues = operator === "In" || operator === "NotIn";
    if (!needsValues && operator !== "Exists" && operator !== "DoesNotExist")
      problems.push(`has the operator ${JSON.stringify(operator)} (${where})`);
    else if (needsValues && values === 0) problems.push(`has ${operator} without values (${where})`);
    else if (!needsValues && values > 0) problems.push(`has ${operator} with values (${where})`);
  }
}
