import type { Answer, Failure, InvokeRequest, Op } from "@durable/protocol/wire";
import type { DurableFunction } from "../function.ts";
import type { DispatchConnection } from "../http/dispatch-connection.ts";
import { elapsedMs, monotonicMs } from "../runtime/clock.ts";
import { askUser } from "./ask-user.ts";
import { callHandler } from "./call-handler.ts";
import type { CheckpointLine } from "./checkpoint-line.ts";
import { checkedOutput } from "./event-data.ts";
import { toFailure } from "./failure.ts";
import { HeartbeatLine } from "./heartbeat-line.ts";
import { PostedCheckpoints } from "./posted-checkpoints.ts";
import { StreamedCheckpoints } from "./streamed-checkpoints.ts";
import { tellDetour } from "./tell-detour.ts";
import type { TurnEnd } from "./turn/turn-end.ts";
import type { TurnOptions } from "./turn/turn-options.ts";
import { Turn } from "./turn.ts";
import { toJson } from "./value.ts";
import { ValueLine } from "./value-line.ts";

/** Runs one turn of the function and says what came of it: `need_memo` when nothing was run, for a value did not come. Never rejects. */
export async function executeFunction(
  fn: DurableFunction,
  request: InvokeRequest,
  connection: DispatchConnection | null = null,
  options: TurnOptions = {},
): Promise<Answer> {
  const startedAtMs = monotonicMs();
  const { stream } = options;
  const line: CheckpointLine | null =
    stream === undefined
      ? PostedCheckpoints.of(connection, request, options)
      : new StreamedCheckpoints(stream, request);
  const { values = new ValueLine(connection, request) } = options;
  const heartbeats = HeartbeatLine.of(connection, request);
  const turn = new Turn(request, startedAtMs, line, { ...options, values, heartbeats });
  const cause = { ...request.input, run: request.run };
  const end = await turn.run(() => callHandler(fn, cause, turn, options.traceparent));
  const answer =
    end.kind === "unfetched"
      ? answerUnfetched(request, turn, line?.told !== undefined)
      : await answerFor(fn, request, turn, end);
  const detour = end.kind === "suspended" ? turn.detour : null;
  if (detour !== null && answer.status === "continue") {
    answer.detour = tellDetour(request.run.id, detour, options.trails!.of(request.run.id));
  }
  answer.app_ms = elapsedMs(startedAtMs);
  // On a stream the engine has read them all before this answer.
  if (stream === undefined && line?.told !== undefined) answer.checkpoint = line.told;
  return answer;
}

async function answerFor(
  fn: DurableFunction,
  request: InvokeRequest,
  turn: Turn,
  end: Exclude<TurnEnd, { kind: "unfetched" }>,
): Promise<Answer> {
  const { fence, kind } = request.task;
  if (end.kind === "abandoned") return { status: "abandoned", fence };
  const isHandlersOwn = end.kind === "nondeterministic" || (kind === "step" && end.kind === "threw");
  if (kind !== "advance" && !isHandlersOwn) {
    // What else the code came by on its way there is nobody's business.
    if (turn.ops.length > 0 || turn.isOutOfTime) {
      return { status: "continue", fence, ops: turn.ops, ...(turn.isOutOfTime && { more: true }) };
    }
    return { status: "step_not_found", fence };
  }
  switch (end.kind) {
    case "suspended":
      return turn.isOutOfTime
        ? { status: "continue", fence, ops: turn.answerOps, more: true }
        : { status: "continue", fence, ops: turn.answerOps };
    case "returned":
      return answerReturned(fn, fence, turn, end.value);
    case "threw":
      return { status: "error", fence, error: errorOf(fn, request, end.thrown), ...lastWords(turn) };
    case "nondeterministic": {
      const { message, frame } = end;
      const error: Failure = { name: "NondeterminismError", message, code: "nondeterminism", retry: true };
      if (frame !== null) error.frame = frame;
      return { status: "error", fence, error };
    }
  }
}

/** What has run is told, so that it is not run again; the engine calls again for the rest, or does so because nothing has. */
function answerUnfetched({ task }: InvokeRequest, turn: Turn, hasTold: boolean): Answer {
  const { fence } = task;
  if (turn.ops.length === 0 && !hasTold) return { status: "need_memo", fence };
  return { status: "continue", fence, ops: turn.answerOps, more: true };
}

function errorOf(fn: DurableFunction, { run }: InvokeRequest, thrown: unknown): Failure {
  return askUser(fn.options.retry?.decide, run.attempt ?? 1, thrown, toFailure(thrown));
}

async function answerReturned(
  fn: DurableFunction,
  fence: string,
  turn: Turn,
  value: unknown,
): Promise<Answer> {
  const last = lastWords(turn);
  try {
    const schema = fn.options.output;
    const checked = schema === undefined ? value : await checkedOutput(fn, schema, value);
    const output = toJson(`Function "${fn.id}" returned`, checked);
    return output === undefined
      ? { status: "done", fence, ...last }
      : { status: "done", fence, ...last, output };
  } catch (refused) {
    return { status: "error", fence, ...last, error: toFailure(refused) };
  }
}

/** What goes with an end. Nearly always there is nothing to report, and the answer says so by leaving it out. */
function lastWords({ unclaimed, answerOps }: Turn): { unclaimed: number; ops?: Op[] } {
  return answerOps.length === 0 ? { unclaimed } : { unclaimed, ops: answerOps };
}
