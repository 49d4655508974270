// An app that is down freezes its runs: nothing is sent but probes, no attempt is used up, and all go on after it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createFunction, type DurableFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { expect, test } from "vitest";
import { freePort } from "../chaos/free-port.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
const execute = promisify(execFile);

type Trouble = (request: IncomingMessage, response: ServerResponse) => void;

/** An engine of its own for each test: while one of them waits for what must not happen, others go on. */
const scenario = test.extend("scene", async ({ task: _ }, { onCleanup }) => {
  const engine = await startEngine();
  onCleanup(async () => {
    try {
      await expectInvariants(engine.database);
    } finally {
      await engine.stop();
    }
  });
  return makeScene(engine);
});

const threeSteps = createFunction({
  id: "three",
  trigger: { event: "three" },
  handler: async ({ step }) => {
    await step.run("one", () => 1);
    await step.sleep("rest", "300ms");
    await step.run("two", () => 2);
    return "done";
  },
});

/** What a test does with its engine. */
function makeScene(engine: Awaited<ReturnType<typeof startEngine>>) {
  async function sync(url: string): Promise<void> {
    const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url });
    expect(synced.status, synced.text).toBe(200);
  }

  const circuit = async () => (await engine.call("GET", "/v1/apps")).json.apps[0].endpoint.circuit;

  return {
    engine,
    sync,
    circuit,
    untilCircuit: (state: string) =>
      waitFor(`a circuit that is ${state}`, async () => {
        const shown = await circuit();
        return shown.state === state && shown;
      }),
    untilFrozen: (count: number) =>
      waitFor("all of them frozen", async () => {
        const shown = await circuit();
        return shown.frozen_runs === count && shown;
      }),
    async start(name: string, count: number, data: unknown = null): Promise<string[]> {
      const events = Array.from({ length: count }, () => ({ name, data }));
      const sent = await engine.call("POST", "/v1/events?app=shop", events);
      expect(sent.status).toBe(200);
      return sent.json.runs.map((run: { run: string }) => `/v1/apps/shop/dev/runs/${run.run}`);
    },
    async expectAllCompleted(runs: readonly string[]): Promise<void> {
      for (const path of runs) {
        const { json } = await engine.call("GET", `${path}/result?wait=30`);
        expect(json.status, JSON.stringify(json)).toBe("completed");
      }
    },
    /** No step needed a second attempt, and the function none. */
    async expectNothingUsedUp(runs: readonly string[]): Promise<void> {
      for (const path of runs) {
        const { json } = await engine.call("GET", path);
        for (const step of json.steps) expect(step.attempt).toBe(1);
        const failed = json.attempts.filter((attempt: { outcome: string }) => attempt.outcome === "failed");
        expect(failed).toEqual([]);
      }
    },
    /** A real app at one address, which can be gone or in trouble. */
    async startUnsteadyApp(functions: readonly DurableFunction[]) {
      const handle = serve({ app: "shop", functions });
      const app = { requests: 0, invokes: 0, trouble: null as Trouble | null, url: "", down, up };
      const listener = (request: IncomingMessage, response: ServerResponse) => {
        app.requests += 1;
        if (app.trouble !== null) app.trouble(request, response);
        else {
          app.invokes += 1;
          handle(request, response);
        }
      };
      let server = createServer(listener);
      let port = 0;
      async function up(): Promise<void> {
        server = createServer(listener);
        await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
        port = (server.address() as AddressInfo).port;
        app.url = `http://127.0.0.1:${port}/api/durable`;
      }
      async function down(): Promise<void> {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await up();
      await sync(app.url);
      return app;
    },
  };
}

scenario.concurrent(
  "an app that is down burns no attempts, and every run continues after it",
  async ({ scene }) => {
    const {
      engine,
      untilCircuit,
      untilFrozen,
      start,
      expectAllCompleted,
      expectNothingUsedUp,
      startUnsteadyApp,
    } = scene;
    const app = await startUnsteadyApp([threeSteps]);
    const early = await start("three", 30);
    await waitFor("the first steps", () => app.invokes > 30);
    await app.down();
    const late = await start("three", 30);
    const { frozen_runs, since, last_error } = await untilFrozen(60);
    expect({ frozen_runs, last_error }).toEqual({
      frozen_runs: 60,
      last_error: expect.stringMatching(/could not be reached/),
    });
    expect(Date.parse(since)).toBeLessThan(Date.now());

    const { json: run } = await engine.call("GET", late[0]!);
    expect(run.status).toBe("queued");
    expect(run.why).toMatch(
      /^The app's endpoint has not answered since .+: 60 runs are frozen, 0 retries are used up, and it is asked again at /,
    );
    expect(run.live.transport_attempt).toBe(0);
    const { json: home } = await engine.call("GET", "/v1/apps");
    expect(home.apps[0].endpoint.circuit).toMatchObject({ state: "open", frozen_runs: 60 });

    // Frozen costs nothing: nobody claims, dispatches or commits.
    const changes = async () =>
      (
        await engine.database.sql`select count(*)::int as n from durable.changes where run_id is not null`
      )[0]!["n"];
    const before = await changes();
    await sleep(1_500);
    expect(await changes()).toBe(before);

    await app.up();
    await expectAllCompleted([...early, ...late]);
    await expectNothingUsedUp([...early, ...late]);
    await untilCircuit("closed");
  },
);

