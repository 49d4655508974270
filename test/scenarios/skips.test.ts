// What started no run of its own, as people meet it: on the command line, as a child, and in the database afterwards.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

const once = createFunction({
  id: "once",
  trigger: { event: "once", if: "event.data.key > 0" },
  idempotency: { key: "key" },
  handler: ({ event }) => event.data.key,
});
const late = createFunction({
  id: "late",
  trigger: { event: "late" },
  debounce: { period: "50ms" },
  handler: ({ event }) => event.data,
});
const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: async ({ event, step }) => {
    try {
      return await step.invoke("child", once, { input: event.data });
    } catch (error) {
      return (error as Error).message;
    }
  },
});

const ordered = createFunction({
  id: "ordered",
  trigger: { event: "ordered", if: "event.data.late" },
  priority: 30,
  fairness: { key: "tenant", weight: 3 },
  handler: ({ step }) => step.sleep("nap", "1h"),
});
const napping = createFunction({ id: "napping", handler: ({ step }) => step.sleep("nap", "1h") });
const alarm = createFunction({
  id: "alarm",
  trigger: { event: "alarm" },
  rateLimit: { limit: 2, period: "1h", key: "host" },
  handler: ({ event }) => event.data,
});
const paced = createFunction({
  id: "paced",
  trigger: { event: "alarm" },
  rateLimit: { limit: 60, period: "1h", burst: 2 },
  handler: ({ event }) => event.data,
});
const clicks = createFunction({
  id: "clicks",
  trigger: { event: "alarm" },
  batch: { maxSize: 100, maxWait: "1h", key: "host" },
  debounce: { period: "30m" },
  handler: ({ event }) => event.data,
});
const alone = createFunction({
  id: "alone",
  trigger: { event: "alarm" },
  singleton: { mode: "skip", key: "host" },
  handler: ({ step }) => step.sleep("nap", "1h"),
});

beforeAll(async () => {
  engine = await startEngine();
  const functions = [once, late, parent, ordered, napping, alarm, paced, clicks, alone];
  app = await startSdkApp(engine, "shop", functions);
});
afterAll(async () => {
  await app.stop();
  await engine.stop();
});
afterAll(() => expectInvariants(engine.database));

const send = (events: object) => engine.call("POST", "/v1/events?app=shop&wait=20", events);

const cli = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "shop" });

test("the command line lists skips with their reasons, and runs one anyway, once", async () => {
  await send([1, 1, 0].map((key) => ({ name: "once", data: { key } })));
  const listed = await cli("skips");
  expect(listed).toContain("duplicate: once");
  expect(listed).toContain("event.data.key > 0 does not hold: event.data.key is 0.");
  const { skips } = JSON.parse(await cli("skips", "ls", "--reason", "duplicate", "--json"));
  expect(skips).toHaveLength(1);
  const [one, two] = [await cli("skips", "run", skips[0].id), await cli("skips", "run", skips[0].id)];
  expect(one).toMatch(/^Run \S+ of once is on disk\.$/m);
  expect(two).toBe(one);
  const run = one.split(" ")[1]!;
  expect(await app.ended(run)).toMatchObject({ status: "completed", output: 1 });
  const { runs } = (await engine.call("GET", `/v1/apps/shop/dev/events/${skips[0].event.id}`)).json;
  expect(runs.map(({ id }: { id: string }) => id)).toEqual([run]);
});

test("a child that is a duplicate fails the step that waits for it", async () => {
  const children = await send([7, 7].map((key) => ({ name: "parent", data: { key } })));
  const outputs = children.json.runs.map(({ output }: { output: unknown }) => output);
  expect(outputs).toContain(7);
  expect(outputs.find((output: unknown) => output !== 7)).toMatch(
    /was started for the same idempotency key \(7\)/,
  );
});

test("the event that a debounce keeps shows the run it went into", async () => {
  const sent = await send([1, 2, 3].map((no) => ({ name: "late", data: { no } })));
  expect(sent.json.runs).toMatchObject([{ status: "completed", output: { no: 3 } }]);
  const { runs, skips } = (await engine.call("GET", `/v1/apps/shop/dev/events/${sent.json.ids[2]}`)).json;
  expect([runs.map(({ id }: { id: string }) => id), skips]).toEqual([[sent.json.runs[0].run], []]);
});

test("a skip that is run anyway goes in its turn: with its priority, as one of its tenant", async () => {
  const sent = await engine.call("POST", "/v1/events?app=shop", {
    name: "ordered",
    data: { tenant: "acme", late: false },
  });
  const { skips } = (await engine.call("GET", `/v1/apps/shop/dev/events/${sent.json.ids[0]}`)).json;
  const run = (await cli("skips", "run", skips[0].id)).split(" ")[1]!;
  const [live] = await engine.database.sql`
    select l.priority, t.key, t.weight, t.queue_id = l.step_gates[cardinality(l.step_gates)] as queued
    from durable.live_runs l join durable.tenants t on t.workspace_id = l.workspace_id and t.id = l.tenant where l.run_id = ${run}`;
  expect(live).toEqual({ priority: 30, key: '"acme"', weight: 3, queued: true });
  await app.act(run, "cancel");
});

