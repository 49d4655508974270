import { expect, test } from "vitest";
import { figuresOf } from "./workspace-figures.ts";

const AT = "2026-10-21T09:00:00.000Z";
const PHASES = { total: null, limit: null, queue: null, network: null, app: null };
const point = (failed: number) => ({
  at: AT,
  started: 1,
  completed: 0,
  failed,
  cancelled: 0,
  failed_attempts: 0,
  phases: PHASES,
});

test("live are all that have not ended, as counted last", () => {
  const backlog = (queued: number) => ({
    ...{ at: AT, queued, parked: 9, running: 1, waiting: 2, paused: 3 },
    oldest_queued_ms: null,
    circuit: "closed" as const,
  });
  expect(figuresOf({ points: [point(1), point(2)], backlog: [backlog(50), backlog(4)] })).toEqual({
    failed: 3,
    live: 10,
    queued: 4,
  });
});

test("before an engine has counted, nothing is known", () => {
  expect(figuresOf({ points: [], backlog: [] })).toEqual({ failed: 0, live: null, queued: null });
});
