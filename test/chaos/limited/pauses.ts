import type { AckLine } from "../../invariants/ack-log.ts";
import { examined, type Invariant } from "../../invariants/invariant.ts";

type PauseLine = Extract<AckLine, { kind: "pause" }>;

/**
 * A lease was given to somebody paused: its statement began after the pause was acknowledged, and it was written before
 * anybody asked to resume. The clock is that of one machine, in milliseconds on the client's side.
 */
const LEASED = `
  select p.no::int - 1 as no, r.function_id, g.run_id, g.since::text as since from unnest(
      $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[])
    with ordinality as p(app, env, fn, tenant, region, "from", "to", no)
  join durable.workspaces w on w.app = p.app and w.environment = p.env
  join public.lease_log g on g.workspace_id = w.id and g.since > to_timestamp((p."from" + 1) / 1000) and g.at < to_timestamp(p."to" / 1000)
  join durable.runs r on r.workspace_id = g.workspace_id and r.id = g.run_id
  join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
  where (p.fn is null or r.function_id = p.fn)
    and (p.tenant is null or e.data::json ->> 'tenant' = p.tenant)
    and (p.region is null or r.function_id = 'fair' and e.data::json ->> 'region' = p.region)`;

export const HELD: Invariant = {
  number: "36b",
  name: "held",
  sentence: "Nothing of what is paused was leased between the answer to the pause and the wish to resume.",
  phase: "after",
  needs: "ackLog",
  async check({ sql, ackLog }) {
    const pauses = ackLog!.read().filter((line): line is PauseLine => line.kind === "pause");
    const column = <Value>(of: (line: PauseLine) => Value) => pauses.map(of);
    const leased = await sql.unsafe<{ no: number; function_id: string; run_id: string; since: string }[]>(
      LEASED,
      [
        column(({ app }) => app),
        column(({ env }) => env),
        column(({ target }) => target.function ?? null),
        column(({ target }) => target.tenant ?? null),
        column(({ target }) => target.region ?? null),
        column(({ from }) => from),
        column(({ to }) => to),
      ],
    );
    return examined(
      pauses.length,
      leased.map(
        ({ no, function_id: fn, run_id: run, since }) =>
          `${run} of ${fn} was leased at ${since}, while ${JSON.stringify(pauses[no])}`,
      ),
    );
  },
};

export const RELEASED: Invariant = {
  number: "36c",
  name: "released",
  sentence: "When everything was resumed no pause is left, and holds nothing.",
  phase: "after",
  needs: "ackLog",
  async check({ sql, ackLog }) {
    const pauses = ackLog!.read().filter(({ kind }) => kind === "pause");
    const left = await sql<{ id: string }[]>`select id from durable.pauses`;
    return examined(
      pauses.length,
      left.map(({ id }) => `pause ${id} is still there`),
    );
  },
};
