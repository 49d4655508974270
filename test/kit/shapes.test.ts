// What events become: idempotency, debounce, batch, rate limit and singleton as user code meets them.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createFunction } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

let seen: unknown[] = [];

const once = createFunction({
  id: "once",
  trigger: { event: "once" },
  idempotency: { key: "order", period: "1h" },
  handler: ({ event }) => void seen.push(event.data.order),
});

const typed = createFunction({
  id: "typed",
  trigger: { event: "typed" },
  debounce: { period: "10s", key: "doc", maxWait: "25s" },
  handler: ({ event }) => void seen.push(event.data),
});

const first = createFunction({
  id: "first",
  trigger: { event: "first" },
  debounce: { period: "10s", edge: "leading" },
  handler: ({ event }) => void seen.push(event.data.no),
});

const batched = createFunction({
  id: "batched",
  trigger: { event: "batched" },
  batch: { maxSize: 3, maxWait: "1m", maxBytes: 500, key: "tenant" },
  concurrency: { limit: 1, key: "tenant", unit: "run" },
  handler: ({ event, events }) => void seen.push([event.data.no, ...events.map(({ data }) => data.no)]),
});

const quietBatch = createFunction({
  id: "quiet-batch",
  trigger: { event: "quiet" },
  batch: { maxSize: 100, maxWait: "1h" },
  debounce: { period: "10s" },
  handler: ({ events }) => void seen.push(events.map(({ data }) => data.no)),
});

const limited = createFunction({
  id: "limited",
  trigger: { event: "limited" },
  rateLimit: { limit: 10, period: "1h" },
  handler: ({ event }) => void seen.push(event.data.no),
});

const later = createFunction({
  id: "later",
  trigger: { event: "later" },
  rateLimit: { limit: 2, period: "1m", onLimit: "delay" },
  handler: ({ event, step }) => step.run("note", () => void seen.push(event.data.no)),
});

const bursting = createFunction({
  id: "bursting",
  trigger: { event: "bursting" },
  rateLimit: { limit: 6, period: "1m", burst: 2 },
  handler: ({ event }) => void seen.push(event.data.no),
});

const single = (mode: "skip" | "cancel" | "queue") =>
  createFunction({
    id: `single-${mode}`,
    trigger: { event: `single.${mode}` },
    singleton: { mode, key: "user" },
    handler: async ({ event, step }) => {
      await step.run("begin", () => void seen.push(`${event.data.no} begins`));
      await step.sleep("work", "1h");
      await step.run("end", () => void seen.push(`${event.data.no} ends`));
    },
  });

const all = createFunction({
  id: "all",
  trigger: { event: "all", if: "event.data.meant == true" },
  idempotency: { key: "id", period: "1d" },
  debounce: { period: "10s" },
  batch: { maxSize: 2, maxWait: "1m" },
  rateLimit: { limit: 2, period: "10m" },
  singleton: { mode: "queue" },
  concurrency: 1,
  throttle: { limit: 100, period: "1s", burst: 100 },
  handler: ({ events }) => void seen.push(events.map(({ data }) => data.id)),
});

const brokenSingle = createFunction({
  id: "broken-single",
  trigger: { event: "broken.single" },
  singleton: { mode: "skip", key: { cel: "event.data.user" } },
  handler: ({ event }) => void seen.push(event.data),
});

const both = createFunction({
  id: "both",
  trigger: { event: "both" },
  idempotency: { key: "id" },
  rateLimit: { limit: 2, period: "1h" },
  handler: ({ event, step }) => step.run("note", () => void seen.push(event.data.id)),
});

const heldBatch = createFunction({
  id: "held-batch",
  trigger: { event: "held.batch" },
  batch: { maxSize: 2, maxWait: "1m" },
  singleton: { mode: "queue" },
  handler: async ({ events, step }) => {
    await step.run("note", () => void seen.push(events.map(({ data }) => data.no)));
    await step.sleep("rest", "1h");
  },
});

