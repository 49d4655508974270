import { RawJson } from "@durable/protocol/wire";
import { notFound, Problem } from "../../domain/problems.ts";
import { decodeCheckpoint } from "../../endpoint/decode-checkpoint.ts";
import { decodeHeartbeat } from "../../endpoint/decode-heartbeat.ts";
import { decodeLate } from "../../endpoint/decode-late.ts";
import type { CheckpointEnd } from "../../execution/checkpoints.ts";
import { type LargeValueEnd, largeValue } from "../../execution/large-value.ts";
import { readCursor } from "../../execution/memo-cursor.ts";
import { type MemoPageEnd, memoPage } from "../../execution/memo-page.ts";
import { takeHeartbeats } from "../../store/heartbeats.ts";
import { noteLate } from "../../store/late-results.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function dispatchRoutes({
  checkpoints,
  database,
  workspaceIds,
}: RouteParts): Handlers<"sendCheckpoint" | "getMemoPage" | "getLargeValue" | "sendHeartbeat" | "sendLate"> {
  return {
    async sendCheckpoint({ params, body }) {
      const runId = requireRunId(params.id);
      const decoded = decodeCheckpoint(body);
      if (!decoded.ok) throw invalid([{ pointer: "", detail: decoded.detail }]);
      const { request } = decoded;
      refuseOtherRun(runId, request.run);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const end = await checkpoints.take(workspaceId, runId, request, body);
      if (end.state !== "taken") throw refusal(end);
      return { seq: request.seq, known: end.known, memo: new RawJson(end.memo), yield: end.wantsBack };
    },
    async getMemoPage({ params, body }) {
      const runId = requireRunId(params.id);
      refuseOtherRun(runId, body.run);
      const cursor = readCursor(body.next);
      if (cursor === null) throw invalid([{ pointer: "/next", detail: "must be a cursor of this engine" }]);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const end = await memoPage(database, { workspaceId, runId }, body.fence, cursor);
      if (end.state !== "page") throw refusal(end);
      return { memo: new RawJson(end.memo), memo_next: end.next };
    },
    async getLargeValue({ params, body }) {
      const runId = requireRunId(params.id);
      refuseOtherRun(runId, body.run);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const end = await largeValue(database, { workspaceId, runId }, body.fence, body.ref);
      if (end.state !== "value") throw refusal(end);
      return new RawJson(end.value);
    },
    async sendHeartbeat({ params, body }) {
      const runId = requireRunId(params.id);
      const decoded = decodeHeartbeat(body);
      if (!decoded.ok) throw invalid([{ pointer: "", detail: decoded.detail }]);
      const { request } = decoded;
      refuseOtherRun(runId, request.run);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const state = await takeHeartbeats(database, workspaceId, runId, request);
      if (state !== "taken") throw refusal({ state });
      return {};
    },
    async sendLate({ params, body }) {
      const runId = requireRunId(params.id);
      const decoded = decodeLate(body);
      if (!decoded.ok) throw invalid([{ pointer: "", detail: decoded.detail }]);
      refuseOtherRun(runId, decoded.request.run);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      if (!(await noteLate(database, workspaceId, runId, decoded.request))) throw notFound();
      return {};
    },
  };
}

/** A signature covers the body and not the path. */
function refuseOtherRun(inPath: string, inBody: string): void {
  if (inBody === inPath) return;
  throw invalid([{ pointer: "/run", detail: "must be the run that the path names" }]);
}

function refusal(
  end:
    | Exclude<CheckpointEnd, { state: "taken" }>
    | Exclude<MemoPageEnd, { state: "page" }>
    | Exclude<LargeValueEnd, { state: "value" }>,
): Problem {
  switch (end.state) {
    case "unknown-run":
    case "unknown-value":
      return notFound();
    case "run-ended":
      return new Problem("run-ended", "The run has ended. Stop working on it: nothing more of it is stored.");
    case "stale-fence":
      return new Problem(
        "stale-fence",
        "This dispatch no longer holds the run's lease. Stop working on it: nothing more of it is stored.",
      );
    case "out-of-order":
      return new Problem(
        "checkpoint-out-of-order",
        `The last checkpoint of this dispatch has the number ${end.last}. Send the next number, or the very same body again.`,
      );
    case "refused":
      return new Problem("checkpoint-refused", `Nothing of it was stored: ${end.why}`);
  }
}
