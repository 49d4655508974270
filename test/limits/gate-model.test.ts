// Gates of the engine beside their model: the same commands to both, the same leases from both, after every command.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Gate } from "../../engine/src/domain/gates.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import type { Stage } from "../concurrency/stage.ts";
import { GateModel, type ModelRun } from "./gate-model.ts";
import { GatesOnStage } from "./gates-on-stage.ts";
import { LiveChecks } from "./live-checks.ts";
import { setClock, stageWithClock } from "./stage-clock.ts";

/** 20,000 every night. */
const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 340);
const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 4);
let stage: Stage;
beforeAll(async () => {
  stage = await stageWithClock(4);
});
afterAll(() => stage.close());

type Command =
  | { readonly do: "start"; readonly gates: readonly [string, string][]; readonly units: number }
  | {
      readonly do: "end" | "sleep" | "requeue" | "cancel" | "pause" | "resume" | "wake";
      readonly pick: number;
    }
  | { readonly do: "limit"; readonly name: string; readonly count: number | null }
  | { readonly do: "time"; readonly ms: number };

const LIMITS = {
  one: { unit: "step", count: 1, periodMs: 0, burst: 1 },
  few: { unit: "step", count: 3, periodMs: 0, burst: 1 },
  serial: { unit: "run", count: 1, periodMs: 0, burst: 1 },
  pair: { unit: "run", count: 2, periodMs: 0, burst: 1 },
  rate: { unit: "start", count: 4, periodMs: 4_000, burst: 1 },
  bursts: { unit: "start", count: 4, periodMs: 4_000, burst: 3 },
} as const;
const NAMES = Object.keys(LIMITS) as (keyof typeof LIMITS)[];

const aGate = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom("a", "b"));
const aStart = fc.record({
  do: fc.constant("start" as const),
  gates: fc.uniqueArray(aGate, { selector: ([name]) => name, maxLength: 4 }),
  units: fc.constantFrom(1, 1, 1, 2),
});
const aPick = (...names: ("end" | "sleep" | "requeue" | "cancel" | "pause" | "resume" | "wake")[]) =>
  fc.record({ do: fc.constantFrom(...names), pick: fc.nat(1_000) });
const commands = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: aStart },
    { weight: 5, arbitrary: aPick("end") },
    { weight: 4, arbitrary: aPick("sleep", "requeue", "wake") },
    { weight: 2, arbitrary: aPick("cancel", "pause", "resume") },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("limit" as const),
        name: fc.constantFrom(...NAMES),
        count: fc.constantFrom(null, 0, 1, 2, 5),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(500, 1_000, 7_000) }),
    },
  ),
  { minLength: 5, maxLength: 40 },
) as fc.Arbitrary<Command[]>;

/** Whom a command may mean. */
const STATES = {
  end: ["leased"],
  sleep: ["leased"],
  requeue: ["leased"],
  wake: ["asleep"],
  cancel: ["queued", "leased", "asleep", "paused"],
  pause: ["queued", "asleep"],
  resume: ["paused"],
} as const satisfies Record<string, readonly ModelRun["state"][]>;

/** A job passes the gates of its run's start first, then those of each lease. */
function inOrder(gates: readonly (readonly [string, string])[]): string[] {
  const isStep = ([name]: readonly [string, string]) => LIMITS[name as keyof typeof LIMITS].unit === "step";
  return [...gates.filter((gate) => !isStep(gate)), ...gates.filter(isStep)].map((gate) => gate.join(" "));
}

/** One sequence: the model and a workspace of its own. */
class Both {
  readonly model = new GateModel();
  readonly #gates: GatesOnStage;
  readonly #ids: string[] = [];
  readonly #leases = new Map<string, Lease>();

  private constructor(gates: GatesOnStage) {
    this.#gates = gates;
    for (const name of NAMES) this.model.limits.set(name, { ...LIMITS[name] });
  }

  static async open(): Promise<Both> {
    const both = new Both(await GatesOnStage.open(stage));
    await setClock(stage, both.model.nowMs);
    await both.#declare();
    return both;
  }

