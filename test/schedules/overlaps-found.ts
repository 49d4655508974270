import type { Sql } from "../../engine/src/store/database.ts";

/** Nobody has answered any run, so each is under way until it is cancelled: what is not as the policies say, in words. */
export async function overlapFlaws(sql: Sql): Promise<string[]> {
  const runs = await sql<{ function_id: string; at: string; status: string | null; is_newest: boolean }[]>`
    select r.function_id, e.time::text as at, r.status,
      row_number() over (partition by r.function_id order by e.time desc) = 1 as is_newest
    from durable.runs r join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where r.function_id like 'overlap-%'`;
  const flaws = runs
    .filter(({ function_id: id }) => id === "overlap-cancel")
    .filter(({ status, is_newest }) => status !== (is_newest ? null : "cancelled"))
    .map(
      ({ at, status, is_newest }) =>
        `of "cancel", the run of ${at} is ${status ?? "under way"}${is_newest ? ", and the newest" : ""}`,
    );
  const started = runs.filter(({ function_id: id }) => id === "overlap-skip").length;
  if (started !== 1) flaws.push(`of "skip", ${started} runs were started, and the first is still under way`);
  return flaws;
}
