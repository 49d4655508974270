// Schedules as user code meets them: the real engine, with a clock that jumps.
import { beforeEach, expect, test } from "vitest";
import { createFunction, type DurableFunction } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

let kit: TestKit;
let ticks: string[];
beforeEach(() => {
  ticks = [];
});

async function open(...functions: DurableFunction[]): Promise<void> {
  kit = await openKit({ functions });
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
async function ask(method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${kit.url}/v1/apps/test/dev${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  return await response.json();
}

async function schedule(at = 0) {
  return (await ask("GET", "/schedules")).schedules[at];
}

test("advance fires every tick in its turn, each with the event of its time", async () => {
  await open(
    createFunction({
      id: "hourly",
      trigger: { cron: "0 * * * *" },
      handler: ({ event }) => {
        expect(event).toMatchObject({ name: "durable.tick", time: event.data.tick });
        expect(event.id).toBe(`durable.tick/${event.data.schedule}/${event.time}`);
        ticks.push(event.data.tick);
      },
    }),
  );
  const from = await kit.now();
  await kit.advance("1d");
  const first = Math.floor(from.getTime() / 3_600_000) + 1;
  expect(ticks).toEqual(
    Array.from({ length: 24 }, (_, no) => new Date((first + no) * 3_600_000).toISOString()),
  );
  const { next, last_tick_at, declared, state } = await schedule();
  expect([last_tick_at, declared, state]).toEqual([ticks[23], true, "active"]);
  expect(Date.parse(next[0])).toBe(Date.parse(ticks[23]!) + 3_600_000);
  expect(next).toHaveLength(5);
});

test("a function may have events and several crons, each with its own rules and data", async () => {
  await open(
    createFunction({
      id: "mixed",
      triggers: [
        { event: "order.*", if: "event.data.total > 10" },
        { event: "bill" },
        { cron: "30 4 * * *", tz: "Asia/Kathmandu", data: { from: "Nepal" } },
        { cron: "0 12 * * *", tz: "UTC", data: { from: "Greenwich" } },
      ],
      handler: ({ event }) => {
        ticks.push(event.data.from ?? event.name);
      },
    }),
  );
  await kit.send([
    { name: "order.placed", data: { total: 20 } },
    { name: "order.placed", data: { total: 5 } },
    { name: "bill", data: {} },
  ]);
  await kit.advance("1d");
  expect(ticks.toSorted()).toEqual(["Greenwich", "Nepal", "bill", "order.placed"]);
});

test("after a week in which nobody looked, each schedule starts one run; what was missed is a skip", async () => {
  // Half an hour away from now, whenever that is: no tick comes while this runs.
  const minute = (new Date().getUTCMinutes() + 30) % 60;
  const each = (id: string, cron: string, catchUp?: "none" | "all") =>
    createFunction({
      id,
      trigger: { cron, ...(catchUp && { catchUp }) },
      handler: () => {
        ticks.push(id);
      },
    });
  await open(
    each("hourly", `${minute} * * * *`),
    each("daily", `${minute} 9 * * *`),
    each("hourly-none", `${minute} * * * *`, "none"),
    each("hourly-all", `${minute} * * * *`, "all"),
    createFunction({ id: "sleeper", handler: ({ step }) => step.sleep("week", "7d") }),
  );
  await kit.start("sleeper");
  // Time jumps to the end of the sleep, over all ticks.
  await kit.toNextTimer();
  const count = (id: string) => ticks.filter((each) => each === id).length;
  expect(["hourly", "daily", "hourly-none", "hourly-all"].map(count)).toEqual([1, 1, 0, 7 * 24]);
  const { skips } = await ask("GET", "/skips?limit=200");
  expect(
    skips.map((skip: { function: string; reason: string }) => `${skip.reason} ${skip.function}`).toSorted(),
  ).toEqual(["missed daily", "missed hourly", "missed hourly-none"]);
  const { detail } = skips.find((skip: { function: string }) => skip.function === "daily");
  expect(detail).toMatch(
    /^6 ticks of schedule "daily:[0-9a-f]{8}", from 2\S+T09:\d\d:00.000Z to 2\S+T09:\d\d:00.000Z, came when no engine started them: they are made up for by the newest alone \(catchUp: "last"\)\.$/,
  );
});

const lengthy = (overlap: "allow" | "skip" | "queue" | "cancel") =>
  createFunction({
    id: "lengthy",
    trigger: { cron: "0 * * * *", overlap },
    handler: async ({ event, step }) => {
      await step.run("begin", () => ticks.push(`${event.data.tick.slice(11, 13)} begins`));
      await step.sleep("work", "150m");
      await step.run("end", () => ticks.push(`${event.data.tick.slice(11, 13)} ends`));
    },
  });

test.each([
  [
    "allow",
    [
      "1 begins",
      "2 begins",
      "3 begins",
      "1 ends",
      "4 begins",
      "2 ends",
      "5 begins",
      "3 ends",
      "6 begins",
      "4 ends",
    ],
  ],
  ["skip", ["1 begins", "1 ends", "4 begins", "4 ends"]],
  ["queue", ["1 begins", "1 ends", "2 begins", "2 ends"]],
  ["cancel", ["1 begins", "2 begins", "3 begins", "4 begins", "5 begins", "6 begins"]],
] as const)(
  "while an earlier run is under way, a tick follows its overlap: %s",
  async (overlap, expected) => {
    await open(lengthy(overlap));
    await kit.settled();
    const first = new Date(await kit.now()).getUTCHours() + 1;
    await kit.advance("390m");
    // Up to an hour has passed before the first tick.
    const told = ticks.map((tick) =>
      tick.replace(/^\d+/, (hour) => String(((Number(hour) - first + 24) % 24) + 1)),
    );
    expect(told.slice(0, expected.length)).toEqual(expected);
    const { skips } = await ask("GET", "/skips");
    const runs = await Promise.all((await kit.runs()).map((run) => run.status()));
    if (overlap === "skip") {
      expect(skips.length).toBeGreaterThan(3);
      expect(skips[0]).toMatchObject({
        reason: "overlap",
        run: expect.stringMatching(/^[0-9a-f-]{36}$/),
        facts: { schedule: expect.stringMatching(/^lengthy:/), run: skips[0].run },
        detail: expect.stringMatching(/^Run \S+, which schedule "lengthy:/),
      });
    } else {
      expect(skips).toEqual([]);
    }
    if (overlap === "cancel") expect(new Set(runs.slice(0, -1))).toEqual(new Set(["cancelled"]));
  },
);

test("each trigger has its own `if`: a tick for which it does not hold is a skip, also where the line is the same", async () => {
  await open(
    createFunction({
      id: "chosen",
      triggers: [
        { cron: "0 * * * *", if: "timestamp(event.time).getHours() % 2 == 0", data: { from: "even" } },
        {
          cron: "0 * * * *",
          if: "event.data.from == 'odd' && event.name != 'durable.tick'",
          data: { from: "odd" },
        },
        { cron: "0 * * * *", if: "event.data.tick.no > 1" },
      ],
      handler: ({ event }) => {
        ticks.push(`${event.data.from} ${new Date(event.time).getUTCHours() % 2}`);
      },
    }),
  );
  await kit.advance("4h");
  expect(ticks).toEqual(["even 0", "even 0"]);
  const { skips } = await ask("GET", "/skips");
  const told = skips.map((skip: { reason: string; detail: string }) => `${skip.reason}: ${skip.detail}`);
  expect(told.filter((each: string) => each.startsWith("filtered"))).toHaveLength(6);
  expect(told.filter((each: string) => each.startsWith("expression"))).toHaveLength(4);
  expect(told).toContainEqual(
    "filtered: event.data.from == 'odd' && event.name != 'durable.tick' does not hold: event.data.from is \"odd\", event.name is \"durable.tick\".",
  );
  expect(skips[0].event.id).toMatch(/^durable\.tick\/chosen:[0-9a-f]{8}(-[23])?\/2/);
});

test.each(["skip", "cancel"] as const)(
  "a tick that its `if` leaves out is in nobody's way, and nobody in its (overlap: %s)",
  async (overlap) => {
    const from = new Date().getUTCHours();
    await open(
      createFunction({
        id: "often",
        trigger: {
          cron: "0 * * * *",
          overlap,
          if: `(timestamp(event.time).getHours() - ${from} + 24) % 4 == 1`,
        },
        handler: async ({ step }) => {
          await step.sleep("work", "150m");
          ticks.push("ended");
        },
      }),
    );
    await kit.advance("11h");
    await kit.settled();
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    const { skips } = await ask("GET", "/skips");
    expect(new Set(skips.map(({ reason }: { reason: string }) => reason))).toEqual(new Set(["filtered"]));
  },
);

test("with jitter runs begin somewhat after their ticks, each by an amount of its own", async () => {
  const lateMs: number[] = [];
  await open(
    createFunction({
      id: "spread",
      trigger: { cron: "0 * * * *", jitter: "20m" },
      handler: async ({ event }) => {
        lateMs.push((await kit.now()).getTime() - Date.parse(event.time));
      },
    }),
  );
  await kit.advance("11h");
  await kit.advance("30m");
  expect(lateMs.length).toBeGreaterThanOrEqual(10);
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...lateMs)).toBeLessThan(21 * 60_000);
  expect(new Set(lateMs.map((ms) => Math.floor(ms / 60_000))).size).toBeGreaterThan(4);
});

test("jumping over sleeps leaves a schedule one tick to make up for, and fires nothing twice", async () => {
  await open(
    createFunction({
      id: "often",
      trigger: { cron: "*/10 * * * *" },
      handler: ({ event }) => {
        ticks.push(event.data.tick);
      },
    }),
  );
  await kit.advance("1h");
  await kit.crash();
  await kit.advance("1h");
  expect(ticks.length).toBeGreaterThanOrEqual(12);
  expect(new Set(ticks).size).toBe(ticks.length);
});
