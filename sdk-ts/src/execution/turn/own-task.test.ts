import { expect, test } from "vitest";
import { ownTask } from "./own-task.ts";

const run = { op: "run", name: "a" } as const;
const watched = { ...run, watch: { heartbeat_timeout_ms: 1 } };
const able = { plans: false, hearsBeats: true, canClaim: true };

test.each([
  ["begun where it is reached", run, able, null],
  ["planned in a branch that plans", run, { ...able, plans: true }, "plan"],
  ["planned when the engine watches over it", watched, able, "plan"],
  ["claimed when it runs at most once", { ...run, atMostOnce: true }, { ...able, plans: true }, "start"],
  ["none of that when it has no body", { op: "sleep", name: "a" } as const, { ...able, plans: true }, null],
])("a new step is %s", (_, call, circumstances, op) => {
  expect(ownTask(call, circumstances)).toBe(op);
});

test("what this engine cannot do is said where the step stands", () => {
  expect(() => ownTask(watched, { ...able, hearsBeats: false })).toThrow("Set DURABLE_URL");
  expect(() => ownTask({ ...run, atMostOnce: true }, { ...able, canClaim: false })).toThrow("at most once");
});
