// What shapes cost, and what is only seen in rows: nothing where a function has none, one statement more where it has.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EventAcceptor, type EventAcceptorOptions } from "../../engine/src/ingest/accept-events.ts";
import { IngestPressure } from "../../engine/src/ingest/ingest-pressure.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { sweepShapes } from "../../engine/src/store/gates.ts";
import { startSkipped } from "../../engine/src/store/skips.ts";
import { Stage } from "../concurrency/stage.ts";
import { ShapesOnStage } from "../limits/shapes-on-stage.ts";

const HOUR_MS = 3_600_000;

let stage: Stage;
let shapes: ShapesOnStage;
beforeAll(async () => {
  stage = await Stage.open(33);
  shapes = new ShapesOnStage(stage, () => Date.now());
  await shapes.declare([
    { id: "plain", triggers: [{ event: "plain" }] },
    { id: "once", triggers: [{ event: "once" }], idempotency: { key: "key", period_ms: HOUR_MS } },
    {
      id: "quiet",
      triggers: [{ event: "quiet" }],
      debounce: { period_ms: HOUR_MS },
      timeouts: { start_ms: 600_000, finish_ms: 1_200_000 },
    },
    { id: "single", triggers: [{ event: "single" }], singleton: { mode: "skip" } },
  ]);
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

/** Says how many statements were sent since it was asked last, and how many parameters they had. */
function counting(database: Database): {
  database: Database;
  taken: () => { statements: number; parameters: number };
} {
  let seen = { statements: 0, parameters: 0 };
  const count = (parameters: number) => {
    seen = { statements: seen.statements + 1, parameters: seen.parameters + parameters };
  };
  const sql = new Proxy(database.sql, {
    apply(target, self, args: unknown[]) {
      count(args.length - 1);
      return Reflect.apply(target, self, args);
    },
    get(target, name) {
      if (name !== "unsafe") return Reflect.get(target, name);
      return (...args: Parameters<Database["sql"]["unsafe"]>) => {
        count(args[1]?.length ?? 0);
        return target.unsafe(...args);
      };
    },
  });
  const taken = () => {
    const before = seen;
    seen = { statements: 0, parameters: 0 };
    return before;
  };
  return { database: Object.assign(Object.create(database) as Database, { sql }), taken };
}

function acceptor(database: Database): EventAcceptor {
  const ports = systemPorts();
  const births = {
    reserve: () => 0,
    giveBack() {},
    isHeldBack: () => true,
    expect: () => () => {},
    startBorn() {},
    kick() {},
  };
  return new EventAcceptor({
    ...ports,
    database,
    registry: { peek: () => shapes.workspace },
    engineId: () => stage.engineId,
    births,
    suspectLeases() {},
    owesMatch() {},
    beginsIn() {},
    shaped() {},
    pressure: new IngestPressure(ports, () => {}),
    log: { debug() {} },
  } as unknown as EventAcceptorOptions);
}

test("a function without shapes is accepted with one statement and not one parameter more", async () => {
  const { database, taken } = counting(stage.left);
  const door = acceptor(database);
  const send = (name: string) =>
    door.accept(stage.workspaceId, [{ clientId: randomUUID(), name, data: '{"key":1}', timeMs: null }]);
  await send("nobody listens");
  const bare = taken();
  await send("plain");
  expect([bare.statements, taken()]).toEqual([1, bare]);
  await send("once");
  expect(taken().statements).toBe(2);
});

test("what becomes of an event is said also when its commit's answer is lost", async () => {
  const { left } = stage;
  let isLost = true;
  const lossy = Object.assign(Object.create(left) as Database, {
    sql: new Proxy(left.sql, {
      get(target, name) {
        if (name !== "unsafe" || !isLost) return Reflect.get(target, name);
        return async (...args: Parameters<Database["sql"]["unsafe"]>) => {
          isLost = false;
          await target.unsafe(...args);
          throw Object.assign(new Error("the line broke"), { code: "CONNECTION_CLOSED" });
        };
      },
    }),
  });
  const accept = (data: string) =>
    acceptor(lossy).accept(stage.workspaceId, [{ clientId: null, name: "once", data, timeMs: null }]);
  const first = await accept('{"key":"lost"}');
  isLost = true;
  const second = await accept('{"key":"lost"}');
  if (first.state !== "accepted" || second.state !== "accepted") throw new Error("not accepted");
  expect([first.runs.length, second.runs.length]).toEqual([1, 0]);
  expect(second.unstarted).toMatchObject([{ reason: "duplicate", run: first.runs[0]!.run }]);
});

test("a key that nobody brings any more goes, and one that holds somebody back stays", async () => {
  const [first] = await shapes.send([{ to: "single", id: randomUUID(), data: '{"key":1}' }]);
  await shapes.send([{ to: "once", id: randomUUID(), data: '{"key":"old"}' }]);
  const { sql } = stage.database;
  await sql`update durable.shape_keys set touched_at = touched_at - interval '30 days'`;
  await sql`update durable.shape_keys set until = until - interval '30 days' where key = '"old"'`;
  expect(await sweepShapes(stage.left, 14)).toBe(1);
  await sql`select durable.cancel_run(${stage.workspaceId}, ${first!.runs[0]!.runId}, 'test', null)`;
  expect(await sweepShapes(stage.left, 14)).toBe(1);
});

test("time limits of a run count from its beginning, also when that is put off, and when a person begins it", async () => {
  const send = () => shapes.send([{ to: "quiet", id: randomUUID(), data: "{}" }]);
  const [first] = await send();
  const runId = first!.runs[0]!.runId;
  const { sql } = stage.database;
  const after = async () => {
    const rows = await sql<{ kind: string; ms: number }[]>`
      select t.kind, round(extract(epoch from t.due_at - r.begins_at) * 1000)::float8 as ms from durable.timers t
      join durable.runs r on r.workspace_id = t.workspace_id and r.id = t.run_id
      where t.workspace_id = ${stage.workspaceId} and t.run_id = ${runId} and t.kind <> 'begin' order by t.kind desc`;
    return rows.map(({ kind, ms }) => `${kind} ${ms}`);
  };
  const limits = ["start 600000", "finish 1200000"];
  expect(await after()).toEqual(limits);
  await send();
  expect(await after()).toEqual(limits);
  await sql`select durable.begin_run(${stage.workspaceId}, ${runId}, 'test', null)`;
  expect(await after()).toEqual(limits);
  await sql`select durable.cancel_run(${stage.workspaceId}, ${runId}, 'test', null)`;
});

test("two who run one skip at once have one run", async () => {
  const data = '{"key":"twice"}';
  await shapes.send([{ to: "once", id: randomUUID(), data }]);
  const [second] = await shapes.send([{ to: "once", id: randomUUID(), data }]);
  const [skip] = await stage.database.sql<{ id: string }[]>`
    select id from durable.skips where workspace_id = ${stage.workspaceId} and event_id = ${second!.id}`;
  const birth = { functionVersion: 1, gates: null, order: null, timeouts: [], terms: [] };
  const run = (database: Database) =>
    startSkipped(database, stage.workspaceId, skip!.id, "test", { runId: randomUUID(), birth });
  const [one, other] = await stage.race(
    () => run(stage.left),
    () => run(stage.right),
  );
  expect(one).toBe(other);
  const [made] = await stage.database.sql<{ runs: number }[]>`
    select count(*)::int as runs from durable.runs where workspace_id = ${stage.workspaceId} and event_id = ${second!.id}`;
  expect(made).toEqual({ runs: 1 });
  await stage.endAll();
});
