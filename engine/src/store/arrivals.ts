import type { Database } from "./database.ts";

/** Ranks a thousand jobs of one workspace, if there are any. Answers whether there are more. */
export async function rankArrivals({ sql }: Database): Promise<boolean> {
  const [row] = await sql<{ more: boolean }[]>`select durable.rank_arrivals() as more`;
  return row!.more;
}
