// What an engine keeps of the memory that starting took: measured where it is dearest, at a first start, when nothing is
// compiled yet.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createDatabase } from "../support/postgres.ts";
import { tempFolder } from "../support/temp-folder.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
const IDLE_BYTES_MAX = 120 * 1024 * 1024;
/** It grows for two seconds; from five seconds on it stays the same to 1 MiB for as long as nothing is to be done. */
const REST_MS = 5_000;

test.runIf(process.platform === "linux")(
  "an idle engine keeps at most 120 MiB, also at its first start",
  async () => {
    const database = await createDatabase();
    const engine = spawn(process.execPath, [DURABLE, "dev", "--json", "--no-discovery"], {
      env: {
        PATH: process.env["PATH"],
        DURABLE_DATABASE_URL: database.url,
        DURABLE_PORT: "0",
        NODE_COMPILE_CACHE: tempFolder("nothing-compiled"),
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const gone = once(engine, "exit");
    try {
      const [said] = await Promise.race([once(engine.stdout, "data"), gone]);
      expect(String(said)).toContain('"at":"ready"');
      await sleep(REST_MS);
      expect(residentBytes(engine.pid!)).toBeLessThanOrEqual(IDLE_BYTES_MAX);
    } finally {
      engine.kill();
      await gone;
      await database.drop();
    }
  },
);

/** Of this process alone, not of its Postgres. */
function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Number(kib) * 1024;
}
