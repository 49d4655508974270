import type { Database } from "./database.ts";

/** Removes gates that nobody has come to for so many whole days, and nobody under way still will. Answers how many. */
export async function sweepGates({ sql }: Database, days: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select durable.sweep_gates(${days}::int) as count`;
  return row!.count;
}
