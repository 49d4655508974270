import type { Database } from "./database.ts";

/** Removes gates and tenants that nobody has come to for so many whole days, and nobody under way still will. Answers how many. */
export async function sweepGates({ sql }: Database, days: number): Promise<number> {
  const [row] = await sql<
    { count: number }[]
  >`select durable.sweep_gates(${days}::int) + durable.sweep_tenants(${days}::int) as count`;
  return row!.count;
}

/** Removes what shapes remember of keys that nobody has brought for so many days, and that holds nobody back any more. */
export async function sweepShapes({ sql }: Database, days: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select durable.sweep_shapes(${days}::int) as count`;
  return row!.count;
}
