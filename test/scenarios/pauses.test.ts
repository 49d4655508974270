// Pausing as people meet it: from the command line, and what a run says meanwhile.
import { createFunction } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const PAUSES = "/v1/apps/pauses/dev/pauses";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

let bodies: string[] = [];
let finish: () => void = () => {};
const slow = createFunction({
  id: "slow",
  trigger: { event: "slow" },
  handler: async ({ step }) => {
    await step.run("first", () => {
      bodies.push("first");
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await step.run("second", () => bodies.push("second"));
  },
});
const naps = createFunction({
  id: "naps",
  trigger: { event: "naps" },
  handler: async ({ step }) => {
    await step.sleep("nap", 300);
    await step.run("after", () => bodies.push("after"));
  },
});
const quick = createFunction({
  id: "quick",
  trigger: { event: "quick" },
  fairness: { key: "tenant" },
  handler: ({ event, step }) => step.run("do", () => bodies.push(event.data.tenant)),
});

const keyed = createFunction({
  id: "keyed",
  trigger: { event: "keyed" },
  concurrency: { limit: 5, key: "tenant" },
  handler: ({ event, step }) => step.run("do", () => bodies.push(event.data.tenant)),
});
let failures = 0;
const fans = createFunction({
  id: "fans",
  trigger: { event: "fans" },
  handler: ({ step }) =>
    step.parallel(
      {
        a: (branch) =>
          branch.run(
            "try",
            () => {
              bodies.push("try");
              if (bodies.length <= failures) throw new Error("not yet");
            },
            { retry: { max: 3, backoff: "constant", base: "1s" } },
          ),
      },
      { fanOut: true },
    ),
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "pauses", [slow, naps, quick, keyed, fans]);
});
afterEach(async () => {
  const { pauses } = (await engine.call("GET", PAUSES)).json;
  for (const { id } of pauses) await engine.call("POST", `${PAUSES}/${id}/resume`);
  await waitFor("everything to end", async () => {
    finish();
    const { runs } = (await engine.call("GET", "/v1/apps/pauses/dev/runs?limit=100")).json;
    return runs.every(({ status }: { status: string }) => status === "completed" || status === "cancelled");
  });
  await expectInvariants(engine.database);
  bodies = [];
});
afterAll(async () => {
  await engine.stop();
  await app.stop();
});

const durable = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "pauses" });

async function heldRun(name: string, data: unknown = {}): Promise<string> {
  const run = await app.start(name, data);
  await waitFor(`${run} to be held`, async () => (await app.show(run)).wait?.kind === "held");
  return run;
}

test("a paused function's runs are held and say who paused it, and go on when it is resumed", async () => {
  expect(await durable("pause", "naps", "--reason", "the bank is closed")).toMatch(/^It is paused\./);
  const run = await heldRun("naps");
  const { why, wait, status } = await app.show(run);
  expect(status).toBe("queued");
  expect(why).toMatch(
    /^It is held, because the function "naps" is paused by .+ since .+ \(the bank is closed\)/,
  );
  expect(wait.pause).toMatchObject({ kind: "function", function: "naps", reason: "the bank is closed" });
  expect(await durable("why", run)).toContain('the function "naps"');
  const listed = await durable("pauses");
  expect(listed).toContain(wait.pause.id);
  expect(listed).toContain("the bank is closed");
  // Nothing else is held.
  const other = await app.start("quick", { tenant: "b" });
  await waitFor("another function to go on", async () => (await app.show(other)).status === "completed");
  expect(await durable("resume", wait.pause.id)).toMatch(/^It goes on/);
  await waitFor("the run to end", async () => (await app.show(run)).status === "completed");
});

test("a call that is under way ends, and what follows is held", async () => {
  const run = await app.start("slow", {});
  await waitFor("its first step", async () => bodies.includes("first"));
  const { json } = await engine.call("POST", PAUSES, {});
  expect(json).toMatchObject({ new: true, interrupted: 1 });
  expect((await app.show(run)).why).toContain("because it was moved or paused");
  finish();
  await waitFor("the run to be held", async () => (await app.show(run)).wait?.kind === "held");
  await engine.call("POST", `${PAUSES}/${json.id}/resume`, { reason: "done" });
  await waitFor("the run to end", async () => (await app.show(run)).status === "completed");
  expect(bodies.filter((name) => name === "second")).toHaveLength(1);
});

test("timers go on, and what they cause is held", async () => {
  const run = await app.start("naps", {});
  await waitFor("it to sleep", async () => (await app.show(run)).wait?.kind === "sleep");
  const { json } = await engine.call("POST", PAUSES, { function: "naps" });
  await waitFor("its continuation to be held", async () => (await app.show(run)).wait?.kind === "held");
  const [nap] = (await app.show(run)).steps;
  expect(nap.status).toBe("ok");
  expect(bodies).toEqual([]);
  await engine.call("POST", `${PAUSES}/${json.id}/resume`);
  await waitFor("the run to end", async () => (await app.show(run)).status === "completed");
});

