// One signed request to an app and what came of it, whatever it was for: a run to continue, or one step's task.

import type { Answer } from "@durable/protocol/wire";
import type { AppClient } from "../endpoint/app-client.ts";
import { decodeAnswer } from "../endpoint/decode-answer.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { patienceWith } from "../endpoint/patience.ts";
import type { StreamTerms } from "../endpoint/request-stream.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import type { Clock, Ports } from "../runtime/ports.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { answeredElsewhere, callOlder } from "./call-deployment.ts";
import type { EndpointHealth } from "./endpoint-health.ts";
import type { Held } from "./held-run.ts";
import { type NextRequest, nextRequest } from "./next-request.ts";
import { type PulseParts, pulseOf } from "./pulse.ts";

export interface CallParts extends PulseParts, Pick<Ports, "random"> {
  readonly appClient: AppClient;
  readonly health: EndpointHealth;
  /** The app says that its functions are others than those we read. */
  manifestChanged(workspaceId: number): void;
}

export type Reply = (
  | { readonly kind: "answer"; readonly answer: Answer }
  /** Signed, but not by the protocol. */
  | { readonly kind: "nonsense"; readonly code: string; readonly detail: string }
  | {
      readonly kind: "unanswered";
      readonly end: Exclude<DispatchResult, { kind: "answer" }>;
      /** The whole route is down: nothing of this workspace is sent until it is back. */
      readonly isDown: boolean;
    }
  /** Nothing was sent: a request may not be so large. Or its memo was cut, and the app cannot fetch the rest. */
  | {
      readonly kind: "too-large";
      /** It is more than any app is sent, in pages or not. */
      readonly isBeyond: boolean;
    }
) & { readonly times: DispatchTimes };

export async function callApp(
  parts: CallParts,
  held: Held,
  request: NextRequest,
  stream: StreamTerms | null = null,
): Promise<Reply> {
  const { workspace, signed } = request;
  const { clock, health } = parts;
  const { workspaceId } = held;
  if (health.isOpen(workspaceId)) {
    const end = neverSent(clock, "Its endpoint does not answer; it is called when it is back.");
    return { kind: "unanswered", end, isDown: true, times: timesOf(clock, held, end, null) };
  }
  if (signed === null) {
    return { kind: "too-large", isBeyond: request.isBeyond, times: timesOf(clock, held, null, null) };
  }
  if (workspace.newest !== null) {
    const end = await callOlder(parts, held, workspace, signed);
    const isDrained =
      end.kind === "never-arrived" &&
      end.reason === "deployment" &&
      workspace.kept.get(held.head.functionId) === "drain";
    // Nothing was sent, so the newest may be asked instead, under the same fence, by what that one takes.
    if (isDrained) return callApp(parts, held, nextRequest(parts, held, held.fence, workspace.newest));
    if (end.kind === "answer") return toReply(parts, held, request, end);
    return { kind: "unanswered", end, isDown: false, times: timesOf(clock, held, end, null) };
  }
  health.began(workspaceId);
  if (workspace.endpoint === null) {
    const end = neverSent(
      clock,
      "This workspace has no endpoint. Sync the app: POST /v1/apps/{app}/{env}/sync with its URL.",
    );
    const isDown = await health.unanswered(workspace, end);
    return { kind: "unanswered", end, isDown, times: timesOf(clock, held, end, null) };
  }
  await faultPoint("dispatch.before-send");
  const patience = patienceWith(workspace.endpoint.maxDurationMs, pulseOf(parts, held), stream?.openMs);
  const end = await parts.appClient.call(
    workspace.endpoint,
    signed,
    workspace.replyKeys,
    patience,
    held.line,
    stream ?? undefined,
  );
  await faultPoint("dispatch.after-answer");
  if (end.kind !== "answer") {
    const isDown = await health.unanswered(workspace, end);
    return { kind: "unanswered", end, isDown, times: timesOf(clock, held, end, null) };
  }
  health.answered(workspaceId, end.sentMs);
  const reply = toReply(parts, held, request, end);
  if (reply.kind !== "answer") return reply;
  const { answer } = reply;
  const { manifestDigest, deployment } = workspace.endpoint;
  if (
    (answer.manifest !== undefined && answer.manifest !== manifestDigest) ||
    (answer.deployment !== undefined && answer.deployment !== deployment)
  ) {
    parts.manifestChanged(workspaceId);
  }
  return reply;
}

function toReply(
  { clock, manifestChanged }: Pick<CallParts, "clock" | "manifestChanged">,
  held: Held,
  request: NextRequest,
  end: Extract<DispatchResult, { kind: "answer" }>,
): Reply {
  const decoded = decodeAnswer(end.body, { fence: request.fence });
  if (decoded.ok) {
    const { answer } = decoded;
    if (answer.status === "need_memo" && request.isCut) {
      return { kind: "too-large", isBeyond: false, times: timesOf(clock, held, end, answer) };
    }
    if (answer.status === "need_memo" && request.hasRefs) {
      // It has lost its way back to us, and with it what it was synced with.
      manifestChanged(held.workspaceId);
      const { sentMs, firstByteMs, receivedMs } = end;
      const refused = { status: 424, problem: null, retryAfterMs: RESYNC_MS, detail: CANNOT_FETCH } as const;
      return {
        kind: "unanswered",
        end: { kind: "refused", ...refused, sentMs, firstByteMs, receivedMs },
        isDown: false,
        times: timesOf(clock, held, end, answer),
      };
    }
    const elsewhere = answeredElsewhere(clock, held, request, answer);
    if (elsewhere !== null) {
      return { kind: "unanswered", end: elsewhere, isDown: false, times: timesOf(clock, held, end, answer) };
    }
    return { kind: "answer", answer, times: timesOf(clock, held, end, answer) };
  }
  const { code, detail } = decoded;
  return { kind: "nonsense", code, detail, times: timesOf(clock, held, end, null) };
}

/** Until it is asked again what it takes. */
const RESYNC_MS = 1_000;
const CANNOT_FETCH =
  "Its app cannot fetch large values of its memo. Set DURABLE_URL where the app runs to the address of this engine.";

function timesOf(clock: Clock, held: Held, end: DispatchResult | null, answer: Answer | null): DispatchTimes {
  const seconds = (monotonicMs: number) => clock.epochOf(monotonicMs) / 1000;
  const exchange = end === null || end.kind === "never-arrived" ? null : end;
  return {
    scheduled: seconds(held.scheduledAtMs),
    leased: seconds(held.leasedAtMs),
    sent: exchange === null ? null : seconds(exchange.sentMs),
    firstByte: exchange === null || exchange.firstByteMs === null ? null : seconds(exchange.firstByteMs),
    received: end === null ? null : seconds(end.receivedMs),
    appMs: answer?.app_ms ?? null,
  };
}

function neverSent(clock: Clock, detail: string): Extract<DispatchResult, { kind: "never-arrived" }> {
  return { kind: "never-arrived", reason: "frozen", detail, receivedMs: clock.monotonicMs() };
}
