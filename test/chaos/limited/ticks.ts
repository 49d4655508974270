import type { Sql } from "../../../engine/src/store/database.ts";
import { examined, type Invariant } from "../../invariants/invariant.ts";
import { DONE_TO, findTicks, flawsOf } from "../../schedules/ticks-found.ts";

/** Up to where the clock is looked at: somebody has stopped it. */
export class Ticks {
  #untilMs = Number.POSITIVE_INFINITY;

  /** When all schedules in code have come up to now. The clock may be stopped then, for what is owed by then is there. */
  async haveCome(sql: Sql): Promise<boolean> {
    const [row] = await sql<{ now: number; done_to: number | null }[]>`
      select extract(epoch from durable.durable_now())::float8 * 1000 as now,
        extract(epoch from min(${sql.unsafe(DONE_TO)}))::float8 * 1000 as done_to
      from durable.schedules where is_declared`;
    if (this.#untilMs === Number.POSITIVE_INFINITY) this.#untilMs = row!.now;
    return (row!.done_to ?? 0) >= this.#untilMs - 1_000;
  }

  get once(): Invariant {
    return {
      number: "S4",
      name: "each tick once",
      sentence:
        "Every second of every schedule in code has started one run, left one skip, or is told as missed.",
      phase: "always",
      check: async ({ sql }) => {
        const found = (await findTicks(sql)).map((each) => ({
          ...each,
          toMs: Math.min(each.toMs, this.#untilMs - 1_000),
        }));
        const ticks = found.reduce((sum, { runs }) => sum + runs.size, 0);
        return examined(ticks, found.flatMap(flawsOf));
      },
    };
  }
}
