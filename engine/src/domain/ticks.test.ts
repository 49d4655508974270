import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCron } from "./cron.ts";
import { lastTicks, ticksAfter } from "./ticks.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function lineOf(text: string, zone: string) {
  const cron = readCron(text);
  if (typeof cron === "string") throw new Error(`${text}: ${cron}`);
  return { cron, zone };
}

function ticks(text: string, zone: string, from: string, to: string): string[] {
  return [...ticksAfter(lineOf(text, zone), Date.parse(from) - 1, Date.parse(to))].map((tick) =>
    new Date(tick).toISOString().replace(".000Z", "Z"),
  );
}

// What a clock on the wall does on the two days on which it is set, in three zones.
describe.each([
  {
    zone: "Europe/Zurich",
    // 2:00 -> 3:00 at 01:00 UTC
    forward: {
      from: "2026-03-28T23:00:00Z",
      to: "2026-03-29T21:59:59Z",
      daily: {
        "30 1 * * *": ["00:30"],
        "0 2 * * *": ["01:00"],
        "30 2 * * *": ["01:00"],
        "0 3 * * *": ["01:00"],
        "15 2,3 * * *": ["01:00", "01:15"],
      },
      hours: 23,
    },
    // 3:00 -> 2:00 at 01:00 UTC
    back: {
      from: "2026-10-24T22:00:00Z",
      to: "2026-10-25T22:59:59Z",
      daily: {
        "30 1 * * *": ["23:30"],
        "0 2 * * *": ["00:00"],
        "30 2 * * *": ["00:30"],
        "0 3 * * *": ["02:00"],
        "15 2,3 * * *": ["00:15", "02:15"],
      },
      hours: 25,
    },
  },
  {
    zone: "America/New_York",
    // 2:00 -> 3:00 at 07:00 UTC
    forward: {
      from: "2026-03-08T05:00:00Z",
      to: "2026-03-09T03:59:59Z",
      daily: { "30 1 * * *": ["06:30"], "30 2 * * *": ["07:00"], "0 3 * * *": ["07:00"] },
      hours: 23,
    },
    // 2:00 -> 1:00 at 06:00 UTC
    back: {
      from: "2026-11-01T04:00:00Z",
      to: "2026-11-02T04:59:59Z",
      daily: {
        "30 1 * * *": ["05:30"],
        "0 1 * * *": ["05:00"],
        "0 2 * * *": ["07:00"],
        "0 0 * * *": ["04:00"],
      },
      hours: 25,
    },
  },
  {
    zone: "Australia/Lord_Howe",
    // 2:00 -> 2:30 at 15:30 UTC of the day before
    forward: {
      from: "2026-10-03T13:30:00Z",
      to: "2026-10-04T12:59:59Z",
      daily: {
        "0 2 * * *": ["15:30"],
        "15 2 * * *": ["15:30"],
        "30 2 * * *": ["15:30"],
        "45 2 * * *": ["15:45"],
      },
      // 2:00 is left out.
      hours: 23,
    },
    // 2:00 -> 1:30 at 15:00 UTC of the day before
    back: {
      from: "2026-04-04T13:00:00Z",
      to: "2026-04-05T13:29:59Z",
      daily: { "30 1 * * *": ["14:30"], "45 1 * * *": ["14:45"], "0 2 * * *": ["15:30"] },
      hours: 24,
    },
  },
])("in $zone", ({ zone, forward, back }) => {
  test.each([
    ["forward", forward],
    ["back", back],
  ] as const)("on the day on which clocks are set %s", (_, { from, to, daily, hours }) => {
    for (const [line, times] of Object.entries(daily)) {
      expect(
        ticks(line, zone, from, to).map((tick) => tick.slice(11, 16)),
        line,
      ).toEqual(times);
    }
    // What means time that passes goes on through it.
    expect(ticks("0 * * * *", zone, from, to)).toHaveLength(hours);
    const lengthMs = Date.parse(to) + 1_000 - Date.parse(from);
    expect(ticks("* * * * *", zone, from, to)).toHaveLength(lengthMs / 60_000);
    expect(ticks("*/20 * * * * *", zone, from, to)).toHaveLength(lengthMs / 20_000);
  });
});

test("a day of the month and a day of the week are one or the other; with a star, both", () => {
  const june = (text: string) =>
    ticks(text, "UTC", "2026-06-01T00:00:00Z", "2026-06-30T23:59:59Z").map((tick) => tick.slice(8, 10));
  expect(june("0 0 1,15 * mon")).toEqual(["01", "08", "15", "22", "29"]);
  expect(june("0 0 */10 * mon")).toEqual(["01"]);
  expect(june("0 0 * * 7")).toEqual(june("0 0 * * sun"));
});

test("what comes once in many years is found", () => {
  expect(ticks("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2036-12-31T00:00:00Z")).toEqual([
    "2028-02-29T00:00:00Z",
    "2032-02-29T00:00:00Z",
    "2036-02-29T00:00:00Z",
  ]);
  const [next] = ticksAfter(lineOf("0 0 29 2 */7", "UTC"), Date.parse("2033-01-01T00:00:00Z"));
  expect(new Date(next!).toISOString()).toBe("2060-02-29T00:00:00.000Z");
});

// Against a model that knows nothing but what a wall clock shows at every second or minute of some days.

interface Shown {
  readonly zone: string;
  readonly stepMs: number;
  readonly fromMs: number;
  /** What the clock shows at each step, as if it were UTC. */
  readonly shownMs: readonly number[];
}

function watch(zone: string, around: string, hours: number, stepMs: number): Shown {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const fromMs = Date.parse(around) - (hours / 2) * HOUR_MS;
  const shownMs = Array.from({ length: (hours * HOUR_MS) / stepMs }, (_, step) =>
    Date.parse(`${format.format(fromMs + step * stepMs).replace(" ", "T")}Z`),
  );
  return { zone, stepMs, fromMs, shownMs };
}

