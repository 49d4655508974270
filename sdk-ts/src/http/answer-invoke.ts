import type { Answer, InvokeRequest } from "@durable/protocol/wire";
import { executeFunction } from "../execution/execute-function.ts";
import { LateLine } from "../execution/late-line.ts";
import { leaveOver } from "../execution/left-over.ts";
import type { TurnOptions } from "../execution/turn/turn-options.ts";
import { ValueLine } from "../execution/value-line.ts";
import type { DurableFunction } from "../function.ts";
import type { Authentic } from "./authenticate.ts";
import { DispatchConnection } from "./dispatch-connection.ts";
import { encodeAnswer, type Identity } from "./encode-answer.ts";
import { fetchEvent } from "./fetch-event.ts";
import { fetchMemo } from "./memo-pages.ts";
import { problem } from "./problem.ts";
import { signedAnswer } from "./signed-answer.ts";
import type { WireResponse } from "./wire-message.ts";

/** Runs one turn, once all that the request leaves out is here. Null when it is answered on the request itself. */
export async function answerInvoke(
  fn: DurableFunction,
  message: InvokeRequest,
  authentic: Authentic,
  turnOptions: TurnOptions,
  identity: Identity,
): Promise<WireResponse | null> {
  const { keys } = authentic;
  const { fence } = message.task;
  const { stream } = turnOptions;
  const say = (answer: Answer) => {
    const { text, leftOver } = encodeAnswer(answer, identity);
    leaveOver(message.run.id, message.attempts, leftOver);
    if (stream === undefined) return signedAnswer(authentic, text);
    stream.end(text);
    return null;
  };
  if (message.deployment !== undefined && message.deployment !== identity.deployment) {
    return say({ status: "abandoned", fence });
  }
  const environment = message.engine?.environment;
  const { engineUrl = null } = turnOptions;
  const connection =
    environment && engineUrl !== null
      ? DispatchConnection.to(engineUrl, message.app, environment, keys)
      : null;
  const values = new ValueLine(connection, message);
  const fetched = await fetchEvent(await fetchMemo(message, connection), values);
  switch (fetched.kind) {
    case "whole": {
      const late = LateLine.of(connection, message);
      stream?.stayHeard();
      const options = { ...turnOptions, secret: keys.request, values, late };
      const answer = await executeFunction(fn, fetched.request, connection, options);
      if (answer.status === "continue" && hasHungUp(answer, turnOptions)) {
        for (const op of answer.ops) late?.tellOp(op, message.attempts[op.id] ?? 1);
      }
      if (answer.status !== "need_memo") return say(answer);
      if (stream?.hasBegun !== true) return incomplete(message, values.failure);
      stream.abort();
      return null;
    }
    case "unreachable":
      return say({ status: "need_memo", fence });
    case "stopped":
      return say({ status: "abandoned", fence });
    case "failed":
      return incomplete(message, fetched.why);
  }
}

/** Nobody hangs up on what is answered at once, and it is not free to ask. */
const HANG_UP_MS = 100;

function hasHungUp({ app_ms = 0 }: Answer, { hangUp }: TurnOptions): boolean {
  return app_ms >= HANG_UP_MS && hangUp?.().aborted === true;
}

/** Nothing has run, and the engine sends it again. */
function incomplete({ run }: InvokeRequest, why: string): WireResponse {
  return problem(
    "memo-incomplete",
    `The request for run ${run.id} has not all of its memo, and ${why}. Does DURABLE_URL lead to the engine that called?`,
  );
}
