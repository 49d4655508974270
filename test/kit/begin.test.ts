// Runs that are born asleep, as senders and people meet them.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction } from "../../sdk-ts/src/index.ts";
import type { TestKit, TestRun } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

const HOUR_MS = 3_600_000;

/** When which began, by the moved clock. */
let began: [string, number][] = [];

const remind = createFunction({
  id: "remind",
  trigger: { event: "remind" },
  timeouts: { start: "10m", finish: "20m" },
  handler: ({ event, step }) =>
    step.run("note", async () => {
      began.push([event.data.who, (await kit.now()).getTime()]);
    }),
});

const limited = createFunction({
  id: "limited",
  trigger: { event: "limited" },
  concurrency: { limit: 1, unit: "run" },
  handler: () => "done",
});

const sender = createFunction({
  id: "sender",
  handler: async ({ step }) => {
    await step.sendEvent("later", { name: "remind", data: { who: "sent by a step" }, delay: "1h" });
  },
});

const listener = createFunction({
  id: "listener",
  handler: async ({ step }) => (await step.waitForEvent("hear", { event: "remind", timeout: "1d" }))?.data,
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [remind, limited, sender, listener] });
});
beforeEach(() => {
  began = [];
});

const nowMs = async () => (await kit.now()).getTime();

async function act(run: TestRun, action: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${kit.url}/v1/apps/test/dev/runs/${run.id}/${action}`, { method: "POST" });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function delayed(who: string, delay: string): Promise<TestRun> {
  const { runs } = await kit.send({ name: "remind", data: { who }, delay });
  return runs[0]!;
}

test("a delayed event's run exists at once, says when it begins, and begins then", async () => {
  const sentMs = await nowMs();
  const run = await delayed("ann", "3h");
  const { status, why } = await run.state();
  expect(status).toBe("waiting");
  expect(why).toMatch(
    /^It begins at .*: its event was sent to begin then\. "durable runs begin" begins it at once\.$/,
  );
  await kit.advance("2h 59m");
  expect(began).toEqual([]);
  await kit.advance("2m");
  expect(began).toHaveLength(1);
  expect(began[0]![1]).toBeGreaterThanOrEqual(sentMs + 3 * HOUR_MS);
  // Its time limits, shorter than its delay, count from then.
  expect(await run.status()).toBe("completed");
});

test("an event with a time begins then; a time that is over is at once", async () => {
  const at = new Date((await nowMs()) + HOUR_MS);
  const past = new Date((await nowMs()) - HOUR_MS);
  const { runs } = await kit.send([
    { name: "remind", data: { who: "then" }, at },
    { name: "remind", data: { who: "over" }, at: past },
  ]);
  await kit.settled();
  expect(began.map(([who]) => who)).toEqual(["over"]);
  expect(await runs[0]!.status()).toBe("waiting");
  await kit.advance("61m");
  expect(began[1]![0]).toBe("then");
  expect(began[1]![1]).toBeGreaterThanOrEqual(at.getTime());
});

test("an event that a step sends can be delayed", async () => {
  await kit.run(sender);
  await kit.settled();
  expect(began).toEqual([]);
  await kit.advance("61m");
  expect(began.map(([who]) => who)).toEqual(["sent by a step"]);
});

test("what waits for a delayed event has it at once", async () => {
  const waiting = await kit.start(listener);
  await kit.settled();
  const early = await delayed("early", "5h");
  await kit.settled();
  expect((await waiting.state()).output).toEqual({ who: "early" });
  await early.cancel();
});

test("a trigger can be delayed, and sent again under its id it finds the run", async () => {
  const trigger = async (body: object) => {
    const path = `${kit.url}/v1/apps/test/dev/functions/remind/trigger`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    return [response.status, (await response.json()) as { run: string; code: string }] as const;
  };
  const start = { id: "t1", data: { who: "triggered" }, delay_ms: HOUR_MS };
  const [, first] = await trigger(start);
  const [, again] = await trigger(start);
  expect(again.run).toBe(first.run);
  const [, sooner] = await trigger({ ...start, delay_ms: 1 });
  expect(sooner.run).toBe(first.run);
  const [twice] = await trigger({ data: {}, delay_ms: 1, at: "2030-01-01T00:00:00Z" });
  expect(twice).toBe(422);
  await kit.settled();
  expect(began).toEqual([]);
  await kit.advance("61m");
  expect(began.map(([who]) => who)).toEqual(["triggered"]);
});

test("a run that is asleep can be begun at once, and once", async () => {
  const run = await delayed("now", "9h");
  expect(await act(run, "begin")).toMatchObject({ status: 200, body: { status: "queued" } });
  await kit.settled();
  expect(began.map(([who]) => who)).toEqual(["now"]);
  const again = await act(run, "begin");
  expect([again.status, again.body["code"]]).toEqual([409, "run-terminal"]);
  const other = await kit.start(listener);
  await kit.settled();
  expect((await act(other, "begin")).body["code"]).toBe("run-not-asleep");
  await other.cancel();
});

test("cancelled while it is asleep it never begins", async () => {
  const run = await delayed("never", "1h");
  await run.cancel();
  await kit.advance("2h");
  expect([began, await run.status()]).toEqual([[], "cancelled"]);
});

test("paused and resumed it still begins at its time; paused over its time, when it is resumed", async () => {
  const run = await delayed("patient", "3h");
  await act(run, "pause");
  expect((await act(run, "resume")).body).toMatchObject({ status: "waiting" });
  await kit.advance("1h");
  expect(began).toEqual([]);
  await act(run, "pause");
  await kit.advance("9h");
  expect([began, await run.status()]).toEqual([[], "paused"]);
  expect((await act(run, "resume")).body).toMatchObject({ status: "queued" });
  await kit.settled();
  expect(began.map(([who]) => who)).toEqual(["patient"]);
});

test("an asleep run passes its gates when it begins", async () => {
  const { runs } = await kit.send([
    { name: "limited", data: {}, delay: "1h" },
    { name: "limited", data: {} },
  ]);
  await kit.settled();
  expect([await runs[0]!.status(), await runs[1]!.status()]).toEqual(["waiting", "completed"]);
  await kit.advance("61m");
  expect(await runs[0]!.status()).toBe("completed");
});

test("what it waits for is its beginning, in the same words as any other wait", async () => {
  const run = await delayed("whoever asks", "1h");
  const { wait, live } = (await run.state()) as unknown as {
    wait: Record<string, unknown>;
    live: { begin: { at: string } };
  };
  expect(wait).toMatchObject({ kind: "begin", starts_at: live.begin.at, starts_unknown: null, gate: null });
  await kit.advance("1h");
  expect(began.map(([who]) => who)).toEqual(["whoever asks"]);
});
