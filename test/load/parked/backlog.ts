import { randomBytes, randomUUID } from "node:crypto";
import type { Gate, RunGates } from "../../../engine/src/domain/gates.ts";
import { UUID_RANDOM_BYTES, uuidV7 } from "../../../engine/src/domain/ids.ts";
import { insertEvents } from "../../../engine/src/store/accepted-events.ts";
import { type Database, openDatabase } from "../../../engine/src/store/database.ts";
import { registerEngine } from "../../../engine/src/store/engines.ts";
import { EventRows } from "../../../engine/src/store/event-rows.ts";
import { claimLeases, type Lease } from "../../../engine/src/store/leases.ts";
import { setLimit } from "../../../engine/src/store/limits.ts";
import { migrate } from "../../../engine/src/store/migrate.ts";
import { commitOutcomes } from "../../../engine/src/store/outcomes.ts";
import { PLAN_SETTINGS } from "../../../engine/src/store/plan-settings.ts";
import { NO_TIMES, outcome } from "../../support/outcomes.ts";
import { usageOf } from "../process-usage.ts";

/** As the dispatcher asks. */
const CLAIM_MAX = 128;
const BATCH = 1_000;
/** Jobs of the key that flows: a process has so many slots. */
const FLOWING = 64;
const HOUR_MS = 3_600_000;

/** What a window of the flowing key gave. Wall clock is the machine's; CPU and pages are the claim's own. */
export interface Flow {
  readonly jobsPerS: number;
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  /** Of the backend that claims, per claim. */
  readonly claimCpuMs: number;
  /** Pages of shared buffers that one claim looked at, the last one of the window. */
  readonly claimPages: number;
}

/** The engine's own statements, in the order in which one engine makes them, beside as many parked jobs as wanted. */
export class Backlog {
  readonly #ingest: Database;
  readonly #claimer: Database;
  readonly #committer: Database;
  readonly #engineId: number;
  readonly #workspaceId: number;
  readonly #claimPid: number;
  readonly #blocked = { id: randomUUID(), name: "blocked" };
  readonly #flowing = { id: randomUUID(), name: "flowing" };
  readonly #keys: RunGates[];
  readonly #flow: RunGates;
  /** Parked, or on the way there. */
  jobs = 0;

