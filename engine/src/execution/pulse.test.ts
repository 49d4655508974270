import type { Logger } from "pino";
import { expect, test } from "vitest";
import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import type { Held } from "./held-run.ts";
import { pulseOf } from "./pulse.ts";

const clock = { monotonicMs: () => 50_000 } as Clock;
const log = { warn() {} } as unknown as Logger;
const held = { workspaceId: 1, head: { runId: "r" }, fence: "f", silenceMs: null } as Held;

test.each<[string, () => Promise<unknown>, number | null]>([
  ["what was heard 1.2 s ago", async () => [{ silent_ms: 1_200 }], 48_800],
  ["nothing", async () => [{ silent_ms: null }], null],
  // No heartbeat can be stored either meanwhile.
  ["a database that does not answer is no silence", () => Promise.reject(new Error("gone")), 50_000],
])("%s", async (_, sql, heardMs) => {
  const database = { sql } as unknown as Database;
  expect(await pulseOf({ clock, database, log }, held).lastHeardMs()).toBe(heardMs);
});
