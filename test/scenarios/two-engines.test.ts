// Two engine processes on one database: one dispatches a long run, the other one takes its checkpoints. Either is killed
// with -9 in the middle of it. Nothing is lost, nothing is recorded twice.
import { createFunction } from "@durable/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { layLine } from "../support/line.ts";
import { createDatabase } from "../support/postgres.ts";
import { startSdkApp } from "./sdk-app.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

const STEPS = 150;
const ITEMS = 130;
/** The run has sent some checkpoints by then, and has as many before it. */
const KILLED_AFTER = 125;

let database: Awaited<ReturnType<typeof createDatabase>>;
let dispatching: SpawnedEngine;
let reportedTo: SpawnedEngine;
let line: Awaited<ReturnType<typeof layLine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let bodies: string[];
let checkpoints: number;
let midway: () => void;

function ran(key: string): void {
  bodies.push(key);
  if (bodies.length === KILLED_AFTER) midway();
}

const long = createFunction({
  id: "long",
  trigger: { event: "long" },
  async handler({ step }) {
    let sum = 0;
    for (let no = 0; no < STEPS; no += 1) {
      sum += await step.run("add", async ({ idempotencyKey }) => {
        ran(idempotencyKey);
        return no;
      });
    }
    const items = Array.from({ length: ITEMS }, (_, at) => at);
    const each = await step.forEach(
      items,
      (item, _, inner) =>
        inner.run("item", ({ idempotencyKey }) => {
          ran(idempotencyKey);
          return item;
        }),
      { concurrency: 4 },
    );
    return { sum, items: each.reduce((all, item) => all + item, 0) };
  },
});

beforeEach(async () => {
  database = await createDatabase();
  [dispatching, reportedTo] = await Promise.all([spawnEngine(database.url), spawnEngine(database.url)]);
  line = await layLine(reportedTo.port);
  bodies = [];
  checkpoints = 0;
  line.loseAnswers((sent) => {
    if (sent.includes("/checkpoint ")) checkpoints += 1;
    return false;
  });
  process.env["DURABLE_URL"] = `http://127.0.0.1:${line.port}`;
  app = await startSdkApp(dispatching, "shop", [long]);
});

afterEach(async () => {
  delete process.env["DURABLE_URL"];
  await app.stop();
  await line.stop();
  await Promise.all([dispatching.kill(), reportedTo.kill()]);
  await database.drop();
});

async function holderOf(run: string): Promise<number | undefined> {
  const [row] = await database.sql<{ pid: number }[]>`
    select e.pid from durable.live_runs l join durable.engines e on e.id = l.engine_id where l.run_id = ${run}`;
  return row?.pid;
}

/** A run in its middle, whose checkpoints go to the engine that does not hold it. On a busy machine either may claim one. */
async function midwayOfRun(): Promise<string> {
  for (let tries = 1; tries <= 10; tries += 1) {
    bodies = [];
    checkpoints = 0;
    const reached = new Promise<void>((resolve) => {
      midway = resolve;
    });
    const run = await app.start("long");
    await reached;
    if ((await holderOf(run)) === dispatching.pid) return run;
    expect((await app.ended(run)).status).toBe("completed");
  }
  throw new Error("The engine that takes the checkpoints held every run.");
}

test.each([
  ["the engine that takes the checkpoints", () => reportedTo, () => dispatching],
  ["the engine that dispatched the run", () => dispatching, () => reportedTo],
])(
  "%s dies in the middle of a run: its steps are recorded once each",
  async (_, victim, other) => {
    const run = await midwayOfRun();
    expect(checkpoints).toBeGreaterThan(10);
    await victim().kill();
    await expect
      .poll(async () => (await other().call("GET", `${app.path(run)}?wait=1`)).json.status, {
        timeout: 60_000,
      })
      .toBe("completed");
    const { json: ended } = await other().call("GET", app.path(run));
    expect(ended.output).toEqual({ sum: (STEPS * (STEPS - 1)) / 2, items: (ITEMS * (ITEMS - 1)) / 2 });
    expect(new Set(bodies).size).toBe(STEPS + ITEMS);
    // What the dying engine was told of, and nobody knows whether it is on disk, may have run again, under its own key.
    expect(bodies.length).toBeLessThanOrEqual(STEPS + ITEMS + 4);
    const [recorded] = await database.sql`
    select count(*)::int as steps, count(distinct step_id)::int as ids, count(*) filter (where seq is null)::int as open
    from durable.steps where run_id = ${run} and op = 'run'`;
    expect(recorded).toEqual({ steps: STEPS + ITEMS, ids: STEPS + ITEMS, open: 0 });
    await expectInvariants(database, "after");
  },
  120_000,
);
