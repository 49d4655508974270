// A process: one app with its endpoint. It checks each request's signature by itself, writes down what arrived, and
// hands the bytes to the SDK as if they came from the socket.

import { openSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { write as reply, toWire } from "../../sdk-ts/src/adapters/node.ts";
import { NodeOpenRequest } from "../../sdk-ts/src/adapters/node-open-request.ts";
import { configuredEngineUrl } from "../../sdk-ts/src/dev-mode.ts";
import { firstLine, type OpenRequest } from "../../sdk-ts/src/http/open-request.ts";
import { createRoute } from "../../sdk-ts/src/http/route.ts";
import type { AppLine } from "../invariants/app-log.ts";
import { currentRequest } from "./fixture-body.ts";
import { fixtureFunctions } from "./fixture-functions.ts";
import { requestLine } from "./request-line.ts";

const environment = process.env as Record<string, string>;
const { CHAOS_APP: app, CHAOS_APP_LOG: logFile, CHAOS_PORT: port, DURABLE_SECRET: secret } = environment;
/** After so many steps have done their work and before the engine hears of the last one. */
const dieAfter = Number(environment["CHAOS_DIE_AFTER"] ?? Number.POSITIVE_INFINITY);
let ends = 0;

const log = openSync(logFile!, "a");
/** One write per line: with O_APPEND lines of several processes do not mix. */
const write = (line: AppLine): void => {
  writeSync(log, `${JSON.stringify(line)}\n`);
  if (line.kind === "end" && ++ends >= dieAfter) process.kill(process.pid, "SIGKILL");
};

const { CHAOS_APP_URL: ownUrl, CHAOS_ENGINE_URLS: engineUrls } = environment;
/** Checkpoints go to any engine, whoever holds the lease. */
const engines = engineUrls!.split(" ");
let requests = 0;

/** One app tells what it does on the request itself, the other by answers and by requests of its own. */
const streams = app === "beta";

/** Runs here are shorter than those for which checkpoints pay, and shall meet some all the same. */
const early = { url: configuredEngineUrl, checkpointsFrom: 20 };
const handle = createRoute(
  { app: app!, functions: fixtureFunctions(app!, write, ownUrl!), secret: secret!, maxDuration: "4s" },
  { engine: early, takesStreams: streams },
);

const server = createServer(async (request, response) => {
  try {
    const open = NodeOpenRequest.of(request, response);
    const body = open === null ? await buffer(request) : Buffer.from((await firstLine(open))!);
    if (request.url!.startsWith("/echo/")) return echo(request, response);
    process.env["DURABLE_URL"] = engines[requests++ % engines.length]!;
    const line = requestLine({ app: app!, secret: secret!, pid: process.pid }, request.headers, body);
    write(line);
    const wire = {
      ...toWire(request, response, body),
      open: open === null ? undefined : watched(open, line.run),
    };
    const answer = await currentRequest.run(line.id, () => handle(wire));
    if (answer !== null) reply(response, answer);
  } catch {
    response.destroy();
  }
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));

/** How the SDK's checkpoints end is nobody's business but its own: what it sends is looked at on its way. */
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  const run = /\/runs\/([^/]+)\/checkpoint$/.exec(String(input))?.[1];
  if (run !== undefined && response.status === 200) write({ kind: "checkpoint", t: Date.now(), run });
  return response;
};

/** Writes down what an engine has taken on this request. */
function watched(open: NodeOpenRequest, run: string | undefined): OpenRequest {
  const next = open.next.bind(open);
  open.next = async () => {
    const piece = await next();
    if (piece.kind === "line" && run !== undefined) write({ kind: "streamed", t: Date.now(), run });
    return piece;
  };
  return open;
}

/** An outside service: says what it was asked, and remembers under which key. */
function echo({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const asked = url!.slice("/echo/".length);
  const [run, stepId] = asked.split("/") as [string, string];
  write({ kind: "echo", t: Date.now(), run, stepId, key: String(headers["idempotency-key"]) });
  response.end(asked);
}