scenario.for([
  ["a deploy that answers 503", 503, {}],
  ["a proxy that answers 502", 502, {}],
  ["a route that is not there", 404, {}],
  ["a login page before it", 200, { "content-type": "text/html" }],
] as const)(
  "%s freezes, and is not called over and over",
  { timeout: 60_000, concurrent: true },
  async ([, status, headers], { scene }) => {
    const { untilCircuit, untilFrozen, start, expectAllCompleted, expectNothingUsedUp, startUnsteadyApp } =
      scene;
    const app = await startUnsteadyApp([threeSteps]);
    app.trouble = (request, response) => {
      request.resume();
      response.writeHead(status, headers).end("no");
    };
    const runs = await start("three", 40);
    await untilCircuit("open");
    await untilFrozen(40);
    const before = app.requests;
    await sleep(1_500);
    // Probes only.
    expect(app.requests - before).toBeLessThanOrEqual(3);
    app.trouble = null;
    await expectAllCompleted(runs);
    await expectNothingUsedUp(runs);
  },
);

scenario.concurrent("a sync closes the circuit at once", async ({ scene }) => {
  const { engine, sync, untilFrozen, start, expectAllCompleted, startUnsteadyApp } = scene;
  const app = await startUnsteadyApp([threeSteps]);
  await app.down();
  const runs = await start("three", 3);
  await untilFrozen(3);
  await engine.database.sql`update durable.circuits set next_probe_at = now() + interval '1 hour'`;
  await app.up();
  await sync(app.url);
  await expectAllCompleted(runs);
});

scenario.concurrent(
  "while it is open a call is refused at once, and the list of runs says since when and how many wait",
  async ({ scene }) => {
    const { engine, sync, untilCircuit, untilFrozen, start, startUnsteadyApp } = scene;
    const app = await startUnsteadyApp([threeSteps]);
    app.trouble = (_request, response) => void response.writeHead(503).end();
    await start("three", 3);
    await untilCircuit("open");
    await untilFrozen(3);
    await engine.database.sql`update durable.circuits set next_probe_at = now() + interval '1 hour'`;
    const before = app.requests;
    const call = () => engine.call("POST", "/v1/apps/shop/dev/functions/three/call", { input: null });
    const refused = await call();
    expect([refused.status, refused.json.code]).toEqual([502, "app-failed"]);
    expect(refused.json.detail).toMatch(/has not answered the engine for a while.* Nothing ran/);
    expect(app.requests - before).toBeLessThanOrEqual(1);
    const { stderr } = await execute(process.execPath, [DURABLE, "runs", "ls", "--app", "shop"], {
      env: { DURABLE_URL: engine.url },
    });
    expect(stderr).toMatch(/has not answered since \S+Z: 3 runs are frozen/);
    app.trouble = null;
    await sync(app.url);
    await waitFor("a call to be taken", async () => (await call()).json.code !== "app-failed");
  },
);

scenario.concurrent("a cancelled run does not come back with the others", async ({ scene }) => {
  const { engine, circuit, untilCircuit, untilFrozen, start, expectAllCompleted, startUnsteadyApp } = scene;
  const app = await startUnsteadyApp([threeSteps]);
  await app.down();
  const [first, ...others] = await start("three", 3);
  await untilFrozen(3);
  expect((await engine.call("POST", `${first}/cancel`, {})).status).toBe(200);
  expect((await circuit()).frozen_runs).toBe(2);
  await app.up();
  await expectAllCompleted(others);
  expect((await engine.call("GET", first!)).json.status).toBe("cancelled");
  await untilCircuit("closed");
});

