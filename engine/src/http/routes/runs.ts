import { formatInstant } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { invalidAt, notFound, Problem } from "../../domain/problems.ts";
import { beginRun } from "../../runs/begin-run.ts";
import { cancelRun } from "../../runs/cancel-run.ts";
import { filterOf, findRuns } from "../../runs/find-runs.ts";
import { moveRun } from "../../runs/move-run.ts";
import { pauseRun, resumeRun } from "../../runs/pause-run.ts";
import { loadRunAt } from "../../runs/run-at.ts";
import { showListed, showResult, showRun } from "../../runs/show-run.ts";
import { loadRunTree } from "../../store/run-trees.ts";
import { countRuns } from "../../store/runs-counted.ts";
import { loadRun, type RunStored } from "../../store/runs-listing-detail.ts";
import { TREE_RUNS_MAX } from "../contract/runs.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { runQueryOf } from "./run-filter.ts";
import { requireRunId } from "./run-id.ts";

export function runRoutes(
  parts: RouteParts,
): Handlers<
  | "listRuns"
  | "countRuns"
  | "getRun"
  | "getRunResult"
  | "getRunTree"
  | "cancelRun"
  | "beginRun"
  | "pauseRun"
  | "resumeRun"
  | "moveRun"
> {
  const { clock, database, endedRuns, runResults, workspaceIds } = parts;
  return {
    async listRuns({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const filter = await filterOf(database, workspaceId, runQueryOf(query, clock.epochMs()));
      const page = { before: query.cursor ?? null, limit: query.limit };
      const { runs, next } = await findRuns(database, workspaceId, filter, page);
      return { runs: runs.map(showListed), next };
    },

    async countRuns({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const filter = await filterOf(database, workspaceId, runQueryOf(query, clock.epochMs()));
      const nowMs = clock.epochMs();
      const { byStatus, isExact, sinceMs, bars, stepMs } = await countRuns(
        database,
        workspaceId,
        filter,
        nowMs,
        query.bars,
      );
      return {
        statuses: byStatus,
        is_exact: isExact,
        since: isExact || sinceMs === null ? null : formatInstant(sinceMs),
        step_ms: stepMs,
        bars: bars.map(({ fromMs, byStatus: statuses }) => ({ from: formatInstant(fromMs), statuses })),
      };
    },

    async getRun({ params, query, signal }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const workspace = { app: params.app, environment: params.env };
      if (query.at !== undefined) {
        const then = await loadRunAt(
          database,
          { workspaceId, runId },
          { atMs: Date.parse(query.at), afterSeq: query.steps_after, signal: signal() },
        );
        if (then === null) throw notFound();
        return {
          ...showRun(then, workspace),
          why: `It was ${then.status} at ${query.at}; this is what is kept of that moment.`,
        };
      }
      const run = await loadWhenEnded(workspaceId, runId, query.wait * 1000, signal, query.steps_after);
      if (run === null) throw notFound();
      return showRun(run, workspace);
    },

    async getRunResult({ params, query, signal }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const state = await runResults.read({ workspaceId, runId }, query.wait * 1000, signal());
      if (state === null) throw notFound();
      return { id: runId, ...showResult(state) };
    },

    async getRunTree({ params }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const tree = await loadRunTree(database, workspaceId, runId, TREE_RUNS_MAX + 1);
      if (tree === null) throw notFound();
      const { root, runs } = tree;
      return { root, runs: runs.slice(0, TREE_RUNS_MAX), is_cut: runs.length > TREE_RUNS_MAX };
    },

    async cancelRun({ params, body, actor }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { reason = null, undo } = body;
      const status = await cancelRun(parts, { workspaceId, runId, actor: actorName(actor!), reason, undo });
      if (status === null) throw notFound();
      if (status === "completed" || status === "failed") throw ended(status, "cancelled");
      // It may have steps to undo, or have left a place that others wait for.
      parts.jobReady();
      return { id: runId, status };
    },

    async beginRun({ params, body, actor }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const by = { workspaceId, runId, actor: actorName(actor!), reason: body.reason ?? null };
      const { status, isBegun } = await beginRun(database, by);
      if (status === null) throw notFound();
      if (status === "completed" || status === "failed" || status === "cancelled")
        throw ended(status, "begun");
      if (!isBegun) {
        throw new Problem(
          "run-not-asleep",
          `The run is ${status}, and does not wait for its beginning. Look at its "why".`,
        );
      }
      parts.jobReady();
      return { id: runId, status };
    },

    async pauseRun({ params, body, actor }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const reason = body.reason ?? null;
      const status = await pauseRun(database, { workspaceId, runId, actor: actorName(actor!), reason });
      if (status === null) throw notFound();
      if (status !== "paused" && status !== "pausing") throw ended(status, "paused");
      return { id: runId, status };
    },

    async resumeRun({ params, body, actor }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const reason = body.reason ?? null;
      const resumed = await resumeRun(database, { workspaceId, runId, actor: actorName(actor!), reason });
      const { status, isResumed } = resumed;
      if (status === null) throw notFound();
      if (status === "completed" || status === "failed" || status === "cancelled")
        throw ended(status, "resumed");
      if (!isResumed) {
        throw new Problem(
          "run-not-paused",
          `The run is ${status}, so there is nothing to resume: it goes on by itself. Look at its "why".`,
        );
      }
      parts.jobReady();
      return { id: runId, status };
    },

    async moveRun({ params, body, actor }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { to, reason = null } = body;
      const deployment = to === "latest" ? null : to;
      const by = { workspaceId, runId, actor: actorName(actor!), reason };
      const status = await moveRun(database, by, deployment);
      if (status === null) throw notFound();
      if (status === "completed" || status === "failed" || status === "cancelled")
        throw ended(status, "moved");
      if (status === "unknown-deployment") {
        const detail = `No deployment "${to}" of ${params.app}/${params.env} was synced, or it is retired, or another one answers at its address now. Sync it at an address of its own first.`;
        throw invalidAt("/to", detail);
      }
      parts.jobReady();
      return { id: runId, status, to };
    },
  };

  async function loadWhenEnded(
    workspaceId: number,
    runId: string,
    waitMs: number,
    signal: () => AbortSignal,
    afterSeq: number,
  ): Promise<RunStored | null> {
    const hungUp = signal();
    const load = () => loadRun(database, workspaceId, runId, { afterSeq, signal: hungUp });
    if (waitMs === 0) return load();
    const watch = endedRuns.watch(workspaceId, runId, waitMs, hungUp);
    try {
      const run = await load();
      if (run === null || run.live === null) return run;
      await watch.ended;
      return hungUp.aborted ? run : await load();
    } finally {
      watch.stop();
    }
  }
}

function ended(status: string, undone: string): Problem {
  return new Problem(
    "run-terminal",
    `The run ${status === "cancelled" ? "was" : "has"} ${status} before it could be ${undone}. Every end is final.`,
  );
}
