// Figures by the minute, as an operator reads them.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { beforeAll, expect, test } from "vitest";
import { rollUp } from "../../engine/src/store/metrics.ts";
import { engineWithApp } from "./engine-with-app.ts";

const quick = createFunction({ id: "quick", trigger: { event: "quick" }, handler: () => 1 });
const fails = createFunction({
  id: "fails",
  trigger: { event: "fails" },
  handler: () => {
    throw new NonRetriableError("it fails");
  },
});
let flakes = 0;
const flaky = createFunction({
  id: "flaky",
  trigger: { event: "flaky" },
  retry: { max: 4, base: 1 },
  handler: async ({ step }) => {
    await step.run("second", ({ attempt: tries }) => {
      if (tries < 3) throw new Error("not yet");
    });
    flakes += 1;
    if (flakes === 1) throw new Error("again from the top");
  },
});
const sleeps = createFunction({
  id: "sleeps",
  trigger: { event: "sleeps" },
  handler: ({ step }) => step.sleep("long", "1h"),
});

const { engine, app } = engineWithApp("shop", [quick, fails, flaky, sleeps]);
beforeAll(async () => {
  for (const name of ["quick", "quick", "fails", "flaky"]) await app.ended(await app.start(name));
  await app.start("sleeps");
});

const metrics = async (query = "") => (await engine.call("GET", `/v1/apps/shop/dev/metrics${query}`)).json;

test("starts, ends, phases and the backlog, in all and by function", async () => {
  await engine.database.sql`update durable.metric_cursor set sampled_at = '-infinity'`;
  await engine.database.sql`delete from durable.metric_backlogs`;
  // The engine's own loop may hold the cursor at this moment.
  const all = async () => {
    await rollUp(engine.database, 30);
    const { functions } = await metrics();
    return functions.map((one: Record<string, unknown>) => [
      one["function"],
      one["started"],
      one["completed"],
      one["failed"],
      one["failed_attempts"],
    ]);
  };
  await expect.poll(all, { timeout: 20_000 }).toEqual([
    ["quick", 2, 2, 0, 0],
    ["fails", 1, 0, 1, 1],
    ["flaky", 1, 1, 0, 3],
    ["sleeps", 1, 0, 0, 0],
  ]);
  const { functions, points, backlog, lost_at } = await metrics();
  const [first] = functions;
  for (const phase of ["total", "queue", "network", "app"]) {
    expect(first.phases[phase], phase).toMatchObject({ count: 2 });
    expect(first.phases[phase].p99).toBeGreaterThanOrEqual(first.phases[phase].p50);
  }
  expect(first.phases.limit).toBeNull();
  expect(points.reduce((sum: number, point: { started: number }) => sum + point.started, 0)).toBe(5);
  expect(backlog.at(-1)).toMatchObject({ waiting: 1, queued: 0, circuit: "closed", oldest_queued_ms: null });
  expect(lost_at).toBeNull();
  const one = await metrics("?function=fails&step=3600");
  expect(one.functions).toHaveLength(1);
});

test("whose runs are queued is counted with the backlog, by function", async () => {
  const { sql } = engine.database;
  const hold = await engine.call("POST", "/v1/apps/shop/dev/pauses", { function: "quick" });
  await app.start("quick");
  await app.start("quick");
  const counted = async () => {
    await sql`update durable.metric_cursor set sampled_at = '-infinity'`;
    await rollUp(engine.database, 30);
    return (await metrics()).function_backlog;
  };
  await expect
    .poll(counted, { timeout: 20_000 })
    .toEqual([{ function: "quick", queued: 2, running: 0, oldest_queued_ms: expect.any(Number) }]);
  expect((await metrics("?function=fails")).function_backlog).toEqual([]);
  await engine.call("POST", `/v1/apps/shop/dev/pauses/${hold.json.id}/resume`, {});
  await expect.poll(counted, { timeout: 20_000 }).toEqual([]);
});

test("more steps than a page can draw are refused", async () => {
  const answer = await engine.call(
    "GET",
    "/v1/apps/shop/dev/metrics?from=2026-01-01T00:00:00.000Z&to=2026-03-01T00:00:00.000Z",
  );
  expect(answer.status).toBe(422);
  expect(answer.json.errors[0].pointer).toBe("?step");
});
