import { expect, test } from "vitest";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Held } from "./held-run.ts";
import { STREAMS_MAX, StreamTrust } from "./stream-trust.ts";

const run = { stepId: null, memo: { ending: null } } as Held;

function workspaceWith(more: object = {}, capabilities: readonly string[] = ["stream"]): WorkspaceEntry {
  const endpoint = { capabilities: new Set(capabilities), maxDurationMs: 60_000 };
  return { workspaceId: 7, newest: null, endpoint, ...more } as unknown as WorkspaceEntry;
}

function trustAt(isOn = true) {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, epochMs: () => 0, epochOf: () => 0 };
  return { clock, trust: new StreamTrust({ clock, isOn }) };
}

test("a run that goes on, at the newest deployment of an app that can do it", () => {
  const { trust } = trustAt();
  expect(trust.allows(run, workspaceWith())).toBe(true);
  expect(trust.allows(run, workspaceWith({}, ["checkpoint"]))).toBe(false);
  expect(trust.allows(run, workspaceWith({ endpoint: null }))).toBe(false);
  expect(trust.allows(run, workspaceWith({ newest: workspaceWith() }))).toBe(false);
  expect(trust.allows({ ...run, stepId: "a" }, workspaceWith())).toBe(false);
  expect(trust.allows({ ...run, memo: { ending: { kind: "failing" } } } as Held, workspaceWith())).toBe(
    false,
  );
  expect(trustAt(false).trust.allows(run, workspaceWith())).toBe(false);
});

test("it stays open for a part of what the app says one request may take, and never long", () => {
  const { trust } = trustAt();
  const openMs = (maxDurationMs: number | null) =>
    trust.openMs(workspaceWith({ endpoint: { maxDurationMs } }));
  expect([openMs(10_000), openMs(60_000), openMs(800_000), openMs(null)]).toEqual([
    1_000, 5_000, 5_000, 5_000,
  ]);
});

test("what was held back is tried again after a minute, then two, up to an hour; what passes is trusted", () => {
  const { clock, trust } = trustAt();
  const pausesMin: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    trust.heldBack(7);
    const fromMs = clock.nowMs;
    while (!trust.allows(run, workspaceWith())) clock.nowMs += 30_000;
    pausesMin.push((clock.nowMs - fromMs) / 60_000);
  }
  expect(pausesMin).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  trust.passed(7);
  trust.heldBack(7);
  clock.nowMs += 60_000;
  expect(trust.allows(run, workspaceWith())).toBe(true);
  expect(trust.allows(run, workspaceWith({ workspaceId: 8 }))).toBe(true);
});

test("so many of one app at once, and others are no matter", () => {
  const { trust } = trustAt();
  for (let i = 0; i < STREAMS_MAX; i += 1) trust.began(7);
  expect(trust.allows(run, workspaceWith())).toBe(false);
  expect(trust.allows(run, workspaceWith({ workspaceId: 8 }))).toBe(true);
  trust.ended(7);
  expect(trust.allows(run, workspaceWith())).toBe(true);
});
