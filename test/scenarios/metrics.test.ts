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
const sleeps = createFunction({
  id: "sleeps",
  trigger: { event: "sleeps" },
  handler: ({ step }) => step.sleep("long", "1h"),
});

const { engine, app } = engineWithApp("shop", [quick, fails, sleeps]);
beforeAll(async () => {
  for (const name of ["quick", "quick", "fails"]) await app.ended(await app.start(name));
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
    ]);
  };
  await expect.poll(all, { timeout: 20_000 }).toEqual([
    ["quick", 2, 2, 0],
    ["fails", 1, 0, 1],
    ["sleeps", 1, 0, 0],
  ]);
  const { functions, points, backlog, lost_at } = await metrics();
  const [first] = functions;
  for (const phase of ["total", "queue", "network", "app"]) {
    expect(first.phases[phase], phase).toMatchObject({ count: 2 });
    expect(first.phases[phase].p99).toBeGreaterThanOrEqual(first.phases[phase].p50);
  }
  expect(first.phases.limit).toBeNull();
  expect(points.reduce((sum: number, point: { started: number }) => sum + point.started, 0)).toBe(4);
  expect(backlog.at(-1)).toMatchObject({ waiting: 1, queued: 0, circuit: "closed", oldest_queued_ms: null });
  expect(lost_at).toBeNull();
  const one = await metrics("?function=fails&step=3600");
  expect(one.functions).toHaveLength(1);
});

test("more steps than a page can draw are refused", async () => {
  const answer = await engine.call(
    "GET",
    "/v1/apps/shop/dev/metrics?from=2026-01-01T00:00:00.000Z&to=2026-03-01T00:00:00.000Z",
  );
  expect(answer.status).toBe(422);
  expect(answer.json.errors[0].pointer).toBe("?step");
});
