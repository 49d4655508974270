import { historyOf } from "../../engine/src/domain/history.ts";
import { partitionRun } from "../../engine/src/domain/run-time.ts";
import { loadRecorded } from "../../engine/src/store/recorded-runs.ts";
import { examined, type Invariant } from "./invariant.ts";

/** The newest are enough, and reading all of a long day would take as long. */
const RUNS_MAX = Number(process.env["DURABLE_TEST_TRACES"] ?? 300);

// K. Where the time of a run went is read from what it left.

export const TRACE: readonly Invariant[] = [
  {
    number: "60",
    name: "covered",
    sentence:
      "Every moment of a run, from its creation to its end, is in exactly one phase; its history is numbered without a gap.",
    phase: "after",
    async check({ sql }) {
      const runs = await sql<{ workspace_id: number; id: string; ms: number }[]>`
        select workspace_id, id, extract(epoch from ended_at - created_at)::float8 * 1000 as ms from durable.runs
        where ended_at > created_at order by id desc limit ${RUNS_MAX}`;
      const violations: string[] = [];
      for (const { workspace_id: workspaceId, id: runId, ms } of runs) {
        const recorded = await loadRecorded({ sql } as Parameters<typeof loadRecorded>[0], {
          workspaceId,
          runId,
        });
        const cover = partitionRun(recorded!);
        const gap = cover.findIndex(
          (each, index) =>
            !(each.toMs > each.fromMs) || (index > 0 && each.fromMs !== cover[index - 1]!.toMs),
        );
        const coveredMs = cover.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
        if (gap !== -1) violations.push(`${runId}: phase ${gap} does not follow the one before`);
        if (Math.abs(coveredMs - ms) > 1) violations.push(`${runId}: ${coveredMs} of ${ms} ms`);
        const ends = historyOf(recorded!).filter(({ kind }) => kind === "ended").length;
        if (ends !== 1) violations.push(`${runId}: ${ends} ends in its history`);
      }
      return examined(runs.length, violations);
    },
  },
];
