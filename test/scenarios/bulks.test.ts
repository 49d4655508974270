// A bulk with two engines, of which one dies in the middle: every run is acted on once.
import { createFunction } from "@durable/sdk";
import { beforeAll, expect, test } from "vitest";
import { actOnBulkItem, takeBulkItems } from "../../engine/src/store/bulks.ts";
import { openDatabase } from "../../engine/src/store/database.ts";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

const RUNS = 60;
const AT = "/v1/apps/bulks/dev/bulks";

const quick = createFunction({
  id: "quick",
  trigger: { event: "quick" },
  handler: ({ event }) => event.data,
});
const napper = createFunction({
  id: "napper",
  trigger: { event: "nap" },
  handler: ({ step }) => step.sleep("nap", "1d"),
});

const { engine, app } = engineWithApp("bulks", [quick, napper]);
let other: SpawnedEngine;
beforeAll(async () => {
  other = await spawnEngine(engine.database.url);
});

const made = async (body: object) => (await engine.call("POST", AT, body)).json.id;
const shown = async (id: string) => (await engine.call("GET", `${AT}/${id}?limit=200`)).json;
const send = (name: string, count: number) =>
  engine.call(
    "POST",
    "/v1/events?app=bulks",
    Array.from({ length: count }, (_, data) => ({ name, data })),
  );

test("two engines work on it, one dies, and each run is run again once", async () => {
  await send("quick", RUNS);
  const all = () => engine.call("GET", "/v1/apps/bulks/dev/runs?status=completed&limit=200");
  await waitFor("the runs to end", async () => (await all()).json.runs.length === RUNS);
  const id = await made({ action: "rerun", filter: { function: "quick" }, canary: 0 });
  // Both take the same items again and again, as if the time of whoever has them were always over.
  const isSo = async (is: (bulk: { done: number; status: string }) => boolean) => {
    await engine.database.sql`update durable.bulk_items set taken_until = null where taken_until is not null`;
    return is(await shown(id));
  };
  await waitFor("some to be done", () => isSo(({ done }) => done > RUNS / 2));
  await other.kill();
  await waitFor("the bulk to be over", () => isSo(({ status }) => status === "completed"));
  const { done, refused, items, results } = await shown(id);
  expect({ done, refused, items }).toEqual({ done: RUNS, refused: 0, items: RUNS });
  const [twice] = await engine.database.sql`
    select count(*)::int as runs, count(distinct origin_run_id)::int as origins from durable.runs where origin_run_id is not null`;
  expect(twice).toEqual({ runs: RUNS, origins: RUNS });
  // Streams hear of each item, and of its beginning and end.
  const [told] = await engine.database.sql`
    select count(*)::int as n from durable.changes where kind = 'bulk' and subject = ${id}`;
  expect(told).toEqual({ n: RUNS + 2 });
  for (const { run, new_run } of results.slice(0, 5)) {
    expect((await app.show(new_run)).origin).toMatchObject({ run, kind: "rerun" });
  }
});

test("an item that two take is done once, and none of a bulk that is paused", async () => {
  await send("nap", 3);
  const asleep = () => engine.call("GET", "/v1/apps/bulks/dev/runs?status=waiting");
  await waitFor("them to sleep", async () => (await asleep()).json.runs.length === 3);
  const id = await made({ action: "cancel", filter: { status: "waiting" }, canary: 1, reason: "no beds" });
  await waitFor("its canary to be over", async () => (await shown(id)).status === "held");
  const database = openDatabase({ options: engine.database.address, max: 2, applicationName: "rivals" });
  const { results } = await shown(id);
  const next = results.find(({ status }: { status: string }) => status === "waiting");
  const [bulk] = await engine.database.sql`select workspace_id from durable.bulks where id = ${id}`;
  const item = {
    ...{ workspaceId: bulk!["workspace_id"], bulkId: id, no: next.no, runId: next.run },
    ...{ action: "cancel" as const, actor: "dev", reason: "no beds" },
  };
  // Held: whoever has taken an item before does nothing with it.
  expect(await takeBulkItems(database, 20)).toEqual([]);
  await actOnBulkItem(database, item, "{}");
  expect((await app.show(next.run)).status).toBe("waiting");
  await engine.call("POST", `${AT}/${id}/steer`, { act: "continue" });
  await Promise.all([actOnBulkItem(database, item, "{}"), actOnBulkItem(database, item, "{}")]);
  await waitFor("the bulk to be over", async () => (await shown(id)).status === "completed");
  await database.end();
  const audited = await engine.database.sql`
    select target from durable.audit where action = 'run.cancel' and detail = 'no beds'`;
  expect(new Set(audited.map(({ target }) => target)).size).toBe(3);
  expect(audited).toHaveLength(3);
});

test("a filter that is too wide, or means nothing, is told", async () => {
  expect((await engine.call("POST", AT, { action: "cancel", filter: { status: "odd" } })).status).toBe(422);
  const none = await engine.call("POST", `${AT}?preview=true`, {
    action: "cancel",
    filter: { function: "nobody" },
  });
  expect(none.json).toEqual({ id: null, count: 0, newest: [] });
  const empty = await made({ action: "cancel", filter: { function: "nobody" } });
  expect((await shown(empty)).status).toBe("completed");
});
