import { expect, test } from "vitest";
import type { HeldRun, HeldTask } from "../execution/held-run.ts";
import { leaseKey } from "../store/leases.ts";
import { HeldLeases } from "./held-leases.ts";

const run = (runId: string, workspaceId = 1) =>
  ({ workspaceId, stepId: null, head: { runId } }) as unknown as HeldRun;
const task = (runId: string, stepId: string, workspaceId = 1) =>
  ({ workspaceId, stepId, head: { runId } }) as unknown as HeldTask;

test("a run and its tasks are held apart, and counted by their workspace", () => {
  const held = new HeldLeases();
  const letGo = held.add(run("a"));
  held.add(task("a", "s"));
  held.add(run("b", 2));
  const ofTask = leaseKey({ runId: "a", stepId: "s" });
  expect([held.countOf(1), held.countOf(2), [...held.runs.keys()]]).toEqual([2, 1, ["a", "b"]]);
  letGo();
  expect([held.knows("a"), held.knows(ofTask), held.of(ofTask)?.stepId]).toEqual([false, true, "s"]);
});

test("who lets go does not take along the lease that came after", () => {
  const held = new HeldLeases();
  const letGo = held.add(run("a"));
  const next = run("a");
  held.add(next);
  letGo();
  expect(held.of("a")).toBe(next);
});

test("a lease on its way is known, and not held", () => {
  const held = new HeldLeases();
  const arrived = held.expect(["a"]);
  expect([held.knows("a"), held.of("a")]).toEqual([true, undefined]);
  arrived();
  expect(held.knows("a")).toBe(false);
});
