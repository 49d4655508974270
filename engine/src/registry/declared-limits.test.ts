import type { FunctionManifest } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { declaredLimits, gateFor } from "./declared-limits.ts";

const limits = (id: string, members: Partial<FunctionManifest>) =>
  declaredLimits({ id, triggers: [], ...members } as FunctionManifest);
const idOf = (id: string, members: Partial<FunctionManifest>) => limits(id, members)[0]!.id;

test("what a function has of its own is no other's, and what has a name, or the workspace's scope, is shared", () => {
  const throttle = { limit: 1, period_ms: 1_000 };
  expect(idOf("a", { throttle })).not.toBe(idOf("b", { throttle }));
  expect(idOf("a", { throttle: { ...throttle, name: "mail" } })).toBe(
    idOf("b", { throttle: { ...throttle, name: "mail" } }),
  );
  // A function with the name of a throttle is another thing.
  expect(idOf("mail", { throttle })).not.toBe(idOf("a", { throttle: { ...throttle, name: "mail" } }));
  expect(idOf("a", { concurrency: { limit: 1 } })).not.toBe(idOf("b", { concurrency: { limit: 1 } }));
  const shared = { limit: 1, key: "tenant", scope: "workspace" } as const;
  expect(idOf("a", { concurrency: shared })).toBe(idOf("b", { concurrency: shared }));
  expect(idOf("a", { concurrency: shared })).not.toBe(idOf("a", { concurrency: { ...shared, key: "user" } }));
});

test("a limit is the same from sync to sync, whatever its number; of several, each is its own", () => {
  expect(idOf("a", { concurrency: { limit: 1 } })).toBe(idOf("a", { concurrency: { limit: 9, key: "k" } }));
  const [one, two] = limits("a", { concurrency: [{ limit: 1 }, { limit: 2, key: "k" }] });
  expect(one!.id).not.toBe(two!.id);
});

test("each value of a key has a gate of its own, and so has each unit: a place of a run is none of a step", () => {
  const [limit] = limits("a", { concurrency: { limit: 1, key: "k" } });
  expect(limit!.gate).toBeNull();
  expect(gateFor(limit!, '"x"').id).not.toBe(gateFor(limit!, '"y"').id);
  expect(gateFor(limit!, '"x"').id).not.toBe(gateFor({ ...limit!, unit: "run" }, '"x"').id);
  const [plain] = limits("a", { concurrency: { limit: 1 } });
  expect(plain!.gate).toEqual(gateFor(plain!, null));
});

test("a job passes what its start costs first, then its singleton, then places, in the order in which they stand there", () => {
  const all = limits("a", {
    concurrency: [{ limit: 3 }, { limit: 1, unit: "run" }],
    singleton: { mode: "queue" },
    throttle: { limit: 1, period_ms: 1_000 },
  });
  expect(all.map(({ kind, unit }) => `${kind} ${unit}`)).toEqual([
    "throttle start",
    "singleton run",
    "concurrency step",
    "concurrency run",
  ]);
});