scenario.concurrent(
  "429 with retry-after lowers what is sent at once, instead of hammering",
  async ({ scene }) => {
    const { untilCircuit, start, expectAllCompleted, startUnsteadyApp } = scene;
    let running = 0;
    let refusals = 0;
    let most = 0;
    const slow = createFunction({
      id: "slow",
      trigger: { event: "slow" },
      handler: async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(30);
        running -= 1;
        return "done";
      },
    });
    const app = await startUnsteadyApp([slow]);
    const handle = serve({ app: "shop", functions: [slow] });
    app.trouble = (request, response) => {
      if (running < 4) void handle(request, response);
      else {
        refusals += 1;
        request.resume();
        response.writeHead(429, { "retry-after": "1" }).end();
      }
    };
    const runs = await start("slow", 100);
    const { last_error } = await untilCircuit("limited");
    expect(last_error).toMatch(/429/);
    await expectAllCompleted(runs);
    expect(most).toBeLessThanOrEqual(4);
    // Without the limit each of the 96 others would be refused again and again.
    expect(refusals).toBeLessThan(60);
  },
);

// Its environment is that of the whole process.
scenario("every step says which deployment of the app ran it", async ({ scene }) => {
  const { engine, start, expectAllCompleted, startUnsteadyApp } = scene;
  process.env["DURABLE_DEPLOYMENT"] = "dpl_1";
  try {
    const app = await startUnsteadyApp([threeSteps]);
    const [path] = await start("three", 1);
    const { json: run } = await waitFor("the sleep", async () => {
      const answer = await engine.call("GET", path!);
      return answer.json.steps.length === 2 && answer;
    });
    expect(run.steps.map((step: { deployment: string }) => step.deployment)).toEqual(["dpl_1", "dpl_1"]);
    // The next deployment answers at the same address, with the same functions.
    process.env["DURABLE_DEPLOYMENT"] = "dpl_2";
    const next = serve({ app: "shop", functions: [threeSteps] });
    app.trouble = (request, response) => void next(request, response);
    await expectAllCompleted([path!]);
    const { json: ended } = await engine.call("GET", path!);
    expect(
      ended.steps.map((step: { name: string; deployment: string }) => [step.name, step.deployment]),
    ).toEqual([
      ["one", "dpl_1"],
      ["rest", "dpl_1"],
      ["two", "dpl_2"],
    ]);
    const deployment = async () => (await engine.call("GET", "/v1/apps")).json.apps[0].endpoint.deployment;
    await waitFor("the engine to read what is deployed", async () => (await deployment()) === "dpl_2");
  } finally {
    delete process.env["DURABLE_DEPLOYMENT"];
  }
});

scenario.concurrent(
  "a step that kills its app each time does not freeze the others, and is the one that pauses",
  async ({ scene }) => {
    const { engine, sync, start, expectAllCompleted, expectNothingUsedUp } = scene;
    const port = await freePort();
    let deaths = 0;
    let isOver = false;
    let child: ChildProcess | null = null;
    let ready = false;
    /** What a process manager does: another one is started where one ended. */
    const supervise = () => {
      child = spawn(process.execPath, [fileURLToPath(new URL("poison-app.ts", import.meta.url))], {
        env: { ...process.env, APP_PORT: String(port) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      child.stdout!.once("data", () => {
        ready = true;
      });
      child.once("exit", () => {
        deaths += 1;
        if (!isOver) supervise();
      });
    };
    supervise();
    try {
      await waitFor("the app", () => ready);
      await sync(`http://127.0.0.1:${port}/api/durable`);
      const [poison] = await start("poison", 1);
      await waitFor("the app to die twice", () => deaths >= 2);
      const honest = await start("honest", 20);
      await expectAllCompleted(honest);
      await expectNothingUsedUp(honest);
      await waitFor("the app to die again", () => deaths >= 4);
      // Each death counts on the run that was under way: it is the one that pauses in the end.
      const { json } = await engine.call("GET", poison!);
      expect(json.live.transport_attempt).toBeGreaterThanOrEqual(3);
      await waitFor("a moment in which nobody holds it", async () => {
        const set = await engine.database.sql`update durable.live_runs set transport_attempt = 50
        where transport_attempt > 0 and status <> 'running' returning 1`;
        return set.length === 1;
      });
      const paused = await waitFor(
        "the poison to pause",
        async () => {
          const { json } = await engine.call("GET", poison!);
          return json.status === "paused" && json;
        },
        { timeoutMs: 20_000 },
      );
      expect(paused.why).toMatch(/dispatches in a row ended without an answer/);
      const later = await start("honest", 3);
      await expectAllCompleted(later);
    } finally {
      isOver = true;
      (child as ChildProcess | null)?.kill("SIGKILL");
    }
  },
);
