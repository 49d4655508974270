// The door for checkpoints, as any SDK finds it: what is taken, what is answered again, and what is refused.
import { DEV_SECRET, parseSecret, stepId, verify } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_KEY } from "../support/signed-headers.ts";
import type { Invoke } from "./api-app.ts";
import type { ApiAnswer } from "./api-engine.ts";
import { codes, openDoors } from "./app-doors.ts";

let doors: Awaited<ReturnType<typeof openDoors>>;

beforeAll(async () => {
  doors = await openDoors();
});

afterAll(() => doors.stop());

const done = (name: string, v: unknown) => ({
  op: "run",
  id: stepId("", name, 0),
  name,
  n: 0,
  st: "ok",
  v,
});
const sleep = (name: string, ms: number) => ({ op: "sleep", id: stepId("", name, 0), name, n: 0, ms });

type Sent = Record<string, unknown>;

function send(invoke: Invoke, more: Sent, run = invoke.run.id, key = APP_KEY): Promise<ApiAnswer> {
  const message = { run: invoke.run.id, fence: invoke.task.fence, seq: 1, known: 0, ops: [], ...more };
  return doors.knock("checkpoint", message, run, key);
}

/** A run whose first dispatch does this; answers how it ended, with its steps. */
async function runWith(first: (invoke: Invoke) => Promise<object>, then: object = { status: "done" }) {
  let calls = 0;
  doors.does((invoke) => (++calls === 1 ? first(invoke) : then));
  const sent = await doors.begin({ isWaitedFor: true });
  return (await doors.engine.call("GET", doors.path(sent.json.runs[0].run))).json;
}

test("ops are recorded while the dispatch goes on; the answer tells their place, signed for this app", async () => {
  const run = await runWith(async (invoke) => {
    const first = await send(invoke, { ops: [done("a", { x: 1.5 })] });
    expect(first.json).toEqual({
      seq: 1,
      known: 1,
      memo: [{ id: stepId("", "a", 0), op: "run", st: "ok" }],
      yield: false,
    });
    const timestampS = Number(first.headers.get("webhook-timestamp"));
    const signature = first.headers.get("webhook-signature")!;
    expect(verify([parseSecret(DEV_SECRET)], "app_1", timestampS, first.text, signature)).toBe(true);
    const second = await send(invoke, { seq: 2, known: 1, ops: [sleep("nap", 1), done("b", 2)] });
    expect(second.json.known).toBeGreaterThanOrEqual(2);
    await new Promise((resolve) => setTimeout(resolve, 600));
    // What settled beside it comes with the next one.
    const third = await send(invoke, { seq: 3, known: second.json.known });
    const settled = [...second.json.memo, ...third.json.memo].map(({ id }: { id: string }) => id);
    expect(settled).toEqual([stepId("", "b", 0), stepId("", "nap", 0)]);
    return { status: "done", output: "end", checkpoint: { seq: 3, known: third.json.known } };
  });
  expect(run).toMatchObject({ status: "completed", output: "end" });
  expect(run.steps.map((step: { name: string; seq: number }) => [step.name, step.seq])).toEqual([
    ["a", 1],
    ["b", 2],
    ["nap", 3],
  ]);
});

test("a checkpoint starts children in another app, if that allows it, and the same again starts none", async () => {
  const { engine } = doors;
  const spawn = (name: string) => ({
    ...{ op: "invoke", id: stepId("", name, 0), name, n: 0, fn: "taken", app: "other", spawn: true },
  });
  await engine.database.sql`select durable.ensure_workspace('other', 'dev')`;
  await engine.database.sql`insert into durable.functions (workspace_id, id, version, manifest)
    select id, 'taken', 1, '{"id":"taken","triggers":[]}' from durable.workspaces where app = 'other'`;
  const callers = "/v1/apps/other/dev/callers/shop";
  const run = await runWith(async (invoke) => {
    const refused = await send(invoke, { ops: [spawn("too early")] });
    expect(refused.json.memo).toMatchObject([{ st: "err", error: { name: "ForeignAppError" } }]);
    await engine.call("PUT", callers, {});
    const taken = await send(invoke, { seq: 2, known: 1, ops: [spawn("now")] });
    expect(taken.json.memo).toMatchObject([{ op: "spawn", st: "ok", v: expect.any(String) }]);
    const again = await send(invoke, { seq: 2, known: 1, ops: [spawn("now")] });
    expect(again.json).toEqual(taken.json);
    await engine.call("DELETE", callers);
    const late = await send(invoke, { seq: 3, known: 2, ops: [spawn("too late")] });
    expect(late.json.memo).toMatchObject([{ st: "err", error: { name: "ForeignAppError" } }]);
    return { status: "done", checkpoint: { seq: 3, known: 3 } };
  });
  expect(run).toMatchObject({
    status: "completed",
    children: [{ app: "other", function: "taken", kind: "spawn", step: stepId("", "now", 0) }],
  });
});

test("the same body again gets the same answer; another body or number is refused and stores nothing", async () => {
  const run = await runWith(async (invoke) => {
    const first = await send(invoke, { ops: [done("a", 1)] });
    const again = await send(invoke, { ops: [done("a", 1)] });
    expect([again.status, again.json]).toEqual([200, first.json]);
    const refused = [
      await send(invoke, { ops: [done("b", 1)] }),
      await send(invoke, { seq: 3, known: 1, ops: [done("b", 1)] }),
    ];
    expect(codes(refused)).toEqual([
      [409, "checkpoint-out-of-order"],
      [409, "checkpoint-out-of-order"],
    ]);
    return { status: "done", checkpoint: { seq: 1, known: 1 } };
  });
  expect(run.status).toBe("completed");
  expect(run.steps.length).toBe(1);
});

