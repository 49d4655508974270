import type { Begin } from "../domain/begin.ts";
import type { Gate, RunGates } from "../domain/gates.ts";
import type { RunOrder, Tenant } from "../domain/run-order.ts";
import type { RunTerm } from "../domain/run-terms.ts";
import { type Column, literals, plain, text, typesOf } from "./columns.ts";

/** An accepted event and what it starts, as rows. */
export interface EventRow {
  readonly workspaceId: number;
  readonly id: string;
  /** The sender's own id, if it gave one: what deduplicates. */
  readonly clientId: string | null;
  /** First 128 bits of SHA-256 over (name, data, time), as a UUID. Null without such an id. */
  readonly bodyHash: string | null;
  readonly name: string;
  /** JSON text as received. */
  readonly data: string;
  /** When it happened, as the sender says, or when it was accepted. */
  readonly timeMs: number;
  /** Of whoever sent it; null where nobody said. */
  readonly traceparent: string | null;
  readonly runs: readonly RunRow[];
  readonly skips: readonly SkipRow[];
}

/** What user code sees of it. */
export type EventSeen = Pick<EventRow, "id" | "clientId" | "name" | "data" | "timeMs">;

/** A function that the event names and does not start. */
export interface SkipRow {
  readonly id: string;
  readonly functionId: string;
  readonly reason: SkipReason;
  /** A sentence for people. */
  readonly detail: string;
  /** JSON of the values that decided it. */
  readonly facts: string | null;
}

/**
 * `filtered`: no `if` of its triggers holds. `schema`: its data does not fit the function's input. `expression`: the
 * trigger's `if` failed on it. `cancel-on`: that of `cancelOn`. `limit`: a limit's key or units, or a priority, could not be
 * told. `overlap`: a run of the schedule was under way. `missed`: the tick of a schedule that nobody could start in time.
 * `paused`: so much is held already. The others are what shapes make of it: `durable.shape_runs`.
 */
