// What the code of steps says while it runs, kept with the attempt that said it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createFunction, NonRetriableError } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { ADMIN_TOKEN, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
/** Stands below what the SDK puts around the console, whenever it did. */
const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let quiet: Awaited<ReturnType<typeof startSdkApp>>;

const says = createFunction({
  id: "says",
  trigger: { event: "say" },
  retry: { max: 3, base: 1 },
  handler: async ({ step }) => {
    await step.run("charge", ({ attempt, log }) => {
      step.log("charging", { cents: 1200 });
      console.warn("slow %s", "bank");
      if (attempt === 1) throw new Error("busy");
      log.error("charged late");
    });
    await step.run("silent", () => 1);
    await step.run("mail", async () => {
      await Promise.resolve();
      step.log.debug("mailed");
    });
  },
});
const pauses = createFunction({
  id: "pauses",
  trigger: { event: "pause" },
  handler: async ({ step }) => {
    await step.run("before", ({ log }) => log.info("one"));
    await step.waitForEvent("wait", { event: "go-on", timeout: "1h" });
    await step.run("after", ({ log }) => log.info("two"));
  },
});
const branches = createFunction({
  id: "branches",
  trigger: { event: "branch" },
  retry: { max: 2, base: 1 },
  handler: ({ step }) =>
    step.parallel(
      {
        a: (step) => step.run("work", () => step.log.info("in a")),
        b: (step) =>
          step.run("work", ({ attempt }) => {
            step.log.warn("in b");
            if (attempt === 1) throw new Error("not yet");
          }),
      },
      { fanOut: true },
    ),
});
const undoes = createFunction({
  id: "undoes",
  trigger: { event: "undo" },
  retry: { max: 1 },
  handler: async ({ step }) => {
    await step.run("book", () => 7, { compensate: (seat, { log }) => log("gave back", seat) });
    throw new NonRetriableError("sold out");
  },
});
const loud = createFunction({
  id: "loud",
  trigger: { event: "shout" },
  handler: ({ step }) =>
    step.run("shout", () => {
      step.log("x".repeat(20_000), "y".repeat(20_000));
      const ring: Record<string, unknown> = {};
      ring["ring"] = ring;
      step.log("ring", ring);
      for (let i = 0; i < 2_000; i += 1) step.log("again");
    }),
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [says, pauses, branches, undoes, loud]);
  quiet = await startSdkApp(
    engine,
    "quiet",
    [says],
    serve({ app: "quiet", functions: [says], captureConsole: false }),
  );
});

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  await engine.stop();
  await app.stop();
  await quiet.stop();
});

type Line = {
  id: string;
  step: { name: string; id: string };
  attempt: number;
  level: string;
  message: string;
  data: unknown;
};

async function logsOf(run: string, query = "", of = app) {
  return (await engine.call("GET", `${of.path(run)}/logs${query}`)).json as {
    logs: Line[];
    next: string | null;
  };
}

const brief = ({ step, attempt, level, message, data }: Line) => [
  step.name,
  attempt,
  level,
  message,
  data ?? null,
];

test("lines of step.log, of the context and of the console are kept with their attempt, also a failed one", async () => {
  const run = await app.start("say");
  expect((await app.ended(run)).status).toBe("completed");
  const { logs, next } = await logsOf(run);
  expect(logs.map(brief)).toEqual([
    ["charge", 1, "info", "charging", { cents: 1200 }],
    ["charge", 1, "warn", "slow bank", null],
    ["charge", 2, "info", "charging", { cents: 1200 }],
    ["charge", 2, "warn", "slow bank", null],
    ["charge", 2, "error", "charged late", null],
    ["mail", 1, "debug", "mailed", null],
  ]);
  expect(next).toBeNull();
  expect(printed.mock.calls.map(([line]) => line)).toContain("slow bank\n");

  const graver = await logsOf(run, "?level=warn");
  expect(graver.logs.map(({ level }) => level)).toEqual(["warn", "warn", "error"]);
  expect((await logsOf(run, "?step=mail")).logs).toHaveLength(1);
  expect((await logsOf(run, `?step=${logs[0]!.step.id}`)).logs).toHaveLength(5);
  const first = await logsOf(run, "?limit=4");
  expect(first.next).toBe(logs[3]!.id);
  const rest = await logsOf(run, `?limit=4&after=${first.next}`);
  expect([...first.logs, ...rest.logs]).toEqual(logs);
  expect(rest.next).toBeNull();
});

