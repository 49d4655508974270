import { expect, test } from "vitest";
import { backlogModel, trendOf, trendSaid } from "./backlog-model.ts";

const at = (minute: number) => new Date(minute * 60_000).toISOString();
const counted = (minute: number, queued: number) =>
  ({
    at: at(minute),
    queued,
    parked: 0,
    running: 0,
    waiting: 0,
    paused: 0,
    oldest_queued_ms: null,
    circuit: "closed",
  }) as const;

test("a queue that shrinks is empty at some time", () => {
  const trend = trendOf([counted(1, 200), counted(5, 100), counted(9, 40)], 10 * 60_000);
  expect(trend).toEqual({ queued: 40, perMinute: -20, emptyInMs: 120_000 });
  expect(trendSaid(trend)).toBe("It shrinks by 20 a minute over the last 10 minutes: empty in about 2 min.");
});

test("a queue that grows, one that stands still, none", () => {
  expect(trendSaid(trendOf([counted(1, 0), counted(9, 100)], 600_000))).toBe(
    "It grows by 12.5 a minute over the last 10 minutes.".replace("12.5", "13"),
  );
  expect(trendSaid(trendOf([counted(1, 5), counted(9, 5)], 600_000))).toBe(
    "5 runs queued, about as many as 10 minutes ago.",
  );
  expect(trendSaid(trendOf([counted(1, 5), counted(9, 0)], 600_000))).toBe("Nothing is queued.");
});

test("what was counted once, or long ago, says nothing", () => {
  expect(trendOf([counted(9, 5)], 600_000)).toBeNull();
  expect(trendOf([counted(1, 5), counted(2, 9)], 6_000_000)).toBeNull();
});

test("rates are by the minute, whatever the step", () => {
  const span = { fromMs: 0, toMs: 600_000, stepMs: 300_000 };
  const points = [{ at: at(5), started: 50, completed: 20, failed: 4, cancelled: 1 }];
  const model = backlogModel({ points, backlog: [counted(5, 7)] } as never, span);
  expect(model).toMatchObject({ inRate: [0, 10], outRate: [0, 5], queued: [0, 7] });
});
