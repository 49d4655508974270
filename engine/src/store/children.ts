import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** Tells parents how their children ended; answers how many ends it took. Repeating it is harmless. */
export async function settleChildEnds(database: Database, limit: number): Promise<number> {
  const [row] = await wrapStatement(
    "settle_child_ends",
    () => database.sql<{ taken: number }[]>`select durable.settle_child_ends(${limit}::int) as taken`,
  );
  return row!.taken;
}

/** Cancels children that nobody wants any more; answers how many it took. Their own children follow in the next call. */
export async function cancelCascades(database: Database, limit: number): Promise<number> {
  const [row] = await wrapStatement(
    "cancel_cascades",
    () => database.sql<{ taken: number }[]>`select durable.cancel_cascades(${limit}::int) as taken`,
  );
  return row!.taken;
}
