/** Requests as clients of the product send them. */
import type { Request } from "./programs.ts";

/** What every client sends. */
const common: Request["headers"] = [
  ["host", "api.example.com"],
  ["user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["accept", "application/json"],
];

export const get = (path: string, headers: Request["headers"] = []): Request => ({
  method: "GET",
  path,
  headers: [...common, ...headers],
  body: "",
});

const withBody = (path: string, type: string, body: string, method: string): Request => ({
  method,
  path,
  headers: [...common, ["content-type", type], ["content-length", String(Buffer.byteLength(body))]],
  body,
});

export const post = (path: string, body: unknown, type = "application/json", method = "POST"): Request =>
  withBody(path, type, typeof body === "string" ? body : JSON.stringify(body), method);

const boundary = "----boundary7MA4YWxkTrZu0gW";

/** A file as a browser's form sends it. */
export const upload = (path: string, file: string, content: string): Request =>
  withBody(
    path,
    `multipart/form-data; boundary=${boundary}`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file}"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n${content}\r\n--${boundary}--\r\n`,
    "POST",
  );

export const form = (path: string, fields: Record<string, string>): Request =>
  withBody(path, "application/x-www-form-urlencoded", new URLSearchParams(fields).toString(), "POST");