test("of many at once with one number exactly one is taken", async () => {
  const run = await runWith(async (invoke) => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const ends = await Promise.all(names.map((name) => send(invoke, { ops: [done(name, 1)] })));
    expect(ends.filter(({ status }) => status === 200).length).toBe(1);
    return { status: "done", checkpoint: { seq: 1, known: 1 } };
  });
  expect(run.status).toBe("completed");
  expect(run.steps.length).toBe(1);
});

test("those of many runs that come together are read together, and each run gets its own", async () => {
  const runs = 12;
  const arrived: (() => void)[] = [];
  doors.does(async (invoke) => {
    // Until all are there.
    await new Promise<void>((resolve) => {
      arrived.push(resolve);
      if (arrived.length === runs) for (const go of arrived) go();
    });
    const own = invoke.run.id.slice(-6);
    // A name that all of them have, and one that is new in each.
    const first = await send(invoke, { ops: [done("same", own), done(own, 1)] });
    expect(first.json).toMatchObject({ seq: 1, known: 2 });
    const none = await send(invoke, {}, "01900000-0000-7000-8000-000000000000");
    expect(none.status).not.toBe(200);
    const twice = await send(invoke, { seq: 2, known: 2, ops: [done("same", own)] });
    expect(codes([twice])).toEqual([[422, "checkpoint-refused"]]);
    return { status: "done", output: own, checkpoint: { seq: 1, known: 2 } };
  });
  const started = await Promise.all(
    Array.from({ length: runs }, async () => {
      const sent = await doors.begin({ isWaitedFor: true });
      return sent.json.runs[0].run as string;
    }),
  );
  for (const id of started) {
    const { json: run } = await doors.engine.call("GET", doors.path(id));
    const own = id.slice(-6);
    expect([run.status, run.output]).toEqual(["completed", own]);
    expect(run.steps.map(({ name }: { name: string }) => name).sort()).toEqual([own, "same"].sort());
  }
});

test("an answer repeats the ops of a checkpoint whose answer was lost: they count once", async () => {
  const run = await runWith(async (invoke) => {
    const ops = [done("a", 1), sleep("nap", 1)];
    await send(invoke, { ops });
    return { status: "continue", ops, checkpoint: { seq: 1, known: 0 } };
  });
  expect(run.status).toBe("completed");
  expect(run.steps.map((step: { name: string; attempt: number }) => [step.name, step.attempt])).toEqual([
    ["a", 1],
    ["nap", 1],
  ]);
});

test("an app that hides its checkpoints loses its answer, not its run", async () => {
  const run = await runWith(
    async (invoke) => {
      await send(invoke, { ops: [done("a", 1)] });
      return { status: "done", output: "old" };
    },
    { status: "done", output: "new" },
  );
  expect(run).toMatchObject({ status: "completed", output: "new" });
});

test("once the dispatch is over its checkpoints are stale, and after the run's end it has ended", async () => {
  let first: Invoke | undefined;
  const run = await runWith(async (invoke) => {
    first = invoke;
    expect(codes([await send(invoke, { fence: "00000000-0000-4000-8000-000000000000" })])).toEqual([
      [409, "stale-fence"],
    ]);
    expect(codes([await send(invoke, { fence: "no uuid" })])).toEqual([[409, "stale-fence"]]);
    return { status: "continue", ops: [done("a", 1)] };
  });
  expect(run.status).toBe("completed");
  expect(codes([await send(first!, { ops: [done("b", 1)] })])).toEqual([[410, "run-ended"]]);
});

test("what cannot be stored is refused, and the answer that says the same pauses the run", async () => {
  let calls = 0;
  doors.does(async (invoke) => {
    calls += 1;
    if (calls === 1) return { status: "continue", ops: [done("a", 1)] };
    const again = { known: 1, ops: [done("a", 2)] };
    expect(codes([await send(invoke, again)])).toEqual([[422, "checkpoint-refused"]]);
    return { status: "continue", ops: [done("a", 2)], checkpoint: { seq: 1, known: 1 } };
  });
  const sent = await doors.begin({ isWaitedFor: false });
  const path = doors.path(sent.json.runs[0].run);
  await expect.poll(async () => (await doors.engine.call("GET", path)).json.status).toBe("paused");
});

test("nobody but the app, for its own run, with the whole message in its body", async () => {
  await runWith(async (invoke) => {
    const other = "018f0000-0000-7000-8000-000000000000";
    const path = `${doors.path(invoke.run.id)}/checkpoint`;
    const body = { run: invoke.run.id, fence: invoke.task.fence, seq: 1, known: 0 };
    const refused = [
      await doors.engine.call("POST", path, body),
      await send(invoke, {}, invoke.run.id, parseSecret(DEV_SECRET)),
      await send(invoke, {}, other),
      await send(invoke, { run: other }, other),
      await send(invoke, { ops: [{ ...done("a", 1), id: stepId("", "b", 0) }] }),
      await send(invoke, { seq: 0 }),
    ];
    expect(codes(refused)).toEqual([
      [403, "forbidden"],
      [401, "unauthenticated"],
      [422, "validation"],
      [404, "not-found"],
      [422, "validation"],
      [422, "validation"],
    ]);
    return { status: "done" };
  });
});
