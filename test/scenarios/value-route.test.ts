// The door for large values, as any SDK finds it: what it gives, and to whom.
import { DEV_SECRET, parseSecret, REF_BYTES_MIN, stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_KEY } from "../support/signed-headers.ts";
import type { Invoke } from "./api-app.ts";
import { codes, openDoors } from "./app-doors.ts";

let doors: Awaited<ReturnType<typeof openDoors>>;

beforeAll(async () => {
  doors = await openDoors();
});

afterAll(() => doors.stop());

const id = stepId("", "a", 0);
const OTHER = "018f0000-0000-7000-8000-000000000000";
/** As it was written: no reading and writing again keeps this text. */
const TEXT = `{"text":"${"é".repeat(REF_BYTES_MIN / 2)}", "n":1.50}`;

/** A run with a large result, and what its next dispatch does. */
async function runWith(then: (invoke: Invoke) => Promise<object>): Promise<Invoke> {
  let last: Invoke | undefined;
  let wrong: unknown;
  doors.does(async (invoke) => {
    if (invoke.memo.length === 0) {
      const op = { op: "run", id, name: "a", n: 0, st: "ok", v: JSON.parse(TEXT) };
      return { status: "continue", ops: [op] };
    }
    last = invoke;
    const told = await then(invoke).catch((error) => {
      wrong = error;
    });
    return { status: "done", ...told };
  });
  const sent = await doors.begin({ isWaitedFor: true });
  if (wrong !== undefined) throw wrong;
  expect(sent.json.runs[0].status, sent.text).toBe("completed");
  return last!;
}

const ask = ({ run, task }: Invoke, more: object = {}, path = run.id, key = APP_KEY) =>
  doors.knock("blob", { run: run.id, fence: task.fence, ref: id, ...more }, path, key);

test("it gives the value to the app, for its own run, under a fence that is live, also after a checkpoint", async () => {
  const last = await runWith(async (invoke) => {
    const { json, text, status } = await ask(invoke);
    expect(status, text).toBe(200);
    expect(text).toBe(JSON.stringify(invoke.memo[0]!.v));
    expect(json).toEqual(JSON.parse(TEXT));
    expect(
      codes([
        await ask(invoke, {}, invoke.run.id, parseSecret(DEV_SECRET)),
        await ask(invoke, {}, OTHER),
        await ask(invoke, { run: OTHER }, OTHER),
        await ask(invoke, { fence: "018f0000-0000-4000-8000-000000000000" }),
        await ask(invoke, { fence: "no uuid" }),
        await ask(invoke, { ref: stepId("", "b", 0) }),
        await ask(invoke, { ref: "no step" }),
        await ask(invoke, { ref: 7 }),
      ]),
    ).toEqual([
      [401, "unauthenticated"],
      [422, "validation"],
      [404, "not-found"],
      [409, "stale-fence"],
      [409, "stale-fence"],
      [404, "not-found"],
      [404, "not-found"],
      [422, "validation"],
    ]);
    const op = { op: "run", id: stepId("", "b", 0), name: "b", n: 0, st: "ok", v: 1 };
    const checkpoint = { run: invoke.run.id, fence: invoke.task.fence, seq: 1, known: 1, ops: [op] };
    const taken = await doors.knock("checkpoint", checkpoint, invoke.run.id);
    expect(taken.status, taken.text).toBe(200);
    expect((await ask(invoke)).status).toBe(200);
    return { checkpoint: { seq: 1, known: taken.json.known } };
  });
  expect(codes([await ask(last)])).toEqual([[410, "run-ended"]]);
});
