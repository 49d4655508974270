// A run that has not begun, or not ended, within its time fails; what it did is undone first.
import { createFunction } from "@durable/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { travel } from "../support/travel.ts";
import { engineWithApp } from "./engine-with-app.ts";

let did: string[] = [];

const limited = createFunction({
  id: "limited",
  trigger: { event: "limited" },
  timeouts: { start: "1m", finish: "1h" },
  async handler({ event, step }) {
    await step.run("book", () => did.push("book"), { compensate: () => void did.push("undo book") });
    if (event.data === "sleep") await step.sleep("long", "2h");
    if (event.data === "call") {
      await step.run(
        "call",
        ({ signal }) =>
          new Promise<void>((resolve) => {
            did.push("call");
            signal.addEventListener("abort", () => {
              did.push("hung up");
              resolve();
            });
          }),
      );
    }
    return "in time";
  },
});
const sender = createFunction({
  id: "sender",
  trigger: { event: "send" },
  handler: ({ step }) => step.sendEvent("start it", { name: "limited", data: "sleep" }),
});

/** Other tests share the processor. */

const { engine, app } = engineWithApp("shop", [limited, sender]);

beforeEach(() => {
  did = [];
});

afterEach(async () => {
  await expectInvariants(engine.database);
  await travel(engine.database.sql, "0");
});

function becomes(id: string, status: string) {
  return expect.poll(async () => (await app.show(id)).status).toBe(status);
}

test("a run in time leaves nothing behind", async () => {
  const id = await app.start("limited");
  expect(await app.ended(id)).toMatchObject({ status: "completed", output: "in time" });
  expect(await engine.database.sql`select * from durable.timers`).toEqual([]);
});

test("a run that has begun is not held to its start, and one that is late fails after it was undone", async () => {
  const id = await app.start("limited", "sleep");
  await becomes(id, "waiting");
  await travel(engine.database.sql, "59 minutes");
  expect((await app.ended(id, 1)).status).toBe("waiting");
  await travel(engine.database.sql, "61 minutes");
  const run = await app.ended(id);
  expect(run).toMatchObject({ status: "failed", compensated: 1, failure: { name: "TimeoutError" } });
  expect(run.why).toMatch(
    /the run had not ended 36\d{5} ms after its creation.*timeouts\.finish.*1 step undone/,
  );
  expect(did).toEqual(["book", "undo book"]);
});

test("the code that runs when the time is over is told by its signal", async () => {
  const id = await app.start("limited", "call");
  await expect.poll(() => did).toContain("call");
  await travel(engine.database.sql, "61 minutes");
  expect(await app.ended(id)).toMatchObject({ status: "failed", failure: { name: "TimeoutError" } });
  expect(did.filter((what) => what !== "hung up")).toEqual(["book", "call", "undo book"]);
  await expect.poll(() => did).toContain("hung up");
});

test("a run that a person paused is not ended by its time", async () => {
  const id = await app.start("limited", "sleep");
  await becomes(id, "waiting");
  await app.act(id, "pause");
  await travel(engine.database.sql, "3 hours");
  expect((await app.ended(id, 1)).status).toBe("paused");
  await app.act(id, "resume");
  expect(await app.ended(id)).toMatchObject({ status: "completed", output: "in time" });
});

test("a run that a step's event starts has its limits too", async () => {
  await app.ended(await app.start("send"));
  const run = async () => {
    const { json } = await engine.call("GET", "/v1/apps/shop/dev/runs?function=limited&limit=1");
    return json.runs[0];
  };
  await expect.poll(async () => (await run()).status).toBe("waiting");
  await travel(engine.database.sql, "61 minutes");
  await expect.poll(async () => (await run()).status).toBe("failed");
});

test("a run whose app is away fails when it has not begun in time", async () => {
  await app.stop();
  const id = await app.start("limited", "sleep");
  // It waits to call again, or, once the circuit is open, for its endpoint.
  await expect.poll(async () => (await app.show(id)).attempts.length).toBeGreaterThan(0);
  await travel(engine.database.sql, "2 minutes");
  const run = await app.ended(id);
  expect(run).toMatchObject({ status: "failed", compensated: 0, failure: { code: "timeout_start" } });
  expect(run.failure.message).toMatch(/had not begun .* timeouts\.start allows\. Is the app up/);
  expect(did).toEqual([]);
});