export const SKIP_REASONS = [
  "filtered",
  "schema",
  "expression",
  "cancel-on",
  "limit",
  "duplicate",
  "rate-limited",
  "debounced",
  "batched",
  "singleton",
  "paused",
  "overlap",
  "missed",
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

export interface RunRow {
  readonly runId: string;
  readonly functionId: string;
  readonly functionVersion: number;
  /** Given when the run shall be born leased to this engine. */
  readonly fence: string | null;
  /** Events may cancel it: its function has `cancel_on`. */
  readonly mayBeCancelled: boolean;
  readonly timeouts: readonly RunTimeout[];
  /** What it is found by; of nearly all runs nothing. */
  readonly terms: readonly RunTerm[];
  /** Null for one without limits. */
  readonly gates: RunGates | null;
  /** Null: at once. */
  readonly begin: Begin | null;
  /** JSON of what its event must pass to become it; null for nothing. */
  readonly shapes: string | null;
  /** Null for one without a priority and a tenant. */
  readonly order: RunOrder | null;
}

/** The run ends when it has not begun, or not ended, by then; from its creation on. */
export interface RunTimeout {
  readonly kind: "start" | "finish";
  readonly ms: number;
}

interface EventEntry {
  readonly row: EventRow;
  readonly request: number;
}

interface RunEntry {
  /** The number of its event, from 1. */
  readonly event: number;
  readonly run: RunRow;
}

interface SkipEntry {
  /** The number of its event, from 1. */
  readonly event: number;
  readonly skip: SkipRow;
}

interface TimeoutEntry extends RunTimeout {
  /** The number of its event, from 1. */
  readonly event: number;
  readonly runId: string;
}

interface GateEntry extends Gate {
  readonly workspaceId: number;
}

interface TenantEntry extends Tenant {
  readonly workspaceId: number;
}

/** A workspace and the version of its functions that its events were matched against. */
type RegistryEntry = readonly [workspaceId: number, version: number];

// Parameters that `durable.accept_events` and `durable.commit_outcomes` share, in their order.

export const REGISTRY_COLUMNS: readonly Column<RegistryEntry>[] = [
  plain("int", ([workspaceId]) => workspaceId),
  plain("int", ([, version]) => version),
];

export const EVENT_COLUMNS: readonly Column<EventEntry>[] = [
  plain("int", ({ request }) => request),
  plain("int", ({ row }) => row.workspaceId),
  plain("uuid", ({ row }) => row.id),
  text(({ row }) => row.clientId),
  plain("uuid", ({ row }) => row.bodyHash),
  text(({ row }) => row.name),
  text(({ row }) => row.data),
  plain("float8", ({ row }) => row.timeMs / 1000),
];

/** What events that came with a trace add to EVENT_COLUMNS. */
export const TRACE_COLUMNS: readonly Column<EventEntry>[] = [plain("text", ({ row }) => row.traceparent)];

export const RUN_COLUMNS: readonly Column<RunEntry>[] = [
  plain("int", ({ event }) => event),
  text(({ run }) => run.functionId),
  plain("int", ({ run }) => run.functionVersion),
  plain("uuid", ({ run }) => run.runId),
];

const SKIP_COLUMNS: readonly Column<SkipEntry>[] = [
  plain("int", ({ event }) => event),
  plain("uuid", ({ skip }) => skip.id),
  text(({ skip }) => skip.functionId),
  plain("text", ({ skip }) => skip.reason),
  text(({ skip }) => skip.detail),
  text(({ skip }) => skip.facts),
];

const TIMEOUT_COLUMNS: readonly Column<TimeoutEntry>[] = [
  plain("int", ({ event }) => event),
  plain("uuid", ({ runId }) => runId),
  plain("text", ({ kind }) => kind),
  plain("float8", ({ ms }) => ms),
];

// What the gates of runs add to RUN_COLUMNS, and those gates, each once.

const NO_GATES = { run: [], step: [], units: 1 } as const;

function literalOf(ids: readonly string[]): string | null {
  return ids.length === 0 ? null : `{${ids.join(",")}}`;
}

/** As an array literal; null for none. */
export function runGatesOf({ gates }: Pick<RunRow, "gates">): string | null {
  return literalOf((gates ?? NO_GATES).run.map(({ id }) => id));
}

/** A fair queue is passed by every lease; it stands last. */
export function stepGatesOf({ gates, order }: Pick<RunRow, "gates" | "order">): string | null {
  const queue = order === null || order.tenant === null ? [] : [order.tenant.queueId];
  return literalOf([...(gates ?? NO_GATES).step.map(({ id }) => id), ...queue]);
}

const RUN_GATE_COLUMNS: readonly Column<RunEntry>[] = [
  text(({ run }) => runGatesOf(run)),
  text(({ run }) => stepGatesOf(run)),
  plain("int", ({ run }) => (run.gates ?? NO_GATES).units),
];

const GATE_COLUMNS: readonly Column<GateEntry>[] = [
  plain("int", ({ workspaceId }) => workspaceId),
  plain("uuid", ({ id }) => id),
  plain("uuid", ({ limitId }) => limitId),
  plain("text", ({ unit }) => unit),
  text(({ key }) => key),
];

/** What runs that are born asleep add to RUN_COLUMNS. */
const BEGIN_COLUMNS: readonly Column<RunEntry>[] = [
  plain("text", ({ run }) => run.begin?.cause ?? null),
  plain("float8", ({ run }) => run.begin?.inMs ?? null),
  plain("float8", ({ run: { begin } }) => (begin?.atMs === undefined ? null : begin.atMs / 1000)),
];

/** What runs whose functions have shapes add to RUN_COLUMNS. */
const SHAPE_COLUMNS: readonly Column<RunEntry>[] = [text(({ run }) => run.shapes)];

/** What runs that are found by more than what they are add to RUN_COLUMNS: JSON. */
const TERM_COLUMNS: readonly Column<RunEntry>[] = [
  text(({ run }) => (run.terms.length === 0 ? null : JSON.stringify(run.terms))),
];

export function priorityOf({ order }: Pick<RunRow, "order">): number | null {
  return order === null || order.priority === 0 ? null : order.priority;
}

/** What the order of runs adds to RUN_COLUMNS, and their tenants, each once. */
const RUN_ORDER_COLUMNS: readonly Column<RunEntry>[] = [
  plain("int", ({ run }) => priorityOf(run)),
  plain("uuid", ({ run }) => run.order?.tenant?.id ?? null),
];

const TENANT_COLUMNS: readonly Column<TenantEntry>[] = [
  plain("int", ({ workspaceId }) => workspaceId),
  plain("uuid", ({ id }) => id),
  plain("uuid", ({ queueId }) => queueId),
  text(({ functionId }) => functionId),
  text(({ key }) => key),
  plain("int", ({ weight }) => weight),
];

/** Of the fields of `durable.rare_births`, in their order. */
export const RARE_BIRTH_TYPES: readonly string[] = typesOf(
  SKIP_COLUMNS,
  TIMEOUT_COLUMNS,
  RUN_GATE_COLUMNS,
  GATE_COLUMNS,
  BEGIN_COLUMNS,
  SHAPE_COLUMNS,
  RUN_ORDER_COLUMNS,
  TENANT_COLUMNS,
  TERM_COLUMNS,
);

/** What most events and runs have none of. What a commit skips and limits are effects of its outcome, and not in here. */
export function rareBirthLiterals(rows: EventRows, by: "request" | "commit"): string[] {
  return [
    ...literals(SKIP_COLUMNS, by === "request" ? rows.skips : []),
    ...literals(TIMEOUT_COLUMNS, by === "request" ? rows.timeouts : []),
    ...literals(RUN_GATE_COLUMNS, rows.gated),
    ...literals(GATE_COLUMNS, rows.gates),
    ...literals(BEGIN_COLUMNS, rows.sleepers),
    ...literals(SHAPE_COLUMNS, rows.shaped),
    ...literals(RUN_ORDER_COLUMNS, rows.ordered),
    ...literals(TENANT_COLUMNS, rows.tenants),
    ...literals(TERM_COLUMNS, rows.termed),
  ];
}

/** Rows of several requests for one call of `accept_events` or `commit_outcomes`. */
export class EventRows {
  readonly #entries: EventEntry[] = [];
  readonly #runs: RunEntry[] = [];
  readonly #registry = new Map<number, number>();

  add(row: EventRow, request: number, registryVersion: number): void {
    this.#push(row, request);
    this.#matchedAt(row.workspaceId, registryVersion);
  }

  append(other: EventRows, request: number): void {
    for (const { row } of other.#entries) this.#push(row, request);
    for (const [workspaceId, version] of other.#registry) this.#matchedAt(workspaceId, version);
  }

  /** Of rows that were matched at several versions the oldest counts: one that is stale makes all of the call stale. */
  #matchedAt(workspaceId: number, version: number): void {
    const known = this.#registry.get(workspaceId);
    if (known === undefined || version < known) this.#registry.set(workspaceId, version);
  }

  #push(row: EventRow, request: number): void {
    const event = this.#entries.push({ row, request });
    for (const run of row.runs) this.#runs.push({ event, run });
  }

  /** Nothing in them is rare. */
  get arePlain(): boolean {
    const { skips, timeouts, gated, sleepers, shaped, ordered, termed } = this;
    return [skips, timeouts, gated, sleepers, shaped, ordered, termed].every(({ length }) => length === 0);
  }

  get entries(): readonly EventEntry[] {
    return this.#entries;
  }

  get runs(): readonly RunEntry[] {
    return this.#runs;
  }

  /** Those of which some came with a trace; none when nobody said. */
  get traced(): readonly EventEntry[] {
    return this.#entries.some(({ row }) => row.traceparent !== null) ? this.#entries : [];
  }

  /** Those of whom some are born asleep; none when nobody is. */
  get sleepers(): readonly RunEntry[] {
    return this.#runs.some(({ run }) => run.begin !== null) ? this.#runs : [];
  }

  /** Those of whom some must take a shape; none when nobody must. */
  get shaped(): readonly RunEntry[] {
    return this.#runs.some(({ run }) => run.shapes !== null) ? this.#runs : [];
  }

  /** Those of whom some have terms; none when nobody has. */
  get termed(): readonly RunEntry[] {
    return this.#runs.some(({ run }) => run.terms.length > 0) ? this.#runs : [];
  }

  get skips(): SkipEntry[] {
    return this.#entries.flatMap(({ row }, index) => row.skips.map((skip) => ({ event: index + 1, skip })));
  }

  get timeouts(): TimeoutEntry[] {
    return this.runs.flatMap(({ event, run: { runId, timeouts } }) =>
      timeouts.map((timeout) => ({ event, runId, ...timeout })),
    );
  }

  get gates(): GateEntry[] {
    const gates = new Map<string, GateEntry>();
    for (const { row } of this.#entries) {
      for (const { gates: own } of row.runs) {
        if (own === null) continue;
        for (const gate of [...own.run, ...own.step]) {
          gates.set(`${row.workspaceId} ${gate.id}`, { ...gate, workspaceId: row.workspaceId });
        }
      }
    }
    return [...gates.values()];
  }

  /** Of one that several runs name, the weight of the last one. */
  get tenants(): TenantEntry[] {
    const tenants = new Map<string, TenantEntry>();
    for (const { row } of this.#entries) {
      for (const { order } of row.runs) {
        if (order === null || order.tenant === null) continue;
        tenants.set(`${row.workspaceId} ${order.tenant.id}`, {
          ...order.tenant,
          workspaceId: row.workspaceId,
        });
      }
    }
    return [...tenants.values()];
  }

  /** Runs that have a priority or a tenant: the others have nothing in those columns. */
  get ordered(): readonly RunEntry[] {
    return this.#runs.some(({ run }) => run.order !== null) ? this.#runs : [];
  }

  /** Runs with gates, a fair queue among them. */
  get gated(): readonly RunEntry[] {
    return this.#runs.some(
      ({ run }) => run.gates !== null || (run.order !== null && run.order.tenant !== null),
    )
      ? this.#runs
      : [];
  }

  get registry(): RegistryEntry[] {
    return [...this.#registry];
  }
}
