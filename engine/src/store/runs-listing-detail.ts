import { setImmediate } from "node:timers/promises";
import { formatInstant } from "@durable/protocol/wire";
import type { BeginCause } from "../domain/begin.ts";
import type { Ending } from "../domain/ending.ts";
import type { StepContent } from "../domain/outcome.ts";
import type { RerunKind } from "../domain/rerun-kind.ts";
import type { Database, Sql } from "./database.ts";
import type { ErrorState } from "./error-groups.ts";
import type { InputStatus } from "./inputs.ts";
import { POSITION_MAX, type RunWait } from "./run-waits.ts";
import type { RunStatus } from "./runs-listing.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { LOOK_BACK_EVENTS_MAX } from "./waits.ts";
import { type CircuitShown, circuitOf } from "./workspaces.ts";

/** When a dispatch reached its stations. */
export interface DispatchTimes {
  readonly scheduled_at: string | null;
  readonly leased_at: string | null;
  readonly sent_at: string | null;
  readonly first_byte_at: string | null;
  readonly received_at: string | null;
  /** Milliseconds inside the app, by its own monotonic clock. */
  readonly app_ms: number | null;
}

export interface AttemptStored extends DispatchTimes {
  /** 32 hex digits; all zeros for the run itself. */
  readonly step_id: string;
  readonly attempt: number;
  readonly outcome: "ok" | "failed" | "transport" | "protocol" | "late" | "lost";
  /** JSON text. */
  readonly failure: string | null;
  /** Of its step, when it came too late: the step may have no entry. */
  readonly name: string | null;
  /** What it returned, when it came too late; JSON text. */
  readonly value: string | null;
  readonly committed_at: string;
}

export interface WaitStored {
  /** `any`: the first of its events ends it; `all`: the last that is missing. A signal's match names its key. */
  readonly mode: "event" | "signal" | "any" | "all";
  readonly events: readonly {
    /** Which of several; empty for the only one. */
    readonly key: string;
    readonly event: string;
    /** JSON text. */
    readonly match: string;
    readonly if: string | null;
    /** Events that came from here on count. */
    readonly since: string;
    /** The past is walked to its end, not yet, or not to its end because it is too long. */
    readonly look_back: "done" | "under way" | "capped";
    /** The event that has come while others of an `all` are missing. */
    readonly event_id: string | null;
  }[];
}

/** What a step asks a person. */
export interface AskedStored {
  readonly id: string;
  readonly kind: "approval" | "input";
  readonly status: InputStatus;
  readonly title: string | null;
  readonly assignee: string | null;
  readonly reminded_at: string | null;
  readonly escalated_at: string | null;
  readonly answered_by: string | null;
  readonly ended_at: string | null;
}

export interface StepStored extends StepContent, DispatchTimes {
  readonly id: string;
  /** 32 hex digits. */
  readonly scope: string | null;
  /** The entry that stands for it in the memo. */
  readonly group: string | null;
  readonly seq: number | null;
  readonly event_id: string | null;
  readonly due_at: string | null;
  readonly committed_at: string;
  readonly settled_at: string | null;
  /** Of the app, that ran or asked for it; null where the app does not say. */
  readonly deployment: string | null;
  /** What an open wait waits for. */
  readonly wait: WaitStored | null;
  /** What a person is asked, or was. */
  readonly input: AskedStored | null;
}

/** The last word of a step whose code is running. */
export interface HeartbeatStored {
  /** 32 hex digits. */
  readonly step: string;
  readonly name: string;
  /** JSON text, as received. */
  readonly progress: string | null;
  readonly at: string;
}

/** A recorded step that a replay did not ask for while it began another one. */
export interface DetourStored {
  /** 32 hex digits, as are those of what it began. */
  readonly step: string;
  readonly name: string;
  readonly n: number;
  /** Its name is null until it has an entry. */
  readonly began: { readonly step: string; readonly name: string | null };
  /** `src/trip.ts:12:9`, and the lines around it. */
  readonly frame: string | null;
  readonly certain: boolean;
  readonly at: string;
}

export type ChildKind = "invoke" | "spawn" | "on-failure";

