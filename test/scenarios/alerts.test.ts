// What is wrong is told once while it lasts, and once when it is over; never of what an alert has started.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { travel } from "../support/travel.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

interface Told {
  readonly kind: string;
  readonly key: string;
  readonly state: "fired" | "resolved";
  readonly message: string;
}

const NO_RETRY = { max: 1 } as const;
const told: Told[] = [];

const breaks = createFunction({
  id: "breaks",
  trigger: { event: "break" },
  retry: NO_RETRY,
  handler: () => {
    throw new NonRetriableError("it is broken");
  },
});
const pauses = createFunction({
  id: "pauses",
  trigger: { event: "pause" },
  handler: ({ step }) =>
    step.run(
      "ship",
      () => {
        if (!mended) throw new Error("the shelf is empty");
      },
      { retry: NO_RETRY, onExhausted: "pause" },
    ),
});
let mended = false;
/** Fails for each alert, and makes another function fail: it would be told of for ever. */
const hears = createFunction({
  id: "hears",
  trigger: { event: "durable.alert.*" },
  retry: NO_RETRY,
  handler: async ({ event, step }) => {
    const data = event.data as Told;
    await step.run("note", () => {
      told.push({ kind: data.kind, key: data.key, state: data.state, message: data.message });
    });
    await step.invoke("in vain", alsoBreaks, { input: null }).catch(() => null);
    throw new NonRetriableError("the pager is down");
  },
});
const alsoBreaks = createFunction({
  id: "also-breaks",
  retry: NO_RETRY,
  handler: () => {
    throw new NonRetriableError("broken, too");
  },
});

let engine: Awaited<ReturnType<typeof startEngine>>;
let shop: Awaited<ReturnType<typeof startSdkApp>>;
let bank: Awaited<ReturnType<typeof startSdkApp>>;

beforeAll(async () => {
  // It is looked for alerts every 20 polls.
  engine = await startEngine({ pollMs: 50 });
  shop = await startSdkApp(engine, "shop", [breaks, pauses, hears, alsoBreaks]);
  bank = await startSdkApp(engine, "bank", [breaks]);
});
afterAll(async () => {
  await expectInvariants(engine.database);
  await shop.stop();
  await bank.stop();
  await engine.stop();
});

const alerts = async (app: string, state = "open") =>
  (await engine.call("GET", `/v1/apps/${app}/dev/alerts?state=${state}`)).json.alerts as (Told & {
    told: boolean;
    resolved_at: string | null;
    facts: Record<string, unknown>;
  })[];
const alertOf = (app: string, kind: string, key?: string) =>
  waitFor(`an alert of the kind ${kind}`, async () =>
    (await alerts(app)).find((alert) => alert.kind === kind && (key === undefined || alert.key === key)),
  );
const set = (app: string, kind: string, body: object) =>
  engine.call("POST", `/v1/apps/${app}/dev/alert-rules/${kind}`, body);
const toldOf = (kind: string, state: string) =>
  told.filter((one) => one.kind === kind && one.state === state);
/** Everybody has looked since. */
async function looked(): Promise<void> {
  const [row] = await engine.database.sql`select looked_at from durable.alert_cursor`;
  await waitFor("two looks", async () => {
    const [now] = await engine.database.sql`select looked_at from durable.alert_cursor`;
    return now!["looked_at"].getTime() > row!["looked_at"].getTime() + 2_000;
  });
}

test("an error is told when it is new, once for all its runs, and again when somebody has resolved it", async () => {
  for (let no = 0; no < 3; no += 1) await shop.ended(await shop.start("break"));
  const { facts, key } = await alertOf("shop", "error");
  expect(facts).toMatchObject({ error: key, name: "NonRetriableError", returned: false });
  await waitFor("it is told", () => toldOf("error", "fired").length > 0);
  await looked();
  expect(toldOf("error", "fired")).toHaveLength(1);

  await engine.call("POST", `/v1/apps/shop/dev/errors/${key}/resolve`, {});
  await travel(engine.database.sql, "2 minutes");
  await waitFor("it is over", () => toldOf("error", "resolved").length > 0);
  expect((await alerts("shop", "resolved")).map(({ kind }) => kind)).toEqual(["error"]);
  await shop.ended(await shop.start("break"));
  expect((await alertOf("shop", "error")).facts).toMatchObject({ returned: true });
  expect(await saidBy(["alerts", "--app", "shop", "--env", "dev", "--url", engine.url], {})).toContain(
    "NonRetriableError is back",
  );
});

