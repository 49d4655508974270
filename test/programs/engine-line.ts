// The line from the app back to the engine, which takes checkpoints, heartbeats and asks for pages of the memo. It finds
// the engine that runs at the moment, and loses checkpoints and their answers.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Random } from "../chaos/random.ts";

export interface EngineLine {
  /** For `DURABLE_URL`: another one for each engine, for an app leaves one alone for a while that did not answer. */
  urlFor(engineUrl: string): string;
  readonly counts: Readonly<Record<"checkpoint lost" | "checkpoint answer lost", number>>;
  /** What the engine has taken. */
  readonly taken: Readonly<Record<"checkpoints" | "heartbeats", number>>;
  close(): Promise<void>;
}

/** The first ones surely, the others by chance. */
const LOST = 0.2;

export async function startEngineLine(random: Random): Promise<EngineLine> {
  const engines: string[] = [];
  const counts = { "checkpoint lost": 0, "checkpoint answer lost": 0 };
  const taken = { checkpoints: 0, heartbeats: 0 };

  function isHit(fault: keyof typeof counts): boolean {
    if (counts[fault] > 0 && !random.chance(LOST)) return false;
    counts[fault] += 1;
    return true;
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const [, no, path] = /^\/(\d+)(\/.*)$/.exec(request.url!)!;
    const isCheckpoint = path!.endsWith("/checkpoint");
    // The first one of a dispatch is not sent again: who gets no answer takes it that there is no way.
    const mayBeLost = isCheckpoint && (JSON.parse(body.toString()) as { seq: number }).seq > 1;
    if (mayBeLost && isHit("checkpoint lost")) return void response.destroy();
    const { connection, host, "content-length": length, ...headers } = request.headers;
    const answer = await fetch(engines[Number(no)]! + path, {
      method: "POST",
      body,
      headers: headers as Record<string, string>,
    });
    const text = Buffer.from(await answer.arrayBuffer());
    if (answer.ok && isCheckpoint) taken.checkpoints += 1;
    if (answer.ok && path!.endsWith("/heartbeat")) taken.heartbeats += 1;
    if (mayBeLost && isHit("checkpoint answer lost")) return void response.destroy();
    const own = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name));
    response.writeHead(answer.status, Object.fromEntries(own)).end(text);
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urlFor: (engineUrl) => `${root}/${engines.push(engineUrl) - 1}`,
    counts,
    taken,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-encoding",
  "keep-alive",
  "transfer-encoding",
]);
