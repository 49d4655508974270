import { expect, test } from "vitest";
import type { Patch } from "./messages.ts";
import { patchRun, patchRuns, type Run, type RunListed } from "./patches.ts";

const listed = (id: string, rev: number) => ({ id, rev, status: "queued" }) as RunListed;
const told = (id: string, rev: number, patch: object | null): Patch => ({
  topic: "runs",
  kind: "run",
  id,
  rev,
  patch: patch as Patch["patch"],
});

test("of a bundle each run takes what is younger than it, whatever order it comes in", () => {
  const page = { runs: [listed("a", 5), listed("b", 5)], next: null };
  const patched = patchRuns(page, [
    told("a", 7, { status: "completed" }),
    told("a", 6, { status: "running" }),
    told("b", 4, { status: "running" }),
    told("c", 9, { status: "running" }),
  ]);
  expect(patched.runs).toEqual([{ id: "a", rev: 7, status: "completed" }, page.runs[1]]);
  expect(patched.runs[1]).toBe(page.runs[1]);
});

test("a page of which nothing has changed is the same page", () => {
  const page = { runs: [listed("a", 5)], next: null };
  expect(patchRuns(page, [told("b", 9, {}), told("a", 5, {}), told("a", 6, null)])).toBe(page);
});

test("steps of several patches of a run are merged, the last word of each", () => {
  const step = (id: string, seq: number | null, status: string) => ({ id, seq, status });
  const run = { id: "a", rev: 1, status: "running", steps: [step("one", 1, "ok")] } as unknown as Run;
  const patched = patchRun(run, [
    told("a", 2, { steps: [step("two", null, "pending")] }),
    told("a", 3, { status: "completed", steps: [step("two", 2, "ok")] }),
    told("b", 9, { status: "failed" }),
  ]);
  expect(patched).toMatchObject({ rev: 3, status: "completed" });
  expect(patched.steps).toEqual([step("one", 1, "ok"), step("two", 2, "ok")]);
  expect(patchRun(run, [told("a", 1, { status: "failed" })])).toBe(run);
});
