/** Files in a tar, by path, as they stand in it. */
export type TarFiles = Map<string, Uint8Array>;

/** What an archive may hold: far more than any chart has, far less than what fills a machine. */
export const tarLimits = { files: 5000, fileBytes: 5 * 1024 * 1024, bytes: 64 * 1024 * 1024 };

/** Why an archive is refused, as the end of a sentence. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

export const block = 512;
const text = new TextDecoder("utf-8", { fatal: true });

/** Reads a tar strictly: plain files and folders alone, each once, none outside of the archive. */
export function readTar(bytes: Uint8Array): TarFiles {
  const files: TarFiles = new Map();
  let longName: string | undefined;
  let offset = 0;
  while (true) {
    const header = bytes.subarray(offset, offset + block);
    if (header.length < block) throw new ArchiveError("is cut off");
    if (header.every((byte) => byte === 0)) return files;
    checkSum(header);
    const size = octal(header, 124, 12);
    const start = offset + block;
    const data = bytes.subarray(start, start + size);
    if (data.length < size) throw new ArchiveError("is cut off");
    offset = start + Math.ceil(size / block) * block;
    const type = String.fromCodePoint(header[156]!);
    if (type === "x") longName = paxPath(data) ?? longName;
    else if (type === "L") longName = field(data, 0, data.length);
    else if (type !== "g") {
      const prefix = field(header, 345, 155);
      const name = longName ?? (prefix === "" ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`);
      longName = undefined;
      const path = checkedPath(name);
      if (type === "5") continue;
      if (type !== "0" && type !== "\0")
        throw new ArchiveError(`holds ${path}, which is ${type === "1" || type === "2" ? "a link" : "no plain file"}`);
      if (files.has(path)) throw new ArchiveError(`holds ${path} twice`);
      if (size > tarLimits.fileBytes) throw new ArchiveError(`holds ${path}, which is larger than 5 MiB`);
      if (files.size === tarLimits.files) throw new ArchiveError(`holds more than ${tarLimits.files} files`);
      files.set(path, data);
    }
  }
}

function checkedPath(name: string): string {
  const path = name.replace(/^(\.\/)+/, "").replace(/\/$/, "");
  const isInside = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isInside || /[\\\p{Cc}]/u.test(path)) throw new ArchiveError(`holds the path ${JSON.stringify(name)}`);
  return path;
}

/** What a header says of a plain file, strictly: no links, no folders, no records that say something else of it. */
export function plainHeader(header: Uint8Array): { name: string; size: number } {
  checkSum(header);
  const type = String.fromCodePoint(header[156]!);
  const prefix = field(header, 345, 155);
  const name = prefix === "" ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`;
  if (type !== "0" && type !== "\0") throw new ArchiveError(`holds ${JSON.stringify(name)}, which is no plain file`);
  return { name, size: octal(header, 124, 12) };
}

function checkSum(header: Uint8Array): void {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  if (sum !== octal(header, 148, 8)) throw new ArchiveError("is not a tar");
}

function field(bytes: Uint8Array, start: number, length: number): string {
  const part = bytes.subarray(start, start + length);
  const end = part.indexOf(0);
  try {
    return text.decode(end === -1 ? part : part.subarray(0, end));
  } catch {
    throw new ArchiveError("holds a name that is not UTF-8");
  }
}

function octal(bytes: Uint8Array, start: number, length: number): number {
  const digits = field(bytes, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new ArchiveError("is not a tar");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

/** Go writes names that are longer than a header holds as records of their own: "LENGTH path=NAME". */
function paxPath(data: Uint8Array): string | undefined {
  const records = field(data, 0, data.length).split("\n");
  if (records.some((record) => /^\d+ (size|linkpath)=/.test(record)))
    throw new ArchiveError("holds a file that is no plain one");
  return records.map((record) => /^\d+ path=(.*)$/.exec(record)?.[1]).findLast((path) => path !== undefined);
}

/** A tar of some files, which says nothing but their names and bytes: sorted, of no owner and no time. */
export function writeTar(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, data] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(headerOf(path, data.length), data, new Uint8Array((block - (data.length % block)) % block));
  }
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

/** A header that says nothing but name and size: of no owner and no time. */
export function headerOf(path: string, size: number): Uint8Array {
  const header = new Uint8Array(block);
  const put = (value: string, start: number) => header.set(new TextEncoder().encode(value), start);
  const [prefix, name] = split(path);
  put(name, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\0", 257);
  put("00", 263);
  put(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ["", path];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return [prefix, name];
  }
  throw new ArchiveError(`holds ${path}, a name that is too long`);
}
