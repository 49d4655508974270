// Results that a memo shows by their ref: fetched when code asks for them, and handed out in the memo's order all the same.
import { createHash } from "node:crypto";
import {
  type Answer,
  type InvokeRequest,
  type MemoEntry,
  type RecordedOp,
  stepId,
  type Task,
} from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { createFunction } from "../function.ts";
import type { DispatchConnection, EngineReply } from "../http/dispatch-connection.ts";
import type { Step } from "../steps/step.ts";
import { executeFunction } from "./execute-function.ts";

let values = 0;
/** Another one each time: what was fetched once is not asked for again. */
const large = () => ({ text: "ä".repeat(40_000), number: ++values });
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const answerWith = (text: string): EngineReply => ({ kind: "answer", body: new TextEncoder().encode(text) });

class Elsewhere {
  readonly asked: string[] = [];
  gaveUp = false;
  readonly #texts = new Map<string, string>();
  /** What comes instead of the value. */
  instead: ((text: string) => Promise<EngineReply> | EngineReply) | null = null;

  ref(name: string, value: unknown, op: RecordedOp = "run"): MemoEntry {
    const id = stepId("", name, 0);
    const text = JSON.stringify(value);
    this.#texts.set(id, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { id, op, st: "ok", ref: { id, bytes: Buffer.byteLength(text), sha256 } };
  }

  readonly connection = {
    isLeftAlone: false,
    giveUp: () => {
      this.gaveUp = true;
    },
    insist: async (path: string, body: string): Promise<EngineReply> => {
      const { run, fence, ref } = JSON.parse(body);
      expect([path, run, fence]).toEqual(["/runs/run_1/blob", "run_1", "f1"]);
      this.asked.push(ref);
      await settle();
      const text = this.#texts.get(ref)!;
      return this.instead === null ? answerWith(text) : this.instead(text);
    },
  } as Partial<DispatchConnection> as DispatchConnection;
}

const inline = (name: string, v: unknown): MemoEntry => ({
  id: stepId("", name, 0),
  op: "run",
  st: "ok",
  v,
});

function dispatch(
  { connection }: Elsewhere,
  memo: readonly MemoEntry[],
  handler: (step: Step) => Promise<unknown>,
  task: Partial<Task> = {},
): Promise<Answer> {
  const fn = createFunction({ id: "f", trigger: { event: "e" }, handler: ({ step }) => handler(step) });
  const request = {
    type: "invoke",
    app: "shop",
    fn: "f",
    run: { id: "run_1", started_at: "2026-10-21T09:00:00.000Z" },
    task: { kind: "advance", fence: "f1", ...task },
    input: { event: { id: "evt_1", name: "e", data: null, time: "2026-10-21T09:00:00.000Z" } },
    memo,
    memo_next: null,
    attempts: {},
    budget: { ms: 5_000, steps: 1 },
  } as unknown as InvokeRequest;
  return executeFunction(fn, request, connection);
}

const run = (step: Step, name: string) => step.run(name, (): unknown => name);
const outputOf = (answer: Answer) =>
  "output" in answer ? JSON.parse((answer.output as { text: string }).text) : answer;

test("a race has the winner of the memo, although its value has to be fetched first", async () => {
  const race = (step: Step) =>
    Promise.race([run(step, "far").then((v) => ["far", v]), run(step, "near").then((v) => ["near", v])]);
  const there = new Elsewhere();
  const value = large();
  const far = there.ref("far", value);
  const near = inline("near", 1);
  expect(outputOf(await dispatch(there, [far, near], race))).toEqual(["far", value]);
  const other = new Elsewhere();
  expect(outputOf(await dispatch(other, [near, other.ref("far", large())], race))).toEqual(["near", 1]);
  // So it is when what is known by now needs no fetching.
  expect(outputOf(await dispatch(there, [far, near], race))).toEqual(["far", value]);
});

test("what code does between two results is the same whether they are fetched or not", async () => {
  const order: string[][] = [];
  for (const isFar of [true, false]) {
    const there = new Elsewhere();
    const seen: string[] = [];
    const show = (name: string, far: boolean) =>
      far ? there.ref(name, large()) : inline(name, { number: 0 });
    const memo = [show("c", isFar), show("a", false), show("b", isFar), show("after a", isFar)];
    await dispatch(there, memo, async (step) => {
      const one = async (name: string) => {
        await run(step, name);
        seen.push(name);
      };
      await Promise.all([one("a").then(() => one("after a")), one("b"), one("c")]);
    });
    order.push(seen);
  }
  expect(order[0]).toEqual(order[1]);
  expect(order[0]).toEqual(["c", "a", "b", "after a"]);
});

