import type { Host } from "../host.ts";

/**
 * A runtime with web standards and nothing else, which no runtime is any more: the bundle of a Worker, in which `globalThis`
 * has these and what Node has of its own is not found.
 */
const STANDARDS = [
  "AbortController",
  "AbortSignal",
  "ReadableStream",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "WritableStream",
  "atob",
  "btoa",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "performance",
  "queueMicrotask",
  "setTimeout",
];

const SERVER = `
import { createServer } from "node:http";
import { Readable } from "node:stream";
import worker from "./worker.js";

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("DURABLE_")));
createServer(async (incoming, outgoing) => {
  try {
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const request = new Request("http://" + incoming.headers.host + incoming.url, {
      method: incoming.method,
      headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ...(hasBody && { body: Readable.toWeb(incoming), duplex: "half" }),
    });
    const response = await worker.fetch(request, env, { waitUntil() {} });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).flushHeaders();
    if (response.body === null) outgoing.end();
    else Readable.fromWeb(response.body).pipe(outgoing);
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

export const hosts: readonly Host[] = [
  {
    name: "neutral",
    title: "Web standards alone",
    packages: {},
    snippet: { page: "docs/guides/hosts.md", framework: "cloudflare" },
    files: () => ({ "server.mjs": SERVER }),
    bundle: { entry: "worker.ts", out: "worker.js", withPackages: true, globals: STANDARDS },
    start: () => ["node", "server.mjs"],
    isQuick: true,
    version: () => "no process, Buffer or setImmediate",
  },
];
