// A run that fails or is cancelled undoes its completed steps: the last one first, each durable, none twice.
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction, NonRetriableError, type Step } from "@durable/sdk";
import { beforeEach, describe, expect, test } from "vitest";
import { engineWithApp } from "./engine-with-app.ts";

/** What was done and undone, in order, with the keys that user code was given. */
let did: string[] = [];
let keys: string[] = [];
/** How often undoing this name fails before it works. */
let failures: Record<string, number> = {};

const retry = { max: 2, backoff: "constant", base: 20, jitter: false } as const;

function undo(name: string) {
  return (result: { id: string }, { idempotencyKey }: { idempotencyKey: string }) => {
    if ((failures[name] ?? 0) > 0) {
      failures[name]! -= 1;
      throw new Error(`${name} cannot be undone now`);
    }
    did.push(`undo ${name} ${result.id}`);
    keys.push(idempotencyKey);
  };
}

const NAMES = ["flight", "hotel", "car"];

const booking = createFunction({
  id: "booking",
  trigger: { event: "trip.booked" },
  retry,
  async handler({ event, step }) {
    for (const name of NAMES) {
      await step.run(
        name,
        () => {
          did.push(name);
          return { id: `${name}-1` };
        },
        { compensate: undo(name) },
      );
    }
    await step.run("note", () => did.push("note"));
    if (event.data === "wait") await step.sleep("long", "1h");
    if (event.data === "call") {
      await step.run("call", async ({ signal }) => {
        did.push("call");
        await sleep(10_000, undefined, { signal }).catch(() => did.push("hung up"));
      });
    }
    if (event.data === "fail") {
      await step.run("pay", () => {
        throw new NonRetriableError("declined");
      });
    }
    return "booked";
  },
});

/** Two of its branches complete, each in a request of its own or all in one; the third fails. */
const pack = createFunction({
  id: "pack",
  trigger: { event: "packed" },
  retry,
  async handler({ event, step }) {
    const kept = (name: string) => (own: Step) =>
      own.run(
        name,
        () => {
          did.push(name);
          return { id: `${name}-1` };
        },
        { compensate: undo(name) },
      );
    await kept("first")(step);
    await step.parallel([kept("left"), kept("right")], { fanOut: event.data === "apart" });
    await step.run("seal", () => {
      throw new NonRetriableError("torn");
    });
  },
});

const { app } = engineWithApp("trips", [booking, pack]);

beforeEach(() => {
  did = [];
  keys = [];
  failures = {};
});

const UNDONE = ["undo car car-1", "undo hotel hotel-1", "undo flight flight-1"];

