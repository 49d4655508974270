// Priority and fairness of the engine beside their model.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunOrder } from "../../engine/src/domain/run-order.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import { Stage } from "../concurrency/stage.ts";
import type { ModelRun } from "./gate-model.ts";
import { GatesOnStage } from "./gates-on-stage.ts";
import { type ModelOrder, OrderModel } from "./order-model.ts";

/** 20,000 every night. */
const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 150);
const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 5);
const START_MS = Date.UTC(2031, 0, 1);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(6);
  await stage.database.sql.unsafe(`
    create table public.order_clock (at timestamptz not null);
    insert into public.order_clock values (now());
    create or replace function durable.durable_now() returns timestamptz language sql stable parallel safe as $$ select at from public.order_clock $$`);
});
afterAll(() => stage.close());

const LIMITS = {
  one: { unit: "step", count: 1, periodMs: 0, burst: 1 },
  three: { unit: "step", count: 3, periodMs: 0, burst: 1 },
  serial: { unit: "run", count: 1, periodMs: 0, burst: 1 },
  rate: { unit: "start", count: 4, periodMs: 4_000, burst: 2 },
} as const;
type Name = keyof typeof LIMITS;
const NAMES = Object.keys(LIMITS) as Name[];

type Order = Omit<ModelOrder, "weight">;
type Command =
  | { readonly do: "start"; readonly gate: Name | null; readonly order: Order }
  | { readonly do: "end" | "requeue" | "cancel"; readonly pick: number }
  | { readonly do: "count"; readonly name: Name; readonly count: number | null }
  | { readonly do: "time"; readonly ms: number };

const anOrder = fc.record({
  priority: fc.constantFrom(0, 0, 0, 1, 30, -2),
  tenant: fc.constantFrom(null, "a", "a", "a", "b", "c"),
});
/** Of each tenant. */
const WEIGHTS: Readonly<Record<string, number>> = { a: 1, b: 2, c: 4, d: 1 };
const commands = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("start" as const),
        gate: fc.constantFrom(null, ...NAMES, "one" as const, "three" as const),
        order: anOrder,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom("end" as const, "end" as const, "requeue" as const, "cancel" as const),
        pick: fc.nat(1_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("count" as const),
        name: fc.constantFrom(...NAMES),
        count: fc.constantFrom(null, 0, 1, 3),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(900, 3_000) }),
    },
  ),
  { minLength: 10, maxLength: 50 },
) as fc.Arbitrary<Command[]>;

/** The model, and a workspace of its own that is told the same. */
class Pair {
  readonly model = new OrderModel();
  readonly #gates: GatesOnStage;
  readonly #ids = new Map<ModelRun, string>();
  readonly #leases = new Map<string, Lease>();
  readonly #tenants = new Map<string, string>();

  constructor(gates: GatesOnStage) {
    this.#gates = gates;
    for (const name of NAMES) this.model.limits.set(name, { ...LIMITS[name] });
  }

  async play(sequence: readonly Command[]): Promise<void> {
    await this.#declare();
    for (const command of sequence) {
      this.model.nowMs += command.do === "time" ? command.ms : 1;
      await stage.database
        .sql`update public.order_clock set at = to_timestamp(${(START_MS + this.model.nowMs) / 1000}::float8)`;
      await this.#tell(command);
      const expected = this.model.claim().map((run) => this.#ids.get(run)!);
      const leases = await this.#gates.claimAll();
      for (const lease of leases) this.#leases.set(lease.runId, lease);
      expect(leases.map(({ runId }) => runId).sort()).toEqual(expected.sort());
    }
  }

  async close(): Promise<void> {
    await this.#gates.endAll();
    await stage.database.sql`update public.order_clock set at = at + interval '1 day'`;
    expect(await this.#gates.claimAll()).toEqual([]);
  }

  async #tell(command: Command): Promise<void> {
    const { model } = this;
    if (command.do === "time") return;
    if (command.do === "count") {
      model.limits.get(command.name)!.count = command.count;
      return await this.#declare();
    }
    if (command.do === "start") {
      const { gate, order } = command;
      const run = model.start(gate === null ? [] : [gate], 1);
      model.order(run, { ...order, weight: WEIGHTS[order.tenant ?? ""] ?? 1 });
      model.arrive(run, run.rank + 1);
      const passed = gate === null ? [] : [this.#gates.gate(gate, LIMITS[gate].unit)];
      this.#ids.set(run, await this.#gates.start(passed, { order: this.#orderOf(gate, order) }));
      return;
    }
    const among = model.runs.filter(
      ({ state }) => state === "leased" || (command.do === "cancel" && state === "queued"),
    );
    const run = among[command.pick % Math.max(among.length, 1)];
    if (run === undefined) return;
    const id = this.#ids.get(run)!;
    if (command.do === "cancel") {
      await stage.database.sql`select durable.cancel_run(${stage.workspaceId}, ${id}, 'test', null)`;
      run.state = "ended";
    } else if (command.do === "requeue") {
      await this.#gates.letGo(this.#leases.get(id)!, "requeue");
      model.arrive(run, model.nextRank());
    } else {
      await this.#gates.letGo(this.#leases.get(id)!);
      run.state = "ended";
    }
  }

  #orderOf(gate: Name | null, { priority, tenant }: Order): RunOrder {
    if (tenant === null) return { priority, tenant };
    const queueId = this.#idOf(`queue ${gate}`);
    const id = this.#idOf(`tenant ${gate} ${tenant}`);
    return {
      priority,
      tenant: { id, queueId, functionId: "racer", key: JSON.stringify(tenant), weight: WEIGHTS[tenant]! },
    };
  }

  #idOf(name: string): string {
    const id = this.#tenants.get(name) ?? randomUUID();
    this.#tenants.set(name, id);
    return id;
  }

  async #declare(): Promise<void> {
    const declared = NAMES.filter((name) => this.model.limits.get(name)!.count !== null);
    await this.#gates.declare(
      Object.fromEntries(
        declared.map((name) => [name, { ...LIMITS[name], count: this.model.limits.get(name)!.count! }]),
      ),
    );
  }
}

// Nearly everybody waits, and tenants come and go while others have much to do.
const crowded = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("start" as const),
        gate: fc.constantFrom("one" as const, "one" as const, "three" as const),
        order: fc.record({
          priority: fc.constantFrom(0, 0, 0, 0, 3),
          tenant: fc.constantFrom("a", "a", "a", "b", "b", "c", "d"),
        }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom("end" as const, "end" as const, "end" as const, "requeue" as const),
        pick: fc.nat(1_000),
      }),
    },
  ),
  { minLength: 40, maxLength: 80 },
) as fc.Arbitrary<Command[]>;

async function expectAgreement(sequences: fc.Arbitrary<Command[]>, count: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const pair = new Pair(await GatesOnStage.open(stage));
      try {
        await pair.play(sequence);
      } finally {
        await pair.close();
      }
    }),
    { numRuns: count, seed: SEED },
  );
  await stage.expectInvariants();
}

const TIMEOUT = { timeout: 3_600_000 };

test("jobs with priorities and tenants are leased as the model leases them", TIMEOUT, () =>
  expectAgreement(commands, SEQUENCES),
);

test("and so they are where tenants crowd", TIMEOUT, () => expectAgreement(crowded, SEQUENCES / 5));