test("ticks of a paused function start runs, each of which is held", async () => {
  const { json: pause } = await engine.call("POST", PAUSES, { function: "quick" });
  const schedules = "/v1/apps/pauses/dev/schedules";
  const every = { id: "each-second", function: "quick", cron: "* * * * * *", data: { tenant: "c" } };
  const { json: schedule } = await engine.call("POST", schedules, every);
  const held = await waitFor("two ticks to be held", async () => {
    const { runs } = (await engine.call("GET", "/v1/apps/pauses/dev/runs?function=quick&status=queued")).json;
    return runs.length >= 2 && (runs as { id: string }[]).map(({ id }) => id);
  });
  await engine.call("DELETE", `${schedules}/${schedule.id}`);
  for (const run of held) expect((await app.show(run)).wait.kind).toBe("held");
  expect(bodies).toEqual([]);
  await engine.call("POST", `${PAUSES}/${pause.id}/resume`);
  await waitFor("all of them to end", async () => {
    const shown = await Promise.all(held.map((run) => app.show(run)));
    return shown.every(({ status }) => status === "completed");
  });
});

test("one tenant of a fair function is paused, and it is paused once", async () => {
  await durable("pause", "quick", "--tenant", "acme");
  expect(await durable("pause", "quick", "--tenant", "acme")).toMatch(/^It is paused already\./);
  const run = await heldRun("quick", { tenant: "acme" });
  expect((await app.show(run)).why).toContain('the tenant "acme" of "quick"');
  const other = await app.start("quick", { tenant: "umbrella" });
  await waitFor("another tenant to go on", async () => (await app.show(other)).status === "completed");
});

test("the runs of one key of a limit are paused from the command line, and the others are not", async () => {
  const { limits } = JSON.parse(await durable("limits", "ls", "--function", "keyed", "--json"));
  expect(await durable("pause", "--limit", limits[0].id, "--key", "acme")).toMatch(/^It is paused\./);
  const run = await heldRun("keyed", { tenant: "acme" });
  expect((await app.show(run)).wait.pause).toMatchObject({ kind: "key", limit: limits[0].id, key: "acme" });
  const other = await app.start("keyed", { tenant: "umbrella" });
  await waitFor("another key to go on", async () => (await app.show(other)).status === "completed");
  expect(await durable("pauses")).toMatch(/ 1 .*"acme"/);
  await expect(durable("pause", "--limit", limits[0].id)).rejects.toThrow("--limit and --key go together");
  await expect(durable("pause", "--tenant", "acme", "--all")).rejects.toThrow(
    "--tenant goes with a function",
  );
});

test("a planned step is held like its run, which waits and says so", async () => {
  failures = 1;
  const run = await app.start("fans", {});
  await waitFor("its first attempt", async () => bodies.includes("try"));
  await durable("pause", "fans", "--reason", "look first");
  const { wait, status, why } = await waitFor("its step to be held", async () => {
    const shown = await app.show(run);
    return shown.wait?.kind === "held" && shown;
  });
  expect(status).toBe("waiting");
  expect(wait).toMatchObject({ step: { name: "try" }, pause: { function: "fans", reason: "look first" } });
  expect(why).toContain('the function "fans" is paused by');
  expect(bodies).toEqual(["try"]);
  await durable("resume", wait.pause.id);
  await waitFor("the run to end", async () => (await app.show(run)).status === "completed");
  expect(bodies).toEqual(["try", "try"]);
});

test("a held run can be cancelled", async () => {
  await engine.call("POST", PAUSES, { function: "quick" });
  const run = await heldRun("quick", { tenant: "a" });
  await app.act(run, "cancel");
  expect((await app.show(run)).status).toBe("cancelled");
});

test("what cannot be paused is refused", async () => {
  const refused = async (body: unknown) => (await engine.call("POST", PAUSES, body)).status;
  expect(await refused({ function: "nobody" })).toBe(404);
  expect(await refused({ limit: "00000000-0000-4000-8000-000000000000", key: "a" })).toBe(404);
  expect(await refused({ tenant: "acme" })).toBe(422);
  expect(await refused({ limit: "00000000-0000-4000-8000-000000000000" })).toBe(422);
  const resumed = await engine.call("POST", `${PAUSES}/00000000-0000-4000-8000-000000000000/resume`);
  expect(resumed.status).toBe(404);
  await expect(durable("pause")).rejects.toThrow("Say what to pause");
});
