import { stepIdToUuid, uuidToStepId } from "../domain/ids.ts";
import type { StepStatus } from "../domain/outcome.ts";
import { plainArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import type { JournalEntry } from "./journals.ts";

/** Where a run is, as far as a checkpoint of it needs to know. */
export interface CheckpointState {
  readonly functionId: string;
  /** What the run's event came with. */
  readonly traceparent: string | null;
  /** How many parents the run has above it. */
  readonly depth: number;
  /** The live fence; null when the run has ended. */
  readonly fence: string | null;
  /** Whether the engine that holds the lease is about to stop. */
  readonly isDraining: boolean;
  /** Somebody wants the run to pause as soon as its app has answered. */
  readonly isPausing: boolean;
  readonly last: {
    readonly fence: string;
    readonly seq: number;
    readonly sha256: string;
    readonly journalSeq: number;
  } | null;
  /** Of the steps asked for, those that the journal has, without their results. */
  readonly entries: readonly JournalEntry[];
}

type StepRow = [
  id: string,
  op: string,
  seq: number | null,
  status: StepStatus,
  attempt: number,
  timer: boolean,
  resumedAfter: number,
];

interface StateRow {
  readonly no: number;
  readonly function_id: string;
  readonly traceparent: string | null;
  readonly depth: number;
  readonly fence: string | null;
  readonly draining: boolean;
  readonly pausing: boolean;
  readonly last_fence: string | null;
  readonly last_seq: number;
  readonly body_sha256: string;
  readonly journal_seq: number;
  readonly steps: string | null;
}

/** The run of a checkpoint, and the steps that it names. */
export interface CheckpointSubject {
  readonly workspaceId: number;
  readonly runId: string;
  readonly stepIds: readonly string[];
}

/**
 * In the order of the subjects; null for an unknown run. Only the named steps are read: what a checkpoint costs must not
 * grow with its run.
 */
export async function loadCheckpointStates(
  database: Database,
  subjects: readonly CheckpointSubject[],
): Promise<(CheckpointState | null)[]> {
  const named = subjects.flatMap(({ stepIds }, index) => stepIds.map((id) => ({ id, no: index + 1 })));
  const rows = await database.sql<StateRow[]>`
    select q.no::int, r.function_id, v.traceparent, coalesce(p.depth, 0) as depth, l.fence, coalesce(e.state = 'draining', false) as draining,
      coalesce(l.pausing, false) as pausing,
      c.fence as last_fence, c.seq as last_seq, c.body_sha256, c.journal_seq,
      (select json_agg(json_build_array(s.step_id, s.op, s.seq, s.status, s.attempt, s.status = 'retrying' and (
          exists (select 1 from durable.timers t
            where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)
          or exists (select 1 from durable.tasks t
            where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)), coalesce(s.resumed_after, 0)))::text
        from unnest(${plainArray(named, ({ no }) => String(no))}::int[], ${plainArray(named, ({ id }) => stepIdToUuid(id))}::uuid[]) as a(no, step_id)
        join durable.steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.step_id = a.step_id
        where a.no = q.no) as steps
    from unnest(${plainArray(subjects, ({ workspaceId }) => String(workspaceId))}::int[], ${plainArray(subjects, ({ runId }) => runId)}::uuid[])
      with ordinality as q(workspace_id, run_id, no)
    join durable.runs r on r.workspace_id = q.workspace_id and r.id = q.run_id
    join durable.events v on v.workspace_id = r.workspace_id and v.id = r.event_id
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    left join durable.checkpoints c on c.workspace_id = r.workspace_id and c.run_id = r.id
    left join durable.engines e on e.id = l.engine_id
    left join durable.children p on p.workspace_id = r.workspace_id and p.run_id = r.id`;
  const states: (CheckpointState | null)[] = subjects.map(() => null);
  for (const row of rows) states[row.no - 1] = stateOf(row);
  return states;
}

function stateOf(row: StateRow): CheckpointState {
  const steps = JSON.parse(row.steps ?? "[]") as StepRow[];
  return {
    functionId: row.function_id,
    traceparent: row.traceparent,
    depth: row.depth,
    fence: row.fence,
    isDraining: row.draining,
    isPausing: row.pausing,
    last:
      row.last_fence === null
        ? null
        : {
            fence: row.last_fence,
            seq: row.last_seq,
            sha256: row.body_sha256,
            journalSeq: row.journal_seq,
          },
    entries: steps.map(([id, op, seq, status, attempt, isHeldBack, resumedAfter]) => ({
      stepId: uuidToStepId(id),
      seq,
      op,
      name: "",
      n: 0,
      status,
      value: null,
      failure: null,
      attempt,
      resumedAfter,
      elapsedMs: 0,
      isOwed: false,
      isFolded: false,
      isHeldBack,
      taskKind: null,
      asked: null,
    })),
  };
}

/** The number of the last checkpoint of this dispatch, when its lease is still this engine's; 0 when it sent none. */
export async function findLastCheckpoint(
  database: Database,
  engineId: number,
  run: { readonly workspaceId: number; readonly runId: string; readonly fence: string },
): Promise<number> {
  const [row] = await database.sql<{ seq: number }[]>`
    select c.seq from durable.checkpoints c
    join durable.live_runs l on l.workspace_id = c.workspace_id and l.run_id = c.run_id and l.engine_id = ${engineId}::int
    where c.workspace_id = ${run.workspaceId}::int and c.run_id = ${run.runId}::uuid and c.fence = ${run.fence}::uuid`;
  return row?.seq ?? 0;
}

export interface SettledEntry {
  readonly stepId: string;
  readonly op: string;
  readonly status: StepStatus;
  readonly value: string | null;
  readonly failure: string | null;
}

/** What settled in a run between two heads of its journal, in order. */
export async function loadSettledBetween(
  database: Database,
  run: { readonly workspaceId: number; readonly runId: string },
  after: number,
  upTo: number,
): Promise<SettledEntry[]> {
  const rows = await database.sql<
    { step_id: string; op: string; status: StepStatus; value: string | null; failure: string | null }[]
  >`
    select s.step_id, s.op, s.status, s.value, s.failure from durable.steps s
    where s.workspace_id = ${run.workspaceId}::int and s.run_id = ${run.runId}::uuid and s.seq > ${after}::int and s.seq <= ${upTo}::int
    order by s.seq`;
  return rows.map(({ step_id, ...entry }) => ({ ...entry, stepId: uuidToStepId(step_id) }));
}
