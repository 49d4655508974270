import { randomUUID } from "node:crypto";
import type { Gate } from "../../engine/src/domain/gates.ts";
import type { RunOrder } from "../../engine/src/domain/run-order.ts";
import { insertEvents } from "../../engine/src/store/accepted-events.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { claimLeases, type Lease } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { commitItem, NO_TIMES, outcome, type Stage, step } from "../concurrency/stage.ts";

export interface Declared {
  readonly unit: Gate["unit"];
  readonly count: number;
  /** Of `start`. */
  readonly periodMs?: number;
  readonly burst?: number;
}

/** What a run that sleeps has, each time another one. */
const napOf = ({ journalSeq }: Lease) =>
  step(`nap ${journalSeq}`, "pending", { op: "sleep", value: null, dueMs: 1e12 });

/** One for each gate that a job can move on to, and some. */
const ROUNDS_MAX = 100;

/** Limits of one workspace of a stage, and runs that must pass their gates. */
export class GatesOnStage {
  readonly workspaceId: number;
  readonly #stage: Stage;
  readonly #limitIds = new Map<string, string>();
  readonly #gates = new Map<string, Gate>();
  readonly #prefix = randomUUID().slice(0, 24);
  #runs = 0;

  private constructor(stage: Stage, workspaceId: number) {
    this.#stage = stage;
    this.workspaceId = workspaceId;
  }

  /** In a new workspace, which the stage uses from now on. */
  static async open(stage: Stage): Promise<GatesOnStage> {
    const [row] = await stage.database.sql<{ id: number }[]>`
      insert into durable.workspaces (app, environment) values (${randomUUID()}, 'test') returning id`;
    stage.workspaceId = row!.id;
    stage.registryVersion = 0;
    return new GatesOnStage(stage, row!.id);
  }

