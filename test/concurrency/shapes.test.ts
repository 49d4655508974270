// Two engines bring events to one key at the same time, or one of them beside whoever begins or cancels the run that
// collects them. Every shape must do as if one had come after the other.
import type { FunctionManifest } from "@durable/protocol/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../engine/src/store/database.ts";
import { loadRunHeads } from "../../engine/src/store/journals.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { ShapesOnStage } from "../limits/shapes-on-stage.ts";
import { waitFor } from "../support/wait.ts";
import { batches, rounds } from "./rounds.ts";
import { Stage } from "./stage.ts";

const HOUR_MS = 3_600_000;
const BRIEF_MS = 1_000;

let stage: Stage;
let shapes: ShapesOnStage;
let sent = 0;
let keys = 1_000_000;
beforeAll(async () => {
  stage = await Stage.open(32);
  shapes = new ShapesOnStage(stage, () => Date.now());
  const functions: Omit<FunctionManifest, "triggers">[] = [
    { id: "once", idempotency: { key: "key", period_ms: HOUR_MS } },
    { id: "three", rate_limit: { limit: 3, period_ms: HOUR_MS, key: "key" } },
    { id: "brief", rate_limit: { limit: 2, period_ms: BRIEF_MS, key: "key" } },
    { id: "single", singleton: { mode: "skip", key: "key" } },
    { id: "last", debounce: { period_ms: HOUR_MS, key: "key" } },
    { id: "batch", batch: { max_size: 1_000, max_wait_ms: HOUR_MS, key: "key" } },
  ];
  await shapes.declare(functions.map((fn) => ({ ...fn, triggers: [{ event: fn.id }] })));
});
afterEach(async () => {
  await stage.expectInvariants();
  await stage.endAll();
  await stage.expectInvariants();
});
afterAll(() => stage.close());

const TIMEOUT = { timeout: 600_000 };

function events(to: string, key: number, count: number) {
  return Array.from({ length: count }, () => {
    sent += 1;
    return { to, id: `e${sent}`, data: JSON.stringify({ key }) };
  });
}

describe("two engines bring events to one key", () => {
  test.each([
    ["once", 1],
    ["three", 3],
    ["single", 1],
    ["last", 1],
    ["batch", 1],
  ] as const)("%s: %i of 6 are runs of their own", TIMEOUT, async (to, expected) => {
    for (const round of rounds()) {
      await stage.race(
        () => shapes.send(events(to, round, 3), stage.left),
        () => shapes.send(events(to, round, 3), stage.right),
      );
    }
    const wrong = await stage.database.sql`
      with counted as (
        select e.data::json ->> 'key' as key, count(r.id) as runs, count(s.id) as skips from durable.events e
        left join durable.runs r on r.workspace_id = e.workspace_id and r.event_id = e.id
        left join durable.skips s on s.workspace_id = e.workspace_id and s.event_id = e.id
        where e.workspace_id = ${stage.workspaceId} and e.name = ${to} group by 1
      ) select * from counted where runs <> ${expected} or skips <> ${6 - expected}`;
    expect([...wrong]).toEqual([]);
  });

  test("keys in opposite order do not stop each other", TIMEOUT, async () => {
    for (const round of rounds()) {
      const one = [
        ...events("last", 2 * round, 2),
        ...events("three", 2 * round + 1, 2),
        ...events("batch", round, 1),
      ];
      const other = [
        ...events("batch", round, 1),
        ...events("three", 2 * round + 1, 2),
        ...events("last", 2 * round, 2),
      ];
      await stage.race(
        () => shapes.send(one, stage.left),
        () => shapes.send(other, stage.right),
      );
    }
  });
});

/** What the next dispatch of the run would be given. */
async function givenTo(database: Database, runId: string): Promise<number | null> {
  const leases = await claimLeases(database, stage.engineId, 10, () => {});
  if (leases.every((lease) => lease.runId !== runId)) return null;
  const heads = await loadRunHeads(database, [{ workspaceId: stage.workspaceId, runId }]);
  const { events } = heads.get(runId)!;
  return events === null ? 1 : (JSON.parse(events) as unknown[]).length;
}