test("many failures are one alert of their function, and those that an alert has caused are none", async () => {
  expect((await set("shop", "failed", { options: { count: 1 }, reason: "we are careful" })).json).toEqual({
    kind: "failed",
    enabled: true,
    options: { count: 1, within_s: 300 },
    muted_until: null,
  });
  const { facts } = await alertOf("shop", "failed");
  expect(facts).toMatchObject({ function: "breaks" });
  await waitFor("it is told", () => toldOf("failed", "fired").length > 0);
  await waitFor("its listener has failed, and what that called", async () => {
    const [row] = await engine.database.sql`select count(*)::int as count from durable.runs
      where function_id in ('hears', 'also-breaks') and status = 'failed'`;
    return row!["count"] >= 2 * told.length;
  });
  await looked();
  const keys = (await alerts("shop")).filter(({ kind }) => kind === "failed").map(({ key }) => key);
  expect(keys).toEqual(["breaks"]);
  expect((await alerts("shop")).filter(({ kind }) => kind === "error")).toHaveLength(1);
  const { audit } = (await engine.call("GET", "/v1/apps/shop/dev/audit?action=alert.rule")).json;
  expect(JSON.parse(audit[0].detail)).toEqual({ options: { count: 1 }, reason: "we are careful" });
});

test("runs that need a person are one alert, but for those that a person has paused; it is over when they go on", async () => {
  const runs = [await shop.start("pause"), await shop.start("pause")];
  const { key, facts, message } = await alertOf("shop", "stuck");
  expect(key).toBe("pauses");
  expect(["1 run", "2 runs"].map((of) => `${of} of "pauses" cannot go on without a person.`)).toContain(
    message,
  );
  expect(facts).toMatchObject({ why: "paused" });
  mended = true;
  for (const run of runs) await shop.act(run, "resume");
  for (const run of runs) expect(await shop.ended(run)).toMatchObject({ status: "completed" });
  await travel(engine.database.sql, "5 minutes");
  await waitFor("it is over", () => toldOf("stuck", "resolved").length > 0);
});

test("an app that does not answer is told at once, and that it is back", async () => {
  await set("bank", "circuit", { options: { for_s: 0 } });
  await bank.stop();
  await engine.call("POST", "/v1/events?app=bank", { name: "break" });
  expect(await alertOf("bank", "circuit")).toMatchObject({ key: "", told: true });
  bank = await startSdkApp(engine, "bank", [breaks]);
  await waitFor("it is over", async () => (await alerts("bank")).every(({ kind }) => kind !== "circuit"));
  const events = await engine.database.sql`select name from durable.events e
    join durable.workspaces w on w.id = e.workspace_id and w.app = 'bank' where name like 'durable.alert.%'`;
  expect(events, "nobody listens there").toEqual([]);
});

test("a backlog and a missed tick, by what is counted and noted of them", async () => {
  const { sql } = engine.database;
  await set("shop", "backlog", { options: { queued: 5, for_s: 0 } });
  await sql`insert into durable.metric_backlogs (workspace_id, minute, queued, parked, running, waiting, paused, oldest_queued_ms, circuit)
    select id, date_trunc('minute', clock_timestamp()) + interval '30 seconds', 7, 0, 0, 0, 0, 4000, 'closed' from durable.workspaces where app = 'shop'`;
  const [schedule] =
    await sql`insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select id, durable.new_id(), durable.new_id(), 'breaks', 'missed', 'no engine', '{"schedule":"nightly","count":3}', durable.durable_now()
    from durable.workspaces where app = 'shop' returning workspace_id`;
  expect(schedule).toBeDefined();
  expect((await alertOf("shop", "backlog")).facts).toEqual({ queued: 7, oldest_s: 4 });
  expect(await alertOf("shop", "missed")).toMatchObject({
    key: "nightly",
    message: 'The schedule "nightly" missed 3 ticks.',
  });
  await sql`delete from durable.skips where reason = 'missed'`;
});

test("what is muted is listed and told to nobody; what is off is not looked for", async () => {
  const mill = await startSdkApp(engine, "mill", [breaks]);
  await set("mill", "error", { mute_s: 3_600 });
  await set("mill", "failed", { enabled: false, options: { count: 1 } });
  await mill.ended(await mill.start("break"));
  expect(await alertOf("mill", "error")).toMatchObject({ told: false });
  await looked();
  expect((await alerts("mill")).map(({ kind }) => kind)).not.toContain("failed");
  const said = await saidBy(["alerts", "rules", "--app", "mill", "--env", "dev", "--url", engine.url], {});
  expect(said).toMatch(/failed +off +count=1 within_s=300/);
  expect(said).toMatch(/error +muted until/);
  await mill.stop();
});

test("options that a kind does not have, and kinds that are none", async () => {
  const refused = await set("shop", "failed", { options: { queued: 1 } });
  expect([refused.status, refused.json.detail]).toEqual([
    422,
    '/options/queued: is no option of "failed"; count, within_s are allowed',
  ]);
  expect((await set("shop", "nonsense", {})).status).toBe(404);
});