export interface ParentStored {
  readonly run: string;
  /** 32 hex digits; null when it started its child by failing. */
  readonly step: string | null;
  readonly kind: ChildKind;
  /** Of the other run, where it is another one. */
  readonly app: string | null;
}

export interface ChildStored extends ParentStored {
  readonly function: string;
  readonly status: RunStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
}

export interface RerunShown {
  readonly run: string;
  readonly kind: RerunKind;
}

export interface RunStored {
  readonly id: string;
  /** Of two states of the run that with the higher is younger. */
  readonly rev: number;
  readonly function_id: string;
  readonly function_version: number;
  readonly status: RunStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly output: string | null;
  readonly failure: string | null;
  readonly unclaimed: number | null;
  /** What it last said of itself; JSON text. */
  readonly state: string | null;
  readonly last_dispatch: Omit<DispatchTimes, "scheduled_at" | "leased_at"> | null;
  /** Null once it has ended. */
  readonly live: {
    readonly journal_seq: number;
    readonly run_attempt: number;
    readonly transport_attempt: number;
    readonly lost: number;
    /** How it is going to end, while its steps are undone; also while that is paused. */
    readonly ending: Ending["kind"] | null;
    /** It pauses when the call of its app that is under way has been recorded. */
    readonly pausing: boolean;
    readonly moving: boolean;
    /** When it became ready, while queued. */
    readonly ready_at: string | null;
    /** The next try of the function itself, if one is due. */
    readonly retry_at: string | null;
    /** It was born asleep, and has not begun. */
    readonly begin: { readonly at: string; readonly cause: BeginCause } | null;
    /** Why its job waits, while the endpoint is not called as usual. */
    readonly circuit: CircuitShown | null;
    readonly engine: { readonly id: number; readonly host: string; readonly pid: number } | null;
  } | null;
  /** Null once it has ended, and while its app is called. */
  readonly wait: RunWait | null;
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly data: string;
    readonly time: string;
    readonly received_at: string;
  };
  /** Completed steps that were undone, and those that can be and were not. */
  readonly compensated: number;
  readonly to_undo: number;
  /** Who cancelled it and why, if somebody did. */
  readonly cancelled: { readonly by: string; readonly reason: string | null; readonly at: string } | null;
  readonly parent: ParentStored | null;
  readonly children: readonly ChildStored[];
  /** The run that it goes over again, from which of its steps, and with how many of its entries it began. */
  readonly origin: (RerunShown & { readonly step: string | null; readonly kept: number }) | null;
  readonly reruns: readonly (RerunShown & { readonly status: RunStatus })[];
  readonly heartbeats: readonly HeartbeatStored[];
  readonly detours: readonly DetourStored[];
  /** The group of its last failure; also when it went on afterwards. */
  readonly error: { readonly fingerprint: string; readonly state: ErrorState } | null;
  /** Of its app, in the order in which they answered: each from an entry's number on. None where the app does not say. */
  readonly deployments: readonly { readonly deployment: string; readonly from_seq: number }[];
  readonly steps: readonly StepStored[];
  readonly attempts: readonly AttemptStored[];
}

/**
 * One statement, one snapshot: status, journal and attempts belong together. Null for an id not in this workspace.
 * @param afterSeq Of the steps those that were settled after this one, and those that are not settled; of the attempts theirs, and the
 *   run's own.
 */