describe("an event comes to a batch", () => {
  test.each(["its timer fires", "a person begins it", "a person cancels it"])(
    "while %s: it is in that batch or in the next, and in no batch that has begun",
    TIMEOUT,
    async (what) => {
      for (const count of batches()) {
        const own = Array.from({ length: count }, () => {
          keys += 1;
          return keys;
        });
        const sent = await shapes.send(own.flatMap((key) => events("batch", key, 2)));
        const rounds: { runId: string; eventIds: string[]; given: number | null }[] = [];
        for (const [no, key] of own.entries()) {
          const [first, second] = sent.slice(2 * no, 2 * no + 2);
          const { runId } = first!.runs[0]!;
          if (what === "its timer fires")
            await stage.database
              .sql`update durable.timers set due_at = durable.durable_now() where workspace_id = ${stage.workspaceId} and run_id = ${runId}`;
          const begin = async () => {
            if (what === "its timer fires") await fireTimers(stage.right, 10);
            else if (what === "a person begins it")
              await stage.right.sql`select durable.begin_run(${stage.workspaceId}, ${runId}, 'test', null)`;
            else
              await stage.right.sql`select durable.cancel_run(${stage.workspaceId}, ${runId}, 'test', null)`;
            return await givenTo(stage.right, runId);
          };
          const [given, rest] = await stage.race(begin, () =>
            shapes.send(events("batch", key, 1), stage.left),
          );
          rounds.push({ runId, given, eventIds: [first!, second!, ...rest].map(({ id }) => id) });
        }
        const collected = await collectedBy(rounds.flatMap(({ eventIds }) => eventIds));
        for (const { runId, given, eventIds } of rounds) {
          const into = eventIds.map((id) => collected.get(id));
          expect(into).not.toContain(undefined);
          const inIts = into.filter((run) => run === runId).length;
          if (what === "a person cancels it") expect([2, 3]).toContain(inIts);
          // It may have been moved on by the event, and not have begun.
          else if (given !== null) expect(given).toBe(inIts);
        }
        await stage.endAll();
      }
    },
  );
});

/** By event: the run that collects it. */
async function collectedBy(eventIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await stage.database.sql<{ event_id: string; run_id: string }[]>`
    select event_id, run_id from durable.collected_events
    where workspace_id = ${stage.workspaceId} and event_id = any (${eventIds}::uuid[])`;
  expect(rows.length).toBe(eventIds.length);
  return new Map(rows.map(({ event_id, run_id }) => [event_id, run_id]));
}

// A statement has one time, the one at which it began: whoever waits before it comes to its key is late.
test("a start that came late to its key counts from when the key was last seen", TIMEOUT, async () => {
  for (let isInTime = false; !isInTime; ) {
    keys += 1;
    const key = keys;
    await shapes.send(events("brief", key, 2));
    const [late] = events("brief", key, 1);
    const { sql } = stage.database;
    await stage.right.sql`select pg_advisory_lock(32)`;
    const held = sql
      .unsafe(`do $$ begin
        insert into durable.event_ids (workspace_id, client_id, event_id, body_hash)
          values (${stage.workspaceId}, '${late!.id}', gen_random_uuid(), gen_random_uuid());
        perform pg_advisory_xact_lock(32);
        raise exception 'given up';
      end $$`)
      .catch((error: Error) => error.message);
    await untilWaiting("advisory");
    const sending = shapes.send([late!], stage.left);
    await untilWaiting("transactionid");
    await sql`select pg_sleep(${BRIEF_MS / 1_000})`;
    const [third] = await shapes.send(events("brief", key, 1));
    await stage.right.sql`select pg_advisory_unlock(32)`;
    expect(await held).toContain("given up");
    await sending;
    // Two of this period are there: the late one, and the one that overtook it.
    const [fourth] = await shapes.send(events("brief", key, 1));
    const [row] = await sql<{ ms: number; reason: string | null }[]>`
      select extract(epoch from b.received_at - a.received_at)::float8 * 1000 as ms,
        (select s.reason from durable.skips s where s.workspace_id = b.workspace_id and s.event_id = b.id) as reason
      from durable.events a, durable.events b where a.id = ${third!.id} and b.id = ${fourth!.id}`;
    isInTime = row!.ms < BRIEF_MS;
    if (isInTime) expect(row!.reason).toBe("rate-limited");
  }
});

/** Until a statement waits for such a lock. */
async function untilWaiting(lock: string): Promise<void> {
  await waitFor(`a statement that waits for a lock (${lock})`, async () => {
    const [row] = await stage.database.sql<{ count: number }[]>`
      select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event = ${lock}`;
    return row!.count > 0;
  });
}
