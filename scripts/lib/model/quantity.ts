const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** An amount for people: what is as large as bytes in Gi, all else to a thousandth. */
export function quantityText(amount: number): string {
  return amount >= 2 ** 20 ? `${(amount / 2 ** 30).toFixed(1)}Gi` : String(Math.round(amount * 1000) / 1000);
}

/** A quantity of Kubernetes as a number; undefined if it is none. */
export function parseQuantity(value: unknown): number | undefined {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(
    typeof value === "number" ? String(value) : typeof value === "string" ? value : "",
  );
  if (match === null || !Number.isFinite(Number(match[1]))) return undefined;
  return Number(match[1]) * factors[match[2] ?? ""]!;
}