  /** The next sequence has the database to itself. */
  async close(): Promise<void> {
    await this.#gates.endAll();
    await stage.database.sql`update public.test_clock set at = at + interval '1 day'`;
    expect(await this.#gates.claimAll()).toEqual([]);
  }

  async do(command: Command): Promise<void> {
    const { model } = this;
    // No two ranks are equal.
    model.nowMs += command.do === "time" ? command.ms : 1;
    await setClock(stage, model.nowMs);
    if (command.do === "start") {
      const run = model.start(inOrder(command.gates), command.units);
      await this.#start(run);
    } else if (command.do === "limit") {
      model.limits.get(command.name)!.count = command.count;
      await this.#declare();
    } else if (command.do !== "time") {
      const wanted: readonly ModelRun["state"][] = STATES[command.do];
      const among = model.runs.filter(({ state }) => wanted.includes(state));
      if (among.length === 0) return;
      await this.#act(command.do, among[command.pick % among.length]!);
    }
    await this.#compare();
  }

  /** What both lease now is the same, and gates say how many places are taken. */
  async #compare(): Promise<void> {
    const expected = this.model.claim().map(({ no }) => this.#ids[no]!);
    const leases = await this.#gates.claimAll();
    for (const lease of leases) this.#leases.set(lease.runId, lease);
    expect(leases.map(({ runId }) => runId).sort()).toEqual(expected.sort());
    const counts = await this.#gates.counts();
    for (const gate of new Set(this.model.runs.flatMap((run) => run.gates))) {
      const { id, unit } = this.#gateOf(gate);
      if (unit !== "start") expect([gate, counts.get(id)!.used]).toEqual([gate, this.model.used(gate)]);
    }
  }

  async #start(run: ModelRun): Promise<void> {
    const gates = run.gates.map((gate) => this.#gateOf(gate));
    this.#ids.push(await this.#gates.start(gates, { units: run.units }));
  }

  #gateOf(gate: string): Gate {
    const [name, key] = gate.split(" ") as [keyof typeof LIMITS, string];
    return this.#gates.gate(name, LIMITS[name].unit, JSON.stringify(key));
  }

  async #declare(): Promise<void> {
    const declared = NAMES.filter((name) => this.model.limits.get(name)!.count !== null);
    const limits = declared.map((name) => [
      name,
      { ...LIMITS[name], count: this.model.limits.get(name)!.count! },
    ]);
    await this.#gates.declare(Object.fromEntries(limits));
  }

  async #act(what: keyof typeof STATES, run: ModelRun): Promise<void> {
    const { model } = this;
    const { sql } = stage.database;
    const id = this.#ids[run.no]!;
    if (what === "end" || what === "sleep" || what === "requeue") {
      const kind = what === "end" ? "completed" : what === "sleep" ? "wait" : "requeue";
      await this.#gates.letGo(this.#leases.get(id)!, kind);
      run.state = what === "end" ? "ended" : what === "sleep" ? "asleep" : "queued";
      if (what === "requeue") run.rank = model.nextRank();
    } else if (what === "wake") {
      await sql`update durable.steps set due_at = durable.durable_now()
        where workspace_id = ${stage.workspaceId} and run_id = ${id} and seq is null`;
      await sql`select durable.settle_entries(array[${stage.workspaceId}]::int[], array[${id}]::uuid[],
        array(select step_id from durable.steps where workspace_id = ${stage.workspaceId} and run_id = ${id} and seq is null),
        array['null'], array[null]::uuid[], array[null]::text[])`;
      await sql`delete from durable.timers where run_id = ${id}`;
      run.state = "queued";
      run.rank = model.nextRank();
    } else if (what === "cancel") {
      await sql`select durable.cancel_run(${stage.workspaceId}, ${id}, 'test', null)`;
      run.state = "ended";
    } else if (what === "pause") {
      await sql`select durable.pause_run(${stage.workspaceId}, ${id}, 'test', null, '{}')`;
      run.state = "paused";
    } else {
      await sql`select durable.resume_run(${stage.workspaceId}, ${id}, 'test', null)`;
      run.state = "queued";
      run.rank = model.nextRank();
    }
  }
}

async function expectAgreement(sequences: fc.Arbitrary<Command[]>, count: number): Promise<void> {
  const live = new LiveChecks(stage);
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const both = await Both.open();
      try {
        for (const command of sequence) await both.do(command);
        await live.check();
      } finally {
        await both.close();
      }
    }),
    { numRuns: count, seed: SEED },
  );
  await stage.expectInvariants();
}

const TIMEOUT = { timeout: 3_600_000 };

test("arrivals, ends, sleeps, cancels, pauses and changed limits lease whom the model leases", TIMEOUT, () =>
  expectAgreement(commands, SEQUENCES),
);

// Here nearly everybody waits at one gate or another, for somebody who waits elsewhere.
const crowded = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("start" as const),
        gates: fc.constantFrom(
          [["one", "a"]],
          [["few", "a"]],
          [
            ["one", "a"],
            ["few", "a"],
          ],
          [
            ["one", "b"],
            ["few", "a"],
          ],
          [
            ["bursts", "a"],
            ["pair", "a"],
            ["few", "a"],
            ["one", "a"],
          ],
        ),
        units: fc.constantFrom(1, 2),
      }),
    },
    { weight: 6, arbitrary: aPick("end") },
    { weight: 1, arbitrary: aPick("requeue", "cancel") },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(500, 2_000) }),
    },
  ),
  { minLength: 30, maxLength: 60 },
) as fc.Arbitrary<Command[]>;

test("and so they do where every gate is crowded", TIMEOUT, () => expectAgreement(crowded, SEQUENCES / 2));