test("only what is asked for is fetched, at once where several are, and once in this process", async () => {
  const there = new Elsewhere();
  const [a, b, c] = ["a", "b", "c"].map((name) => there.ref(name, large()));
  let begun = 0;
  there.instead = (text) => {
    begun = Math.max(begun, there.asked.length);
    return answerWith(text);
  };
  const both = async (step: Step) => {
    const [first, second] = (await Promise.all([run(step, "a"), run(step, "b")])) as { number: number }[];
    const seen = [first!.number, second!.number];
    first!.number = 0;
    return seen;
  };
  const seen = outputOf(await dispatch(there, [a!, b!, c!], both));
  expect(there.asked).toEqual([a!.id, b!.id]);
  expect(begun).toBe(2);
  // What code did to the value it got is not seen by the next turn.
  expect(outputOf(await dispatch(there, [a!, b!, c!], both))).toEqual(seen);
  expect(there.asked.length).toBe(2);
});

test("an engine that does not give it: nothing is run, or what was run is told and the rest asked for again", async () => {
  for (const reply of [{ kind: "silence" }, { kind: "problem", status: 404, code: "not-found" }] as const) {
    const there = new Elsewhere();
    there.instead = () => reply;
    const memo = [there.ref("a", large())];
    const ran: string[] = [];
    const then = async (step: Step) => {
      await run(step, "a");
      await step.run("after", () => ran.push("after"));
    };
    expect(await dispatch(there, memo, then)).toMatchObject({ status: "need_memo", fence: "f1" });
    expect(ran).toEqual([]);
    expect(there.gaveUp).toBe(reply.kind === "silence");
    const beside = await dispatch(there, memo, (step) =>
      Promise.all([then(step), step.run("beside", () => ran.push("beside"))]),
    );
    expect(beside).toMatchObject({ status: "continue", more: true, ops: [{ name: "beside", st: "ok" }] });
    expect(ran).toEqual(["beside"]);
  }
});

test("what is not the value that the ref tells of is not handed out", async () => {
  const there = new Elsewhere();
  there.instead = () => answerWith('{"text":"another"}');
  const memo = [there.ref("a", large())];
  expect(await dispatch(there, memo, (step) => run(step, "a"))).toMatchObject({ status: "need_memo" });
});

test("an old fence ends the dispatch", async () => {
  for (const code of ["stale-fence", "run-ended"]) {
    const there = new Elsewhere();
    there.instead = () => ({ kind: "problem", status: 409, code });
    const memo = [there.ref("a", large())];
    expect(await dispatch(there, memo, (step) => run(step, "a"))).toMatchObject({ status: "abandoned" });
  }
});

test("an engine that was silent a moment ago is not waited for", async () => {
  const there = new Elsewhere();
  Object.assign(there.connection, { isLeftAlone: true });
  const memo = [there.ref("a", large())];
  expect(await dispatch(there, memo, (step) => run(step, "a"))).toMatchObject({ status: "need_memo" });
  expect(there.asked).toEqual([]);
});

test("a step is undone with its value, or not at all in this dispatch", async () => {
  const undone: unknown[] = [];
  const handler = (step: Step) =>
    step.run("a", (): unknown => 0, { compensate: (value) => void undone.push(value) });
  const there = new Elsewhere();
  const value = large();
  const a = there.ref("a", value);
  const task: Partial<Task> = { kind: "compensate", step: a.id };
  there.instead = () => ({ kind: "silence" });
  expect(await dispatch(there, [a], handler, task)).toMatchObject({ status: "need_memo" });
  expect(undone).toEqual([]);
  there.instead = null;
  expect(await dispatch(there, [a], handler, task)).toMatchObject({
    status: "continue",
    ops: [{ op: "compensate", st: "ok" }],
  });
  expect(undone).toEqual([value]);
});

test("a planned step begins when what is before it is fetched", async () => {
  const there = new Elsewhere();
  const a = there.ref("a", large());
  const ran: unknown[] = [];
  const handler = async (step: Step) => {
    const value = (await run(step, "a")) as { number: number };
    const body = (name: string) => (own: Step) => own.run(name, () => ran.push(value.number));
    await step.parallel([body("b"), body("c")], { fanOut: true });
  };
  const [plan] = ((await dispatch(there, [a], handler)) as { ops: { id: string; op: string }[] }).ops;
  expect(plan).toMatchObject({ op: "plan" });
  const answer = await dispatch(there, [a], handler, { kind: "step", step: plan!.id });
  expect(answer).toMatchObject({ status: "continue", ops: [{ op: "run", id: plan!.id, st: "ok" }] });
  expect(ran.length).toBe(1);
});

test("a value of another kind of step than the code asks for is no result", async () => {
  const there = new Elsewhere();
  const memo = [there.ref("a", large(), "wait")];
  const waiting = (step: Step) => step.waitForEvent("a", { event: "told" });
  expect(await dispatch(there, memo, waiting)).toMatchObject({
    status: "error",
    error: { code: "nondeterminism" },
  });
});
