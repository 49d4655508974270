// How often a framework is started for one run of twenty steps. It is counted, not measured: each start of Laravel appends a line to
// a file.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send, show, sync } from "../matrix/matrix-engine.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { hasPhpHosts } from "./installed.ts";
import { type PhpApp, phpPlaces } from "./php-places.ts";

const TIMEOUT_MS = 240_000;
const WAIT_S = 50;
const STEPS = 20;
const folder = tempFolder("boots");
const file = join(folder, "boots");
let engine: Awaited<ReturnType<typeof startEngine>>;
let app: PhpApp;

beforeAll(async () => {
  if (!hasPhpHosts()) return;
  app = phpPlaces[0]!.make("laravel", folder, "app");
  engine = await startEngine({ adminToken: null });
}, TIMEOUT_MS);
afterAll(() => engine?.stop());

/** @returns how often Laravel was started for the run, and how long the run took. */
async function bootsOfOneRun(env: Readonly<Record<string, string>>): Promise<{ boots: number; ms: number }> {
  const served = await app.start({ FIXTURE_BOOTS: file, ...env }, "fpm");
  try {
    await sync(engine, served.url);
    // What was started so far was asked for by whoever waited for it to answer, and by the sync.
    rmSync(file, { force: true });
    const startedAtMs = performance.now();
    const run = await show(engine, await send(engine, "twenty.asked", {}), WAIT_S);
    const ms = Math.round(performance.now() - startedAtMs);
    expect([run.status, run.output]).toEqual(["completed", (STEPS * (STEPS + 1)) / 2]);
    return { boots: existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0, ms };
  } finally {
    await served.stop();
  }
}

test.skipIf(!hasPhpHosts())(
  "where the app can reach the engine, one start of Laravel is enough for twenty steps",
  async () => {
    const { boots, ms } = await bootsOfOneRun({ DURABLE_URL: engine.url });
    if (process.env["DURABLE_SPEED"] !== undefined)
      console.log(`with checkpoints: ${boots} starts, ${ms} ms`);
    expect(boots).toBe(1);
  },
  TIMEOUT_MS,
);

test.skipIf(!hasPhpHosts())(
  "where it cannot, each step is a start, and the end of the run one more",
  async () => {
    // In production nobody supposes that an engine is on the same machine.
    const { boots, ms } = await bootsOfOneRun({ DURABLE_URL: "", APP_ENV: "production" });
    if (process.env["DURABLE_SPEED"] !== undefined) console.log(`without: ${boots} starts, ${ms} ms`);
    expect(boots).toBe(STEPS + 1);
  },
  TIMEOUT_MS,
);
