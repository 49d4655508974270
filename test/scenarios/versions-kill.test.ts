// A redeploy while engines are killed with -9: runs that are kept on their deployment stay there, the others go on at the
// newest one, and each step is recorded once, by the deployment that ran it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { type DeploymentProcess, startDeployment } from "./deployment-process.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

const RUNS_EACH = 8;
const VERSIONS = ["latest", "pinned", "drain"] as const;

let database: Awaited<ReturnType<typeof createDatabase>>;
let engines: SpawnedEngine[];
let deployments: DeploymentProcess[];

beforeEach(async () => {
  database = await createDatabase();
  engines = await Promise.all([spawnEngine(database.url), spawnEngine(database.url)]);
  deployments = [];
});

afterEach(async () => {
  await Promise.all([...engines, ...deployments].map((each) => each.kill()));
  await database.drop();
});

const call = (method: string, path: string, body?: unknown) => engines[0]!.call(method, path, body);

async function deploy(name: string, port = 0): Promise<DeploymentProcess> {
  const started = await startDeployment(name, port);
  deployments.push(started);
  // The other engine hears of it within seconds; here both are told, so that it is known which deployment is the newest.
  for (const engine of engines) {
    const { status, text } = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: started.url });
    expect(status, text).toBe(200);
  }
  return started;
}

/** Kills the one that is asked, which holds leases too, and starts another one beside the one that is left. */
async function killAnEngine(): Promise<void> {
  const [victim, ...left] = engines;
  engines = left;
  await victim!.kill();
  engines = [...left, await spawnEngine(database.url)];
}

type Started = Record<(typeof VERSIONS)[number], string[]>;

/** Runs that have done their first step at the newest deployment, and wait. */
async function startAll(): Promise<Started> {
  const started: Started = { latest: [], pinned: [], drain: [] };
  for (const version of VERSIONS) {
    for (let no = 0; no < RUNS_EACH; no += 1) {
      const { json } = await call("POST", "/v1/events?app=shop", { name: version, data: null });
      started[version].push(json.runs[0].run);
    }
  }
  const all = VERSIONS.flatMap((version) => started[version]);
  await waitFor("all to wait", async () => {
    const [row] = await database.sql`
      select count(*)::int as waiting from durable.steps where op = 'wait' and seq is null and run_id = any(${all})`;
    return row!["waiting"] === all.length;
  });
  return started;
}

/** Which deployment ran each step of them, as it is recorded, when they have ended. */
async function ranBy(runs: readonly string[]): Promise<unknown[]> {
  const outputs: unknown[] = [];
  for (const run of runs) {
    const ended = await waitFor("the end", async () => {
      const { json } = await call("GET", `/v1/apps/shop/dev/runs/${run}?wait=1`);
      return json.status === "completed" && json;
    });
    outputs.push(ended.output);
  }
  return outputs;
}

const each = (...output: string[]) => Array(RUNS_EACH).fill(output);

test("pinned and drain stay at their deployment through a redeploy and two dead engines; latest goes on at the new one", async () => {
  await deploy("A");
  const started = await startAll();
  await deploy("B");
  await call("POST", "/v1/events?app=shop", { name: "go", data: null });
  await killAnEngine();
  await killAnEngine();
  expect(await ranBy(started.latest)).toEqual(each("A", "B"));
  expect(await ranBy(started.pinned)).toEqual(each("A", "A"));
  expect(await ranBy(started.drain)).toEqual(each("A", "A"));
  await expectInvariants(database, "after");
}, 120_000);

test("with their deployment dead too, drain goes on at the newest and pinned waits for it, whichever engine asks", async () => {
  const a = await deploy("A");
  const started = await startAll();
  await deploy("B");
  await a.kill();
  await call("POST", "/v1/events?app=shop", { name: "go", data: null });
  await killAnEngine();
  expect(await ranBy(started.drain)).toEqual(each("A", "B"));
  await killAnEngine();
  await waitFor("the pinned runs to be refused", async () => {
    const [row] = await database.sql`
      select count(*)::int as refused from durable.live_runs where transport_attempt > 0 and run_id = any(${started.pinned})`;
    return row!["refused"] === RUNS_EACH;
  });
  await deploy("A", a.port);
  expect(await ranBy(started.pinned)).toEqual(each("A", "A"));
  await expectInvariants(database, "after");
}, 120_000);
