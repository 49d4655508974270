// The engine's side of the same transcripts: a fake app says what a case says that the app must say, and what the engine
// sends next must be what the case sends next, but for ids, fences and times.

import { cases, isDriven, mismatches, ran, type ScriptedCase } from "@durable/conformance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Invoke, startApp } from "../scenarios/api-app.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { signedHeaders } from "../support/signed-headers.ts";
import { waitFor } from "../support/wait.ts";

const transcripts = cases.filter(
  (each): each is ScriptedCase => !isDriven(each) && each.isTranscript === true,
);
type Engine = Awaited<ReturnType<typeof startEngine>>;

/** What the world does once the run waits, where a case is about that. */
const MEANWHILE: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
  "L0-wait": (engine) =>
    engine.call("POST", "/v1/events?app=conformance", {
      name: "paid",
      data: { amount: 42, order: { id: 7 } },
    }),
  "L0-signal": (engine) =>
    engine.call("POST", "/v1/apps/conformance/dev/signals/order-7", { payload: { by: "ann" } }),
};

let engine: Engine;
let app: Awaited<ReturnType<typeof startApp>>;
/** By case, what came of each request. */
const calls = new Map<string, Invoke[]>();

beforeAll(async () => {
  engine = await startEngine();
  app = await startApp({
    app: "conformance",
    functions: [
      { id: "conformance", triggers: [{ event: "conformance.run" }] },
      { id: "other", triggers: [] },
    ],
    answer: (invoke) => (invoke.fn === "other" ? child(invoke) : said(invoke)),
  });
  expect((await engine.call("POST", "/v1/apps/conformance/dev/sync", { url: app.url })).status).toBe(200);
});

afterAll(async () => {
  await app.stop();
  await engine.stop();
});

/** What the invoked function of the cases does. */
function child({ input }: Invoke): object {
  return input.event.data === null
    ? { status: "error", error: { name: "CardError", message: "declined", retry: false } }
    : { status: "done", output: { sum: 3 } };
}

/** Of cases that say more than answers. */
const answer = new Map<string, (invoke: Invoke) => Promise<object>>();

/** The answer that the case expects of an app to this request. */
function said(invoke: Invoke): object | Promise<object> {
  const { id } = invoke.input.event.data as { id: string };
  const special = answer.get(id);
  if (special !== undefined) return special(invoke);
  const own = calls.get(id)!;
  const exchange = transcripts.find((each) => each.id === id)!.exchanges[own.length];
  own.push(invoke);
  return (exchange?.answers ?? {
    status: "error",
    error: { name: "TooMuch", message: "", retry: false },
  }) as object;
}

/** Ids and times are the engine's own. */
function withoutIds(memo: readonly { readonly op?: string; readonly v?: unknown }[]): unknown[] {
  return memo.map((entry) => {
    if (entry.op === "send") return { ...entry, v: (entry.v as unknown[]).map(() => "an id") };
    if (entry.op !== "wait" || entry.v === null || entry.v === undefined) return entry;
    const { name, data } = entry.v as { name: string; data: unknown };
    return { ...entry, v: { name, data } };
  });
}

test("there is a transcript of every kind of step", () => {
  const kinds = transcripts.flatMap(({ program = [] }) => program.map((statement) => statement.do));
  expect([...new Set(kinds)].sort()).toEqual(
    ["invoke", "loop", "return", "run", "send", "signal", "sleep", "wait"].sort(),
  );
});

test.for(transcripts)("the engine sends what $id sends", async ({ id, program, exchanges }) => {
  const own: Invoke[] = [];
  calls.set(id, own);
  const data = { id, program };
  const sent = await engine.call("POST", "/v1/events?app=conformance", { name: "conformance.run", data });
  const run = `/v1/apps/conformance/dev/runs/${sent.json.runs[0].run}`;
  if (MEANWHILE[id] !== undefined) {
    await waitFor("the run to wait", async () => (await engine.call("GET", run)).json.status === "waiting");
    await MEANWHILE[id](engine);
  }
  const ended = (await engine.call("GET", `${run}?wait=20`)).json;
  const last = exchanges.at(-1)!.answers as { output?: unknown };
  expect({ status: ended.status, output: ended.output }).toEqual({
    status: "completed",
    output: last.output,
  });
  expect(own.length).toBe(exchanges.length);
  for (const [index, { memo = [], attempts = {} }] of exchanges.entries()) {
    const got = own[index]!;
    const expected = {
      type: "invoke",
      app: "conformance",
      fn: "conformance",
      run: { id: sent.json.runs[0].run },
      task: { kind: "advance", fence: { $any: true } },
      input: { event: { id: { $any: true }, name: "conformance.run", data, time: { $any: true } } },
      memo: withoutIds(memo as never),
      memo_next: null,
      budget: { steps: 1 },
      known: memo.length,
    };
    const shown = { ...got, memo: withoutIds(got.memo) };
    expect(mismatches(expected, shown, new Map(), `request ${index + 1}`)).toEqual([]);
    // What is not tried again is not there, so it must be all of it.
    expect((got as unknown as { attempts: object }).attempts).toEqual(attempts);
  }
  const fences = own.map(({ task }) => task.fence);
  expect(new Set(fences).size).toBe(fences.length);
});

/** What a case says that an engine answers to checkpoints, held against a real one. */
const checkpointed = ["L2-checkpoint", "L2-checkpoint-lost"].map((id) => {
  const found = cases.find((each) => each.id === id);
  if (found === undefined || isDriven(found)) throw new Error(`There is no case ${id}.`);
  return found;
});

test.for(checkpointed)(
  "the engine answers checkpoints as $id does",
  async ({ id, exchanges, callbacks = [] }) => {
    const [{ memo = [], answers } = {}] = exchanges;
    const flaws: string[] = [];
    const requests: Invoke[] = [];
    answer.set(id, async (invoke) => {
      requests.push(invoke);
      // The first request makes the memo that the case begins with.
      if (requests.length === 1) {
        const ops = (memo as { v: unknown }[]).map((entry, n) => ({ ...entry, name: "before", n }));
        return { status: "continue", ops };
      }
      for (const { asks, replies } of callbacks) {
        const { ops, ...rest } = asks as { ops: unknown; seq: number; known: number };
        // A case that sends one twice says only that it is the same; here it is that of its step.
        const told = Array.isArray(ops) ? ops : [ran("b", 2)];
        const body = JSON.stringify({ ...rest, run: invoke.run.id, fence: invoke.task.fence, ops: told });
        const reply = await engine.call(
          "POST",
          `/v1/apps/conformance/dev/runs/${invoke.run.id}/checkpoint`,
          body,
          signedHeaders(body),
        );
        if ("json" in replies)
          flaws.push(...mismatches(replies.json, reply.json, new Map(), `.../checkpoint`));
      }
      return answers as object;
    });
    const data = { id, program: [] };
    const sent = await engine.call("POST", "/v1/events?app=conformance", { name: "conformance.run", data });
    const ended = (await engine.call("GET", `/v1/apps/conformance/dev/runs/${sent.json.runs[0].run}?wait=20`))
      .json;
    expect(flaws).toEqual([]);
    expect({ status: ended.status, output: ended.output }).toEqual({ status: "completed", output: 3 });
    expect(requests.length).toBe(2);
    expect(mismatches(memo, requests[1]!.memo, new Map(), "the memo")).toEqual([]);
  },
);
