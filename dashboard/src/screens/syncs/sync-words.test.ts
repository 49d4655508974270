import { expect, test } from "vitest";
import { differences, foundSaid, outcomeOf } from "./sync-words.ts";

const fn = (id: string, change: "added" | "changed" | "removed", to: number | null = 1) => ({
  id,
  change,
  from: null,
  to,
});

test("what a sync found", () => {
  const found = [
    fn("pay", "added"),
    fn("refund", "added"),
    fn("mail", "changed", 3),
    fn("old", "removed", null),
  ];
  expect(foundSaid({ problem: null, functions: found })).toBe(
    "New: pay and refund. Changed: mail v3. Removed: old.",
  );
  const many = ["a", "b", "c", "d", "e"].map((id) => fn(id, "added"));
  expect(foundSaid({ problem: null, functions: many })).toBe("New: 5 functions.");
  expect(foundSaid({ problem: null, functions: [] })).toBe("The same functions.");
  expect(
    foundSaid({ problem: { code: "c", title: "t", detail: "No answer.", fix: "f" }, functions: [] }),
  ).toBe("No answer.");
});

test("a failure is over when a sync has succeeded", () => {
  expect(outcomeOf({ outcome: "failed", resolved_at: null })).toEqual({ label: "Failed", tone: "bad" });
  expect(outcomeOf({ outcome: "failed", resolved_at: "x" }).tone).toBe("gone");
});

test("manifests differ where their members do", () => {
  const before = { id: "mail", concurrency: { limit: 2, key: "tenant" }, triggers: [{ event: "a" }] };
  const after = {
    id: "mail",
    concurrency: { limit: 5, key: "tenant" },
    triggers: [{ event: "b" }],
    tags: ["x"],
  };
  expect(differences(before, after)).toEqual([
    { path: "concurrency.limit", before: 2, after: 5 },
    { path: "tags", before: undefined, after: ["x"] },
    { path: "triggers", before: [{ event: "a" }], after: [{ event: "b" }] },
  ]);
  expect(differences(before, before)).toEqual([]);
});