describe("a run that fails", () => {
  test("undoes its completed steps in reverse order, and then it has failed", async () => {
    const run = await app.ended(await app.start("trip.booked", "fail"));
    expect(run).toMatchObject({ status: "failed", compensated: 3, failure: { message: "declined" } });
    expect(did).toEqual([...NAMES, "note", ...UNDONE]);
    expect(new Set(keys).size).toBe(3);
    expect(run.why).toMatch(/declined.* 3 steps undone\.$/);
    const undone = run.steps.filter((step: { op: string }) => step.op === "compensate");
    expect(undone.map((step: { name: string; status: string }) => [step.name, step.status])).toEqual([
      ["car", "ok"],
      ["hotel", "ok"],
      ["flight", "ok"],
    ]);
  });

  test("retries a compensation by its policy", async () => {
    failures = { hotel: 1 };
    const run = await app.ended(await app.start("trip.booked", "fail"));
    expect(run).toMatchObject({ status: "failed", compensated: 3 });
    expect(did.slice(4)).toEqual(UNDONE);
    const hotel = run.steps.find(
      (step: { op: string; name: string }) => step.op === "compensate" && step.name === "hotel",
    );
    expect(hotel).toMatchObject({ attempt: 2, attempts: [{ outcome: "failed" }, { outcome: "ok" }] });
  });

  test("pauses when a compensation has no attempt left, and a resume tries it again", async () => {
    failures = { hotel: 3 };
    const id = await app.start("trip.booked", "fail");
    await expect.poll(async () => (await app.show(id)).status).toBe("paused");
    const paused = await app.show(id);
    expect(paused.why).toMatch(
      /step "hotel" cannot be undone.*attempt 2.*hotel cannot be undone now.*resume/,
    );
    expect(paused).toMatchObject({ compensated: 1, live: { ending: "failing" } });
    expect((await app.act(id, "resume", { reason: "hotel is up" })).json).toEqual({ id, status: "queued" });
    const run = await app.ended(id);
    expect(run).toMatchObject({ status: "failed", compensated: 3, failure: { message: "declined" } });
    expect(did.slice(4)).toEqual(UNDONE);
  });

  test("can be left as it is by a person who gives up", async () => {
    failures = { hotel: 9 };
    const id = await app.start("trip.booked", "fail");
    await expect.poll(async () => (await app.show(id)).status).toBe("paused");
    // It needs a person still: that somebody cancels it mends nothing.
    expect((await app.act(id, "cancel")).json).toEqual({ id, status: "paused" });
    expect((await app.act(id, "cancel", { undo: false })).json).toEqual({ id, status: "cancelled" });
    const run = await app.show(id);
    expect(run).toMatchObject({ status: "cancelled", compensated: 1 });
    expect(run.why).toMatch(/1 step undone\. 2 steps that could be undone were left as they are\.$/);
  });
});

describe("a run that is cancelled", () => {
  test("while it sleeps undoes its steps, and nothing else of it runs", async () => {
    const id = await app.start("trip.booked", "wait");
    await expect.poll(async () => (await app.show(id)).status).toBe("waiting");
    expect((await app.act(id, "cancel", { reason: "no trip" })).json).toEqual({ id, status: "cancelling" });
    expect((await app.act(id, "cancel")).status).toBe(200);
    const run = await app.ended(id);
    expect(run).toMatchObject({
      status: "cancelled",
      compensated: 3,
      failure: null,
      cancelled: { reason: "no trip" },
    });
    expect(did).toEqual([...NAMES, "note", ...UNDONE]);
    expect(run.steps.find((step: { name: string }) => step.name === "long").status).toBe("cancelled");
  });

  test("while its app is called: the engine hangs up, and the code's signal fires", async () => {
    const id = await app.start("trip.booked", "call");
    await expect.poll(() => did.includes("call")).toBe(true);
    const cancelledAtMs = Date.now();
    expect((await app.act(id, "cancel")).json.status).toBe("cancelling");
    const run = await app.ended(id);
    expect(run).toMatchObject({ status: "cancelled", compensated: 3 });
    await expect.poll(() => did.includes("hung up")).toBe(true);
    expect(Date.now() - cancelledAtMs).toBeLessThan(5_000);
    expect(did.filter((what) => what.startsWith("undo"))).toEqual(UNDONE);
  });
});

test.each(["together", "apart"])(
  "branches that ran %s are undone in the reverse order of their completion",
  async (how) => {
    const run = await app.ended(await app.start("packed", how));
    expect(run).toMatchObject({ status: "failed", compensated: 3, failure: { message: "torn" } });
    const order = run.steps
      .filter(({ op, value }: { op: string; value: { id?: string } | null }) => op === "run" && value?.id)
      .map(({ name }: { name: string }) => `undo ${name} ${name}-1`);
    expect(did.filter((what) => what.startsWith("undo"))).toEqual(order.reverse());
    expect(new Set(keys).size).toBe(3);
  },
);

test("a run that completes undoes nothing", async () => {
  const run = await app.ended(await app.start("trip.booked", "none"));
  expect(run).toMatchObject({ status: "completed", output: "booked", compensated: 0 });
  expect(did).toEqual([...NAMES, "note"]);
});
