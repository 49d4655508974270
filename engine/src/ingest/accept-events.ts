import type { Logger } from "pino";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import { faultPoint } from "../runtime/fault-points.ts";
import { Group } from "../runtime/group.ts";
import type { Ports } from "../runtime/ports.ts";
import { type AcceptedEvent, findAcceptedStates, insertEvents } from "../store/accepted-events.ts";
import {
  type Database,
  isConflict,
  isConnectionLoss,
  isEnded,
  isServerTrouble,
  isUnknownOutcome,
} from "../store/database.ts";
import { type EventRow, EventRows, type RunRow, type SkipReason } from "../store/event-rows.ts";
import { findShaped, type Shaped } from "../store/shaped-runs.ts";
import type { EventRef } from "../store/waits.ts";
import { toEventRow } from "./event-row.ts";
import type { IncomingEvent } from "./incoming-event.ts";
import type { IngestPressure } from "./ingest-pressure.ts";

export interface StartedRun {
  readonly event: string;
  readonly function: string;
  readonly run: string;
  /** It is not its own: why. */
  readonly skipped?: SkipReason;
}

/** An event that became no run of its own of a function that it names, because of a shape. */
export interface Unstarted {
  readonly event: string;
  readonly function: string;
  /** The run it went into, or that stood in its way; null when there is none. */
  readonly run: string | null;
  readonly reason: SkipReason;
  readonly detail: string | null;
}

export type AcceptResult =
  | {
      readonly state: "accepted";
      readonly ids: readonly string[];
      readonly runs: readonly StartedRun[];
      readonly unstarted: readonly Unstarted[];
    }
  /** The ids that already name other events. Nothing of the request was stored. */
  | { readonly state: "conflict"; readonly ids: readonly string[] };

/** A run that was born leased: whoever reserved a slot for it executes it now. */
export interface Birth {
  readonly workspace: WorkspaceEntry;
  readonly event: EventRow;
  readonly run: RunRow & { readonly fence: string };
}

/** Where free slots are known. */
export interface Births {
  /** Up to `wanted` slots, set aside until they are started or given back. */
  reserve(wanted: number): number;
  giveBack(count: number): void;
  /** The endpoint is down or busy: its runs are born into ready, from where they wait for it. */
  isHeldBack(workspaceId: number): boolean;
  /** These runs will be started, or were never born, when the returned function is called: nobody else starts them. */
  expect(runIds: readonly string[]): () => void;
  startBorn(births: readonly Birth[]): void;
  /** Runs beyond the reserved slots went to ready. */
  kick(): void;
}

export interface EventAcceptorOptions extends Ports {
  readonly database: Database;
  readonly registry: WorkspaceRegistry;
  readonly engineId: () => number;
  readonly births: Births;
  /** Runs may have been born leased to us without our hearing of it. */
  readonly suspectLeases: () => void;
  readonly owesMatch: (events: readonly EventRef[]) => void;
  /** A run was born that begins, or whose time is over, in so many milliseconds. */
  readonly dueIn: (ms: number) => void;
  /** Shapes may have moved the beginning of runs, or want some cancelled. */
  readonly shaped: () => void;
  readonly pressure: IngestPressure;
  readonly log: Logger;
}

interface Request {
  readonly workspaceId: number;
  readonly events: readonly IncomingEvent[];
}

const NOTHING_SHAPED: ReadonlyMap<string, Shaped> = new Map();

/** About 200 small events: the rows of the next call are made while the database writes those of this one. */
const BESIDE_BYTES = 48 * 1024;
/** Tries of one group while the database is away; after that the sender hears 503 and sends again. */
const TRIES_MAX = 8;

/**
 * The door of events. Requests that come in while a commit is under way share the next one; a request is answered
 * when its events, their runs and their jobs are on disk, all or none of them.
 */
export class EventAcceptor {
  readonly #options: EventAcceptorOptions;
  readonly #group: Group<Request, AcceptResult>;