test("a tick that is run anyway keeps apart from the other runs of its schedule; many that were missed are a backfill", async () => {
  const schedules = "/v1/apps/shop/dev/schedules";
  const nights = { id: "nights", function: "napping", cron: "0 0 * * *", overlap: "queue", if: "false" };
  await engine.call("POST", schedules, nights);
  const { run: first } = (await engine.call("POST", `${schedules}/nights/run`)).json;
  const night = "2026-03-01T00:00:00.000Z";
  await engine.call("POST", `${schedules}/nights/backfill`, { from: night, to: night });
  const { skips } = (await engine.call("GET", "/v1/apps/shop/dev/skips?function=napping")).json;
  expect(skips).toMatchObject([{ reason: "filtered", event: { id: `durable.tick/nights/${night}` } }]);
  const { run: second } = (await engine.call("POST", `/v1/apps/shop/dev/skips/${skips[0].id}/run`)).json;
  await waitFor("it to wait", async () => Boolean((await app.show(second)).wait?.gate));
  expect((await app.show(second)).wait.gate.holders).toMatchObject([{ run: first }]);
  await app.act(second, "cancel");
  await app.act(first, "cancel");
  await engine.database
    .sql`update durable.schedules set next_at = now(), handled_to = now() - interval '3 days' where id = 'nights'`;
  const missed = await waitFor("the missed ones", async () => {
    const found = (await engine.call("GET", "/v1/apps/shop/dev/skips?reason=missed")).json.skips;
    return found.length > 0 && found[0];
  });
  const refused = await engine.call("POST", `/v1/apps/shop/dev/skips/${missed.id}/run`);
  expect([refused.status, refused.json.detail]).toEqual([
    409,
    expect.stringMatching(
      /it stands for many ticks\. Start those with: durable schedules backfill nights 2\S+Z 2\S+Z$/,
    ),
  ]);
  await engine.call("DELETE", `${schedules}/nights`);
});

test("what shapes remember of their keys is listed, and one key is asked for", async () => {
  const sent = await engine.call("POST", "/v1/events?app=shop", [
    ...[1, 2, 3].map((no) => ({ name: "alarm", data: { host: "a", no } })),
    { name: "alarm", data: { host: "b", no: 4 } },
    { name: "once", data: { key: 4711 } },
  ]);
  const runOf = (fn: string, event: number) =>
    sent.json.runs.find(
      (run: { function: string; event: string }) => run.function === fn && run.event === sent.json.ids[event],
    )?.run;
  const { shapes, partial } = (await engine.call("GET", "/v1/apps/shop/dev/shapes")).json;
  expect(partial).toBe(false);
  const keysOf = (fn: string) => shapes.find((shape: { function: string }) => shape.function === fn).keys;
  expect(keysOf("alarm")).toHaveLength(2);
  expect(keysOf("alarm")).toContainEqual(
    expect.objectContaining({ key: "a", starts: 2, next_start_at: expect.stringMatching(/Z$/) }),
  );
  expect(keysOf("alarm")).toContainEqual(
    expect.objectContaining({ key: "b", starts: 1, next_start_at: null }),
  );
  expect(keysOf("paced")).toMatchObject([
    { key: null, starts: null, next_start_at: expect.stringMatching(/Z$/) },
  ]);
  expect(keysOf("clicks")).toContainEqual(
    expect.objectContaining({
      key: "a",
      run: runOf("clicks", 0),
      events: 3,
      until: expect.stringMatching(/Z$/),
    }),
  );
  expect(keysOf("alone")).toContainEqual(expect.objectContaining({ key: "a", run: runOf("alone", 0) }));
  expect(shapes.find((shape: { function: string }) => shape.function === "alarm").declared).toEqual({
    rate_limit: { limit: 2, period_ms: 3_600_000, key: "host" },
  });
  const one = (await engine.call("GET", "/v1/apps/shop/dev/shapes?function=once&key=4711")).json.shapes;
  expect(one).toMatchObject([{ kind: "idempotency", keys: [{ key: 4711, run: runOf("once", 4) }] }]);
  expect(
    (await engine.call("GET", "/v1/apps/shop/dev/shapes?key=nobody")).json.shapes.flatMap(
      ({ keys }: { keys: [] }) => keys,
    ),
  ).toEqual([]);
  const listed = await cli("limits", "ls");
  expect(listed).toMatch(/rate limit of "alarm" +"." .*started in the period; the next may start at/);
  expect(listed).toContain(`run ${runOf("alone", 0)} holds it`);
  expect(listed).toMatch(/batch of "clicks" .*begins at 2\S+Z; \d events, \d+ bytes so far/);
  expect(await cli("limits", "ls", "--function", "once", "--key", "4711")).toContain(
    `duplicates are of run ${runOf("once", 4)} until`,
  );
  for (const fn of ["alone", "clicks"]) {
    const { runs } = (await engine.call("GET", `/v1/apps/shop/dev/runs?function=${fn}`)).json;
    for (const { id } of runs) await app.act(id, "cancel");
  }
});
