import { createHash, randomUUID } from "node:crypto";
import type { RunGates } from "../../engine/src/domain/gates.ts";
import type { Effect, Outcome, StepEntry, StepStatus } from "../../engine/src/domain/outcome.ts";
import type { RunOrder } from "../../engine/src/domain/run-order.ts";
import { seededRandom } from "../../engine/src/runtime/fault-points.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import type { CommitItem, CommitResult } from "../../engine/src/store/commit-item.ts";
import {
  type Database,
  isConnectionLoss,
  isUnknownOutcome,
  openDatabase,
} from "../../engine/src/store/database.ts";
import { registerEngine } from "../../engine/src/store/engines.ts";
import { EventRows } from "../../engine/src/store/event-rows.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { PLAN_SETTINGS } from "../../engine/src/store/plan-settings.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { NO_TIMES, outcome } from "../support/outcomes.ts";
import { createDatabase, type TestDatabase } from "../support/postgres.ts";

export { NO_TIMES, outcome } from "../support/outcomes.ts";

const TIME_MS = 1_700_000_000_000;
/** Nobody sends heartbeats here: longer than any file of races takes. */
const LEASE_MS = 3_600_000;

/** A run as its holder sees it. */
export interface HeldRun {
  readonly workspaceId: number;
  readonly runId: string;
  readonly fence: string;
}

/**
 * One database, two racers with a connection each, one engine that holds the leases. Everything goes through the
 * engine's own store, with its plans: what is raced is what runs in production.
 */
export class Stage {
  readonly database: TestDatabase;
  readonly left: Database;
  readonly right: Database;
  readonly random: () => number;
  engineId = 0;
  workspaceId = 0;
  registryVersion = 0;

  private constructor(database: TestDatabase, seed: number) {
    this.database = database;
    const racer = { options: database.address, max: 1, settings: PLAN_SETTINGS };
    this.left = openDatabase({ ...racer, applicationName: "left" });
    this.right = openDatabase({ ...racer, applicationName: "right" });
    this.random = seededRandom(seed);
  }

  static async open(seed: number): Promise<Stage> {
    const stage = new Stage(await createDatabase({ settings: PLAN_SETTINGS }), seed);
    stage.engineId = await stage.newEngine(LEASE_MS);
    const [workspace] = await stage.database.sql<{ id: number }[]>`
      insert into durable.workspaces (app, environment) values ('race', 'test') returning id`;
    stage.workspaceId = workspace!.id;
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all([this.left.end(), this.right.end()]);
    await this.database.drop();
  }

  /** What must be true of every database must be true of this one, whatever raced in it. */
  expectInvariants(): Promise<void> {
    return expectInvariants(this.database);
  }

  /** Whoever comes next has the queue to itself. */
  async endAll(): Promise<void> {
    await this.database.sql`
      select durable.cancel_run(workspace_id, run_id, 'test', null) from durable.live_runs order by workspace_id, run_id`;
  }

  /** Runs that are leased end, by one commit. */
  async complete(leases: readonly HeldRun[]): Promise<void> {
    if (leases.length === 0) return;
    const inLockOrder = leases.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
    const items = inLockOrder.map((lease) => commitItem(lease, outcome("completed")));
    for (const { state } of await commitOutcomes(this.database, this.engineId, items))
      if (state !== "applied") throw new Error(`the commit is ${state}`);
  }

  newEngine(leaseMs: number): Promise<number> {
    return registerEngine(this.database, { leaseMs, slots: 10, host: "test", pid: 1, version: "test" });
  }

  /** Starts a run by an event of its own, born leased to `engineId`. */
  async startRun(engineId = this.engineId): Promise<HeldRun> {
    const [run] = await this.startRuns(1, engineId);
    return run!;
  }

  /** So many by one statement, in the order of locks. */
  async startRuns(count: number, engineId = this.engineId): Promise<HeldRun[]> {
    const ids = Array.from({ length: count }, () => randomUUID()).toSorted();
    const runs = ids.map((runId) => ({ runId, fence: randomUUID() }));
    const events = runs.map((run) => this.event("race.started", "{}", [run]));
    await insertEvents(this.database, engineId, this.rows(...events));
    return runs.map((run) => ({ workspaceId: this.workspaceId, ...run }));
  }

