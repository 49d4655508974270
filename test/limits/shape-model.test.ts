// Shapes of the engine beside their model, together with its gates: the same events to both, the same runs, skips and leases from
// both, after every command. A crash is nothing here: all that is known is in the database. What senders repeat is.
import type { FunctionManifest } from "@durable/protocol/wire";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventRow } from "../../engine/src/store/event-rows.ts";
import type { Lease } from "../../engine/src/store/leases.ts";
import type { Stage } from "../concurrency/stage.ts";
import { GateModel, type ModelRun } from "./gate-model.ts";
import { GatesOnStage } from "./gates-on-stage.ts";
import { LiveChecks } from "./live-checks.ts";
import { type BornRun, type ModelFunction, ShapeModel } from "./shape-model.ts";
import { type Sent, ShapesOnStage } from "./shapes-on-stage.ts";
import { epochMs, setClock, stageWithClock } from "./stage-clock.ts";

/** 20,000 every night. */
const SEQUENCES = Number(process.env["DURABLE_TEST_SEQUENCES"] ?? 500);
const SEED = Number(process.env["DURABLE_TEST_SEED"] ?? 7);

let stage: Stage;
beforeAll(async () => {
  stage = await stageWithClock(7);
});
afterAll(() => stage.close());

type Shapes = Omit<ModelFunction, "id"> & Pick<FunctionManifest, "concurrency" | "throttle">;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const aKey = maybe(fc.constant("k"));

const aDebounce = fc.record({
  period_ms: fc.constantFrom(1_000, 3_000),
  key: aKey,
  max_wait_ms: maybe(fc.constantFrom(3_000, 4_000)),
});
const aBatch = fc.record({
  max_size: fc.constantFrom(2, 3),
  max_wait_ms: fc.constantFrom(2_000, 5_000),
  max_bytes: fc.constantFrom(120, 1_000),
  key: aKey,
});
const collecting = fc.oneof(
  fc.record({ debounce: aDebounce }),
  fc.record({ debounce: aDebounce.map((each) => ({ ...each, edge: "leading" as const })) }),
  fc.record({ batch: aBatch }),
  fc.record({ batch: aBatch, debounce: aDebounce }),
);
const aRate = fc.record({
  limit: fc.constantFrom(1, 2, 4),
  period_ms: fc.constantFrom(4_000, 8_000),
  burst: maybe(fc.constantFrom(1, 2)),
  key: aKey,
  on_limit: maybe(fc.constantFrom("skip" as const, "delay" as const)),
});
const aSingleton = fc.record({
  mode: fc.constantFrom("skip" as const, "cancel" as const, "queue" as const),
  key: aKey,
});

const shapes: fc.Arbitrary<Shapes> = fc
  .record({
    idempotency: maybe(fc.record({ key: fc.constant("order"), period_ms: fc.constantFrom(2_000, 6_000) })),
    collecting: fc.option(collecting, { nil: {} }),
    rate_limit: maybe(aRate),
    singleton: maybe(aSingleton),
    concurrency: maybe(
      fc.record({
        limit: fc.constantFrom(1, 2),
        key: aKey,
        unit: fc.constantFrom("step" as const, "run" as const),
      }),
    ),
    throttle: maybe(fc.record({ limit: fc.constant(2), period_ms: fc.constant(2_000), key: aKey })),
  })
  .map(({ collecting, ...others }) => ({ ...others, ...collecting }));

const anEvent = fc.record({
  to: fc.constantFrom(0, 0, 0, 1),
  k: fc.constantFrom("a", "a", "b"),
  order: fc.constantFrom(1, 2, 3, 4, 5),
  pad: fc.constantFrom("", "", "x".repeat(40), "x".repeat(150)),
  delayMs: fc.constantFrom(null, null, null, null, 1_500),
});

type AnEvent = typeof anEvent extends fc.Arbitrary<infer Each> ? Each : never;

type Command =
  | { readonly do: "send"; readonly events: readonly AnEvent[] }
  | { readonly do: "again"; readonly pick: number }
  | { readonly do: "end" | "cancel" | "begin"; readonly pick: number }
  | { readonly do: "change"; readonly fn: number; readonly shapes: Shapes }
  | { readonly do: "time"; readonly ms: number };

