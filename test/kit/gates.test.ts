// Concurrency and throttles as user code meets them: the real engine, with a clock that jumps.
import { beforeAll, expect, test } from "vitest";
import { createFunction, type Step } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { waitFor } from "../support/wait.ts";

/** Bodies under way, by tenant. */
const under = new Map<string, number>();
const most = new Map<string, number>();

/** The first of a tenant ends when a second has begun: on a busy machine they would not meet by themselves. */
async function body(tenant: string): Promise<void> {
  const now = (under.get(tenant) ?? 0) + 1;
  under.set(tenant, now);
  most.set(tenant, Math.max(most.get(tenant) ?? 0, now));
  await waitFor(`two of ${tenant} at once`, () => most.get(tenant)! >= 2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  under.set(tenant, under.get(tenant)! - 1);
}

const perTenant = createFunction({
  id: "per-tenant",
  trigger: { event: "work" },
  concurrency: { limit: 2, key: "tenant" },
  handler: async ({ event, step }) => {
    for (const no of [1, 2, 3]) await step.run(`part ${no}`, () => body(event.data.tenant));
  },
});

const order: string[] = [];
const serial = createFunction({
  id: "serial",
  trigger: { event: "serial" },
  concurrency: { limit: 1, key: { cel: "event.data.account" }, unit: "run" },
  handler: async ({ event, step }) => {
    await step.run("begin", () => order.push(`${event.data.no} begins`));
    await step.sleep("night", "8h");
    await step.run("end", () => order.push(`${event.data.no} ends`));
  },
});

const starts: number[] = [];
const slow = createFunction({
  id: "slow",
  trigger: { event: "slow" },
  throttle: { limit: 6, period: "1h", burst: 2 },
  handler: ({ step }) =>
    step.run("start", async () => {
      starts.push((await kit.now()).getTime());
    }),
});

const fanned = createFunction({
  id: "fanned",
  concurrency: 3,
  handler: ({ step }) =>
    step.parallel(
      [1, 2, 3, 4, 5, 6, 7, 8].map((no) => (step: Step) => step.run(`part ${no}`, () => body("fanned"))),
      { fanOut: true },
    ),
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [perTenant, serial, slow, fanned] });
});

test("a limit by key counts each value of it separately", async () => {
  const { runs } = await kit.send(
    ["a", "b", "a", "a", "b", "a", "a", "a"].map((tenant) => ({ name: "work", data: { tenant } })),
  );
  await kit.settled();
  for (const run of runs) expect(await run.status()).toBe("completed");
  expect(Object.fromEntries(most)).toMatchObject({ a: 2, b: 2 });
});

test("runs of a key do not overlap with limit 1 and unit run, although they sleep", async () => {
  await kit.send([1, 2, 3].map((no) => ({ name: "serial", data: { no, account: "x" } })));
  await kit.advance("25h");
  expect(order).toEqual(["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
});

test("a throttle starts its burst at once and then one per interval", async () => {
  const began = (await kit.now()).getTime();
  await kit.send([1, 2, 3, 4, 5].map(() => ({ name: "slow", data: {} })));
  await kit.advance("1h");
  const minutes = starts.map((at) => Math.round((at - began) / 60_000));
  expect(minutes).toEqual([0, 0, 10, 20, 30]);
});

test("planned steps of one run count like any others", async () => {
  const run = await kit.start(fanned);
  await kit.settled();
  expect(await run.status()).toBe("completed");
  expect(most.get("fanned")).toBeLessThanOrEqual(3);
});

test("an event without the key starts no run, and leaves a skip that says why", async () => {
  const { runs } = await kit.send({ name: "work", data: { other: 1 } });
  expect(runs).toEqual([]);
});

// inngest website #880, inngest #2093, inngest-py #179: `limit: 1` counts steps there, so that runs of it go on by turns.
test("inngest: `limit: 1` does not serialise runs. With unit run it does, over steps, sleeps and retries", async () => {
  const said: string[] = [];
  let failures = 1;
  const one = createFunction({
    id: "one-at-a-time",
    trigger: { event: "one" },
    concurrency: { limit: 1, unit: "run" },
    retry: { max: 3, backoff: "constant", base: "1m", jitter: false },
    handler: async ({ event, step }) => {
      await step.run("begin", () => said.push(`${event.data.no} begins`));
      await step.run("stumble", () => {
        said.push(`${event.data.no} goes on`);
        if (failures-- > 0) throw new Error("once");
      });
      await step.sleep("night", "8h");
      await step.run("end", () => said.push(`${event.data.no} ends`));
    },
  });
  const own = await openKit({ functions: [one] });
  await own.send([1, 2, 3].map((no) => ({ name: "one", data: { no } })));
  await own.advance("25h");
  await own.settled();
  expect(said.map((word) => Number(word[0]))).toEqual([1, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
});
