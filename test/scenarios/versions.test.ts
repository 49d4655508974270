// Two deployments of one app, each a process at an address of its own, beside one engine.
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { semanticsTable } from "../support/semantics-table.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { type DeploymentProcess, startDeployment } from "./deployment-process.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
const processes = new Set<DeploymentProcess>();

beforeEach(async () => {
  engine = await startEngine();
});

afterEach(async () => {
  await Promise.all([...processes].map((each) => each.kill()));
  processes.clear();
  await engine.stop();
});

afterEach(() => expectInvariants(engine.database));

/** Starts a deployment and, unless told, syncs it: from then on it is the newest. */
async function deploy(deployment: string, port = 0, { isSynced = true, isChanged = false } = {}) {
  const started = await startDeployment(deployment, port, isChanged);
  processes.add(started);
  if (isSynced) {
    const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: started.url });
    expect(synced.status, synced.text).toBe(200);
  }
  return started;
}

const path = (run: string) => `/v1/apps/shop/dev/runs/${run}`;
const show = async (run: string) => (await engine.call("GET", path(run))).json;
const durable = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "shop" });
const send = (name: string) => engine.call("POST", "/v1/events?app=shop", { name, data: null });

/** A run that has done its first step and waits. */
async function start(name: string): Promise<string> {
  const run: string = (await send(name)).json.runs[0].run;
  await waitFor("the wait", async () => (await show(run)).steps.length === 2);
  return run;
}

/** Who ran the first step and the second. */
async function output(run: string): Promise<unknown> {
  const { json } = await engine.call("GET", `${path(run)}/result?wait=20`);
  expect(json.status, JSON.stringify(json)).toBe("completed");
  return json.output;
}

test("latest goes on at the newest deployment; pinned and drain where they began, while that is there", async () => {
  await deploy("A");
  const [latest, pinned, drain] = [await start("latest"), await start("pinned"), await start("drain")];
  await deploy("B");
  const young = await start("pinned");
  await send("go");
  expect(await output(latest)).toEqual(["A", "B"]);
  expect(await output(pinned)).toEqual(["A", "A"]);
  expect(await output(drain)).toEqual(["A", "A"]);
  expect(await output(young)).toEqual(["B", "B"]);
  const { deployments } = (await engine.call("GET", `/v1/apps/shop/dev/runs/${latest}`)).json;
  expect(deployments.map(({ deployment }: { deployment: string }) => deployment)).toEqual(["A", "B"]);
  expect(deployments[0].from_seq).toBeLessThan(deployments[1].from_seq);
});

test("when its deployment is gone a drain run goes on at the newest, and a pinned one says why it waits", async () => {
  const a = await deploy("A");
  const [pinned, drain] = [await start("pinned"), await start("drain")];
  await deploy("B");
  await a.kill();
  await send("go");
  expect(await output(drain)).toEqual(["A", "B"]);
  const waiting = await waitFor("the pinned run to be refused", async () => {
    const run = await show(pinned);
    return run.status === "waiting" && run.live.transport_attempt > 0 && run;
  });
  expect(waiting.why).toMatch(
    /kept on its deployment, and deployment "A" at http:\S+ does not answer: .*durable runs move \S+ --to latest/,
  );
  // Nobody else pays for it: the newest deployment is called as before.
  expect((await engine.call("GET", "/v1/apps")).json.apps[0].endpoint.circuit.state).toBe("closed");

  const move = ["runs", "move", pinned, "--to", "latest", "--reason", "A is off"];
  expect(await durable(...move)).toContain(`Run ${pinned} goes on at latest`);
  expect(await output(pinned)).toEqual(["A", "B"]);
  const { steps } = await show(pinned);
  expect(steps.map((step: { name: string; deployment: string }) => [step.name, step.deployment])).toEqual([
    ["first", "A"],
    ["go", "A"],
    ["second", "B"],
  ]);
  const [audit] = await engine.database.sql`select detail from durable.audit where action = 'run.move'`;
  expect(audit!["detail"]).toBe("latest: A is off");
});

