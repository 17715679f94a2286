import { base64nopad } from "@scure/base";
import { armor } from "age-encryption";

/** What a file key is wrapped as, by the kind of recipient (C2SP age): the stanza, and the bytes of its argument. */
const kinds = {
  x25519: { type: "X25519", share: 32 },
  hybrid: { type: "mlkem768x25519", share: 1120 },
} as const;

/** Of a wrapped file key: 16 bytes and a tag. Of a header: its MAC. Of what follows: a nonce, 32 bytes and a tag. */
const [bodyLength, macLength, payloadLength] = [32, 32, 16 + 32 + 16];

/**
 * What in a wrapped data key can't be right, seen without a key; undefined where nothing is. The header of an age file is
 * readable: it has to be for one recipient, of the kind its label says, and to hold exactly a data key. That it is for the
 * recipient of the label, and no other of its kind, only that recipient's key can tell.
 */
export function wrappingProblem(enc: string, recipient: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = armor.decode(enc);
  } catch {
    return "is not an armored age file";
  }
  // Padding, letters that decode to the same bytes, other lines: what is written has one form.
  if (armor.encode(bytes).trim() !== enc.trim()) return "is not in the one form of an armored age file";
  const { type, share } = recipient.startsWith("age1pq1") ? kinds.hybrid : kinds.x25519;
  const text = Buffer.from(bytes).toString("latin1");
  const head =
    /^age-encryption\.org\/v1\n((?:-> [!-~]+(?: [!-~]+)*\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)*)--- ([A-Za-z0-9+/]+)\n/.exec(
      text,
    );
  if (head === null) return "does not begin with the header of an age file";
  const [whole, stanzas, mac] = head as unknown as [string, string, string];
  const own = stanzas.match(/^-> .*$/gm) ?? [];
  if (own.length !== 1) return `is for ${own.length} recipients, not for one`;
  const [first, body] = stanzas.split("\n") as [string, string];
  const [, kind, argument, ...more] = first.split(" ");
  if (kind !== type || more.length > 0)
    return `is wrapped as ${JSON.stringify(kind)}, not as ${type} as its recipient needs it`;
  if (lengthOf(argument ?? "") !== share || lengthOf(body) !== bodyLength || lengthOf(mac) !== macLength)
    return "has a header whose parts are of another length than age's";
  if (bytes.length - whole.length !== payloadLength)
    return `holds ${bytes.length - whole.length} bytes, where a wrapped data key has ${payloadLength}`;
  return undefined;
}

/** Bytes of base64 without padding in its one form; -1 for anything else. */
function lengthOf(text: string): number {
  try {
    return base64nopad.decode(text).length;
  } catch {
    return -1;
  }
}
