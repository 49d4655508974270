// PHP in real hosts, as its users have it there: what Debian has of frameworks, on the machine that runs this.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../scenarios/api-engine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { measureSpeed } from "./columns/speed.ts";
import { runEveryStep } from "./columns/steps.ts";
import { sync } from "./engine-client.ts";
import { hosts } from "./hosts.ts";
import { buildHost, startHost } from "./run-host.ts";

const TIMEOUT_MS = 180_000;
const folder = tempFolder("php-hosts");
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  engine = await startEngine({ adminToken: null });
}, TIMEOUT_MS);
afterAll(() => engine?.stop());

test.for(hosts.filter(({ isQuick }) => isQuick).map((host) => ({ host, title: host.title })))(
  "$title: every kind of step, and signed answers to many at once",
  { timeout: TIMEOUT_MS },
  async ({ host }) => {
    const project = join(folder, host.name);
    mkdirSync(project);
    await buildHost(host, project);
    const app = await startHost(host, project, engine.url);
    try {
      await sync(engine, app.url);
      const tour = await runEveryStep(engine);
      expect(tour.entries).toBeGreaterThan(150);
      const speed = await measureSpeed(app.url, { requests: 100 });
      expect(speed).toBeGreaterThan(0);

    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe app said:\n${app.said()}`, { cause: error });
    } finally {
      await app.stop();
    }
  },
);
