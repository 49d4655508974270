// Schedules as people make and change them: over HTTP, by the command line, and by syncs.
import { createFunction, type DurableFunction } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { travel } from "../support/travel.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

/** Schedules that come while nobody waits for them. */
const YEARLY = "0 0 1 1 *";
const EVERY_SECOND = "* * * * * *";

let engine: Awaited<ReturnType<typeof startEngine>>;
let apps: Awaited<ReturnType<typeof startSdkApp>>[];
let ran: { function: string; time: string; data: unknown }[];

beforeAll(async () => {
  engine = await startEngine();
});
beforeEach(async () => {
  apps = [];
  ran = [];
  await sync(report(YEARLY), taking);
});
afterEach(async () => {
  await sync();
  await expectInvariants(engine.database);
  await engine.database.sql`delete from durable.schedules`;
  await travel(engine.database.sql, "0");
  await Promise.all(apps.map((app) => app.stop()));
});
afterAll(() => engine.stop());

function report(cron: string, id = "report", more: object = {}): DurableFunction {
  return createFunction({
    id,
    triggers: cron === "" ? [] : [{ cron, ...more }],
    handler: ({ event }) => {
      ran.push({ function: id, time: event.time, data: event.data });
    },
  });
}

const taking = createFunction({
  id: "taking",
  jsonSchema: { input: { type: "object", required: ["tenant"] } },
  handler: ({ event }) => {
    ran.push({ function: "taking", time: event.time, data: event.data });
  },
});

/** The app serves these from now on, and no others. */
async function sync(...functions: DurableFunction[]): Promise<void> {
  apps.push(await startSdkApp(engine, "shop", functions));
}

function ask(method: string, path = "", body?: unknown) {
  return engine.call(method, `/v1/apps/shop/dev/schedules${path}`, body);
}

const durable = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "shop" });

const acme = {
  id: "acme",
  function: "taking",
  cron: "0 9 * * mon",
  tz: "Europe/Zurich",
  data: { tenant: "acme" },
};

/** Until a tick of this second would have been seen. */
async function twoSeconds(): Promise<void> {
  await engine.database.sql`select pg_sleep(2)`;
}