  event(
    name: string,
    data: string,
    runs: Parameters<Stage["run"]>[0][] = [],
    clientId: string | null = null,
  ) {
    return {
      workspaceId: this.workspaceId,
      id: randomUUID(),
      clientId,
      bodyHash: createHash("sha256")
        .update(`${name}\u001f${TIME_MS}\u001f${data}`)
        .digest("hex")
        .slice(0, 32),
      name,
      data,
      timeMs: TIME_MS,
      traceparent: null,
      runs: runs.map((run) => this.run(run)),
      skips: [],
    };
  }

  /** One that an event starts. */
  run(run: { runId: string; fence: string | null; gates?: RunGates; order?: RunOrder }) {
    return {
      ...run,
      functionId: "racer",
      functionVersion: 1,
      timeouts: [],
      terms: [],
      mayBeCancelled: false,
      gates: run.gates ?? null,
      begin: null,
      shapes: null,
      order: run.order ?? null,
    };
  }

  /** Events of one request, matched against a workspace that was never synced, but changed so often. */
  rows(...events: ReturnType<Stage["event"]>[]): EventRows {
    const rows = new EventRows();
    for (const event of events) rows.add(event, 1, this.registryVersion);
    return rows;
  }

  /**
   * Starts both as if two engines did it: in random order, up to `spreadMs` apart, so that over many rounds every
   * statement of one meets every statement of the other. Rejects if either does.
   */
  async race<A, B>(a: () => Promise<A>, b: () => Promise<B>, spreadMs = 1): Promise<[A, B]> {
    const lead = (this.random() * 2 - 1) * spreadMs;
    const late = <T>(start: () => Promise<T>, delayMs: number) => pause(delayMs).then(start);
    return await Promise.all([late(a, Math.max(0, lead)), late(b, Math.max(0, -lead))]);
  }

  /** The left racer commits like the engine does: again, as long as the outcome is unknown or nobody can be reached. */
  async commitUntilKnown(item: CommitItem): Promise<{ result: CommitResult; lostAnswers: number }> {
    for (let lostAnswers = 0; ; lostAnswers += 1) {
      try {
        const [result] = await commitOutcomes(this.left, this.engineId, [item]);
        return { result: result!, lostAnswers };
      } catch (error) {
        if (!isUnknownOutcome(error) && !isConnectionLoss(error)) throw error;
      }
    }
  }

  /** Ends the left racer's session, whatever it does. */
  async terminateLeft(): Promise<void> {
    await this.right.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'left'`;
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }
}

/** Microseconds matter here and timers count in milliseconds: turns of the event loop until the time is over. */
async function pause(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The step id that SDKs give the n-th step of a name. */
export function stepIdOf(name: string): string {
  return createHash("sha256").update(`\u001f${name}\u001f0`).digest("hex").slice(0, 32);
}

export function step(name: string, status: StepStatus, more: Partial<StepEntry> = {}): StepEntry {
  return {
    id: stepIdOf(name),
    op: "run",
    name,
    n: 0,
    status,
    value: status === "ok" ? JSON.stringify(name) : null,
    failure: null,
    attempt: 1,
    dueMs: null,
    dueAtEpochMs: null,
    ...more,
  };
}

/** A step of this name waits for an event. */
export function waitFor(name: string, event: string, match: object = {}): Effect {
  const data = { mode: "event", events: [{ key: "", event, match }] };
  return { kind: "wait", stepId: stepIdOf(name), data: JSON.stringify(data) };
}

export function commitItem(run: HeldRun, decided: Outcome, more: Partial<CommitItem> = {}): CommitItem {
  return {
    ...run,
    nextFence: randomUUID(),
    knownSeq: 0,
    mayHavePending: true,
    areStepsNew: false,
    outcome: decided,
    times: NO_TIMES,
    events: null,
    ...more,
  };
}
