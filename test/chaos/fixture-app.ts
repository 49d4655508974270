// A process: one app with its endpoint. It checks each request's signature by itself, writes down what arrived, and
// hands the bytes to the SDK as if they came from the socket.

import { createHmac } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { serve } from "../../sdk-ts/src/adapters/node.ts";
import { type AppLine, hashOf, type RequestLine } from "../invariants/app-log.ts";
import { currentRequest, fixtureFunctions } from "./fixture-functions.ts";

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

const handle = serve({ app: app!, functions: fixtureFunctions(write), secret: secret!, maxDuration: "4s" });

const server = createServer(async (request, response) => {
  try {
    const body = await buffer(request);
    const line = describe(request, body);
    write(line);
    const replay = Object.assign(Readable.from([body]), { method: request.method, headers: request.headers });
    await currentRequest.run(line.id, () => handle(replay as unknown as IncomingMessage, response));
  } catch {
    response.destroy();
  }
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));

function describe(request: IncomingMessage, body: Buffer): RequestLine {
  const id = String(request.headers["webhook-id"]);
  const message = JSON.parse(body.toString());
  return {
    kind: "request",
    t: Date.now(),
    app: app!,
    pid: process.pid,
    id,
    signature: check(request, id, body),
    type: message.type,
    ...(message.type === "invoke" && {
      run: message.run.id,
      fn: message.fn,
      fence: message.task.fence,
      task: message.task.kind,
      memo: message.memo.filter((entry: { st: string }) => entry.st !== "pending").map(memoLine),
    }),
  };
}

function memoLine(entry: { id: string; st: string; v?: unknown; error?: unknown }): [string, string] {
  return [entry.id, hashOf(entry.st === "err" ? entry.error : entry.v)];
}

/** Standard Webhooks, written down a second time: an oracle must not share the code it judges. */
function check(request: IncomingMessage, id: string, body: Buffer): string {
  const timestamp = String(request.headers["webhook-timestamp"]);
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return `timestamp ${timestamp}`;
  const key = Buffer.from(secret!.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const sent = String(request.headers["webhook-signature"]).split(" ");
  return sent.includes(`v1,${expected}`) ? "valid" : `signature ${sent.join(" ")}`;
}
