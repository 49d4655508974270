// Pauses of the engine beside their model: whoever is paused is as if he were not there, and comes back where he was.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Lease } from "../../engine/src/store/leases.ts";
import { interruptPaused, pauseTarget, resumeTarget } from "../../engine/src/store/pauses.ts";
import { Stage } from "../concurrency/stage.ts";
import { GateModel, type ModelRun } from "./gate-model.ts";
import { GatesOnStage } from "./gates-on-stage.ts";

/** 20,000 every night. */
const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 60);
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
  | { readonly do: "start"; readonly side: string; readonly meets: boolean }
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

class Paused {
  readonly #model = new GateModel();
  readonly #sides = new Map<ModelRun, string>();
  readonly #ids = new Map<ModelRun, string>();
  readonly #leases = new Map<string, Lease>();
  /** Under null: everything. */
  readonly #pauses = new Map<string | null, string>();
  readonly #gates: GatesOnStage;

  constructor(gates: GatesOnStage) {
    this.#gates = gates;
    this.#model.limits.set("places", { ...PLACES });
  }

  async play(sequence: readonly Command[]): Promise<void> {
    await this.#gates.declare({ places: PLACES, side: { unit: "step", count: 1_000 } });
    for (const command of sequence) {
      await this.#tell(command);
      const held = this.#model.runs.filter((run) => run.state === "queued" && this.#isPaused(run));
      for (const run of held) run.state = "asleep";
      const expected = this.#model.claim().map((run) => this.#ids.get(run)!);
      for (const run of held) run.state = "queued";
      const leases = await this.#gates.claimAll();
      for (const lease of leases) this.#leases.set(lease.runId, lease);
      expect(leases.map(({ runId }) => runId).toSorted()).toEqual(expected.toSorted());
    }
    for (const side of [...this.#pauses.keys()]) await this.#toggle(side);
    await this.#gates.endAll();
    expect(await this.#gates.claimAll()).toEqual([]);
  }

  #isPaused(run: ModelRun): boolean {
    return this.#pauses.has(null) || this.#pauses.has(this.#sides.get(run)!);
  }

  async #tell(command: Command): Promise<void> {
    if (command.do === "toggle") return await this.#toggle(command.side);
    if (command.do === "start") {
      const run = this.#model.start(command.meets ? ["places"] : [], 1);
      const gates = [
        ...(command.meets ? [this.#gates.gate("places")] : []),
        this.#gates.gate("side", "step", JSON.stringify(command.side)),
      ];
      this.#sides.set(run, command.side);
      this.#ids.set(run, await this.#gates.start(gates));
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
    if (command.do === "requeue") run.rank = this.#model.nextRank();
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
        : { kind: "key", limitId: this.#gates.gate("side").limitId, key: JSON.stringify(side) },
      null,
    );
    await interruptPaused(stage.database, workspaceId, id);
    this.#pauses.set(side, id);
  }
}

test("who is paused is leased by nobody and stops nobody, and goes on where he was", {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      await new Paused(await GatesOnStage.open(stage)).play(sequence);
    }),
    { numRuns: SEQUENCES, seed: SEED, endOnFailure: true },
  );
  await stage.expectInvariants();
});
