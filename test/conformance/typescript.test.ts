// The SDK for TypeScript, held to the protocol by the kit that whoever ports uses.

import { fileURLToPath } from "node:url";
import { levelOf } from "@durable/conformance";
import { expect, test } from "vitest";
import { failuresOf, playFixture } from "./play-fixture.ts";

test("the SDK for TypeScript does what the protocol says, on all levels", { timeout: 180_000 }, async () => {
  const report = await playFixture(fileURLToPath(new URL("apps/typescript.ts", import.meta.url)));
  expect(failuresOf(report)).toEqual([]);
  // It has no `batch`; all else is played.
  expect(report.results.filter(({ status }) => status === "NOT_IMPLEMENTED").map(({ id }) => id)).toEqual([
    "L1-batch",
    "L1-batch-end",
    "L1-batch-error",
  ]);
  expect(levelOf(report)).toBe(2);
  expect(report.results.length).toBeGreaterThan(200);
});
