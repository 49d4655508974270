// Pauses of the engine beside their model: whoever is paused is as if he were not there, and comes back where he was.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashedUuid } from "../../engine/src/domain/ids.ts";
import type { RunOrder } from "../../engine/src/domain/run-order.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import { interruptPaused, pauseTarget, resumeTarget } from "../../engine/src/store/pauses.ts";
import { Stage } from "../concurrency/stage.ts";
import type { ModelRun } from "./gate-model.ts";
import { GatesOnStage } from "./gates-on-stage.ts";
import { LiveChecks } from "./live-checks.ts";
import { OrderModel } from "./order-model.ts";

/** 20,000 every night. */
const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 40);
const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 6);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(8);
});
afterAll(() => stage.close());

/** One gate at which they meet, and one that is never full, whose key says who is meant. */
const PLACES = { unit: "step", count: 2, periodMs: 0, burst: 1 } as const;
const SIDES = ["x", "y", "z"];

type Command =
  | { readonly do: "start"; readonly side: string; readonly meets: boolean; readonly priority: number }
  | { readonly do: "end" | "requeue" | "cancel"; readonly pick: number }
  | { readonly do: "toggle"; readonly side: string | null };

const sequences = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("start" as const),
        side: fc.constantFrom(...SIDES),
        meets: fc.constantFrom(true, true, true, false),
        // Minutes apart: no sequence takes as long.
        priority: fc.constantFrom(0, 0, 0, 300, -300),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom("end" as const, "end" as const, "requeue" as const, "cancel" as const),
        pick: fc.nat(1_000),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("toggle" as const),
        side: fc.constantFrom(...SIDES, null),
      }),
    },
  ),
  { minLength: 10, maxLength: 50 },
) as fc.Arbitrary<Command[]>;

/**
 * Sides are values of a key, whose runs have priorities; or, where it is fair, tenants. Whose turn it is among tenants depends on when
 * jobs that are held were moved out of the way, which no model shall know: of those, how many are leased is told, and who may not be.
 */
class Paused {
  readonly #model = new OrderModel();
  readonly #queueId = randomUUID();
  readonly #tenants = new Map(SIDES.map((side) => [side, randomUUID()]));
  readonly #isFair: boolean;
  readonly #sides = new Map<ModelRun, string>();
  readonly #ids = new Map<ModelRun, string>();
  readonly #leases = new Map<string, Lease>();
  /** Under null: everything. */
  readonly #pauses = new Map<string | null, string>();
  readonly #gates: GatesOnStage;

  constructor(gates: GatesOnStage, isFair: boolean) {
    this.#gates = gates;
    this.#isFair = isFair;
    this.#model.limits.set("places", { ...PLACES });
  }