export async function loadRun(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  { afterSeq = 0, signal }: { readonly afterSeq?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<RunStored | null> {
  const parts = await unlessAborted(runParts(sql, workspaceId, runId, afterSeq), signal);
  const head = parts.find(({ part }) => part === "run");
  if (head === undefined) return null;
  const run = JSON.parse(head.json) as Omit<RunStored, "steps" | "attempts">;
  const attempts = await rowsOf<AttemptStored>(parts, "attempts", TIMES);
  const steps = await rowsOf<Omit<StepStored, "deployment">>(parts, "steps", STEP_TIMES);
  return { ...run, steps: withLastTries(withDeployments(steps, run.deployments), attempts), attempts };
}

function runParts(sql: Sql, workspaceId: number, runId: string, afterSeq: number) {
  return sql<RunPart[]>`
    select 'run' as part, 0 as no, json_build_object(
      'id', r.id, 'rev', durable.revision(), 'function_id', r.function_id, 'function_version', r.function_version,
      'status', coalesce(r.status, durable.shown_status(l)),
      'created_at', durable.rfc3339(r.created_at), 'ended_at', durable.rfc3339(r.ended_at),
      'output', r.output, 'failure', case when l.status = 'paused' then r.pause_reason else r.failure end, 'unclaimed', r.unclaimed,
      'state', (select s.value from durable.run_states s where s.workspace_id = r.workspace_id and s.run_id = r.id),
      'last_dispatch', case when r.sent_at is not null then json_build_object(
        'sent_at', durable.rfc3339(r.sent_at), 'first_byte_at', durable.rfc3339(r.first_byte_at),
        'received_at', durable.rfc3339(r.received_at), 'app_ms', r.app_ms) end,
      'live', case when l.run_id is not null then json_build_object(
        'journal_seq', l.journal_seq, 'run_attempt', l.run_attempt, 'transport_attempt', l.transport_attempt,
        'lost', l.lost, 'ending', l.ending, 'pausing', l.pausing, 'moving', l.moving, 'ready_at', durable.rfc3339(to_timestamp(coalesce(l.came, l.ready_rank) / 1000000.0)),
        'retry_at', (select durable.rfc3339(t.due_at) from durable.timers t
          where t.workspace_id = r.workspace_id and t.run_id = r.id and t.kind = 'retry'
            and t.step_id = '00000000-0000-0000-0000-000000000000'),
        'begin', (select json_build_object('at', durable.rfc3339(t.due_at), 'cause', r.begin_cause) from durable.timers t
          where t.workspace_id = r.workspace_id and t.run_id = r.id and t.kind = 'begin'
            and t.step_id = '00000000-0000-0000-0000-000000000000'),
        'circuit', ${circuitOf(sql, sql`l.workspace_id`)},
        'engine', (select json_build_object('id', g.id, 'host', g.host, 'pid', g.pid)
          from durable.engines g where g.id = l.engine_id)) end,
      'wait', case when l.run_id is not null then (
        select w.wait from durable.run_waits(r.workspace_id, array[r.id], ${POSITION_MAX}::int) as w) end,
      'event', (select json_build_object('id', coalesce(e.client_id, e.id::text), 'name', e.name, 'data', e.data,
          'time', durable.rfc3339(e.time), 'received_at', durable.rfc3339(durable.made_at(e)))
        from durable.events e where e.workspace_id = r.workspace_id and e.id = r.event_id),
      'compensated', (select count(*) from durable.compensations c
        where c.workspace_id = r.workspace_id and c.run_id = r.id and c.undone),
      'to_undo', (select count(*) from durable.compensations c
        where c.workspace_id = r.workspace_id and c.run_id = r.id and not c.undone and c.heir is null),
      'cancelled', case when r.status = 'cancelled' or l.ending = 'cancelling' then (
        select json_build_object('by', a.actor, 'reason', a.detail, 'at', durable.rfc3339(a.at))
        from durable.audit a where a.workspace_id = r.workspace_id and a.action in ('run.cancel', 'run.cancel-without-undo') and a.target = r.id::text
        order by a.id limit 1) end,
      'parent', (select json_build_object('run', c.parent_run_id, 'step', durable.step_of(c), 'kind', c.kind,
          'app', durable.app_beside(r.workspace_id, c.parent_workspace_id))
        from durable.children c where c.workspace_id = r.workspace_id and c.run_id = r.id),
      'children', (select coalesce(json_agg(json_build_object('run', c.run_id, 'step', durable.step_of(c), 'kind', c.kind,
          'app', durable.app_beside(r.workspace_id, c.workspace_id), 'function', k.function_id, 'status', coalesce(k.status, durable.shown_status(o)),
          'created_at', durable.rfc3339(k.created_at), 'ended_at', durable.rfc3339(k.ended_at)) order by c.run_id), '[]')
        from durable.children c
        join durable.runs k on k.workspace_id = c.workspace_id and k.id = c.run_id
        left join durable.live_runs o on o.workspace_id = c.workspace_id and o.run_id = c.run_id
        where c.parent_workspace_id = r.workspace_id and c.parent_run_id = r.id),
      'origin', case when r.origin_run_id is not null then json_build_object('run', r.origin_run_id, 'kind', r.origin_kind, 'kept', r.kept,
        'step', (select s.name from durable.steps s
          where s.workspace_id = r.workspace_id and s.run_id = r.origin_run_id and s.step_id = r.origin_step_id)) end,
      'reruns', (select coalesce(json_agg(json_build_object('run', k.id, 'kind', k.origin_kind,
          'status', coalesce(k.status, durable.shown_status(o))) order by k.id), '[]')
        from durable.runs k left join durable.live_runs o on o.workspace_id = k.workspace_id and o.run_id = k.id
        where k.workspace_id = r.workspace_id and k.origin_run_id = r.id),
      'heartbeats', (select coalesce(json_agg(json_build_object('step', replace(h.step_id::text, '-', ''), 'name', h.name,
          'progress', h.progress, 'at', durable.rfc3339(h.at)) order by h.name, h.step_id), '[]')
        from durable.heartbeats h where h.workspace_id = r.workspace_id and h.run_id = r.id
          and durable.holds_lease(l, h.step_id, h.fence) and not exists (select 1 from durable.steps s
            where s.workspace_id = h.workspace_id and s.run_id = h.run_id and s.step_id = h.step_id and s.seq is not null)),
      'detours', (select coalesce(json_agg(json_build_object('step', replace(s.step_id::text, '-', ''), 'name', s.name, 'n', s.n,
          'began', json_build_object('step', replace(d.began_id::text, '-', ''), 'name', b.name), 'frame', d.frame,
          'certain', d.is_certain, 'at', durable.rfc3339(d.at)) order by s.seq), '[]')
        from durable.detours d
        join durable.steps s on s.workspace_id = d.workspace_id and s.run_id = d.run_id and s.step_id = d.step_id
        left join durable.steps b on b.workspace_id = d.workspace_id and b.run_id = d.run_id and b.step_id = d.began_id
        where d.workspace_id = r.workspace_id and d.run_id = r.id),
      'error', (select json_build_object('fingerprint', g.fingerprint, 'state', g.state) from durable.run_errors x
        join durable.error_groups g on g.workspace_id = x.workspace_id and g.fingerprint = x.fingerprint
        where x.workspace_id = r.workspace_id and x.run_id = r.id),
      'deployments', (select coalesce(json_agg(json_build_object('deployment', d.deployment, 'from_seq', d.from_seq) order by d.from_seq), '[]')
        from durable.run_deployments d where d.workspace_id = r.workspace_id and d.run_id = r.id)
    )::text as json
    from durable.runs r
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid
    union all
    select 'steps', (s.place / ${PIECE}::int)::int, json_agg(json_build_object(
          'id', replace(s.step_id::text, '-', ''), 'scope', replace(s.scope::text, '-', ''), 'group', replace(f.group_id::text, '-', ''), 'seq', s.seq, 'op', s.op, 'name', s.name, 'n', s.n,
          'status', s.status, 'value', s.value, 'failure', s.failure, 'attempt', s.attempt,
          'event_id', s.event_id, 'due_at', durable.epoch_us(s.due_at),
          'scheduled_at', durable.epoch_us(s.scheduled_at), 'leased_at', durable.epoch_us(s.leased_at),
          'sent_at', durable.epoch_us(s.sent_at), 'first_byte_at', durable.epoch_us(s.first_byte_at),
          'received_at', durable.epoch_us(s.received_at), 'app_ms', s.app_ms,
          'committed_at', durable.epoch_us(s.committed_at), 'settled_at', durable.epoch_us(s.settled_at),
          'wait', case when s.seq is null then (select json_build_object('mode', min(w.mode), 'events', json_agg(json_build_object(
              'key', w.key, 'event', w.event_name, 'match', w.match, 'if', w.condition, 'since', durable.rfc3339(w.since),
              'look_back', case when not w.looked_back then 'under way'
                when w.looked_count >= ${LOOK_BACK_EVENTS_MAX}::int then 'capped' else 'done' end,
              'event_id', w.event_id) order by w.ordinal))
            from durable.waits w where w.workspace_id = s.workspace_id and w.run_id = s.run_id and w.step_id = s.step_id
            having count(*) > 0) end,
          'input', case when s.op in ('input', 'approval') then (
            select json_build_object('id', i.id, 'kind', i.kind, 'status', i.status, 'title', i.title, 'assignee', i.assignee,
              'reminded_at', durable.rfc3339(i.reminded_at), 'escalated_at', durable.rfc3339(i.escalated_at),
              'answered_by', i.answered_by, 'ended_at', durable.rfc3339(i.ended_at))
            from durable.inputs i where i.workspace_id = s.workspace_id and i.run_id = s.run_id and i.step_id = s.step_id) end
        ) order by s.place)::text
      from (select s.*, row_number() over (order by s.seq nulls last, s.committed_at, s.step_id) - 1 as place from durable.steps s
        where s.workspace_id = ${workspaceId} and s.run_id = ${runId}::uuid and (s.seq is null or s.seq > ${afterSeq}::int)) as s
      left join durable.folded_steps f on f.workspace_id = s.workspace_id and f.run_id = s.run_id and f.step_id = s.step_id
      group by 2
    union all
    select 'attempts', (a.place / ${PIECE}::int)::int, json_agg(json_build_object(
          'step_id', replace(a.step_id::text, '-', ''), 'attempt', a.attempt, 'outcome', a.outcome, 'failure', a.failure,
          'name', a.name, 'value', a.value,
          'scheduled_at', durable.epoch_us(a.scheduled_at), 'leased_at', durable.epoch_us(a.leased_at),
          'sent_at', durable.epoch_us(a.sent_at), 'first_byte_at', durable.epoch_us(a.first_byte_at),
          'received_at', durable.epoch_us(a.received_at), 'app_ms', a.app_ms,
          'committed_at', durable.epoch_us(a.committed_at)
        ) order by a.place)::text
      from (select a.*, row_number() over (order by a.committed_at, a.attempt) - 1 as place from durable.attempts a
        where a.workspace_id = ${workspaceId} and a.run_id = ${runId}::uuid and a.outcome <> 'turn'
          and (${afterSeq}::int = 0 or a.step_id not in (select s.step_id from durable.steps s
            where s.workspace_id = ${workspaceId} and s.run_id = ${runId}::uuid and s.seq <= ${afterSeq}::int))) as a
      group by 2`;
}

/** As many steps, or attempts, are read at a time before others have their turn. */
const PIECE = 500;

/** JSON text: the run without them, or a piece of its steps or attempts. */
interface RunPart {
  readonly part: "run" | "steps" | "attempts";
  readonly no: number;
  readonly json: string;
}

const TIMES = ["scheduled_at", "leased_at", "sent_at", "first_byte_at", "received_at", "committed_at"];
const STEP_TIMES = [...TIMES, "due_at", "settled_at"];

async function rowsOf<Row>(
  parts: readonly RunPart[],
  part: RunPart["part"],
  times: readonly string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { json } of parts.filter((each) => each.part === part).sort((a, b) => a.no - b.no)) {
    if (rows.length > 0) await setImmediate();
    for (const row of JSON.parse(json) as Record<string, unknown>[]) {
      // Postgres takes five times as long to write an instant in words.
      for (const name of times) {
        const us = row[name] as number | null;
        row[name] = us === null ? null : formatInstant(us / 1_000);
      }
      rows.push(row as Row);
    }
  }
  return rows;
}

/** What ran a step is noted where it changed: the last note at or before its number. */
function withDeployments(
  steps: readonly Omit<StepStored, "deployment">[],
  deployments: RunStored["deployments"],
): StepStored[] {
  return steps.map((step) => {
    const seq = step.seq ?? Number.POSITIVE_INFINITY;
    const deployment = deployments.findLast(({ from_seq }) => from_seq <= seq)?.deployment ?? null;
    return { ...step, deployment };
  });
}

/** What a step took is what its last attempt took; the entry itself keeps the dispatch that asked for it. */
function withLastTries(steps: readonly StepStored[], attempts: readonly AttemptStored[]): StepStored[] {
  const last = new Map<string, DispatchTimes>();
  for (const attempt of attempts)
    if (attempt.outcome !== "late" && attempt.sent_at !== null) last.set(attempt.step_id, attempt);
  return steps.map((step) => {
    const times = last.get(step.id);
    if (times === undefined) return step;
    const { scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms } = times;
    return { ...step, scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms };
  });
}
