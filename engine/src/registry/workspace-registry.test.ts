// What another process syncs is read from the database: how old an entry is that is used all the same.
import { expect, test } from "vitest";
import type { Clock } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import { WorkspaceRegistry } from "./workspace-registry.ts";

/** A registry, and what the database has: an app whose environment says how often it was asked. */
function registryAt() {
  let nowMs = 0;
  let asked = 0;
  let isAway = false;
  const nothing = {
    ...{ url: null, max_duration_ms: null, manifest_digest: null, deployment: null, capabilities: null },
    ...{ deployments: null, kept: null, secrets: null, functions: null },
  };
  const sql = async () => {
    asked += 1;
    if (isAway) throw new Error("the database is away");
    return [{ app: "shop", environment: `read ${asked}`, registry_version: asked, ...nothing }];
  };
  const clock = { monotonicMs: () => nowMs } as Clock;
  const database = { sql } as unknown as Database;
  const registry = new WorkspaceRegistry({ database, clock, engineKeys: {} as never, isDev: false });
  return {
    read: async () => (await registry.of(1)).environment,
    pass: (ms: number) => {
      nowMs += ms;
    },
    leave: () => {
      isAway = true;
    },
  };
}

test("an entry is used for a second, then once more while a new one is read", async () => {
  const { read, pass } = registryAt();
  expect(await read()).toBe("read 1");
  pass(900);
  expect(await read()).toBe("read 1");
  pass(900);
  expect(await read()).toBe("read 1");
  await new Promise(setImmediate);
  expect(await read()).toBe("read 2");
});

test("an engine that was idle does not call the deployment of an hour ago: it reads first", async () => {
  const { read, pass } = registryAt();
  expect(await read()).toBe("read 1");
  pass(3_600_000);
  expect(await read()).toBe("read 2");
});

test("while the database is away, what was known is used", async () => {
  const { read, pass, leave } = registryAt();
  expect(await read()).toBe("read 1");
  leave();
  pass(3_600_000);
  expect(await read()).toBe("read 1");
});