const parent = createFunction({
  id: "parent",
  handler: async ({ event, step }) => {
    try {
      return await step.invoke("child", once, { input: event.data });
    } catch (error) {
      return `${(error as Error).name}: ${(error as { cause?: Error }).cause?.name}`;
    }
  },
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({
    functions: [
      ...[once, typed, first, batched, quietBatch, limited, later, bursting, all, parent],
      ...[brokenSingle, both, heldBatch],
      ...[single("skip"), single("cancel"), single("queue")],
    ],
  });
});
beforeEach(() => {
  seen = [];
});

async function send(name: string, ...data: object[]) {
  const { ids, runs } = await kit.send(data.map((each) => ({ name, data: each })));
  await kit.settled();
  return { ids, runs };
}

interface Answer {
  readonly run: string;
  readonly skips: readonly {
    readonly id: string;
    readonly reason: string;
    readonly started_run: string | null;
  }[];
}

async function api(method: string, path: string, body?: object) {
  const init = {
    method,
    headers: { "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  };
  const response = await fetch(`${kit.url}/v1/apps/test/dev${path}`, init);
  return { status: response.status, body: (await response.json()) as Answer };
}

const skipsOf = async (event: string) => (await api("GET", `/skips?event=${event}`)).body.skips;

test("idempotency: within the period a key starts one run, and the other names it", async () => {
  const { runs } = await send("once", { order: 1 });
  const { ids, runs: none } = await send("once", { order: 1 });
  await send("once", { order: 2 });
  expect([seen, none]).toEqual([[1, 2], []]);
  expect(await skipsOf(ids[0]!)).toMatchObject([
    { reason: "duplicate", run: runs[0]!.id, facts: { key: "1" } },
  ]);
  await kit.advance("61m");
  await send("once", { order: 1 });
  expect(seen).toEqual([1, 2, 1]);
});

test("a start by hand that is a duplicate is answered with the run there is; one that is limited is refused", async () => {
  const trigger = (fn: string, data: object, id?: string) =>
    api("POST", `/functions/${fn}/trigger`, { data, id });
  const begun = await trigger("once", { order: "by hand" });
  const again = await trigger("once", { order: "by hand" }, "t7");
  expect(again).toMatchObject({ status: 200, body: { run: begun.body.run, skipped: "duplicate" } });
  expect(await trigger("once", { order: "by hand" }, "t7")).toEqual(again);
  await kit.settled();
  await trigger("single-skip", { user: "hand", no: 1 });
  await kit.settled();
  expect(await trigger("single-skip", { user: "hand", no: 2 })).toMatchObject({
    status: 409,
    body: { code: "start-skipped" },
  });
  await kit.advance("2h");
});

test("an event without a value for a key starts no run, and never one without its limit", async () => {
  const { ids } = await send("once", { nothing: true });
  expect(seen).toEqual([]);
  expect(await skipsOf(ids[0]!)).toMatchObject([
    {
      reason: "limit",
      detail:
        'No run of "once" was started, because the idempotency of "once" could not be applied: event.data has no "order".',
    },
  ]);
});

test("debounce: the last of several runs, when it is quiet, and the others name its run", async () => {
  const { runs, ids } = await send("typed", { doc: 1, no: 1 });
  expect((await runs[0]!.state()).why).toContain("it is debounced");
  await kit.advance("6s");
  const more = await send("typed", { doc: 1, no: 2 }, { doc: 2, no: 9 });
  expect(more.runs).toHaveLength(1);
  await kit.advance("6s");
  expect(seen).toEqual([]);
  await kit.advance("6s");
  expect(seen).toEqual([
    { doc: 1, no: 2 },
    { doc: 2, no: 9 },
  ]);
  expect(await skipsOf(ids[0]!)).toMatchObject([{ reason: "debounced", run: runs[0]!.id }]);
  expect(await skipsOf(more.ids[0]!)).toEqual([]);
});

test("debounce: however many follow, it begins after maxWait, and the next begins anew", async () => {
  for (let no = 0; no < 6; no += 1) {
    await send("typed", { doc: 3, no });
    await kit.advance("6s");
  }
  await kit.advance("1m");
  expect(seen).toEqual([
    { doc: 3, no: 4 },
    { doc: 3, no: 5 },
  ]);
});

test("debounce: order is that of arrival, whatever time an event says", async () => {
  await kit.send([
    { name: "typed", data: { doc: 4, no: 1 } },
    { name: "typed", data: { doc: 4, no: 2 }, time: new Date("2001-01-01") },
  ]);
  await kit.advance("1m");
  expect(seen).toEqual([{ doc: 4, no: 2 }]);
});

test("debounce with the leading edge: the first runs at once, what follows before it is quiet runs not", async () => {
  const { runs } = await send("first", { no: 1 });
  expect(seen).toEqual([1]);
  await kit.advance("6s");
  const { ids } = await send("first", { no: 2 });
  await kit.advance("6s");
  await send("first", { no: 3 });
  expect(await skipsOf(ids[0]!)).toMatchObject([{ reason: "debounced", run: runs[0]!.id }]);
  await kit.advance("11s");
  await send("first", { no: 4 });
  expect(seen).toEqual([1, 4]);
});

test("batch: one run has all events; it begins when it is full, or after its time, by key", async () => {
  const { runs } = await send("batched", ...[1, 2, 3, 4].map((no) => ({ tenant: "a", no })), {
    tenant: "b",
    no: 9,
  });
  expect(runs).toHaveLength(3);
  expect(seen).toEqual([[1, 1, 2, 3]]);
  await kit.advance("61s");
  expect(seen.slice(1).sort()).toEqual(
    [
      [4, 4],
      [9, 9],
    ].sort(),
  );
});

test("batch: it begins when its events have enough bytes, and one that does not fit goes into the next", async () => {
  const filler = "x".repeat(300);
  await send("batched", { tenant: "c", no: 1, filler });
  await send("batched", { tenant: "c", no: 2, filler });
  expect(seen).toEqual([[1, 1]]);
  await kit.advance("61s");
  expect(seen).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await send("batched", { tenant: "c", no: 3, filler: filler + filler });
  expect(seen[2]).toEqual([3, 3]);
});

test("a debounced batch begins when it is quiet, and loses none", async () => {
  await send("quiet", { no: 1 });
  await kit.advance("6s");
  await send("quiet", { no: 2 });
  await kit.advance("6s");
  expect(seen).toEqual([]);
  await kit.advance("6s");
  expect(seen).toEqual([[1, 2]]);
});

test("complaint: a rate limit of 10 admits 2. Here 10 of 10 are admitted at once, and the eleventh says until when", async () => {
  const { runs, ids } = await send("limited", ...Array.from({ length: 11 }, (_, no) => ({ no })));
  expect([runs.length, seen.length]).toEqual([10, 10]);
  const [skip] = await skipsOf(ids[10]!);
  expect(skip).toMatchObject({ reason: "rate-limited", facts: { limit: 10, period_ms: 3_600_000 } });
  await kit.advance("61m");
  await send("limited", { no: 11 });
  expect(seen).toHaveLength(11);
});

test("rate limit with delay: what is over begins when there is room, in order", async () => {
  const { runs } = await send("later", ...Array.from({ length: 5 }, (_, no) => ({ no })));
  expect(runs).toHaveLength(5);
  expect(seen).toHaveLength(2);
  expect((await runs[4]!.state()).why).toContain("the rate limit of its function has no room before");
  await kit.advance("61s");
  expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3]));
  await kit.advance("61s");
  expect(seen[4]).toBe(4);
});

