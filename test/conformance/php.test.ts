// The SDK for PHP, held to the protocol by the kit, in both ways in which it stops user code.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { levelOf } from "@durable/conformance";
import { describe, expect, test } from "vitest";
import { phpVersion } from "../php/php.ts";
import { failuresOf, playFixture } from "./play-fixture.ts";

const APP = fileURLToPath(new URL("apps/php/index.php", import.meta.url));
const gaps = JSON.parse(readFileSync(new URL("apps/php/gaps.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;

describe.skipIf(phpVersion === null)("the SDK for PHP does what the protocol says, on all levels", () => {
  test.each([
    ["with Fibers", "", true],
    ["without Fibers", "DURABLE_NO_FIBERS=1", false],
  ])("%s", { timeout: 600_000 }, async (_, environment, mutations) => {
    const start = `${environment} exec php -S 127.0.0.1:$PORT "${APP}"`;
    const report = await playFixture(APP, { start, gaps, mutations });
    expect(failuresOf(report)).toEqual([]);
    const missing = report.results.filter(({ status }) => status === "NOT_IMPLEMENTED");
    expect(missing.map(({ id }) => id)).toEqual(Object.keys(gaps));
    expect(levelOf(report)).toBe(2);
    expect(report.results.length).toBeGreaterThan(150);
  });
});
