import type { Host } from "../host.ts";

/**
 * A runtime with web standards and nothing else, which no runtime is any more: the bundle as a Worker would get it, in a
 * Node whose own modules are taken away before it is loaded.
 */
const BARE = `
import { createServer } from "node:http";
import { Readable } from "node:stream";

const env = { ...process.env };
const { port, print } = { port: Number(env.PORT), print: console.error };
Object.defineProperty(globalThis, "process", { value: undefined });
Object.defineProperty(globalThis, "Buffer", { value: undefined });
Object.defineProperty(globalThis, "setImmediate", { value: undefined });

const { default: worker } = await import("./worker.js");
createServer(async (incoming, outgoing) => {
  try {
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const request = new Request("http://" + incoming.headers.host + incoming.url, {
      method: incoming.method,
      headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ...(hasBody && { body: Readable.toWeb(incoming), duplex: "half" }),
    });
    const response = await worker.fetch(request, env, { waitUntil() {} });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  } catch (error) {
    print(error);
    outgoing.writeHead(500).end();
  }
}).listen(port, "127.0.0.1");
`;

export const hosts: readonly Host[] = [
  {
    name: "neutral",
    title: "Web standards alone",
    packages: {},
    snippet: { page: "docs/guides/hosts.md", framework: "cloudflare" },
    files: () => ({ "server.mjs": BARE }),
    bundle: { entry: "worker.ts", out: "worker.js", withPackages: true },
    start: () => ["node", "server.mjs"],
    isQuick: true,
    version: () => "no process, Buffer or setImmediate",
  },
];