test("rate limit with a burst: so many at once, then evenly", async () => {
  await send("bursting", { no: 1 }, { no: 2 }, { no: 3 });
  await kit.advance("11s");
  await send("bursting", { no: 4 }, { no: 5 });
  expect(seen).toEqual([1, 2, 4]);
});

test("singleton: skip names the run that holds it", async () => {
  const { runs } = await send("single.skip", { user: 1, no: 1 });
  const { ids } = await send("single.skip", { user: 1, no: 2 }, { user: 2, no: 3 });
  expect(await skipsOf(ids[0]!)).toMatchObject([{ reason: "singleton", run: runs[0]!.id }]);
  await kit.advance("61m");
  await send("single.skip", { user: 1, no: 4 });
  await kit.advance("61m");
  expect(seen.filter((what) => String(what).endsWith("begins"))).toEqual([
    "1 begins",
    "3 begins",
    "4 begins",
  ]);
});

test("singleton: cancel ends the one under way, however many come at once, and the last one runs", async () => {
  const { runs } = await send("single.cancel", { user: 1, no: 1 });
  const more = await send("single.cancel", { user: 1, no: 2 }, { user: 1, no: 3 });
  await kit.advance("61m");
  const ends = await Promise.all([...runs, ...more.runs].map((run) => run.state()));
  expect(ends.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "completed"]);
  expect(ends[0]!.why).toContain(`run ${more.runs[0]!.id} has taken over the singleton`);
  expect(seen.slice(-2)).toEqual(["3 begins", "3 ends"]);
});