  private constructor(databases: readonly Database[], ids: readonly number[], keys: number) {
    [this.#ingest, this.#claimer, this.#committer] = databases as [Database, Database, Database];
    [this.#engineId, this.#workspaceId, this.#claimPid] = ids as [number, number, number];
    this.#keys = Array.from({ length: keys }, (_, no) => gatesOf(this.#blocked.id, `"key ${no}"`));
    this.#flow = gatesOf(this.#flowing.id, null);
  }

  static async open(url: string, keys: number): Promise<Backlog> {
    const databases = ["ingest", "claim", "commit"].map((name) =>
      openDatabase({ url, max: 1, applicationName: `parked ${name}`, settings: PLAN_SETTINGS }),
    );
    const [ingest, claimer] = databases as [Database, Database];
    await migrate({ database: ingest, log: () => {} });
    const row = { leaseMs: 24 * HOUR_MS, slots: FLOWING, host: "bench", pid: process.pid, version: "bench" };
    const engineId = await registerEngine(ingest, row);
    const [workspace] = await ingest.sql<{ id: number }[]>`
      insert into durable.workspaces (app, environment) values ('bench', 'dev') returning id`;
    const [backend] = await claimer.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const backlog = new Backlog(databases, [engineId, workspace!.id, backend!.pid], keys);
    await backlog.#declare();
    await backlog.#holdAll();
    return backlog;
  }

  async close(): Promise<void> {
    await Promise.all([this.#ingest, this.#claimer, this.#committer].map((database) => database.end()));
  }

  /** Puts so many jobs behind the blocked keys, in turn: jobs per second of storing and of parking them, CPU of parking one. */
  async grow(count: number): Promise<{ enqueuePerS: number; parkPerS: number; parkCpuUs: number }> {
    const spentMs = { enqueue: 0, park: 0 };
    const cpuBefore = this.#claimCpuS();
    for (let done = 0; done < count; done += BATCH) {
      const gates = Array.from(
        { length: Math.min(BATCH, count - done) },
        () => this.#keys[this.jobs++ % this.#keys.length]!,
      );
      spentMs.enqueue += await timed(() => this.#start(gates));
      spentMs.park += await timed(async () => {
        for (const found of [await this.#claimWhole()].flat()) throw new Error(`${found.runId} got in`);
      });
    }
    return {
      enqueuePerS: (count / spentMs.enqueue) * 1_000,
      parkPerS: (count / spentMs.park) * 1_000,
      parkCpuUs: ((this.#claimCpuS() - cpuBefore) / count) * 1_000_000,
    };
  }

  /** Jobs of the free key: stored, claimed, ended, as fast as it goes, for so long. */
  async flow(seconds: number): Promise<Flow> {
    const claimsMs: number[] = [];
    const cpuBefore = this.#claimCpuS();
    const startedMs = performance.now();
    let jobs = 0;
    while (performance.now() - startedMs < seconds * 1_000) {
      await this.#start(Array(FLOWING).fill(this.#flow));
      const leases = await this.#claimWhole(claimsMs);
      if (leases.length !== FLOWING) throw new Error(`${leases.length} of ${FLOWING} got in`);
      await this.#complete(leases);
      jobs += leases.length;
    }
    const ms = performance.now() - startedMs;
    const claimCpuMs = ((this.#claimCpuS() - cpuBefore) * 1_000) / claimsMs.length;
    const sorted = claimsMs.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;
    return {
      jobsPerS: (jobs / ms) * 1_000,
      claimP50Ms: at(0.5),
      claimP99Ms: at(0.99),
      claimCpuMs,
      claimPages: await this.#claimPages(),
    };
  }

  /** Another number for the blocked limit. Answers how long it took until it was stored, and until it was in force. */
  async change(count: number): Promise<{ storedMs: number; inForceMs: number; leases: readonly Lease[] }> {
    const startedMs = performance.now();
    const change = { id: this.#blocked.id, count, reason: null };
    await setLimit(this.#ingest, this.#workspaceId, "bench", change);
    const storedMs = performance.now() - startedMs;
    const leases = await claimLeases(this.#claimer, this.#engineId, CLAIM_MAX);
    return { storedMs, inForceMs: performance.now() - startedMs, leases };
  }

  /** Ends those that were let in, until there were so many: jobs per second of claiming, CPU of promoting and leasing one. */
  async drain(
    count: number,
    first: readonly Lease[],
  ): Promise<{ promotePerS: number; promoteCpuUs: number }> {
    await this.#complete(first);
    const cpuBefore = this.#claimCpuS();
    let leased = 0;
    let ms = 0;
    while (leased < count) {
      const leases: Lease[] = [];
      ms += await timed(async () => {
        leases.push(...(await claimLeases(this.#claimer, this.#engineId, CLAIM_MAX)));
      });
      if (leases.length === 0) break;
      leased += leases.length;
      await this.#complete(leases);
    }
    return {
      promotePerS: (leased / ms) * 1_000,
      promoteCpuUs: ((this.#claimCpuS() - cpuBefore) / leased) * 1_000_000,
    };
  }

  #claimCpuS(): number {
    return usageOf(this.#claimPid)?.cpuS ?? Number.NaN;
  }

  async #declare(): Promise<void> {
    const limits = [this.#blocked, this.#flowing];
    await this.#ingest
      .sql`select durable.declare_limits(${this.#workspaceId}, ${limits.map(({ id }) => id)}::uuid[],
      ${limits.map(({ name }) => name)}::text[], ${limits.map(() => "bench")}::text[], ${limits.map(() => "concurrency")}::text[],
      ${[1, FLOWING]}::int[], ${[null, null]}::float8[], ${[1, 1]}::int[])`;
  }

  /** One run of each blocked key is in, and stays. */
  async #holdAll(): Promise<void> {
    for (let at = 0; at < this.#keys.length; at += BATCH) {
      const gates = this.#keys.slice(at, at + BATCH);
      await this.#start(gates);
      const held = await this.#claimWhole();
      if (held.length !== gates.length) throw new Error(`${held.length} of ${gates.length} are in`);
    }
  }

  async #start(gates: readonly RunGates[]): Promise<void> {
    const rows = new EventRows();
    const event = { workspaceId: this.#workspaceId, clientId: null, bodyHash: null, name: "go", data: "{}" };
    const nowMs = Date.now();
    for (const own of gates) {
      const run = {
        runId: uuidV7(nowMs, randomBytes(UUID_RANDOM_BYTES)),
        functionId: "bench",
        functionVersion: 1,
        fence: null,
        gates: own,
        timeouts: [],
        terms: [],
        mayBeCancelled: false,
        begin: null,
        shapes: null,
        order: null,
      };
      rows.add(
        {
          ...event,
          id: uuidV7(nowMs, randomBytes(UUID_RANDOM_BYTES)),
          timeMs: nowMs,
          traceparent: null,
          runs: [run],
          skips: [],
        },
        1,
        0,
      );
    }
    await insertEvents(this.#ingest, this.#engineId, rows);
  }

  /** Again as long as there is something, as the dispatcher does. */
  async #claimWhole(claimsMs: number[] = []): Promise<Lease[]> {
    const leases: Lease[] = [];
    for (let again = true; again; ) {
      again = false;
      const startedMs = performance.now();
      const claimed = await claimLeases(this.#claimer, this.#engineId, CLAIM_MAX, () => {
        again = true;
      });
      claimsMs.push(performance.now() - startedMs);
      leases.push(...claimed);
      again ||= claimed.length === CLAIM_MAX;
    }
    return leases;
  }

  async #complete(leases: readonly Lease[]): Promise<void> {
    const items = leases
      .toSorted((a, b) => (a.runId < b.runId ? -1 : 1))
      .map(({ workspaceId, runId, fence, journalSeq: knownSeq }) => ({
        ...{ workspaceId, runId, fence, knownSeq, nextFence: randomUUID() },
        ...{ outcome: outcome("completed"), mayHavePending: false, areStepsNew: true },
        ...{ times: NO_TIMES, events: null },
      }));
    if (items.length > 0) await commitOutcomes(this.#committer, this.#engineId, items);
  }

  async #claimPages(): Promise<number> {
    await this.#start(Array(FLOWING).fill(this.#flow));
    const [row] = await this.#claimer.sql<{ "QUERY PLAN": { Plan: Record<string, number> }[] }[]>`
      explain (analyze, buffers, format json) select * from durable.claim(${this.#engineId}::int, ${CLAIM_MAX}::int)`;
    const { Plan } = row!["QUERY PLAN"][0]!;
    const found = await this.#ingest.sql<{ run_id: string; fence: string }[]>`
      select run_id, fence from durable.live_runs where engine_id is not null and step_gates = ${[this.#flow.step[0]!.id]}::uuid[]`;
    const leases = found.map((row) => ({
      workspaceId: this.#workspaceId,
      runId: row.run_id,
      fence: row.fence,
      journalSeq: 0,
    }));
    await this.#complete(leases as Lease[]);
    return Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!;
  }
}

function gatesOf(limitId: string, key: string | null): RunGates {
  const gate: Gate = { id: randomUUID(), limitId, unit: "step", key };
  return { run: [], step: [gate], units: 1 };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