test("a pinned run goes on by itself when its deployment is back", async () => {
  const a = await deploy("A");
  const pinned = await start("pinned");
  await deploy("B");
  await a.kill();
  await send("go");
  await waitFor("the pinned run to be refused", async () => (await show(pinned)).live.transport_attempt > 0);
  await deploy("A", a.port);
  expect(await output(pinned)).toEqual(["A", "A"]);
});

test("a deployment that another one has replaced at its address is gone", async () => {
  const a = await deploy("A");
  const pinned = await start("pinned");
  await a.kill();
  await deploy("B", a.port);
  await send("go");
  const waiting = await waitFor("the pinned run to wait", async () => {
    const run = await show(pinned);
    return run.status === "waiting" && run.live.transport_attempt > 0 && run;
  });
  expect(waiting.why).toMatch(/where deployment "A" was, another one answers now \(B\)/);
  const unknown = await engine.call("POST", `${path(pinned)}/move`, { to: "A" });
  expect([unknown.status, unknown.json.code]).toEqual([422, "validation"]);
  expect((await engine.call("POST", `${path(pinned)}/move`, { to: "B" })).status).toBe(200);
  expect(await output(pinned)).toEqual(["A", "B"]);
});

test("code that nobody has synced yet runs nothing of a pinned run, and may run the others", async () => {
  const a = await deploy("A");
  const [pinned, drain, latest] = [await start("pinned"), await start("drain"), await start("latest")];
  await a.kill();
  await deploy("B", a.port, { isSynced: false });
  await send("go");
  expect(await output(latest)).toEqual(["A", "B"]);
  expect(await output(drain)).toEqual(["A", "B"]);
  const waiting = await waitFor("the pinned run to wait", async () => {
    const run = await show(pinned);
    return run.status === "waiting" && run.live.transport_attempt > 0 && run;
  });
  expect(waiting.why).toMatch(/where deployment "A" was, (another one answers now \(B\)|"B" answers)/);
  // It is moved to what the engine knows of.
  await waitFor("the engine to have read B", async () => {
    const [row] = await engine.database.sql`select deployment from durable.endpoints`;
    return row!["deployment"] === "B";
  });
  expect(waiting.steps.map((step: { name: string }) => step.name)).toEqual(["first", "go"]);
  const moved = await engine.call("POST", `${path(pinned)}/move`, { to: "latest" });
  expect(moved.status, moved.text).toBe(200);
  expect(await output(pinned)).toEqual(["A", "B"]);
});

test("a run of latest can be moved back to an older deployment", async () => {
  await deploy("A");
  const latest = await start("latest");
  await deploy("B");
  expect((await engine.call("POST", `${path(latest)}/move`, { to: "A" })).status).toBe(200);
  await send("go");
  expect(await output(latest)).toEqual(["A", "A"]);
  const over = await engine.call("POST", `${path(latest)}/move`, { to: "latest" });
  expect([over.status, over.json.code]).toEqual([409, "run-terminal"]);
});

test("a deployment that was retired is gone until it is synced again, and the newest cannot be retired", async () => {
  const a = await deploy("A");
  const [pinned, drain] = [await start("pinned"), await start("drain")];
  await start("latest");
  const moved = await start("latest");
  await deploy("B");
  await engine.call("POST", `${path(moved)}/move`, { to: "A" });
  expect(await durable("deployments", "ls")).toMatch(/\n *B .* 0 .* newest\s*\n *A .* 3 .* in use\s*$/);
  const newest = await engine.call("POST", "/v1/apps/shop/dev/deployments/B/retire");
  expect([newest.status, newest.json.code]).toEqual([409, "newest-deployment"]);
  expect((await engine.call("POST", "/v1/apps/shop/dev/deployments/C/retire")).status).toBe(404);

  expect(await durable("deployments", "retire", "A")).toContain("The deployment A is retired");
  expect(await durable("deployments", "ls")).toMatch(/\n *A .* retired \d/);
  expect((await engine.call("POST", `${path(drain)}/move`, { to: "A" })).json.code).toBe("validation");
  await send("go");
  expect(await output(drain)).toEqual(["A", "B"]);
  const waiting = await waitFor("the pinned run to wait", async () => {
    const run = await show(pinned);
    return run.status === "waiting" && run.live.transport_attempt > 0 && run;
  });
  expect(waiting.why).toMatch(/kept on its deployment, and deployment "A" is retired\. .*durable runs move/);
  const audit = await engine.database
    .sql`select target from durable.audit where action = 'deployment.retire'`;
  expect(audit.map((row) => row["target"])).toEqual(["A"]);

  await engine.call("POST", "/v1/apps/shop/dev/sync", { url: `http://127.0.0.1:${a.port}/api/durable` });
  expect(await output(pinned)).toEqual(["A", "A"]);
});

