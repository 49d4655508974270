// Thousands of items with the real SDK: what is sent grows with the items, and what is done stays done.
import { beforeEach, expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { appBehindLines } from "./app-behind-lines.ts";

/** The machine may be busy with other test files. */
const PATIENCE_MS = 240_000;

const bodies: string[] = [];

const double = createFunction({
  id: "double",
  trigger: { event: "double" },
  handler: async ({ event, step }) => {
    const { items, concurrency } = event.data as { items: number; concurrency: number };
    const list = Array.from({ length: items }, (_, i) => i);
    const results = await step.forEach(
      list,
      (item, _, each) =>
        each.run("double", ({ idempotencyKey }) => {
          bodies.push(idempotencyKey);
          return item * 2;
        }),
      { concurrency },
    );
    return { count: results.length, sum: results.reduce((sum, each) => sum + each, 0), last: results.at(-1) };
  },
});

const fussy = createFunction({
  id: "fussy",
  trigger: { event: "fussy" },
  retry: { max: 1 },
  handler: async ({ step }) => {
    const items = Array.from({ length: 150 }, (_, i) => i);
    try {
      await step.forEach("letters", items, async (item, index, each) => {
        const name = await each.run("name", () => `letter ${index}`);
        if (item === 120) throw new Error(`${name} has no stamp`);
        return each.run("send", () => name);
      });
    } catch (error) {
      return { stoppedBy: (error as Error).message };
    }
    return null;
  },
});

const large = createFunction({
  id: "large",
  trigger: { event: "large" },
  handler: async ({ step }) => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const load = (_: number, __: number, each: Step) => each.run("page", () => "x".repeat(50_000));
    const pages = await step.forEach(items, load, { concurrency: 10 });
    return pages.reduce((sum, page) => sum + page.length, 0);
  },
});

const { engine, toEngine, toApp } = appBehindLines([double, fussy, large]);

beforeEach(() => {
  bodies.length = 0;
  toApp.takeBytes();
  toEngine.takeBytes();
});

async function runToItsEnd(name: string, data: object) {
  const sent = await engine.call("POST", "/v1/events?app=shop", { name, data });
  expect(sent.status, sent.text).toBe(200);
  const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
  for (;;) {
    const { json } = await engine.call("GET", `${path}/result?wait=20`);
    if (["completed", "failed", "cancelled", "paused"].includes(json.status)) return { ...json, path };
  }
}

function sumOf(items: number) {
  return { count: items, sum: items * (items - 1), last: (items - 1) * 2 };
}

// First: once the line was cut, the app leaves the engine alone for a while.
test("results that one entry cannot hold stay with their steps", { timeout: PATIENCE_MS }, async () => {
  const run = await runToItsEnd("large", {});
  expect(run).toMatchObject({ status: "completed", output: 5_000_000 });
  const shown = await engine.call("GET", run.path);
  expect(shown.json.steps.some(({ op }: { op: string }) => op === "group")).toBe(false);
});

test("5,000 items: what is sent per item does not grow, and each body runs once", {
  timeout: PATIENCE_MS,
}, async () => {
  const few = await runToItsEnd("double", { items: 1_000, concurrency: 20 });
  expect(few).toMatchObject({ status: "completed", output: sumOf(1_000) });
  const bytesOfFew = toApp.takeBytes() + toEngine.takeBytes();
  bodies.length = 0;
  const many = await runToItsEnd("double", { items: 5_000, concurrency: 20 });
  expect(many).toMatchObject({ status: "completed", output: sumOf(5_000) });
  expect([bodies.length, new Set(bodies).size]).toEqual([5_000, 5_000]);
  expect(toApp.takeBytes() + toEngine.takeBytes()).toBeLessThan(bytesOfFew * 5 * 1.2);
});

test("without checkpoints the memo stays short all the same: groups stand for what is done", async () => {
  toEngine.cut();
  const run = await runToItsEnd("double", { items: 450, concurrency: 50 });
  toEngine.mend();
  expect(run).toMatchObject({ status: "completed", output: sumOf(450) });
  expect(bodies.length).toBe(450);
  const [memo] = await engine.database.sql`
    select (select count(*)::int from durable.folded_steps where run_id = ${run.id}::uuid) as folded,
      (select count(*)::int from durable.steps where run_id = ${run.id}::uuid and op = 'group') as groups`;
  expect(memo).toEqual({ folded: 450, groups: 5 });
});

test("answers that are lost in the middle repeat no item that was done", {
  timeout: PATIENCE_MS,
}, async () => {
  let count = 0;
  toApp.loseAnswers(() => ++count % 7 === 0);
  let checkpoints = 0;
  toEngine.loseAnswers((sent) => sent.includes("/checkpoint") && ++checkpoints % 9 === 0);
  const run = await runToItsEnd("double", { items: 320, concurrency: 8 });
  toApp.loseAnswers(() => false);
  toEngine.loseAnswers(() => false);
  expect(run).toMatchObject({ status: "completed", output: sumOf(320) });
  expect(count).toBeGreaterThan(7);
  // Only bodies whose result got lost ran again, and with the key they had before.
  expect(new Set(bodies).size).toBe(320);
  expect(bodies.length).toBeLessThan(320 + count * 8);
});

test("the first error ends it, after the groups that are done", async () => {
  const run = await runToItsEnd("fussy", {});
  expect(run).toMatchObject({ status: "completed", output: { stoppedBy: "letter 120 has no stamp" } });
  const shown = await engine.call("GET", run.path);
  const groups = shown.json.steps.filter(({ op }: { op: string }) => op === "group");
  expect(groups).toMatchObject([{ name: "0-99", status: "ok" }]);
  expect(groups[0].value.slice(0, 2)).toEqual(["letter 0", "letter 1"]);
});

test("what the runs left behind is sound", () => expectInvariants(engine.database, "after"));
