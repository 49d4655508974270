// Steps that have to say that they live, and do not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createFunction, Durable, type StepBodyContext, type StepRunOptions } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

/** What the test at hand runs. */
let body: (context: StepBodyContext) => unknown = () => {};
let options: StepRunOptions = {};

const work = createFunction({
  id: "work",
  trigger: { event: "work" },
  handler: ({ step }) =>
    step
      .run("work", (context) => body(context) as never, options)
      .catch(({ name, message }: Error) => `${name}: ${message}`),
});

beforeAll(async () => {
  engine = await startEngine();
  process.env["DURABLE_URL"] = engine.url;
  app = await startSdkApp(engine, "shop", [work]);
});

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  delete process.env["DURABLE_URL"];
  await app.stop();
  await engine.stop();
});

/** Never ends by itself. Its signal says why it is over. */
function hang({ signal }: StepBodyContext): Promise<never> {
  return new Promise((_, fail) => {
    signal.addEventListener("abort", () => {
      reasons.push((signal.reason as Error).name);
      fail(signal.reason);
    });
  });
}
const reasons: string[] = [];

test("a silent attempt has failed, its signal fires, and the next one is made by the step's policy", async () => {
  reasons.length = 0;
  options = { heartbeatTimeout: 200, retry: { max: 2, base: 1 } };
  body = (context) => (context.attempt === 1 ? hang(context) : `attempt ${context.attempt}`);
  const end = await app.ended(await app.start("work"));
  expect([end.status, end.output]).toEqual(["completed", "attempt 2"]);
  expect(reasons).toEqual(["HeartbeatTimeoutError"]);
  expect(end.steps[0].attempts).toMatchObject([
    {
      outcome: "failed",
      failure: {
        name: "HeartbeatTimeoutError",
        message: expect.stringContaining("gave no heartbeat for 200 ms"),
      },
    },
    { outcome: "ok" },
  ]);
});

test("after the last attempt the error is thrown where the step stands", async () => {
  options = { heartbeatTimeout: 100, retry: { max: 1 } };
  body = hang;
  const end = await app.ended(await app.start("work"));
  expect(end.output).toMatch(/^HeartbeatTimeoutError: Step "work" gave no heartbeat for 100 ms/);
});

test("what runs at most once is interrupted by its silence, and not tried again", async () => {
  reasons.length = 0;
  options = { heartbeatTimeout: 100, atMostOnce: true };
  body = hang;
  const end = await app.ended(await app.start("work"));
  expect(end.output).toMatch(/^StepInterruptedError: .* Step "work" gave no heartbeat for 100 ms/);
  expect(reasons).toEqual(["HeartbeatTimeoutError"]);
});

test("what says that it lives is no longer silent, and may take longer than that", async () => {
  options = { heartbeatTimeout: "1500ms", retry: { max: 1 } };
  body = async ({ heartbeat }) => {
    for (let beats = 0; beats < 40; beats += 1) {
      await heartbeat(beats);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return "done";
  };
  expect((await app.ended(await app.start("work"))).output).toBe("done");
});

test("a one-off call has the same limit", async () => {
  options = { heartbeatTimeout: 100 };
  body = hang;
  const durable = new Durable({ app: "shop", url: engine.url });
  expect(await durable.call(work, null as never)).toMatch(/^HeartbeatTimeoutError: /);
});

test("without a way to the engine it is refused before anything runs, and says what to do", async () => {
  options = { heartbeatTimeout: 100 };
  body = () => expect.unreachable();
  const nodeEnv = process.env["NODE_ENV"];
  const secret = process.env["DURABLE_DEV"];
  delete process.env["DURABLE_URL"];
  process.env["NODE_ENV"] = "production";
  process.env["DURABLE_DEV"] = "0";
  try {
    const end = await app.ended(await app.start("work"));
    expect(end.output).toMatch(
      /^NonRetriableError: Step "work" has a "heartbeatTimeout", .* Set DURABLE_URL/,
    );
  } finally {
    process.env["DURABLE_URL"] = engine.url;
    process.env["NODE_ENV"] = nodeEnv;
    if (secret === undefined) delete process.env["DURABLE_DEV"];
    else process.env["DURABLE_DEV"] = secret;
  }
});

test.each([0, "25h", "soon"])("a limit of %s is none", async (heartbeatTimeout) => {
  options = { heartbeatTimeout };
  const end = await app.ended(await app.start("work"));
  expect(end.output).toMatch(/^NonRetriableError: Step "work": /);
});

test("an app that hangs is found in seconds: its attempt has failed, and what it says later does not count", {
  timeout: 60_000,
}, async () => {
  const file = fileURLToPath(new URL("app-process.ts", import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, DURABLE_URL: engine.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [url] = await once(createInterface(child.stdout), "line");
    const sent = await engine.call("POST", "/v1/apps/shop/dev/sync", { url });
    expect(sent.status).toBe(200);
    const run = await app.start("copy");
    await waitFor(
      "it to say that it lives",
      async () => (await app.show(run)).heartbeats[0]?.progress?.attempt === 1,
    );
    child.kill("SIGSTOP");
    const stoppedMs = performance.now();
    await waitFor("its attempt to be over", async () => (await app.show(run)).steps[0]?.attempts?.length > 0);
    expect(performance.now() - stoppedMs).toBeLessThan(10_000);
    child.kill("SIGCONT");
    const end = await app.ended(run);
    expect([end.status, end.output]).toEqual(["completed", "attempt 2"]);
    const attempts = async () => (await app.show(run)).steps[0].attempts as { outcome: string }[];
    await expect.poll(async () => (await attempts()).length).toBe(3);
    const byOutcome = Object.fromEntries((await attempts()).map((each) => [each.outcome, each]));
    const message = expect.stringContaining("Its process hangs or is gone");
    expect(byOutcome).toMatchObject({
      failed: { attempt: 1, failure: { name: "HeartbeatTimeoutError", message } },
      late: { attempt: 1, value: "too late" },
      ok: { attempt: 2 },
    });
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});
