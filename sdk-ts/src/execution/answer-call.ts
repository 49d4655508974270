import {
  CALL_EVENT_NAME,
  type CallAnswer,
  type CallRequest,
  type QueryRequest,
} from "@durable/protocol/wire";
import type { DurableFunction } from "../function.ts";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import { callHandler } from "./call-handler.ts";
import { CallTurn } from "./call-turn.ts";
import { callBody } from "./enclosing-step.ts";
import { checkedOutput } from "./event-data.ts";
import { toFailure } from "./failure.ts";
import type { TurnOptions } from "./turn/turn-options.ts";
import { Turn } from "./turn.ts";
import { toJson } from "./value.ts";

/** Runs the handler once, with no run and no history. Never rejects. */
export function answerCall(
  fn: DurableFunction,
  { call, input }: CallRequest,
  { traceparent }: Pick<TurnOptions, "traceparent"> = {},
): Promise<CallAnswer> {
  return answering(`Function "${fn.id}" returned`, async () => {
    const turn = new CallTurn(call.id, call.started_at);
    const event = { id: call.id, name: CALL_EVENT_NAME, data: input, time: call.started_at };
    const value = await callHandler(fn, { event, run: call }, turn, traceparent);
    const { output } = fn.options;
    return output === undefined ? value : checkedOutput(fn, output, value);
  });
}

/** Replays the run as far as it is recorded, then asks the query that it registered. Never rejects. */
export async function answerQuery(
  fn: DurableFunction,
  request: QueryRequest,
  { secret, engineUrl = null, traceparent }: Pick<TurnOptions, "secret" | "engineUrl" | "traceparent"> = {},
): Promise<CallAnswer> {
  const startedAtMs = monotonicMs();
  const { query, run, event, events, memo, budget, engine } = request;
  const turn = new Turn(
    {
      type: "invoke",
      app: request.app,
      fn: request.fn,
      run,
      task: { kind: "advance", fence: "query" },
      input: { event, events },
      memo,
      memo_next: null,
      attempts: {},
      budget: { ...budget, steps: 1 },
      engine,
    },
    startedAtMs,
    null,
    { isReadOnly: true, secret, engineUrl },
  );
  const end = await turn.run(() => callHandler(fn, { event, events, run }, turn, traceparent));
  const handler = turn.queries.get(query.name);
  if (handler === undefined && end.kind !== "nondeterministic") {
    return { status: "unknown_query", known: [...turn.queries.keys()] };
  }
  const ask = () => {
    if (end.kind === "nondeterministic") throw new Error(end.message);
    // A step in a query would never be run: it is refused like one inside of a step.
    return callBody({ name: query.name, isQuery: true, turn }, () => handler!(query.input));
  };
  return answering(`Query "${query.name}" returned`, ask, startedAtMs);
}

async function answering(
  subject: string,
  answer: () => unknown,
  startedAtMs = monotonicMs(),
): Promise<CallAnswer> {
  try {
    const output = toJson(subject, await answer());
    const app_ms = elapsedMs(startedAtMs);
    return output === undefined ? { status: "done", app_ms } : { status: "done", output, app_ms };
  } catch (thrown) {
    return { status: "error", error: toFailure(thrown), app_ms: elapsedMs(startedAtMs) };
  }
}