const CHANGES: readonly [zone: string, around: string][] = [
  ["Europe/Zurich", "2026-03-29T01:00:00Z"],
  ["Europe/Zurich", "2026-10-25T01:00:00Z"],
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  // At midnight, and just before it.
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["America/Sao_Paulo", "2018-02-18T02:00:00Z"],
  ["Africa/Cairo", "2026-10-29T21:00:00Z"],
  // A whole day was left out.
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Asia/Kathmandu", "2026-06-01T00:00:00Z"],
  ["UTC", "2026-02-28T23:00:00Z"],
];

interface Fields {
  readonly text: string;
  readonly values: readonly number[];
}

function field(min: number, max: number): fc.Arbitrary<Fields> {
  const range = (from: number, to: number, every = 1) => {
    const values: number[] = [];
    for (let value = from; value <= to; value += every) values.push(value);
    return values;
  };
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({ text: "*", values: range(min, max) }) },
    { weight: 2, arbitrary: fc.integer({ min, max }).map((at) => ({ text: `${at}`, values: [at] })) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max })
        .map((every) => ({ text: `*/${every}`, values: range(min, max, every) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 7 }))
        .map(([a, b, every]) => [Math.min(a, b), Math.max(a, b), every] as const)
        .map(([a, b, every]) => ({ text: `${a}-${b}/${every}`, values: range(a, b, every) })),
    },
    {
      weight: 2,
      arbitrary: fc
        .uniqueArray(fc.integer({ min, max }), { minLength: 2, maxLength: 4 })
        .map((values) => ({ text: values.join(","), values })),
    },
  );
}

/** Hours near those at which clocks are set are drawn more often. */
const hourField = fc.oneof(
  field(0, 23),
  fc.constantFrom("0", "1", "2", "3", "1,2", "2-3", "0,23").map((text) => ({
    text,
    values: text.includes("-") ? [2, 3] : text.split(",").map(Number),
  })),
);

const dayFields = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constant([
      { text: "*", values: null },
      { text: "*", values: null },
    ] as const),
  },
  { weight: 1, arbitrary: fc.tuple(field(1, 31), field(0, 6)) },
);

function expected(
  { zone: _, stepMs, fromMs, shownMs }: Shown,
  comes: (date: Date) => boolean,
  isEveryHour: boolean,
): number[] {
  const seen = new Set<number>();
  const found: number[] = [];
  for (const [step, shown] of shownMs.entries()) {
    const before = step === 0 ? shown - stepMs : shownMs[step - 1]!;
    let isTick = comes(new Date(shown)) && (isEveryHour || !seen.has(shown));
    for (let left = before + stepMs; !isEveryHour && left < shown; left += stepMs) {
      isTick ||= comes(new Date(left));
    }
    seen.add(shown);
    if (isTick) found.push(fromMs + step * stepMs);
  }
  return found;
}

function holds(watched: readonly Shown[], seconds: fc.Arbitrary<Fields | null>, runs: number): void {
  fc.assert(
    fc.property(
      fc.nat({ max: watched.length - 1 }),
      seconds,
      field(0, 59),
      hourField,
      dayFields,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (at, second, minute, hour, [day, weekday], part) => {
        const shown = watched[at]!;
        const either = !day.text.startsWith("*") && !weekday.text.startsWith("*");
        const text = [
          ...(second === null ? [] : [second.text]),
          minute.text,
          hour.text,
          day.text,
          "*",
          weekday.text,
        ].join(" ");
        const comes = (date: Date) => {
          const ofMonth = day.values?.includes(date.getUTCDate()) ?? true;
          const ofWeek = weekday.values?.includes(date.getUTCDay()) ?? true;
          return (
            (second?.values ?? [0]).includes(date.getUTCSeconds()) &&
            minute.values.includes(date.getUTCMinutes()) &&
            hour.values.includes(date.getUTCHours()) &&
            (either ? ofMonth || ofWeek : ofMonth && ofWeek)
          );
        };
        const all = expected(shown, comes, hour.values.length === 24);
        const line = lineOf(text, shown.zone);
        const lastMs = shown.fromMs + (shown.shownMs.length - 1) * shown.stepMs;
        const afterMs = Math.floor(shown.fromMs + part * (lastMs - shown.fromMs));
        expect([...ticksAfter(line, shown.fromMs - 1, lastMs)], text).toEqual(all);
        // From anywhere on it goes on as it would have.
        const rest = all.filter((tick) => tick > afterMs);
        expect([...ticksAfter(line, afterMs, lastMs)], text).toEqual(rest);
        expect(lastTicks(line, afterMs, lastMs, 3), text).toEqual(rest.slice(-3));
      },
    ),
    { numRuns: runs },
  );
}

test("lines of five fields come when a wall clock that is watched for three days says so", () => {
  holds(
    CHANGES.map(([zone, around]) => watch(zone, around, 72, 60_000)),
    fc.constant(null),
    2_000,
  );
}, 60_000);

test("lines of six fields come when a wall clock that is watched for six hours says so", () => {
  holds(
    CHANGES.filter(([zone]) => zone !== "Pacific/Apia").map(([zone, around]) =>
      watch(zone, around, 6, 1_000),
    ),
    field(0, 59),
    300,
  );
}, 60_000);

test("a week of seconds is walked from its end", () => {
  const line = lineOf("* * * * * *", "Europe/Zurich");
  const nowMs = Date.parse("2026-03-29T12:00:00Z");
  expect(lastTicks(line, nowMs - 7 * DAY_MS, nowMs, 2)).toEqual([nowMs - 1_000, nowMs]);
});