  /** All limits there are; one that is not named any more lets everything through. */
  async declare(limits: Readonly<Record<string, Declared>>): Promise<void> {
    const all = Object.entries(limits);
    await this.#stage.database.sql`select durable.declare_limits(${this.workspaceId},
      ${all.map(([name]) => this.#limitId(name))}::uuid[], ${all.map(([name]) => name)}::text[],
      ${all.map(() => "racer")}::text[],
      ${all.map(([, { unit }]) => (unit === "start" ? "throttle" : "concurrency"))}::text[],
      ${all.map(([, { count }]) => count)}::int[], ${all.map(([, { periodMs }]) => periodMs ?? null)}::float8[],
      ${all.map(([, { burst }]) => burst ?? 1)}::int[])`;
  }

  gate(name: string, unit: Gate["unit"] = "step", key: string | null = null): Gate {
    const id = `${name} ${unit} ${key}`;
    let gate = this.#gates.get(id);
    if (gate === undefined) {
      gate = { id: randomUUID(), limitId: this.#limitId(name), unit, key };
      this.#gates.set(id, gate);
    }
    return gate;
  }

  /** A run in ready. */
  async start(
    gates: readonly Gate[],
    { units = 1, order }: { readonly units?: number; readonly order?: RunOrder } = {},
  ): Promise<string> {
    const [runId] = await this.startAll(gates, 1, units, order);
    return runId!;
  }

  /** So many, by one event. */
  startAll(gates: readonly Gate[], count: number, units = 1, order?: RunOrder): Promise<string[]> {
    // Of one alone the id says when it came; several stand in no order.
    const nextId = count === 1 ? () => this.#nextRunId() : randomUUID;
    return this.#startRuns(
      Array.from({ length: count }, () => gates),
      nextId,
      units,
      order,
    );
  }

  /** One for each of these sets of gates, by one event, in this order. */
  startEach(gatesOfEach: readonly (readonly Gate[])[]): Promise<string[]> {
    return this.#startRuns(gatesOfEach, () => this.#nextRunId());
  }

  async #startRuns(
    gatesOfEach: readonly (readonly Gate[])[],
    nextId: () => string,
    units = 1,
    order?: RunOrder,
  ): Promise<string[]> {
    const runs = gatesOfEach.map((gates) => ({
      runId: nextId(),
      fence: null,
      // Without any it has none, as with limits of a function.
      ...(gates.length > 0 && { gates: { ...byUnit(gates), units } }),
      ...(order !== undefined && { order }),
    }));
    const { database, engineId } = this.#stage;
    await insertEvents(database, engineId, this.#stage.rows(this.#stage.event("go", "{}", runs)));
    return runs.map(({ runId }) => runId);
  }

  /** All that can be leased now, as engines do: again as long as there is something. */
  async claimAll(database: Database = this.#stage.right, limit = 100): Promise<Lease[]> {
    const leases: Lease[] = [];
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      let again = false;
      const parked = () => {
        again = true;
      };
      leases.push(...(await claimLeases(database, this.#stage.engineId, limit, parked)));
      const [notes] = await this.#stage.database.sql<{ count: number }[]>`
        select count(*)::int as count from durable.gate_notes where due_at <= durable.durable_now()`;
      if (!again && notes!.count === 0) return leases;
    }
    throw new Error(`There is always something to claim: ${JSON.stringify(await this.#whatIsLeft())}`);
  }

  letGo(lease: Lease, kind: "completed" | "wait" | "requeue" = "completed"): Promise<void> {
    return this.letGoAll([lease], kind);
  }

  /** By one commit. */
  async letGoAll(
    leases: readonly Lease[],
    kind: "completed" | "wait" | "requeue" = "completed",
  ): Promise<void> {
    if (leases.length === 0) return;
    const inLockOrder = leases.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
    const items = inLockOrder.map((lease) =>
      commitItem(lease, outcome(kind, { steps: kind === "wait" ? [napOf(lease)] : [] }), {
        knownSeq: lease.journalSeq,
        // It answers a dispatch, and is no checkpoint.
        times: { ...NO_TIMES, leased: Date.now() },
      }),
    );
    const results = await commitOutcomes(this.#stage.left, this.#stage.engineId, items);
    for (const [at, { state }] of results.entries())
      if (state !== "applied") throw new Error(`the commit of ${items[at]!.runId} is ${state}`);
  }

  /** Whoever comes next has the queue to itself. */
  async endAll(): Promise<void> {
    await this.#stage.endAll();
    await this.claimAll();
  }

  /** Places taken and jobs parked, of gates that anybody ever came to, by id. */
  async counts(): Promise<Map<string, { used: number; parked: number }>> {
    const rows = await this.#stage.database.sql<{ id: string; used: number; parked: number }[]>`
      select id, used, parked from durable.gates where workspace_id = ${this.workspaceId}`;
    return new Map(rows.map(({ id, used, parked }) => [id, { used, parked }]));
  }

  /** In order: of two jobs of one rank the run that was started first goes first. */
  #nextRunId(): string {
    this.#runs += 1;
    return `${this.#prefix}${String(this.#runs).padStart(12, "0")}`;
  }

  #limitId(name: string): string {
    let id = this.#limitIds.get(name);
    if (id === undefined) {
      id = randomUUID();
      this.#limitIds.set(name, id);
    }
    return id;
  }

  async #whatIsLeft(): Promise<unknown> {
    return await this.#stage.database.sql`
      select g.unit, g.key, g.used, g.parked, g.opens_at, l.declared,
        (select json_agg(n) from durable.gate_notes n where n.gate_id = g.id) as notes,
        (select json_agg(k) from durable.parked k where k.gate_id = g.id) as jobs
      from durable.gates g left join durable.limits l on l.id = g.limit_id
      where g.parked > 0 or exists (select 1 from durable.gate_notes n where n.gate_id = g.id)`;
  }
}

function byUnit(gates: readonly Gate[]) {
  return {
    run: gates.filter(({ unit }) => unit !== "step"),
    step: gates.filter(({ unit }) => unit === "step"),
  };
}
