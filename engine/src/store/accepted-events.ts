import { plainArray, textArray } from "./array-literal.ts";
import { literals, placeholders, plain, typesOf } from "./columns.ts";
import type { Database } from "./database.ts";
import {
  EVENT_COLUMNS,
  type EventRows,
  RARE_BIRTH_TYPES,
  REGISTRY_COLUMNS,
  RUN_COLUMNS,
  rareBirthLiterals,
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
const PLAIN_TYPES = [
  "int",
  ...typesOf(REGISTRY_COLUMNS, EVENT_COLUMNS, BORN_COLUMNS, TRACE_COLUMNS),
  "boolean",
];
const PLAIN_CALL = `select durable.accept_events(${placeholders(PLAIN_TYPES)}) as states`;
const WHOLE_CALL = `select durable.accept_events(${placeholders(PLAIN_TYPES)},
  row(${placeholders(RARE_BIRTH_TYPES, PLAIN_TYPES.length)})::durable.rare_births) as states`;

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
    ...literals(TRACE_COLUMNS, rows.traced),
    rows.runs.some(({ run }) => run.mayBeCancelled),
  ];
  const isPlain = rows.arePlain;
  if (!isPlain) parameters.push(...rareBirthLiterals(rows, "request"));
  const [answer] = await wrapStatement("accept_events", () =>
    database.sql.unsafe<{ states: (EventState | "owed")[] | null }[]>(
      isPlain ? PLAIN_CALL : WHOLE_CALL,
      parameters,
      { prepare: true },
    ),
  );
  const { states } = answer!;
  if (states === null) return Array(rows.entries.length).fill(NEW);
  return states.map((state) =>
    state === "owed" ? { state: "new", owesMatch: true } : { state, owesMatch: false },
  );
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
