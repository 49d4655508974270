import type { FunctionManifest } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { fact } from "../domain/expressions.ts";
import type { RunOrder } from "../domain/run-order.ts";
import { declaredLimits } from "../registry/declared-limits.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { behind, gatesOf } from "./gates-of.ts";
import { orderOf } from "./order-of.ts";

function entry(members: Partial<FunctionManifest>): FunctionEntry {
  const manifest = { id: "f", triggers: [], ...members } as FunctionManifest;
  return { id: "f", manifest, limits: declaredLimits(manifest) } as unknown as FunctionEntry;
}

function order(members: Partial<FunctionManifest>, data: unknown): RunOrder | null | string {
  const event = () => fact(JSON.stringify({ name: "e", data }));
  const fn = entry(members);
  const gates = gatesOf(fn, event);
  return typeof gates === "string" ? gates : orderOf(fn, gates, event);
}

const queueOf = (members: Partial<FunctionManifest>, data: unknown) =>
  (order({ fairness: { key: "tenant" }, ...members }, data) as RunOrder).tenant!.queueId;

test("tenants meet in one queue where they share the places, and not at a gate that each has of its own", () => {
  const [a, b] = [
    { tenant: "a", region: "eu" },
    { tenant: "b", region: "eu" },
  ];
  const far = { tenant: "b", region: "us" };
  expect(queueOf({}, a)).toBe(queueOf({}, b));
  const shared = { concurrency: { limit: 2 } };
  expect(queueOf(shared, a)).toBe(queueOf(shared, b));
  const own = { concurrency: { limit: 2, key: "tenant" } };
  expect(queueOf(own, a)).toBe(queueOf(own, b));
  const regional = { concurrency: { limit: 2, key: "region" } };
  expect(queueOf(regional, a)).toBe(queueOf(regional, b));
  expect(queueOf(regional, a)).not.toBe(queueOf(regional, far));
});

test("a priority and a weight are whole numbers within their bounds, or there is no run", () => {
  const priority = { priority: { cel: "event.data.p" } };
  expect(order(priority, { p: 600 })).toMatchObject({ priority: 600, tenant: null });
  for (const p of [601, -601, 1.5, "7", null])
    expect(order(priority, { p })).toMatch(/its priority is .*must be a whole number from -600 to 600\.$/);
  expect(order(priority, {})).toMatch(/^No run of "f" was started, because /);
  const fair = { fairness: { key: "tenant", weight: "w" } } as Partial<FunctionManifest>;
  expect(order(fair, { tenant: "a", w: 3 })).toMatchObject({ tenant: { weight: 3, key: '"a"' } });
  for (const w of [0, -1, 2.5]) expect(order(fair, { tenant: "a", w })).toMatch(/its fairness weight is /);
  expect(order(fair, { w: 1 })).toMatch(/its fairness could not be applied: event\.data has no "tenant"/);
});

test("what a start costs is told from the event, within its bounds", () => {
  const units = (data: unknown) => {
    const throttle = { limit: 10, period_ms: 1_000, units: "cost" } as never;
    const found = gatesOf(entry({ throttle, concurrency: { limit: 1 } }), () =>
      fact(JSON.stringify({ name: "e", data })),
    );
    return typeof found === "string" ? found : found!.units;
  };
  expect(units({ cost: 5 })).toBe(5);
  for (const cost of [0, -3, 0.5, "many"]) expect(units({ cost })).toMatch(/\(units\) is /);
});

test("a run of a schedule that must not overlap passes the gates of its function as well", () => {
  const gate = (id: string, unit: "run" | "step" | "start") => ({ id, limitId: id, unit, key: null });
  const own = { run: [gate("whole", "run")], step: [gate("one", "step")], units: 3 };
  const overlap = gate("overlap", "run");
  expect(behind(overlap, own)).toEqual({ run: [...own.run, overlap], step: own.step, units: 3 });
  expect(behind(overlap, null)).toEqual({ run: [overlap], step: [], units: 1 });
});