const commands = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("send" as const),
        events: fc.array(anEvent, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const), pick: fc.nat(1_000) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("end" as const), pick: fc.nat(1_000) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom("cancel" as const, "begin" as const), pick: fc.nat(1_000) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("change" as const), fn: fc.constantFrom(0, 1), shapes }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("time" as const),
        ms: fc.constantFrom(300, 1_000, 2_000, 7_000),
      }),
    },
  ),
  { minLength: 4, maxLength: 30 },
) as fc.Arbitrary<Command[]>;

/** What a run is to its gates, and the engine's id of it. */
interface Known {
  readonly born: BornRun;
  readonly row: EventRow["runs"][number];
  gates: ModelRun | null;
}

/** One sequence: the model and a workspace of its own. */
class Both {
  readonly #shapes = new ShapeModel();
  readonly #gates = new GateModel();
  readonly #onStage: ShapesOnStage;
  readonly #claims: GatesOnStage;
  readonly #functions: Shapes[];
  readonly #known: Known[] = [];
  readonly #sent: Sent[] = [];
  readonly #leases = new Map<string, Lease>();

  private constructor(claims: GatesOnStage, functions: Shapes[]) {
    this.#claims = claims;
    this.#functions = functions;
    this.#onStage = new ShapesOnStage(stage, () => epochMs(this.#shapes.nowMs));
  }

  static async open(functions: readonly Shapes[]): Promise<Both> {
    const both = new Both(await GatesOnStage.open(stage), [...functions]);
    await setClock(stage, 0);
    await both.#declare();
    return both;
  }

