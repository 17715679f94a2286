/** An IPv4 range: numbers of its first and last address. */
export interface Range {
  first: number;
  last: number;
}

/**
 * Reads a range in canonical form: four plain octets, a length, no bits set beyond it. Returns a sentence saying what
 * is wrong otherwise. The API server refuses other forms since Kubernetes 1.36.
 */
export function parseCidr(text: string): Range | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return `${JSON.stringify(text)} is not an IPv4 range like 10.0.0.0/16`;
  const parts = match.slice(1);
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) return `${text} has a leading zero`;
  const numbers = parts.map(Number);
  const length = numbers[4]!;
  if (numbers.slice(0, 4).some((octet) => octet > 255) || length > 32) return `${text} has a part that is too large`;
  const address = numbers.slice(0, 4).reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - length);
  const first = address - (address % size);
  if (first !== address)
    return `${text} has bits set beyond its length; did you mean ${formatAddress(first)}/${length}?`;
  return { first, last: first + size - 1 };
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
