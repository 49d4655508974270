// How long small tenants wait behind a big one, with a whole engine and an app. Counted in `npm test`: how many jobs of the big
// one begin meanwhile. With DURABLE_TEST_BIG_JOBS=100000 and DURABLE_TEST_SMALL_TENANTS=99, alone on its machine, by the clock too.
import { createFunction } from "@durable/sdk";
import { expect, test } from "vitest";
import { startEngine } from "../scenarios/api-engine.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { waitFor } from "../support/wait.ts";

const BIG_JOBS = Number(process.env["DURABLE_TEST_BIG_JOBS"] ?? 600);
const SMALL_TENANTS = Number(process.env["DURABLE_TEST_SMALL_TENANTS"] ?? 9);
const SMALL_JOBS = 10;
const IS_MEASURED = BIG_JOBS >= 100_000;
const EVENTS_PER_SEND = 200;

test("small tenants start while a big one runs", { timeout: 1_800_000 }, async () => {
  /** Whose body began, and when. */
  const began: { readonly tenant: string; readonly atMs: number }[] = [];
  const work = createFunction({
    id: "work",
    trigger: { event: "work" },
    fairness: { key: "tenant" },
    handler: ({ event, step }) =>
      step.run("body", () => {
        began.push({ tenant: event.data.tenant, atMs: performance.now() });
      }),
  });
  const engine = await startEngine();
  const app = await startSdkApp(engine, "fair", [work]);
  const send = async (tenant: string, count: number) => {
    const events = Array.from({ length: count }, () => ({ name: "work", data: { tenant } }));
    const { status } = await engine.call("POST", "/v1/events?app=fair", events);
    expect(status).toBe(200);
  };
  try {
    const stored = () =>
      engine.database.sql<{ count: number }[]>`select count(*)::int as count from durable.live_runs`;
    for (let sent = 0; sent < BIG_JOBS; sent += EVENTS_PER_SEND) await send("big", EVENTS_PER_SEND);
    await waitFor("the big one to run", async () => began.length > 0);
    // Events can come faster than their jobs are ranked; who comes behind a burst waits until all of it is.
    await waitFor("all of it to be ranked", async () => {
      const [unranked] = await engine.database.sql<
        { count: number }[]
      >`select count(*)::int as count from durable.arrivals`;
      return unranked!.count === 0;
    });

    const sentAtMs = new Map<string, number>();
    const before = new Map<string, number>();
    for (let no = 0; no < SMALL_TENANTS; no += 1) {
      await send(`small ${no}`, SMALL_JOBS);
      sentAtMs.set(`small ${no}`, performance.now());
      before.set(`small ${no}`, began.length);
      // As tenants come: all at once they would wait for each other, whatever the order.
      if (IS_MEASURED) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const small = () => began.filter(({ tenant }) => tenant !== "big");
    await waitFor("the small ones to start", async () => small().length === SMALL_TENANTS * SMALL_JOBS, {
      timeoutMs: 120_000,
    });
    const [left] = await stored();
    if (IS_MEASURED) expect(left!.count).toBeGreaterThan(BIG_JOBS / 10);

    for (const [tenant, index] of before) {
      const since = began.slice(index);
      const last = since.findLastIndex((each) => each.tenant === tenant);
      // One of the big one for each of its own, and those that had slots already.
      const big = since.slice(0, last).filter((each) => each.tenant === "big").length;
      expect(big).toBeLessThanOrEqual(SMALL_JOBS + 4 * 16);
    }
    const p95 = [...sentAtMs].map(([tenant, sentMs]) => {
      const delays = began
        .filter((each) => each.tenant === tenant)
        .map(({ atMs }) => Math.max(0, atMs - sentMs));
      return delays.sort((a, b) => a - b)[Math.ceil(delays.length * 0.95) - 1]!;
    });
    if (IS_MEASURED) {
      const [median, worst] = [0.5, 1].map(
        (q) => p95.toSorted((a, b) => a - b)[Math.ceil(p95.length * q) - 1]!,
      );
      console.log(
        `p95 of a small tenant's start delay: median ${median!.toFixed(0)} ms, worst ${worst!.toFixed(0)} ms; ${left!.count} runs left`,
      );
      expect(worst).toBeLessThan(1_000);
    }
  } finally {
    await engine.stop();
    await app.stop();
  }
});