describe("by hand", () => {
  test("one is made, read, changed and deleted", async () => {
    const made = await ask("POST", "", acme);
    expect(made.status, made.text).toBe(201);
    expect(made.json).toEqual({
      id: "acme",
      function: "taking",
      cron: "0 9 * * mon",
      tz: "Europe/Zurich",
      if: null,
      jitter_ms: 0,
      catch_up: "last",
      overlap: "allow",
      data: { tenant: "acme" },
      declared: false,
      state: "active",
      next: expect.any(Array),
      paused_at: null,
      last_tick_at: null,
      last_run: null,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(made.json.next).toHaveLength(5);
    const zurich = new Intl.DateTimeFormat("en", {
      timeZone: "Europe/Zurich",
      weekday: "short",
      hour: "numeric",
      hourCycle: "h23",
    });
    for (const tick of made.json.next) expect(zurich.format(new Date(tick))).toBe("Mon, 09");
    expect((await ask("POST", "", acme)).status).toBe(201);
    expect((await ask("GET", "/acme")).json).toEqual(made.json);
    const changed = await ask("POST", "/acme", { cron: "0 10 * * mon", overlap: "queue", jitter_ms: 60_000 });
    expect(changed.json).toMatchObject({
      cron: "0 10 * * mon",
      tz: "Europe/Zurich",
      overlap: "queue",
      jitter_ms: 60_000,
    });
    expect((await ask("GET")).json.schedules.map(({ id }: { id: string }) => id)).toEqual([
      "acme",
      expect.stringMatching(/^report:/),
    ]);
    expect((await ask("DELETE", "/acme")).json).toEqual({ id: "acme", state: "deleted" });
    expect((await ask("GET", "/acme")).status).toBe(404);
  });

  test.each([
    [
      "another under a taken id",
      { ...acme, cron: "0 8 * * *" },
      409,
      "schedule-exists",
      /another schedule "acme"/,
    ],
    [
      "a line that is none",
      { ...acme, id: "b", cron: "61 * * * *" },
      422,
      "validation",
      /"61" is no minute from 0 to 59/,
    ],
    [
      "an expression that is none",
      { ...acme, id: "b", if: "event.data.tenant ==" },
      422,
      "validation",
      /The expression cannot be used/,
    ],
    ["a zone that is none", { ...acme, id: "b", tz: "Mars" }, 422, "validation", /"Mars" is no time zone/],
    [
      "data that does not fit",
      { ...acme, id: "b", data: 5 },
      422,
      "validation",
      /does not fit the input of "taking"/,
    ],
    [
      "no data where some is needed",
      { ...acme, id: "b", data: undefined },
      422,
      "validation",
      /does not fit/,
    ],
    [
      "an unknown function",
      { ...acme, id: "b", function: "gone" },
      404,
      "not-found",
      /has no function "gone"/,
    ],
    ["an id with a colon", { ...acme, id: "report:12345678" }, 422, "validation", /must be 1 to 100/],
    ["a jitter of a day", { ...acme, id: "b", jitter_ms: 86_400_000 }, 422, "validation", /jitter_ms/],
    ["a word that nobody reads", { ...acme, id: "b", timezone: "UTC" }, 422, "validation", /timezone/],
  ])("%s is refused", async (_, body, status, code, detail) => {
    await ask("POST", "", acme);
    const answer = await ask("POST", "", body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.detail).toMatch(detail);
    expect((await ask("GET")).json.schedules).toHaveLength(2);
  });

  test("what code declares is changed in code, and may be paused", async () => {
    const [{ id }] = (await ask("GET")).json.schedules;
    for (const [method, body] of [
      ["POST", { cron: "* * * * *" }],
      ["DELETE", undefined],
    ] as const) {
      const answer = await ask(method, `/${id}`, body);
      expect([answer.status, answer.json.code]).toEqual([409, "schedule-declared"]);
    }
    expect((await ask("POST", `/${id}/pause`, { reason: "incident 5" })).json).toMatchObject({
      state: "paused",
      next: [],
    });
    await sync(report(YEARLY, "report", { overlap: "skip" }), taking);
    expect((await ask("GET", `/${id}`)).json).toMatchObject({ state: "paused", overlap: "skip" });
    expect((await ask("POST", `/${id}/resume`)).json).toMatchObject({ state: "active", paused_at: null });
    for (const action of ["pause", "resume", "run"])
      expect((await ask("POST", `/none/${action}`)).status).toBe(404);
  });

  test("every tick starts a run with its data, until it is paused; it owes nothing for the pause", async () => {
    await ask("POST", "", { ...acme, cron: EVERY_SECOND });
    await waitFor("three runs", () => ran.length >= 3);
    expect(ran[0]).toMatchObject({ function: "taking", data: { tenant: "acme" } });
    await ask("POST", "/acme/pause");
    // A tick of that very second may be on its way.
    const { paused_at } = (await ask("GET", "/acme")).json;
    await travel(engine.database.sql, "1 hour");
    const resumedAt = (await now()).toISOString();
    await ask("POST", "/acme/resume");
    await waitFor("another run", () => ran.some(({ time }) => time > resumedAt));
    await ask("DELETE", "/acme");
    await waitFor("the runs", async () => (await runs()).every(({ status }) => status === "completed"));
    const times = ran.map(({ time }) => time);
    expect(new Set(times).size).toBe(times.length);
    expect(times.filter((time) => time > paused_at && time < resumedAt)).toEqual([]);
    expect((await engine.call("GET", "/v1/apps/shop/dev/skips")).json.skips).toEqual([]);
  });

  test("one that is run by hand starts a run now, once under one id", async () => {
    await ask("POST", "", acme);
    const [first, again, other] = [
      await ask("POST", "/acme/run", { id: "5" }),
      await ask("POST", "/acme/run", { id: "5" }),
      await ask("POST", "/acme/run"),
    ];
    expect(first.json).toMatchObject({ function: "taking", run: expect.any(String) });
    expect(again.json.run).toBe(first.json.run);
    expect(other.json.run).not.toBe(first.json.run);
    await waitFor("both", () => ran.length === 2);
    expect(ran[0]!.data).toEqual({ tenant: "acme" });
  });

  test("a backfill starts what has not run, and nothing twice", async () => {
    await ask("POST", "", { ...acme, cron: "0 * * * *", tz: "UTC" });
    const day = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-01T23:00:00.000Z" };
    const part = { ...day, to: "2026-03-01T03:00:00.000Z" };
    expect((await ask("POST", "/acme/backfill", part)).json).toEqual({ ticks: 4, started: 4 });
    expect((await ask("POST", "/acme/backfill", day)).json).toEqual({ ticks: 24, started: 20 });
    expect((await ask("POST", "/acme/backfill", day)).json).toEqual({ ticks: 24, started: 0 });
    await waitFor("all", () => ran.length === 24);
    expect(ran.map(({ time }) => time).toSorted()).toEqual(
      Array.from({ length: 24 }, (_, hour) => `2026-03-01T${String(hour).padStart(2, "0")}:00:00.000Z`),
    );
    const refused = await ask("POST", "/acme/backfill", { ...day, to: "2026-06-01T00:00:00.000Z" });
    expect([refused.status, refused.json.detail]).toEqual([
      422,
      "/to: names more than 1000 ticks; the 1000th comes at 2026-04-11T15:00:00.000Z. Ask for one part after the other.",
    ]);
    // What is still to come is not started.
    const future = { from: new Date(Date.now() + 60_000).toISOString(), to: "2100-01-01T00:00:00.000Z" };
    expect((await ask("POST", "/acme/backfill", future)).json).toEqual({ ticks: 0, started: 0 });
  });

  test("a condition leaves ticks out, of a backfill too, and nothing that somebody asks for himself", async () => {
    const even = { ...acme, cron: "0 * * * *", tz: "UTC", if: "timestamp(event.time).getHours() % 2 == 0" };
    expect((await ask("POST", "", even)).json).toMatchObject({ if: even.if });
    const day = { from: "2026-02-01T00:00:00.000Z", to: "2026-02-01T03:00:00.000Z" };
    expect((await ask("POST", "/acme/backfill", day)).json).toEqual({ ticks: 4, started: 2 });
    expect((await ask("POST", "/acme/backfill", day)).json).toEqual({ ticks: 4, started: 0 });
    await ask("POST", "/acme", { if: "false" });
    await ask("POST", "/acme/run");
    await waitFor("three runs", () => ran.length === 3);
    const { skips } = (await engine.call("GET", "/v1/apps/shop/dev/skips?function=taking&reason=filtered"))
      .json;
    expect(skips.map(({ event }: { event: { id: string } }) => event.id)).toEqual([
      "durable.tick/acme/2026-02-01T03:00:00.000Z",
      "durable.tick/acme/2026-02-01T01:00:00.000Z",
    ]);
    expect((await ask("POST", "/acme", { if: null })).json).toMatchObject({ if: null });
  });

  test("they are listed page by page, and by function", async () => {
    for (const id of ["b", "a", "c"]) await ask("POST", "", { ...acme, id });
    const idsOf = ({ json }: { json: { schedules: { id: string }[] } }) => json.schedules.map(({ id }) => id);
    const first = await ask("GET", "?limit=2&function=taking");
    expect([idsOf(first), first.json.next]).toEqual([["a", "b"], "b"]);
    const second = await ask("GET", "?limit=2&function=taking&cursor=b");
    expect([idsOf(second), second.json.next]).toEqual([["c"], null]);
    expect(idsOf(await ask("GET"))).toHaveLength(4);
  });

  test("the command line does all that", async () => {
    expect(
      await durable(
        "schedules",
        "create",
        "acme",
        "taking",
        EVERY_SECOND,
        "--tz",
        "Asia/Tokyo",
        "--jitter",
        "0",
        "--if",
        "event.data.tenant == 'acme'",
        "--overlap",
        "queue",
        "--data",
        '{"tenant":"acme"}',
      ),
    ).toMatch(/^The schedule acme starts taking next at 2\S+Z\.$/m);
    await waitFor("a run", () => ran.length > 0);
    expect(await durable("schedules", "pause", "acme", "--reason", "enough")).toContain("acme is paused");
    expect(await durable("schedules", "ls")).toMatch(
      /acme +taking +\* \* \* \* \* \* +Asia\/Tokyo +paused +- /,
    );
    expect(await durable("schedules", "run", "acme")).toMatch(/^Run \S+ of taking is on disk\.$/m);
    expect(
      await durable("schedules", "backfill", "acme", "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"),
    ).toContain("10 of 10 ticks of acme have started a run now");
    expect(await durable("schedules", "resume", "acme")).toMatch(
      /^The schedule acme comes next at 2\S+Z\.$/m,
    );
    expect(await durable("schedules", "delete", "acme")).toContain("The schedule acme is deleted.");
    expect(JSON.parse(await durable("schedules", "ls", "--json")).schedules).toHaveLength(1);
  });
});

test.each([
  ["rate-limited", { rateLimit: { limit: 2, period: "1h" } }, 2],
  ["debounced", { debounce: { period: "1h" } }, 0],
  ["batched", { batch: { maxSize: 100, maxWait: "1h" } }, 0],
  ["singleton", { singleton: { mode: "skip" } }, 1],
  ["duplicate", { idempotency: { key: { cel: "event.name" } } }, 1],
] as const)(
  "what a function declares holds for its ticks as for events: %s",
  async (reason, shape, starts) => {
    const shaped = createFunction({
      id: `shaped-${reason}`,
      trigger: { cron: EVERY_SECOND, overlap: "queue" },
      concurrency: 1,
      ...shape,
      handler: async ({ event, step }) => {
        await step.run("say", () => ran.push({ function: "shaped", time: event.time, data: event.data }));
        if (reason === "singleton") await step.sleep("long", "1h");
      },
    });
    await sync(shaped);
    const skips = () => engine.call("GET", `/v1/apps/shop/dev/skips?function=${shaped.id}`);
    await waitFor("ticks that become no run", async () => (await skips()).json.skips.length >= 2);
    // Runs that an earlier test queued may still come.
    const started = () => ran.filter((run) => run.function === "shaped");
    await waitFor("those that do", () => started().length >= starts);
    expect(started()).toHaveLength(starts);
    const reasons = (await skips()).json.skips.map((skip: { reason: string }) => skip.reason);
    expect(new Set(reasons)).toEqual(new Set([reason]));
  },
);

test.each(["cancel", "skip"])(
  "a tick that is taken up again, because an engine died before it had gone on, leaves its own run alone: %s",
  async (overlap) => {
    const asleep = createFunction({
      id: `asleep-${overlap}`,
      handler: ({ step }) => step.sleep("long", "1d"),
    });
    await sync(asleep);
    await ask("POST", "", { id: `again-${overlap}`, function: asleep.id, cron: "0 0 0 * * *", overlap });
    const takeUp = async () => {
      const [before] = await engine.database.sql<{ revision: number }[]>`
      update durable.schedules set handled_to = date_trunc('day', durable.durable_now()) - interval '1 day', next_at = durable.durable_now(),
        revision = revision + 1 where id = ${`again-${overlap}`} returning revision`;
      await waitFor("the schedule to go on", async () => {
        const [now] = await engine.database.sql<{ revision: number; owes: boolean }[]>`
          select revision, owed <> '{}' as owes from durable.schedules where id = ${`again-${overlap}`}`;
        return now!.revision > before!.revision && !now!.owes;
      });
    };
    await takeUp();
    const { last_run } = (await ask("GET", `/again-${overlap}`)).json;
    await takeUp();
    await takeUp();
    const { status } = (await engine.call("GET", `/v1/apps/shop/dev/runs/${last_run}`)).json;
    expect(["queued", "running", "waiting"]).toContain(status);
    const all = (await engine.call("GET", `/v1/apps/shop/dev/runs?function=${asleep.id}`)).json.runs;
    expect(all.map(({ id }: { id: string }) => id)).toEqual([last_run]);
    await engine.call("POST", `/v1/apps/shop/dev/runs/${last_run}/cancel`, {});
    await engine.database
      .sql`update durable.runs set function_id = 'was-asleep' where function_id = 'asleep'`;
  },
);

describe("by syncs", () => {
  test("complaint: crons of a deleted app go on (inngest #1945). Its functions' schedules stop, declared or made by hand, and owe nothing when they are back, declared or made by hand, and owe nothing when it is back", async () => {
    await sync(report(EVERY_SECOND), taking);
    await ask("POST", "", { id: "by-hand", function: "report", cron: EVERY_SECOND });
    await waitFor("runs of both", () => ran.length >= 4);
    await sync(taking);
    const states = (await ask("GET")).json.schedules.map(
      ({ state, next }: { state: string; next: string[] }) => [state, next],
    );
    expect(states).toContainEqual(["unserved", []]);
    expect(states.filter(([state]: [string]) => state === "removed")).toHaveLength(2);
    const goneAt = await now();
    const count = await ticks();
    await twoSeconds();
    expect(await ticks()).toBe(count);
    const backAt = await now();
    await sync(report(EVERY_SECOND), taking);
    await waitFor("runs again", async () => (await ticks()) >= count + 4);
    const rows = await engine.database.sql<{ time: Date }[]>`
      select time from durable.events where name = 'durable.tick' and time > ${goneAt} and time < ${backAt}`;
    expect(rows.map(({ time }) => time.toISOString())).toEqual([]);
  });

  test("a line that stands elsewhere in its function goes on as it was", async () => {
    const [before] = (await ask("GET")).json.schedules;
    const moved = createFunction({
      id: "report",
      triggers: [
        { event: "report" },
        { cron: "0 5 * * *" },
        { cron: `  ${YEARLY.replaceAll(" ", "  ")}`, tz: "UTC" },
      ],
      handler: () => {},
    });
    await engine.database
      .sql`update durable.schedules set handled_to = '2020-05-05T00:00:00Z' where id = ${before.id}`;
    await sync(moved, taking);
    const rows = await engine.database.sql<{ id: string; handled: string; declared: number }[]>`
      select id, handled_to::date::text as handled from durable.schedules order by handled_to`;
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ id: before.id });
  });

  test("a function with another name takes its schedule over, and no tick starts both", async () => {
    await sync(report(EVERY_SECOND, "old"));
    await waitFor("runs of the old", () => ran.length >= 2);
    await sync(report(EVERY_SECOND, "new"));
    await waitFor("runs of the new", () => ran.filter((each) => each.function === "new").length >= 2);
    const times = ran.map(({ time }) => time);
    expect(new Set(times).size).toBe(times.length);
  });

  test("a sync is refused with the place of a line that cannot be used", async () => {
    const refused = (functions: DurableFunction[]) => startSdkApp(engine, "shop", functions);
    await expect(refused([report("0 24 * * *")])).rejects.toThrow(
      /The cron line of trigger 1 \(\\"0 24 \* \* \*\\"\) of function \\"report\\" cannot be used: \\"24\\" is no hour from 0 to 23/,
    );
    await expect(refused([report("0 2 * * *", "report", { tz: "Nowhere" })])).rejects.toThrow(
      /Nowhere\W+ is no time zone/,
    );
    const strict = createFunction({
      id: "strict",
      trigger: { cron: "0 2 * * *" },
      jsonSchema: { input: { type: "string" } },
      handler: () => {},
    });
    await expect(refused([strict])).rejects.toThrow(/does not fit the function's input: it must be string/);
  });
});

async function ticks(): Promise<number> {
  const [row] = await engine.database.sql<{ count: number }[]>`
    select count(*)::int from durable.events where name = 'durable.tick'`;
  return row!.count;
}

async function runs(): Promise<{ status: string }[]> {
  return (await engine.call("GET", "/v1/apps/shop/dev/runs?limit=200")).json.runs;
}

async function now(): Promise<Date> {
  const [row] = await engine.database.sql<{ now: Date }[]>`select durable.durable_now() as now`;
  return row!.now;
}