test("singleton: queue lets them run one after the other, and why names the holder", async () => {
  const { runs } = await send("single.queue", { user: 1, no: 1 }, { user: 1, no: 2 });
  expect((await runs[1]!.state()).why).toContain(
    `It waits for a place at the singleton of "single-queue" for 1, since`,
  );
  expect((await runs[1]!.state()).why).toContain(`by run ${runs[0]!.id}`);
  await kit.advance("3h");
  expect(seen).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
});

test("all shapes and gates at once: every event is a run, part of one, or a skip with a reason", async () => {
  const { ids, runs } = await send(
    "all",
    { id: 1, meant: true },
    { id: 2, meant: true },
    { id: 1, meant: true },
    { id: 3, meant: false },
    { id: 4, meant: true },
    { id: 5, meant: true },
    { id: 6, meant: true },
    { id: 7, meant: true },
  );
  await kit.advance("5m");
  expect(seen).toEqual([
    [1, 2],
    [4, 5],
  ]);
  const skips = await Promise.all(ids.map(async (id) => (await skipsOf(id)).map(({ reason }) => reason)));
  expect(runs).toHaveLength(2);
  expect(skips).toEqual([
    [],
    ["batched"],
    ["duplicate"],
    ["filtered"],
    [],
    ["batched"],
    ["rate-limited"],
    ["rate-limited"],
  ]);
  expect(await skipsOf(ids[3]!)).toMatchObject([
    {
      detail: "event.data.meant == true does not hold: event.data.meant is false.",
      facts: { "event.data.meant": "false" },
    },
  ]);
});

test("a skip can be run anyway, once, past the shapes", async () => {
  await send("once", { order: "again" });
  const { ids } = await send("once", { order: "again" });
  const skip = (await skipsOf(ids[0]!))[0]!;
  const one = await api("POST", `/skips/${skip.id}/run`);
  const two = await api("POST", `/skips/${skip.id}/run`);
  await kit.settled();
  expect([one.status, two.body]).toEqual([200, one.body]);
  expect(seen).toEqual(["again", "again"]);
  expect((await skipsOf(ids[0]!))[0]!.started_run).toBe(one.body.run);
});

test("a child that is skipped fails the step that waits for it", async () => {
  expect(await kit.run(parent, { order: "child" })).toBe(null);
  expect(await kit.run(parent, { order: "child" })).toContain("ChildSkippedError");
});

test("a crash between the events of a batch and of a debounce loses none", async () => {
  await send("quiet", { no: 1 });
  await kit.crash();
  await send("quiet", { no: 2 });
  await kit.crash();
  await kit.advance("11s");
  expect(seen).toEqual([[1, 2]]);
});

// What others are asked to mend in their limits, by its name.
test("complaint: a singleton whose key cannot be evaluated runs without it, silently", async () => {
  const { ids } = await send("broken.single", { user: { id: 1 } }, { user: { id: 1 } });
  expect(seen).toEqual([]);
  for (const id of ids) {
    const [skip] = await skipsOf(id);
    expect(skip).toMatchObject({
      reason: "limit",
      detail: expect.stringContaining(
        'the singleton of "broken-single" could not be applied: its key is an object',
      ),
    });
  }
});

test("complaint: idempotency replaces a rate limit that is declared beside it", async () => {
  await send("both", { id: 1 }, { id: 1 }, { id: 2 }, { id: 3 });
  expect(seen).toEqual([1, 2]);
});

test("complaint: a batch may have no other limit", async () => {
  await send("held.batch", { no: 1 }, { no: 2 }, { no: 3 }, { no: 4 });
  await kit.settled();
  expect(seen).toEqual([[1, 2]]);
  await kit.advance("61m");
  expect(seen).toEqual([
    [1, 2],
    [3, 4],
  ]);
});
