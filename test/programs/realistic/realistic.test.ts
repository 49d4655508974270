// Programs as people write them, with something breaking at every one of their steps: the same end, the same recorded
// steps, nothing done twice outside. Here each meets one way to break per step; with DURABLE_CRASH_POINTS=all it meets
// all of them.
import { beforeAll, expect, test } from "vitest";
import { CRASH_POINTS } from "../../../sdk-ts/src/testing/crash.ts";
import { crashMatrix, type TestKit, type TestStep } from "../../../sdk-ts/src/testing/index.ts";
import { openKit } from "../../support/kit.ts";
import { people } from "./people.ts";
import { outside } from "./realistic-program.ts";
import { shop } from "./shop.ts";
import { children, work } from "./work.ts";

const programs = [...shop, ...people, ...work];
const MEETS_ALL = process.env["DURABLE_CRASH_POINTS"] === "all";

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [...programs.map(({ fn }) => fn), ...children] });
});

for (const [index, { fn, data, drive, ends = "completed", outside: keys = 0 }] of programs.entries()) {
  const points = MEETS_ALL ? CRASH_POINTS : [CRASH_POINTS[index % CRASH_POINTS.length]!];
  test(`${fn.id} ends as without a crash (${points.join(", ")})`, { timeout: 120_000 }, async () => {
    const report = await crashMatrix({
      kit,
      fn,
      data: () => data,
      points,
      before: () => outside.clear(),
      drive: async (run, own) => void (await drive?.(run, own)),
      after: async ({ status }) => {
        await kit.settled();
        expect(status).toBe(ends);
        expect(outside.size).toBe(keys);
      },
      compare: steady,
    });
    expect(report.crashes.length).toBeGreaterThan(0);
  });
}

/** Without a child's id and the time of an answer. */
function steady(value: unknown, step: TestStep | null): unknown {
  if (step?.op === "spawn") return "a run";
  if ((step?.op !== "input" && step?.op !== "approval") || value === null || typeof value !== "object")
    return value;
  return { ...value, at: null };
}