  async play(sequence: readonly Command[], live: LiveChecks): Promise<void> {
    await this.#gates.declare({ places: PLACES, side: { unit: "step", count: 1_000 } });
    for (const command of sequence) {
      await this.#tell(command);
      const expected = this.#model.claim((run) => this.#isPaused(run));
      const leases = await this.#gates.claimAll();
      for (const lease of leases) this.#leases.set(lease.runId, lease);
      const leased = leases.map(({ runId }) => runId);
      if (!this.#isFair)
        expect(leased.toSorted()).toEqual(expected.map((run) => this.#ids.get(run)!).toSorted());
      else this.#expectAsMany(leased, expected);
    }
    await live.check();
    for (const side of [...this.#pauses.keys()]) await this.#toggle(side);
    await this.#gates.endAll();
    expect(await this.#gates.claimAll()).toEqual([]);
  }

  #expectAsMany(leased: readonly string[], expected: readonly ModelRun[]): void {
    const runs = leased.map((id) => this.#model.runs.find((run) => this.#ids.get(run) === id)!);
    expect(runs.filter((run) => this.#isPaused(run))).toEqual([]);
    for (const meets of [1, 0]) {
      const count = (list: readonly ModelRun[]) => list.filter(({ gates }) => gates.length === meets).length;
      expect(count(runs)).toBe(count(expected));
    }
    // The model goes on with those who were.
    for (const run of expected) run.state = "queued";
    for (const run of runs) run.state = "leased";
  }

  #isPaused(run: ModelRun): boolean {
    return this.#pauses.has(null) || this.#pauses.has(this.#sides.get(run)!);
  }

  async #tell(command: Command): Promise<void> {
    if (command.do === "toggle") return await this.#toggle(command.side);
    if (command.do === "start") {
      const { side, meets } = command;
      const priority = this.#isFair ? 0 : command.priority;
      const run = this.#model.start(meets ? ["places"] : [], 1);
      this.#model.order(run, { priority, tenant: null, weight: 1 });
      this.#model.arrive(run, this.#now());
      const gates = [
        ...(meets ? [this.#gates.gate("places")] : []),
        ...(this.#isFair ? [] : [this.#gates.gate("side", "step", JSON.stringify(side))]),
      ];
      this.#sides.set(run, side);
      const tenant = this.#isFair ? this.#tenant(side, meets) : null;
      this.#ids.set(run, await this.#gates.start(gates, { order: { priority, tenant } }));
      return;
    }
    const among = this.#model.runs.filter(
      ({ state }) => state === "leased" || (command.do === "cancel" && state === "queued"),
    );
    if (among.length === 0) return;
    const run = among[command.pick % among.length]!;
    const id = this.#ids.get(run)!;
    run.state = command.do === "requeue" ? "queued" : "ended";
    if (command.do === "cancel") {
      await stage.database.sql`select durable.cancel_run(${stage.workspaceId}, ${id}, 'test', null)`;
    } else {
      await this.#gates.letGo(this.#leases.get(id)!, command.do === "end" ? "completed" : "requeue");
    }
    if (command.do === "requeue") this.#model.arrive(run, this.#now());
  }

  /** Microseconds, and each later than the one before. */
  #now(): number {
    this.#model.nowMs += 1;
    return this.#model.nowMs * 1_000;
  }

  /** Those who meet at the gate are a queue, and those who do not another. */
  #tenant(side: string, meets: boolean): NonNullable<RunOrder["tenant"]> {
    const [id, queueId] = [this.#tenants.get(side)!, this.#queueId];
    const own = meets
      ? { id, queueId }
      : { id: hashedUuid(id, "free"), queueId: hashedUuid(queueId, "free") };
    return { ...own, functionId: "racer", key: JSON.stringify(side), weight: 1 + SIDES.indexOf(side) };
  }

  async #toggle(side: string | null): Promise<void> {
    const { workspaceId } = this.#gates;
    const paused = this.#pauses.get(side);
    stage.registryVersion += 1;
    if (paused !== undefined) {
      this.#pauses.delete(side);
      expect(await resumeTarget(stage.database, workspaceId, "test", paused, null)).toBe(true);
      return;
    }
    const { id } = await pauseTarget(
      stage.database,
      workspaceId,
      "test",
      side === null
        ? { kind: "workspace" }
        : this.#isFair
          ? { kind: "tenant", functionId: "racer", key: JSON.stringify(side) }
          : { kind: "key", limitId: this.#gates.gate("side").limitId, key: JSON.stringify(side) },
      null,
    );
    await interruptPaused(stage.database, workspaceId, id);
    this.#pauses.set(side, id);
  }
}

test.each([
  [
    "who is paused is leased by nobody and stops nobody, and goes on where he was, before those of lower priority",
    false,
  ],
  ["a tenant that is paused is leased by nobody and stops nobody; the others have its places", true],
] as const)("%s", { timeout: 3_600_000 }, async (_, isFair) => {
  const live = new LiveChecks(stage);
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      await new Paused(await GatesOnStage.open(stage), isFair).play(sequence, live);
    }),
    { numRuns: SEQUENCES, seed: SEED, endOnFailure: true },
  );
  await stage.expectInvariants();
});
