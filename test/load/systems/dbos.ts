import { rmSync } from "node:fs";
import { tempFolder } from "../../support/temp-folder.ts";
import { startChild } from "../children.ts";
import { peerVersion } from "../peers.ts";
import { startBenchPostgres } from "../postgres.ts";
import { portOf, type RunningSystem, type System, stacked } from "./system.ts";

export const dbos: System = {
  name: "dbos",
  version: () => `DBOS Transact ${peerVersion("@dbos-inc/dbos-sdk")}`,
  setup:
    "default configuration (10 connections); the worker process has an HTTP door that calls the workflow and " +
    "answers when it has ended; no queue in between",
  start: () =>
    stacked(async (stack) => {
      const folder = tempFolder("bench-dbos");
      stack.later(async () => rmSync(folder, { recursive: true, force: true }));
      const postgres = await stack.add(startBenchPostgres());
      const app = await stack.add(
        startChild({
          name: "worker",
          script: new URL("../peers/dbos-app.ts", import.meta.url),
          env: { BENCH_DATABASE_URL: postgres.url },
          folder,
        }),
      );
      return {
        target: { system: "dbos", url: `http://127.0.0.1:${portOf(app)}` },
        processes: { app: app.pid, postgres: postgres.pid },
        postgres,
      } satisfies Omit<RunningSystem, "stop">;
    }),
};
