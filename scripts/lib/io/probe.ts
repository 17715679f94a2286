import { connect } from "node:tls";

/** How a host answered. */
export interface Answer {
  host: string;
  /** The HTTP status; undefined where there was no answer. */
  status: number | undefined;
  /** Days until its certificate ends. */
  days: number | undefined;
  /** Why there was no answer. */
  error?: string;
}

export interface ProbeOptions {
  /** Where to connect instead of the host, ADDRESS or ADDRESS:PORT: before DNS leads there. */
  connectTo?: string | undefined;
  /** Authorities to believe beside those of this machine, as PEM. */
  authorities?: string | undefined;
}

const patience = 10_000;

/** How a host answers https://HOST/: over TLS that is verified, without following anything. */
export async function probe(host: string, { connectTo, authorities }: ProbeOptions = {}): Promise<Answer> {
  const [address = host, port = "443"] = connectTo === undefined ? [host, "443"] : splitAddress(connectTo);
  return new Promise((resolve) => {
    let days: number | undefined;
    let head = "";
    const socket = connect({
      host: address,
      port: Number(port),
      servername: host,
      ALPNProtocols: ["http/1.1"],
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
    const end = (status: number | undefined, error?: string) => {
      socket.destroy();
      resolve({ host, status, days, ...(error === undefined ? {} : { error }) });
    };
    socket.setTimeout(patience, () => end(undefined, `no answer in ${patience / 1000} seconds`));
    socket.on("error", (error: NodeJS.ErrnoException) => end(undefined, error.code ?? error.message));
    socket.on("secureConnect", () => {
      const { valid_to } = socket.getPeerCertificate();
      days = Math.floor((Date.parse(valid_to) - Date.now()) / 86_400_000);
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
      if (status !== undefined) end(Number(status));
      else if (head.length > 64) end(undefined, "what answers is no HTTP");
    });
    socket.on("end", () => end(undefined, "it closed without an answer"));
  });
}

function splitAddress(text: string): string[] {
  const match = /^(.*?)(?::(\d+))?$/.exec(text)!;
  return [match[1]!, match[2] ?? "443"];
}
