import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, type Sql } from "../../engine/src/store/database.ts";
import { checkInvariants, formatReport } from "../invariants/check.ts";

/** What makes all figures of a system worthless. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** What was started in the last window is finished at the machine's pace; after so long without an end it is stuck. */
const STUCK_MS = 30_000;

/**
 * A speed that was reached by breaking a promise is no speed. Waits until all runs have ended, then looks at each;
 * throws BrokenPromise when something is wrong.
 */
export async function verifyRuns(databaseUrl: string): Promise<void> {
  const { sql, end } = openDatabase({ url: databaseUrl, max: 1, applicationName: "bench verify" });
  try {
    await drained(sql);
    const [row] = await sql<{ wrong: number; runs: number }[]>`
      select count(*) filter (where r.status is distinct from 'completed')::int as wrong, count(*)::int as runs
      from durable.runs r`;
    if (row!.wrong > 0) throw new BrokenPromise(`${row!.wrong} of ${row!.runs} runs did not complete.`);
  } finally {
    await end();
  }
  await holdInvariants(databaseUrl);
}

async function drained(sql: Sql): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let fellAt = performance.now(); ; await sleep(200)) {
    const [row] = await sql<{ live: number }[]>`select count(*)::int as live from durable.live_runs`;
    if (row!.live === 0) return;
    if (row!.live < fewest) {
      fewest = row!.live;
      fellAt = performance.now();
    }
    if (performance.now() - fellAt > STUCK_MS)
      throw new Error(`${row!.live} runs are live, and none has ended for ${STUCK_MS / 1000} s.`);
  }
}

/** By the checker that scenarios and chaos use, too. What a work does not exercise it cannot break. */
async function holdInvariants(databaseUrl: string): Promise<void> {
  const report = await checkInvariants({ databaseUrl, phase: "after" });
  const broken = report.lines.filter(({ violations }) => violations > 0);
  if (broken.length > 0) throw new BrokenPromise(formatReport({ ok: false, lines: broken }));
}
