import { plainArray, textArray } from "./array-literal.ts";
import { literals, placeholders, plain, typesOf } from "./columns.ts";
import type { Database } from "./database.ts";
import {
  BEGIN_COLUMNS,
  EVENT_COLUMNS,
  type EventRows,
  GATE_COLUMNS,
  REGISTRY_COLUMNS,
  RUN_COLUMNS,
  RUN_GATE_COLUMNS,
  RUN_ORDER_COLUMNS,
  SHAPE_COLUMNS,
  SKIP_COLUMNS,
  TENANT_COLUMNS,
  TERM_COLUMNS,
  TIMEOUT_COLUMNS,
  TRACE_COLUMNS,
} from "./event-rows.ts";
import { wrapStatement } from "./fault-database.ts";

/** new | duplicate of an earlier one | conflict: same id, other body | refused: not stored because another
 * event of its request is in conflict | stale: functions changed since they were matched. */
export type EventState = "new" | "duplicate" | "conflict" | "refused" | "stale";

export interface AcceptedEvent {
  readonly state: EventState;
  /** Somebody may wait for it: it must be held against the open waits. */
  readonly owesMatch: boolean;
}

const BORN_COLUMNS: typeof RUN_COLUMNS = [...RUN_COLUMNS, plain("uuid", ({ run }) => run.fence)];
const ACCEPT = "select o_state, o_owes from durable.accept_events";
const PLAIN_TYPES = ["int", ...typesOf(REGISTRY_COLUMNS, EVENT_COLUMNS, BORN_COLUMNS)];
const PLAIN_CALL = `${ACCEPT}(${placeholders(PLAIN_TYPES)})`;
/** Between the two stand the requests to pass over, which only a commit has. */
const WHOLE_CALL = `${ACCEPT}(${placeholders([...PLAIN_TYPES, "int[]", ...typesOf(SKIP_COLUMNS, TIMEOUT_COLUMNS), "boolean", ...typesOf(RUN_GATE_COLUMNS, GATE_COLUMNS, BEGIN_COLUMNS, SHAPE_COLUMNS, RUN_ORDER_COLUMNS, TENANT_COLUMNS, TERM_COLUMNS, TRACE_COLUMNS)])})`;

const NEW: AcceptedEvent = { state: "new", owesMatch: false };

/** Events, the runs they start and their jobs in one commit. One answer per event, in order. */
export async function insertEvents(
  database: Database,
  engineId: number,
  rows: EventRows,
): Promise<AcceptedEvent[]> {
  const parameters: (string | number | boolean)[] = [
    engineId,
    ...literals(REGISTRY_COLUMNS, rows.registry),
    ...literals(EVENT_COLUMNS, rows.entries),
    ...literals(BORN_COLUMNS, rows.runs),
  ];
  const { skips, timeouts, gates, gated, sleepers, shaped, ordered, termed, traced } = rows;
  const mayBeCancelled = rows.runs.some(({ run }) => run.mayBeCancelled);
  const isPlain =
    !mayBeCancelled &&
    [skips, timeouts, gated, sleepers, shaped, ordered, termed, traced].every(({ length }) => length === 0);
  if (!isPlain) {
    parameters.push(
      "{}",
      ...literals(SKIP_COLUMNS, skips),
      ...literals(TIMEOUT_COLUMNS, timeouts),
      mayBeCancelled,
      ...literals(RUN_GATE_COLUMNS, gated),
      ...literals(GATE_COLUMNS, gates),
      ...literals(BEGIN_COLUMNS, sleepers),
      ...literals(SHAPE_COLUMNS, shaped),
      ...literals(RUN_ORDER_COLUMNS, ordered),
      ...literals(TENANT_COLUMNS, rows.tenants),
      ...literals(TERM_COLUMNS, termed),
      ...literals(TRACE_COLUMNS, traced),
    );
  }
  const [answer] = await wrapStatement("accept_events", () =>
    database.sql.unsafe<{ o_state: EventState[] | null; o_owes: boolean[] | null }[]>(
      isPlain ? PLAIN_CALL : WHOLE_CALL,
      parameters,
      { prepare: true },
    ),
  );
  const { o_state: states, o_owes: owes } = answer!;
  if (states === null && owes === null) return Array(rows.entries.length).fill(NEW);
  return rows.entries.map((_, index) => ({
    state: states?.[index] ?? "new",
    owesMatch: owes?.[index] ?? false,
  }));
}

/**
 * After an unknown outcome: what became of these events? Null when the call never committed, so that it may be
 * repeated. (Every call that commits leaves at least one of: the event, or an older event under the same id.)
 */
export async function findAcceptedStates(
  database: Database,
  rows: EventRows,
): Promise<AcceptedEvent[] | null> {
  const events = rows.entries.map(({ row }) => row);
  const found = await database.sql<{ stored: boolean; known: boolean; same: boolean }[]>`
    select ev.id is not null as stored, k.event_id is not null as known, coalesce(k.body_hash = q.body_hash, false) as same
    from unnest(${plainArray(events, (row) => row.workspaceId)}::int[], ${plainArray(events, (row) => row.id)}::uuid[],
      ${textArray(events, (row) => row.clientId)}::text[], ${plainArray(events, (row) => row.bodyHash)}::uuid[]) with ordinality
      as q(workspace, id, client_id, body_hash, no)
    left join durable.events ev on ev.workspace_id = q.workspace and ev.id = q.id
    left join durable.event_ids k on k.workspace_id = q.workspace and k.client_id = q.client_id
    order by q.no`;
  if (!found.some((row) => row.stored)) return null;
  return found.map((row) => ({
    state: row.stored ? "new" : !row.known ? "refused" : row.same ? "duplicate" : "conflict",
    owesMatch: row.stored,
  }));
}
