/**
 * What a plain scalar becomes in YAML 1.1, where that differs from YAML 1.2; undefined where all our readers agree.
 * Helm and Kubernetes read YAML 1.1 (go-yaml), editors and scripts YAML 1.2, Kustomize something in between.
 */
export function ambiguity(plain: string): string | undefined {
  if (/^(y|yes|on)$/i.test(plain)) return "the boolean true";
  if (/^(n|no|off)$/i.test(plain)) return "the boolean false";
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/.test(plain)) return "a date";
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(plain)) return "a number to the base 60";
  if (/^[-+]?0\d[\d_]*$/.test(plain)) return "an octal number";
  if (/^[-+]?0[xob][\da-f_]+$/i.test(plain)) return "a number in another base";
  if (plain.includes("_") && decimal.test(plain.replaceAll("_", ""))) return "a number";
  if (/^[-+]?(\.inf|\.nan)$/i.test(plain)) return "a number that JSON does not have";
  if (decimal.test(plain) && !isExact(plain)) return "a number too large to be exact";
  if (plain === "=") return "a default-value marker";
  if (plain === "<<") return "a merge key";
  return undefined;
}

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

function isExact(plain: string): boolean {
  const number = Number(plain);
  return Number.isInteger(number) && /^[-+]?\d+$/.test(plain) ? Number.isSafeInteger(number) : Number.isFinite(number);
}
