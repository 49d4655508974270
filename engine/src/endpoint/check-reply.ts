import type { IncomingHttpHeaders } from "node:http";
import { isTimestampInTolerance, parseTimestampS, type SigningKey, verify } from "@durable/protocol/wire";
import type { BrokenReason, DispatchResult } from "./dispatch-result.ts";
import { excerpt } from "./excerpt.ts";
import { readProblem, readRetryAfterMs } from "./problem-reply.ts";

/** A complete reply, nothing believed yet. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly sentMs: number;
  readonly firstByteMs: number;
  readonly receivedMs: number;
}

/** What makes a reply the answer to our question and no other. */
export interface Expected {
  readonly id: string;
  /** Reply keys of every current secret of the workspace: an app may sign with the old one while they rotate. */
  readonly replyKeys: readonly SigningKey[];
}

export interface Flaw {
  readonly reason: BrokenReason;
  readonly detail: string;
}

/** What status and headers alone rule out, so that the body need not be read. */
export function headFlaw(status: number, headers: IncomingHttpHeaders): Flaw | null {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    const detail = `It sent content-encoding ${excerpt(String(encoding), 40)} although it was asked for none. Switch compression off for this route.`;
    return { reason: "encoded", detail };
  }
  if (status >= 300 && status < 400) {
    const to = excerpt(String(headers.location ?? "nowhere"));
    return {
      reason: "redirect",
      detail: `It redirected (${status}) to ${to}. Redirects are never followed: sync the final URL.`,
    };
  }
  return null;
}

export function checkReply(expected: Expected, reply: Reply, nowEpochMs: number): DispatchResult {
  const { status, sentMs, firstByteMs, receivedMs } = reply;
  if (status === 200) {
    const flaw = signatureFlaw(expected, reply, nowEpochMs);
    if (flaw === null) return { kind: "answer", body: reply.body, sentMs, firstByteMs, receivedMs };
    return { kind: "broken", ...flaw, status, retryAfterMs: null, sentMs, firstByteMs, receivedMs };
  }
  const problem = readProblem(reply.headers, reply.body);
  const retryAfterMs = readRetryAfterMs(reply.headers, nowEpochMs);
  const said = problem ? `${problem.title}${problem.detail && `: ${problem.detail}`}` : excerpt(reply.body);
  const detail = `It answered ${status}${said && `: ${said}`}`;
  // 4xx is said before any work. 503 is too when an SDK says it (with a problem or a delay), but a proxy also says
  // it after the app died in the middle of a step; then, and for every other status, the code may have run.
  const refused =
    (status >= 400 && status < 500) || (status === 503 && (problem !== null || retryAfterMs !== null));
  return refused
    ? { kind: "refused", status, problem, retryAfterMs, detail, sentMs, firstByteMs, receivedMs }
    : { kind: "broken", reason: "bad-status", detail, status, retryAfterMs, sentMs, firstByteMs, receivedMs };
}

/** Whether it is said to belong to another request. */
export function idFlaw({ id }: Pick<Expected, "id">, headers: IncomingHttpHeaders): Flaw | null {
  const replyId = String(headers["webhook-id"]);
  if (replyId === id) return null;
  return {
    reason: "wrong-id",
    detail: `Its answer belongs to request ${excerpt(replyId, 80)}, not to ${id}.`,
  };
}

function signatureFlaw({ id, replyKeys }: Expected, reply: Reply, nowEpochMs: number): Flaw | null {
  const replyId = reply.headers["webhook-id"];
  const timestamp = reply.headers["webhook-timestamp"];
  const signature = reply.headers["webhook-signature"];
  if (signature === undefined || replyId === undefined || timestamp === undefined) {
    return { reason: "unsigned", detail: unsignedSentence(reply) };
  }
  // A header sent twice arrives as a list: there is no telling which one a proxy in between believed.
  const timestampS = typeof timestamp === "string" ? parseTimestampS(timestamp) : null;
  if (typeof signature !== "string" || typeof replyId !== "string" || timestampS === null) {
    return {
      reason: "bad-signature",
      detail: "Its answer carries a signature header twice, or a timestamp that is no number.",
    };
  }
  if (!verify(replyKeys, replyId, timestampS, reply.body, signature)) {
    return {
      reason: "bad-signature",
      detail:
        "Its answer is signed with a secret this workspace does not have. Compare DURABLE_SECRET of the app with the workspace's signing secrets.",
    };
  }
  const flaw = idFlaw({ id }, reply.headers);
  if (flaw !== null) return flaw;
  if (!isTimestampInTolerance(timestampS, Math.floor(nowEpochMs / 1000))) {
    return {
      reason: "stale-timestamp",
      detail: `Its answer is signed for ${timestamp} (Unix seconds), more than 300 s off this engine's clock. Check the clocks of both machines.`,
    };
  }
  return null;
}

function unsignedSentence({ headers, body }: Reply): string {
  const type = excerpt(String(headers["content-type"] ?? "no content type"), 80);
  const hint = /html/i.test(type) ? " A web page answers at this URL, not the app's Durable handler." : "";
  return `It answered 200 without a signature (${type}).${hint} It begins: ${excerpt(body, 120)}`;
}
