import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { hashOf, type RequestLine } from "../invariants/app-log.ts";

/** A request as the app got it, by the bytes that came: an oracle must not share the code it judges. */
export function requestLine(
  { app, secret, pid }: { readonly app: string; readonly secret: string; readonly pid: number },
  headers: IncomingHttpHeaders,
  body: Buffer,
): RequestLine {
  const id = String(headers["webhook-id"]);
  const message = JSON.parse(body.toString());
  return {
    kind: "request",
    t: Date.now(),
    app,
    pid,
    id,
    signature: check(secret, headers, id, body),
    signedMs: Number(headers["webhook-timestamp"]) * 1_000,
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

/** Standard Webhooks, written down a second time. */
function check(secret: string, headers: IncomingHttpHeaders, id: string, body: Buffer): string {
  const timestamp = String(headers["webhook-timestamp"]);
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return `timestamp ${timestamp}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const sent = String(headers["webhook-signature"]).split(" ");
  return sent.includes(`v1,${expected}`) ? "valid" : `signature ${sent.join(" ")}`;
}