test("the command line prints them", async () => {
  const run = await app.start("say");
  await app.ended(run);
  const durable = (...args: string[]) =>
    saidBy(["runs", "logs", run, "--app", "shop", "--env", "dev", ...args], {
      DURABLE_URL: engine.url,
      DURABLE_ADMIN_TOKEN: ADMIN_TOKEN,
    });
  const lines = (await durable("--step", "charge")).trimEnd().split("\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^\S+Z INFO {2}charge: charging \{"cents":1200\}$/);
  expect(lines[4]).toMatch(/^\S+Z ERROR charge \(attempt 2\): charged late$/);
  const json = await durable("--json", "--level", "error");
  expect(JSON.parse(json)).toMatchObject({ level: "error", message: "charged late", data: null });
});

test("the lines of all runs come the newest first, with their run and function, and are printed with the newest at the end", async () => {
  const run = await app.start("say");
  await app.ended(run);
  const at = "/v1/apps/shop/dev/logs";
  const { logs } = (await engine.call("GET", `${at}?limit=6&function=says`)).json;
  expect(logs.map((line: Line) => line.message)).toEqual([
    "mailed",
    "charged late",
    "slow bank",
    "charging",
    "slow bank",
    "charging",
  ]);
  expect(logs[0]).toMatchObject({ run, function: "says", step: { name: "mail" } });
  const other = (await engine.call("GET", "/v1/apps/quiet/dev/logs")).json;
  expect(other.logs.some((line: { run: string }) => line.run === run)).toBe(false);

  const environment = { DURABLE_URL: engine.url, DURABLE_ADMIN_TOKEN: ADMIN_TOKEN };
  const where = ["--app", "shop", "--env", "dev"];
  const text = await saidBy(["logs", "ls", ...where, "--search", "LATE", "--limit", "1"], environment);
  expect(text).toBe(`${run} ${logs[1].at} ERROR charge (attempt 2): charged late\n`);
  const json = await saidBy(["logs", "ls", ...where, "--limit", "6", "--json"], environment);
  expect(JSON.parse(json).logs).toEqual(logs);
});

test("logs tail begins with what was said last, and goes on with what comes, each line once", async () => {
  const before = await app.start("say");
  await app.ended(before);
  const child = spawn(process.execPath, [DURABLE, "logs", "tail", "--app", "shop", "-n", "2"], {
    env: { DURABLE_URL: engine.url, DURABLE_ADMIN_TOKEN: ADMIN_TOKEN },
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  const lines = () => out.trimEnd().split("\n");
  await expect.poll(() => out).toMatch(/mail: mailed\n$/);
  expect(lines()).toHaveLength(2);
  const run = await app.start("say");
  await expect.poll(() => lines().length).toBe(8);
  child.kill();
  await once(child, "close");
  expect(lines().map((line) => line.split(" ")[0])).toEqual([before, before, ...new Array(6).fill(run)]);
});

test("the command line stays until the run has ended, and prints what is said meanwhile", async () => {
  const run = await app.start("pause");
  const child = spawn(process.execPath, [DURABLE, "runs", "logs", run, "--app", "shop", "--follow"], {
    env: { DURABLE_URL: engine.url, DURABLE_ADMIN_TOKEN: ADMIN_TOKEN },
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  await expect.poll(() => out).toMatch(/before: one\n$/);
  expect(child.exitCode).toBe(null);
  await engine.call("POST", "/v1/events?app=shop", { name: "go-on" });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(out.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/before: one$/),
    expect.stringMatching(/after: two$/),
  ]);
});

test("an app may keep its console to itself", async () => {
  const run = await quiet.start("say");
  expect((await quiet.ended(run)).status).toBe("completed");
  const { logs } = await logsOf(run, "", quiet);
  expect(logs.map(({ message }) => message)).toEqual(["charging", "charging", "charged late", "mailed"]);
});

test("steps that run as tasks keep their lines too", async () => {
  const run = await app.start("branch");
  const { status, steps } = await app.ended(run);
  expect(status).toBe("completed");
  const { logs } = await logsOf(run);
  expect(logs.map(brief).sort()).toEqual([
    ["work", 1, "info", "in a", null],
    ["work", 1, "warn", "in b", null],
    ["work", 2, "warn", "in b", null],
  ]);
  expect(steps.filter(({ name }: { name: string }) => name === "work")).toHaveLength(2);
});

test("so does what undoes a step", async () => {
  const run = await app.start("undo");
  expect((await app.ended(run)).status).toBe("failed");
  expect((await logsOf(run)).logs.map(brief)).toEqual([["book", 1, "info", "gave back", 7]]);
});

test("what is too long is cut and what is too much is left out, for all to see, and the step stands", async () => {
  const run = await app.start("shout");
  expect((await app.ended(run)).status).toBe("completed");
  const { logs } = await logsOf(run, "?limit=1000");
  expect(logs).toHaveLength(1_000);
  expect(logs[0]!.message).toMatch(/^x{8000,8189}\.\.\.$/);
  expect(logs[0]!.data).toMatch(/^"y{4000,4096}\.\.\.$/);
  expect(logs[1]!.data).toMatch(/^\[A log line has something JSON cannot hold: /);
  expect(logs[999]).toMatchObject({ level: "warn", message: expect.stringMatching(/^1003 more log lines/) });
});

test("an unknown run has no logs, and neither has one of another app", async () => {
  const run = await app.start("say");
  await app.ended(run);
  const other = await engine.call("GET", `${quiet.path(run)}/logs`);
  expect(other.status).toBe(404);
  const none = await engine.call("GET", `${app.path("01928374-0000-7000-8000-000000000000")}/logs`);
  expect(none.status).toBe(404);
});
