import type { PlanOp } from "@durable/protocol/wire";
import type { Ending } from "../domain/ending.ts";
import { uuidToStepId } from "../domain/ids.ts";
import type { StepContent, StepStatus } from "../domain/outcome.ts";
import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";

/** What a dispatch needs of a run beside its journal. */
export interface RunHead {
  readonly runId: string;
  /** How many parents it has above it. */
  readonly depth: number;
  readonly functionId: string;
  readonly functionVersion: number;
  /** The triggering event as user code sees it; JSON text. */
  readonly event: string;
  /** What that event came with, of whoever sent it. */
  readonly traceparent: string | null;
  /** All events of a batch, JSON text; null for a run of one. */
  readonly events: string | null;
  /** What it last said of itself; JSON text. */
  readonly state: string | null;
  /** Where a person has moved it; `to` is null for the newest deployment, whatever it is. */
  readonly placement: { readonly to: string | null } | null;
}

/** Beside what stays the same: whether its steps are being undone, and by what it was run. */
export interface LoadedHead extends RunHead {
  readonly ending: Ending | null;
  /** The deployment that ran its last step, where the app says so. */
  readonly deployment: string | null;
  /** The live fence; null when the run has ended. */
  readonly fence: string | null;
}

/** A planned step, one that runs at most once, or a call that the engine makes. */
export type TaskKind = "step" | "once" | "fetch";

/** What the op of a planned step says beside that it is one. */
export type PlanAsked = Pick<PlanOp, "heartbeat_timeout_ms" | "retry_policy">;

export interface JournalEntry extends StepContent {
  readonly stepId: string;
  readonly seq: number | null;
  /** A retry that is not for the next dispatch of the run: its timer still stands, or its task will make it. */
  readonly isHeldBack: boolean;
  /** Of an open step: what kind of task it has, if any. Whoever needs it loads the whole journal. */
  readonly taskKind: TaskKind | null;
  /** Of a planned step that asked for more than to be run. */
  readonly asked: PlanAsked | null;
  /** The attempt after which a person resumed it, or 0. */
  readonly resumedAfter: number;
  /** Of a retry: since the first attempt after that, by the database's clock. */
  readonly elapsedMs: number;
  /** A completed step that can be undone and was not yet. */
  readonly isOwed: boolean;
  /** Part of a group, whose entry stands for it. */
  readonly isFolded: boolean;
}

export async function loadRunHeads(
  database: Database,
  runs: readonly { readonly workspaceId: number; readonly runId: string }[],
): Promise<Map<string, LoadedHead>> {
  const rows = await database.sql<
    {
      id: string;
      depth: number;
      function_id: string;
      function_version: number;
      event: string;
      traceparent: string | null;
      events: string | null;
      state: string | null;
      deployment: string | null;
      is_placed: boolean;
      placed_on: string | null;
      fence: string | null;
      ending: Ending["kind"] | null;
      failure: string | null;
    }[]
  >`
    select r.id, coalesce(c.depth, 0) as depth, r.function_id, r.function_version,
      durable.event_json(e) as event, e.traceparent, case when r.begin_cause = 'batch' then durable.batch_json(r.workspace_id, r.id) end as events, s.value as state, l.fence, l.ending, r.failure,
      (select d.deployment from durable.run_deployments d
        where d.workspace_id = r.workspace_id and d.run_id = r.id order by d.from_seq desc limit 1) as deployment,
      p.run_id is not null as is_placed, p.deployment as placed_on
    from unnest(${plainArray(runs, (run) => run.workspaceId)}::int[], ${plainArray(runs, (run) => run.runId)}::uuid[])
      as q(workspace, run)
    join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    left join durable.children c on c.workspace_id = r.workspace_id and c.run_id = r.id
    left join durable.run_states s on s.workspace_id = r.workspace_id and s.run_id = r.id
    left join durable.placements p on p.workspace_id = r.workspace_id and p.run_id = r.id
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id`;
  return new Map(
    rows.map((row) => [
      row.id,
      {
        runId: row.id,
        depth: row.depth,
        functionId: row.function_id,
        functionVersion: row.function_version,
        event: row.event,
        traceparent: row.traceparent,
        events: row.events,
        state: row.state,
        deployment: row.deployment,
        placement: row.is_placed ? { to: row.placed_on } : null,
        fence: row.fence,
        ending: row.ending === null ? null : { kind: row.ending, failure: row.failure },
      },
    ]),
  );
}

/**
 * Settled entries in journal order, then pending ones, by run. One statement, one snapshot: the highest `seq`
 * in it is the head it shows.
 */
export async function loadJournals(
  database: Database,
  runs: readonly { readonly workspaceId: number; readonly runId: string }[],
): Promise<Map<string, JournalEntry[]>> {
  const journals = new Map<string, JournalEntry[]>(runs.map((run) => [run.runId, []]));
  const rows = await database.sql<
    {
      run_id: string;
      step_id: string;
      seq: number | null;
      op: string;
      name: string;
      n: number;
      status: StepStatus;
      value: string | null;
      failure: string | null;
      attempt: number;
      is_held_back: boolean;
      task_kind: TaskKind | null;
      asked: string | null;
      resumed_after: number;
      elapsed_ms: number | null;
      is_owed: boolean;
      is_folded: boolean;
    }[]
  >`
    select s.run_id, s.step_id, s.seq, s.op, s.name, s.n, s.status, s.failure, s.attempt,
      f.step_id is not null as is_folded, case when f.step_id is null then s.value end as value,
      s.status = 'retrying' and (
        exists (select 1 from durable.timers t
          where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)
        or exists (select 1 from durable.tasks t
          where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)) as is_held_back,
      case when s.seq is null and s.status <> 'cancelled' and s.op in ('run', 'fetch') then
        (select t.kind from durable.tasks t
          where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id) end as task_kind,
      case when s.seq is null and s.status <> 'cancelled' and s.op = 'run' then
        (select t.request from durable.tasks t
          where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id) end as asked,
      coalesce(s.resumed_after, 0) as resumed_after,
      case when s.status = 'retrying' then durable.since_first_attempt_ms(s.workspace_id, s.run_id, s.step_id, s.resumed_after) end as elapsed_ms,
      s.op = 'run' and s.status = 'ok' and exists (select 1 from durable.compensations c
        where c.workspace_id = s.workspace_id and c.run_id = s.run_id and c.step_id = s.step_id and not c.undone) as is_owed
    from unnest(${plainArray(runs, (run) => run.workspaceId)}::int[], ${plainArray(runs, (run) => run.runId)}::uuid[])
      as q(workspace, run)
    join durable.steps s on s.workspace_id = q.workspace and s.run_id = q.run
    left join durable.folded_steps f on f.workspace_id = s.workspace_id and f.run_id = s.run_id and f.step_id = s.step_id
    order by s.run_id, s.seq nulls last, s.committed_at`;
  for (const row of rows) {
    journals.get(row.run_id)?.push({
      stepId: uuidToStepId(row.step_id),
      seq: row.seq,
      op: row.op,
      name: row.name,
      n: row.n,
      status: row.status,
      value: row.value,
      failure: row.failure,
      attempt: row.attempt,
      isHeldBack: row.is_held_back,
      taskKind: row.task_kind,
      asked: row.asked === null ? null : (JSON.parse(row.asked) as PlanAsked),
      resumedAfter: row.resumed_after,
      elapsedMs: row.elapsed_ms ?? 0,
      isOwed: row.is_owed,
      isFolded: row.is_folded,
    });
  }
  return journals;
}