  constructor(options: EventAcceptorOptions) {
    this.#options = options;
    this.#group = new Group((requests) => this.#acceptAll(requests), {
      items: 500,
      bytes: 4 * 1024 * 1024,
      besideBytes: BESIDE_BYTES,
      bytesOf: (request) => request.events.reduce((bytes, event) => bytes + event.data.length + 200, 0),
    });
  }

  get count(): { readonly calls: number; readonly items: number } {
    return this.#group.count;
  }

  accept(workspaceId: number, events: readonly IncomingEvent[]): Promise<AcceptResult> {
    const { pressure } = this.#options;
    pressure.arrived(events.length);
    return this.#group.add({ workspaceId, events }).finally(() => pressure.answered(events.length));
  }

  idle(): Promise<void> {
    return this.#group.idle();
  }

  async #acceptAll(requests: readonly Request[]): Promise<AcceptResult[]> {
    const { births } = this.#options;
    for (;;) {
      const workspaces = await Promise.all(requests.map((request) => this.#workspaceOf(request.workspaceId)));
      let slots = births.reserve(requests.reduce((count, request) => count + request.events.length, 0));
      const reserved = slots;
      const fenceFor = () => {
        if (slots === 0) return null;
        slots -= 1;
        return this.#options.random.uuid();
      };
      const rows = new EventRows();
      const perRequest = requests.map((request, index) =>
        request.events.map((event) => {
          const { workspaceId } = workspaces[index]!;
          const fence = births.isHeldBack(workspaceId) ? () => null : fenceFor;
          const row = toEventRow(this.#options, workspaces[index]!, event, fence);
          rows.add(row, index + 1, workspaces[index]!.version);
          return row;
        }),
      );
      const expected = births.expect(rows.runs.flatMap(({ run }) => (run.fence === null ? [] : run.runId)));
      let accepted: AcceptedEvent[];
      try {
        accepted = await this.#insert(rows);
        if (accepted.some((event) => event.state === "stale")) {
          births.giveBack(reserved);
          for (const [workspaceId] of rows.registry) this.#options.registry.forget(workspaceId);
          continue;
        }
        await faultPoint("ingest.after-commit");
        this.#start(reserved, requests, workspaces, perRequest, accepted);
      } catch (error) {
        births.giveBack(reserved);
        this.#options.suspectLeases();
        throw error;
      } finally {
        expected();
      }
      const shaped = await this.#shapedOf(rows, accepted);
      let next = 0;
      return perRequest.map((eventRows) => {
        const states = accepted.slice(next, next + eventRows.length);
        next += eventRows.length;
        return toResult(eventRows, states, shaped);
      });
    }
  }

  /** What became of those whose functions have shapes, by run. They are stored: an answer without them is still true. */
  async #shapedOf(rows: EventRows, accepted: readonly AcceptedEvent[]): Promise<ReadonlyMap<string, Shaped>> {
    const asked = rows.shaped.flatMap(({ event, run }) =>
      run.shapes === null || accepted[event - 1]!.state !== "new"
        ? []
        : [{ ...run, event: rows.entries[event - 1]!.row }],
    );
    if (asked.length === 0) return NOTHING_SHAPED;
    this.#options.shaped();
    const found = await findShaped(this.#options.database, asked);
    return new Map(asked.map(({ runId }, index) => [runId, found[index]!]));
  }

  #workspaceOf(workspaceId: number): Promise<WorkspaceEntry> | WorkspaceEntry {
    return this.#options.registry.peek(workspaceId) ?? this.#options.registry.of(workspaceId);
  }

  /** Repeats until the outcome is known or the database has been away too long. */
  async #insert(rows: EventRows): Promise<AcceptedEvent[]> {
    const { database, engineId, log } = this.#options;
    let unknown = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (unknown) {
          const found = await findAcceptedStates(database, rows);
          if (found !== null) return found;
          unknown = false;
        }
        await faultPoint("ingest.before-commit");
        return await insertEvents(database, engineId(), rows);
      } catch (error) {
        unknown ||= isUnknownOutcome(error);
        const again = isConflict(error) || isConnectionLoss(error) || isServerTrouble(error);
        if (!again || isEnded(error) || attempt >= TRIES_MAX) throw error;
        log.debug({ err: error, attempt }, "ingest is repeated");
        await new Promise<void>((resolve) => this.#options.timers.after(25 * 2 ** attempt, resolve));
      }
    }
  }

  #start(
    reserved: number,
    requests: readonly Request[],
    workspaces: readonly WorkspaceEntry[],
    perRequest: readonly (readonly EventRow[])[],
    accepted: readonly AcceptedEvent[],
  ): void {
    const { births, owesMatch, dueIn, clock } = this.#options;
    const started: Birth[] = [];
    const owed: EventRef[] = [];
    let queued = false;
    let next = 0;
    for (let index = 0; index < requests.length; index += 1) {
      for (const event of perRequest[index]!) {
        const { state, owesMatch: owes } = accepted[next]!;
        next += 1;
        if (owes) owed.push({ workspaceId: event.workspaceId, eventId: event.id });
        if (state !== "new") continue;
        for (const run of event.runs) {
          if (run.begin !== null) dueIn(run.begin.inMs ?? run.begin.atMs - clock.epochMs());
          for (const { ms } of run.timeouts) dueIn(ms);
          if (run.fence === null) queued = true;
          else started.push({ workspace: workspaces[index]!, event, run: run as Birth["run"] });
        }
      }
    }
    births.giveBack(reserved - started.length);
    births.startBorn(started);
    if (queued) births.kick();
    if (owed.length > 0) owesMatch(owed);
  }
}

function toResult(
  rows: readonly EventRow[],
  accepted: readonly AcceptedEvent[],
  shaped: ReadonlyMap<string, Shaped>,
): AcceptResult {
  const conflicts = rows.filter((_, index) => accepted[index]!.state === "conflict");
  if (conflicts.length > 0) return { state: "conflict", ids: conflicts.map(publicId) };
  const runs: StartedRun[] = [];
  const unstarted: Unstarted[] = [];
  for (const [index, row] of rows.entries()) {
    if (accepted[index]!.state !== "new") continue;
    for (const { functionId, runId } of row.runs) {
      const named = { event: publicId(row), function: functionId };
      const became = shaped.get(runId);
      if (became === undefined || became.isBorn) runs.push({ ...named, run: runId });
      else unstarted.push({ ...named, run: became.into, reason: became.reason!, detail: became.detail });
    }
  }
  return { state: "accepted", ids: rows.map(publicId), runs, unstarted };
}

/** The sender's own id where it gave one. */
export function publicId(row: { readonly clientId: string | null; readonly id: string }): string {
  return row.clientId ?? row.id;
}
