import { expect, test } from "vitest";
import { phaseDeltas } from "./phase-deltas.ts";

test("phases are added up on each side, and the greatest difference comes first", () => {
  const a = [
    { phase: "app" as const, ms: 100 },
    { phase: "limit" as const, ms: 10 },
    { phase: "limit" as const, ms: 20 },
  ];
  const b = [
    { phase: "app" as const, ms: 90 },
    { phase: "sleep" as const, ms: 500 },
  ];
  expect(phaseDeltas(a, b)).toEqual([
    { phase: "sleep", aMs: 0, bMs: 500 },
    { phase: "limit", aMs: 30, bMs: 0 },
    { phase: "app", aMs: 100, bMs: 90 },
  ]);
});
