// Who is at work, and how much of it: told by each engine with its heartbeat, read by the operator from any of them.
import { hostname } from "node:os";
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerEngine } from "../../engine/src/store/engines.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { asAdmin, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

interface Shown {
  readonly id: number;
  readonly state: string;
  readonly slots_used: number | null;
  readonly leases: number | null;
  readonly seen_ms_ago: number;
  readonly lease_ms: number;
}

let letGo = () => {};
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});
const holds = createFunction({
  id: "holds",
  trigger: { event: "hold" },
  handler: ({ step }) => step.run("hold", () => held),
});

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [holds]);
});
afterAll(async () => {
  letGo();
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});

const fleet = async (headers = asAdmin as Record<string, string>) =>
  (await engine.call("GET", "/v1/fleet", undefined, headers)).json.engines as Shown[];

test("the engine that answers is in it, with what it is at", async () => {
  const [own, ...others] = await fleet();
  expect(others).toEqual([]);
  expect(own).toMatchObject({
    state: "live",
    host: hostname(),
    pid: process.pid,
    version: "0.1.0",
    lease_ms: 5_000,
    slots: 16,
  });
  expect(own!.seen_ms_ago).toBeLessThan(own!.lease_ms);

  const runs = [await app.start("hold"), await app.start("hold")];
  await waitFor("both to be held", async () => {
    const [now] = await fleet();
    return now!.slots_used === 2 && now!.leases === 2;
  });
  letGo();
  for (const run of runs) expect((await app.ended(run)).status).toBe("completed");
  await waitFor("both to be let go of", async () => {
    const [now] = await fleet();
    return now!.slots_used === 0 && now!.leases === 0;
  });
});

test("those that left or died within the hour come after it, and say nothing of what they hold", async () => {
  const { database } = engine;
  const row = { leaseMs: 5_000, slots: 4, host: "gone", pid: 7, version: "0.0.9" };
  const [dead, stopped, forgotten] = [
    await registerEngine(database, row),
    await registerEngine(database, row),
    await registerEngine(database, row),
  ];
  await database.sql`
    update durable.engines set slots_used = 3, leases = 3, state = case id when ${stopped} then 'stopped' else 'dead' end,
      seen_at = clock_timestamp() - case id when ${forgotten} then interval '61 minutes' else interval '59 minutes' end
    where host = 'gone'`;
  const [own, ...others] = await fleet();
  expect(own!.state).toBe("live");
  expect(others.map(({ id, state, slots_used, leases }) => [id, state, slots_used, leases])).toEqual([
    [stopped, "stopped", null, null],
    [dead, "dead", null, null],
  ]);
});

test("it names machines, so no key sees it", async () => {
  const { key } = (await engine.call("POST", "/v1/apps/shop/dev/keys", { scope: "admin" })).json;
  const refused = await engine.call("GET", "/v1/fleet", undefined, { authorization: `Bearer ${key}` });
  expect([refused.status, refused.json.code]).toEqual([403, "forbidden"]);
});