test("while a step runs: it is recorded once, and what follows runs at the new deployment", async () => {
  const a = await deploy("A");
  const run: string = (await send("held")).json.runs[0].run;
  await a.held();
  await deploy("B");
  const moved = await engine.call("POST", `${path(run)}/move`, { to: "B" });
  expect(moved.json).toMatchObject({ status: "running", to: "B" });
  expect((await show(run)).why).toMatch(/It lets go as soon as that call is recorded, because it was moved/);
  a.release();
  expect(await output(run)).toEqual(["A", "B"]);
  const { steps, attempts } = await show(run);
  expect(
    steps.map((step: { attempt: number; deployment: string }) => [step.deployment, step.attempt]),
  ).toEqual([
    ["A", 1],
    ["B", 1],
  ]);
  expect(attempts).toEqual([]);
});

const named: string[] = [];
/** A cell of the second table in docs/guides/semantics.md. */
function semantics(version: string, on: string, act: () => Promise<void>): void {
  named.push(`${version} / ${on}`);
  test(`semantics: ${version} / ${on}`, act, 60_000);
}

const CHANGED = "replay with changed code";
const CHANGED_AND_GONE = "replay with changed code, its deployment gone";

/** A run that has done its first step, and then the newest deployment asks for another one in its place. */
async function startThenChange(version: string) {
  const a = await deploy("A");
  const run = await start(version);
  await deploy("B", 0, { isChanged: true });
  return { a, run };
}

async function expectNondeterminism(run: string): Promise<void> {
  const paused = await waitFor("the run to pause", async () => {
    const shown = await show(run);
    return shown.status === "paused" && shown;
  });
  expect(paused.failure.name).toBe("NondeterminismError");
}

semantics("latest", CHANGED, async () => {
  const { run } = await startThenChange("latest");
  await send("go");
  await expectNondeterminism(run);
});

for (const version of ["pinned", "drain"]) {
  semantics(version, CHANGED, async () => {
    const { run } = await startThenChange(version);
    await send("go");
    expect(await output(run)).toEqual(["A", "A"]);
  });
}

semantics("pinned", CHANGED_AND_GONE, async () => {
  const { a, run } = await startThenChange("pinned");
  await a.kill();
  await send("go");
  const waiting = await waitFor("the run to be refused", async () => {
    const shown = await show(run);
    return shown.live.transport_attempt > 0 && shown;
  });
  expect([waiting.status, waiting.why]).toEqual(["waiting", expect.stringContaining('deployment "A"')]);
  await engine.call("POST", `${path(run)}/move`, { to: "latest" });
  await expectNondeterminism(run);
});

semantics("drain", CHANGED_AND_GONE, async () => {
  const { a, run } = await startThenChange("drain");
  await a.kill();
  await send("go");
  await expectNondeterminism(run);
});

test("the second table of the guide has these cells and no others", () => {
  const { cases, cells } = semanticsTable(2);
  expect(cases).toEqual([CHANGED, CHANGED_AND_GONE]);
  expect(cells).toEqual([...named].toSorted());
});
