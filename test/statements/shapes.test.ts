// What shapes cost, and what is only seen in rows: nothing where a function has none, one statement more where it has.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EventAcceptor, type EventAcceptorOptions } from "../../engine/src/ingest/accept-events.ts";
import { IngestPressure } from "../../engine/src/ingest/ingest-pressure.ts";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { sweepShapes } from "../../engine/src/store/gates.ts";
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
    { id: "single", triggers: [{ event: "single" }], singleton: { mode: "skip" } },
  ]);
});
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
  await stage.expectInvariants();
});