  /** The next sequence has the database to itself. */
  async close(): Promise<void> {
    await this.#claims.endAll();
    await stage.database.sql`update public.test_clock set at = at + interval '1 day'`;
    expect(await this.#claims.claimAll()).toEqual([]);
  }

  /** Nothing was changed meanwhile: no window has more starts than the limit. */
  expectExact(): void {
    for (const [no, { rate_limit: rate }] of this.#functions.entries()) {
      if (rate === undefined || rate.burst !== undefined) continue;
      expect(this.#shapes.mostStarts(`f${no}`, rate.period_ms)).toBeLessThanOrEqual(rate.limit);
    }
  }

  async do(command: Command): Promise<void> {
    const model = this.#shapes;
    model.nowMs += command.do === "time" ? command.ms : 1;
    this.#gates.nowMs = model.nowMs;
    await setClock(stage, model.nowMs);
    if (command.do === "send") await this.#send(command.events);
    else if (command.do === "again") await this.#again(command.pick);
    else if (command.do === "change") {
      this.#functions[command.fn] = command.shapes;
      await this.#declare();
    } else if (command.do !== "time") await this.#act(command.do, command.pick);
    await this.#settle();
    await this.#compare();
  }

  async #send(events: readonly AnEvent[]): Promise<void> {
    const model = this.#shapes;
    const sent = events.map(({ to, k, order, pad, delayMs }, index) => ({
      to: `f${to}`,
      id: `e${this.#sent.length + index}`,
      data: JSON.stringify({ k, order, pad }),
      ...(delayMs !== null && { atMs: epochMs(model.nowMs + delayMs) }),
    }));
    const rows = await this.#onStage.send(sent);
    const born: BornRun[] = [];
    for (const [index, { to, id, data, atMs }] of sent.entries()) {
      const beginMs = atMs === undefined ? null : atMs - epochMs(0);
      const shapes = this.#functions[events[index]!.to]!;
      const fn = { ...shapes, id: to } as ModelFunction;
      const bytes = Buffer.byteLength(data);
      const run = model.send(fn, { no: Number(id.slice(1)), data: JSON.parse(data), bytes, beginMs });
      if (run === null) continue;
      this.#known.push({ born: run, row: rows[index]!.runs[0]!, gates: null });
      born.push(run);
      run.state = "asleep";
    }
    for (const run of born) {
      const isNow = run.beginMs === null || run.beginMs <= model.nowMs;
      if (isNow) this.#begin(run, 1 + sent.findIndex(({ id }) => id === `e${run.events[0]}`));
    }
    this.#sent.push(...sent);
  }

  /** What was sent before under its id changes nothing. */
  async #again(pick: number): Promise<void> {
    if (this.#sent.length === 0) return;
    await this.#onStage.send([this.#sent[pick % this.#sent.length]!]);
  }

  async #act(what: "end" | "cancel" | "begin", pick: number): Promise<void> {
    const among = this.#known.filter(({ born, gates }) =>
      what === "begin"
        ? born.state === "asleep"
        : what === "end"
          ? gates?.state === "leased"
          : born.state !== "ended",
    );
    const known = among[pick % Math.max(1, among.length)];
    if (known === undefined) return;
    const { runId } = known.row;
    if (what === "begin") {
      await stage.database.sql`select durable.begin_run(${stage.workspaceId}, ${runId}, 'test', null)`;
      this.#begin(known.born, 0);
    } else {
      if (what === "end") await this.#claims.letGo(this.#leases.get(runId)!);
      else await stage.database.sql`select durable.cancel_run(${stage.workspaceId}, ${runId}, 'test', null)`;
      this.#end(known);
    }
  }

  async #settle(): Promise<void> {
    await this.#onStage.settle();
    const { nowMs, cancelled } = this.#shapes;
    for (const { born } of this.#known)
      if (born.state === "asleep" && born.beginMs !== null && born.beginMs <= nowMs) this.#begin(born, 0);
    for (const run of cancelled) this.#end(this.#known[run.no]!);
    this.#shapes.cancelled = [];
  }

  /** @param q Its place among those that came ready in one commit. */
  #begin(run: BornRun, q: number): void {
    const known = this.#known[run.no]!;
    const { run: ofRun, step, units } = known.row.gates ?? { run: [], step: [], units: 1 };
    run.state = "begun";
    known.gates = this.#gates.start(
      [...ofRun, ...step].map(({ limitId, unit, key }) => `${limitId}/${unit} ${key}`),
      units,
    );
    known.gates.rank = this.#shapes.nowMs * 1_000 + q + run.no / 1e6;
  }

  #end(known: Known): void {
    known.born.state = "ended";
    if (known.gates !== null) known.gates.state = "ended";
  }

  async #compare(): Promise<void> {
    const leased = this.#gates.claim();
    const leases = await this.#claims.claimAll();
    for (const lease of leases) this.#leases.set(lease.runId, lease);
    const idOf = (run: ModelRun) => this.#known.find(({ gates }) => gates === run)!.row.runId;
    expect(leases.map(({ runId }) => runId).sort()).toEqual(leased.map(idOf).sort());

    const { runs, skips } = await this.#onStage.became();
    expect(runs.map((run) => ({ ...run, status: IS_ENDED.has(run.status) ? "ended" : run.status }))).toEqual(
      this.#known
        .map(({ born, row, gates }) => ({
          id: row.runId,
          status: born.state === "asleep" ? "waiting" : STATUS[gates?.state ?? "ended"],
          cause: `e${born.cause}`,
          begin_ms: born.state === "asleep" ? epochMs(born.beginMs!) : null,
          events: born.collects ? born.events.map((no) => `e${no}`) : [`e${born.cause}`],
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const expected = this.#shapes.skips.map(({ event, reason, run }) => ({
      event: `e${event}`,
      reason,
      run: run === null ? null : this.#known[run]!.row.runId,
    }));
    expect([...skips]).toEqual(expected.sort((a, b) => (a.event < b.event ? -1 : a.event > b.event ? 1 : 0)));
  }

  async #declare(): Promise<void> {
    const manifests = this.#functions.map((fn, no) => ({
      id: `f${no}`,
      triggers: [{ event: `f${no}` }],
      ...fn,
    }));
    const declared = await this.#onStage.declare(manifests as FunctionManifest[]);
    for (const limit of this.#gates.limits.values()) limit.count = null;
    for (const { id, count, periodMs, burst } of declared) {
      // One that changes its unit is the same limit, with other gates.
      for (const unit of ["step", "run", "start"] as const)
        this.#gates.limits.set(`${id}/${unit}`, { unit, count, periodMs: periodMs ?? 0, burst: burst ?? 1 });
    }
  }
}

const STATUS: Record<ModelRun["state"], string> = {
  queued: "queued",
  leased: "running",
  asleep: "waiting",
  paused: "paused",
  ended: "ended",
};
const IS_ENDED = new Set(["completed", "failed", "cancelled"]);

test("arrivals, ends, cancels, beginnings and changed shapes make the runs and skips that the model makes", {
  timeout: 3_600_000,
}, async () => {
  const live = new LiveChecks(stage);
  await fc.assert(
    fc.asyncProperty(fc.tuple(shapes, shapes), commands, async (functions, sequence) => {
      const both = await Both.open(functions);
      try {
        for (const command of sequence) await both.do(command);
        await live.check();
        if (!sequence.some((command) => command.do === "change")) both.expectExact();
      } finally {
        await both.close();
      }
    }),
    { numRuns: SEQUENCES, seed: SEED },
  );
  await stage.expectInvariants();
});
