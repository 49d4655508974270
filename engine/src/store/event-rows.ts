import { plainArray, textArray } from "./array-literal.ts";

/** An accepted event and what it starts, as rows. */
export interface EventRow {
  readonly workspaceId: number;
  readonly id: string;
  /** The sender's own id, if it gave one: what deduplicates. */
  readonly clientId: string | null;
  /** First 128 bits of SHA-256 over (name, data, time), as a UUID. */
  readonly bodyHash: string;
  readonly name: string;
  /** JSON text as received. */
  readonly data: string;
  /** When it happened, as the sender says, or when it was accepted. */
  readonly timeMs: number;
  readonly runs: readonly RunRow[];
}

export interface RunRow {
  readonly runId: string;
  readonly functionId: string;
  readonly functionVersion: number;
  /** Given when the run shall be born leased to this engine. */
  readonly fence: string | null;
}

/** Rows of several requests for one call of `accept_events` or `commit_outcomes`. */
export class EventRows {
  readonly #events: { readonly row: EventRow; readonly request: number }[] = [];
  /** The version of each workspace's functions that the rows were matched against. */
  readonly #registry = new Map<number, number>();

  add(row: EventRow, request: number, registryVersion: number): void {
    this.#events.push({ row, request });
    this.#registry.set(row.workspaceId, registryVersion);
  }

  append(other: EventRows, request: number): void {
    for (const { row } of other.#events) this.#events.push({ row, request });
    for (const [workspaceId, version] of other.#registry) this.#registry.set(workspaceId, version);
  }

  get length(): number {
    return this.#events.length;
  }

  get rows(): readonly EventRow[] {
    return this.#events.map((event) => event.row);
  }

  get workspaceIds(): Iterable<number> {
    return this.#registry.keys();
  }

  columns() {
    const events = this.#events;
    const runs = events.flatMap(({ row }, index) => row.runs.map((run) => ({ event: index + 1, run })));
    return {
      registryWorkspace: plainArray([...this.#registry.keys()]),
      registryVersion: plainArray([...this.#registry.values()]),
      request: plainArray(events.map((event) => event.request)),
      workspace: plainArray(events.map(({ row }) => row.workspaceId)),
      id: plainArray(events.map(({ row }) => row.id)),
      clientId: textArray(events.map(({ row }) => row.clientId)),
      bodyHash: plainArray(events.map(({ row }) => row.bodyHash)),
      name: textArray(events.map(({ row }) => row.name)),
      data: textArray(events.map(({ row }) => row.data)),
      time: plainArray(events.map(({ row }) => row.timeMs / 1000)),
      runEvent: plainArray(runs.map((run) => run.event)),
      runFunction: textArray(runs.map(({ run }) => run.functionId)),
      runVersion: plainArray(runs.map(({ run }) => run.functionVersion)),
      runId: plainArray(runs.map(({ run }) => run.runId)),
      runFence: plainArray(runs.map(({ run }) => run.fence)),
    };
  }
}

export function emptyEventRows(): EventRows {
  return new EventRows();
}
