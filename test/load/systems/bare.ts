import { rmSync } from "node:fs";
import { tempFolder } from "../../support/temp-folder.ts";
import { ask, startChild } from "../children.ts";
import { startBenchPostgres } from "../postgres.ts";
import { portOf, type RunningSystem, type System, stacked } from "./system.ts";

export const bare: System = {
  name: "bare",
  version: () => "the bare hot path of test/load/bare",
  setup:
    "the whole commit of a step in one function call per group, one commit in flight, one step per request; no " +
    "retries, limits, recovery or checks: the ceiling of this design on this machine",
  start: () =>
    stacked(async (stack) => {
      const folder = tempFolder("bench-bare");
      stack.later(async () => rmSync(folder, { recursive: true, force: true }));
      const postgres = await stack.add(startBenchPostgres());
      const app = await stack.add(
        startChild({ name: "app", script: new URL("../bare/app.ts", import.meta.url), folder }),
      );
      const engine = await stack.add(
        startChild({
          name: "engine",
          script: new URL("../bare/engine.ts", import.meta.url),
          env: { BENCH_DATABASE_URL: postgres.url, BENCH_APP_URL: `http://127.0.0.1:${portOf(app)}` },
          folder,
        }),
      );
      return {
        target: { system: "bare", url: `http://127.0.0.1:${portOf(engine)}` },
        processes: { engine: engine.pid, app: app.pid, postgres: postgres.pid },
        postgres,
        counters: async () => (await ask(engine, "counters")) as Record<string, number>,
      } satisfies Omit<RunningSystem, "stop">;
    }),
};
