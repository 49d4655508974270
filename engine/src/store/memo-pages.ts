import { MEMO_PAGE_BYTES_MAX, REF_BYTES_MIN } from "@durable/protocol/wire";
import { uuidToStepId } from "../domain/ids.ts";
import type { SettledEntry } from "./checkpoints.ts";
import type { Database } from "./database.ts";

/** Around a result in a memo entry: its id, its op, and the names of members. */
const ENTRY_BYTES = 128;
/** A ref in place of one. */
const REF_BYTES = 160;

export interface RunRef {
  readonly workspaceId: number;
  readonly runId: string;
}

export type DispatchState = "unknown-run" | "run-ended" | "stale-fence" | "live";

/** Whether this is the fence of a dispatch under way: the run's, or that of one of its tasks. What it tells before its answer does not end it. */
export async function findDispatch(
  database: Database,
  run: RunRef,
  fence: string | null,
): Promise<DispatchState> {
  const [row] = await database.sql<{ is_live: boolean; is_current: boolean }[]>`
    select l.fence is not null as is_live, coalesce(durable.is_same_dispatch(l.fence, ${fence}::uuid) or exists (
        select 1 from durable.tasks t
        where t.workspace_id = r.workspace_id and t.run_id = r.id and t.fence = ${fence}::uuid), false) as is_current
    from durable.runs r
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${run.workspaceId}::int and r.id = ${run.runId}::uuid`;
  if (row === undefined) return "unknown-run";
  if (!row.is_live) return "run-ended";
  return row.is_current ? "live" : "stale-fence";
}

export interface PageEntry extends SettledEntry {
  readonly seq: number;
  /** In place of a large value, where the dispatch shows it so. */
  readonly ref: { readonly bytes: number; readonly sha256: string } | null;
}

export interface MemoRows {
  readonly entries: readonly PageEntry[];
  /** Whether the memo has more after them. */
  readonly isMore: boolean;
}

/**
 * The entries of a dispatch's memo after a position of the journal, as many as one page holds and one at least. The memo
 * is that of the dispatch: what a group stands for that came later is still in it.
 */
export async function loadMemoPage(
  database: Database,
  run: RunRef,
  { after, upTo, isByRef }: { readonly after: number; readonly upTo: number; readonly isByRef: boolean },
): Promise<MemoRows> {
  const rows = await database.sql<
    {
      step_id: string;
      seq: number;
      op: string;
      status: SettledEntry["status"];
      value: string | null;
      failure: string | null;
      bytes: number | null;
      sha256: string | null;
      is_more: boolean;
    }[]
  >`
    select p.step_id, p.seq, p.op, p.status, p.failure, p.is_more, p.ref_bytes as bytes,
      case when p.ref_bytes is null then p.value end as value,
      case when p.ref_bytes is not null then encode(sha256(convert_to(p.value, 'UTF8')), 'hex') end as sha256
    from (
      select v.ref_bytes, s.step_id, s.seq, s.op, s.status, s.value, s.failure,
        row_number() over w as place, lead(s.seq) over w is not null as is_more,
        sum(case when v.ref_bytes is null then coalesce(octet_length(s.value), octet_length(s.failure), 0)
          else ${REF_BYTES}::int end + ${ENTRY_BYTES}::int) over w as bytes
      from durable.steps s
      cross join lateral (select case when ${isByRef}::bool and octet_length(s.value) >= ${REF_BYTES_MIN}::int
        then octet_length(s.value) end as ref_bytes) v
      where s.workspace_id = ${run.workspaceId}::int and s.run_id = ${run.runId}::uuid
        and s.seq > ${after}::int and s.seq <= ${upTo}::int and s.op <> 'compensate'
        and not exists (
          select 1 from durable.folded_steps f
          join durable.steps g on g.workspace_id = f.workspace_id and g.run_id = f.run_id and g.step_id = f.group_id
          where f.workspace_id = s.workspace_id and f.run_id = s.run_id and f.step_id = s.step_id
            and g.seq <= ${upTo}::int)
      window w as (order by s.seq)
    ) p
    where p.place = 1 or p.bytes <= ${MEMO_PAGE_BYTES_MAX - ENTRY_BYTES}::int
    order by p.seq`;
  return {
    entries: rows.map(({ step_id, is_more: _, bytes, sha256, ...entry }) => ({
      ...entry,
      stepId: uuidToStepId(step_id),
      ref: bytes === null || sha256 === null ? null : { bytes, sha256 },
    })),
    isMore: rows.at(-1)?.is_more ?? false,
  };
}
