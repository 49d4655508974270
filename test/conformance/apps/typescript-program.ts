// The interpreter: what a porter writes once.

import { setTimeout as sleep } from "node:timers/promises";
import type { Program, Statement } from "@durable/conformance";
import { NonRetriableError, RetryAfterError, type RunContext } from "@durable/sdk";

type Step = RunContext["step"];
type Context = Parameters<Parameters<Step["run"]>[1]>[0];

interface Data {
  readonly program: Program;
  readonly count_at: string;
}

interface Frame {
  readonly step: Step;
  readonly countAt: string;
  readonly results: unknown[];
  /** Of the innermost loop. */
  readonly i: number;
}

/** How `return` leaves the loops that it stands in. */
class Returned {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

class UnknownStatementError extends NonRetriableError {
  override readonly name = "UnknownStatementError";
}

export async function runProgram(step: Step, { program, count_at: countAt }: Data): Promise<unknown> {
  const frame: Frame = { step, countAt, results: [], i: 0 };
  try {
    await block(frame, program);
    return frame.results;
  } catch (thrown) {
    if (thrown instanceof Returned) return thrown.value;
    throw thrown;
  }
}

async function block(frame: Frame, program: Program): Promise<void> {
  for (const statement of program) await one(frame, statement);
}

async function one(frame: Frame, statement: Statement): Promise<void> {
  const { step, results } = frame;
  switch (statement.do) {
    case "run":
      results.push(await run(frame, statement));
      return;
    case "sleep":
      await step.sleep(statement.name, statement.ms);
      results.push(null);
      return;
    case "wait": {
      const { name, event, match, timeout_ms: timeout } = statement;
      results.push(
        await step.waitForEvent(name, {
          event,
          timeout,
          ...(match && { match: match as Record<string, string> }),
        }),
      );
      return;
    }
    case "signal":
      results.push(
        await step.waitForSignal(statement.name, { key: statement.key, timeout: statement.timeout_ms }),
      );
      return;
    case "invoke": {
      const { name, fn, app, data, catch: catches } = statement;
      const call = step.invoke(name, fn, { app, input: meant(frame, data) });
      results.push(await (catches ? caught(call) : call));
      return;
    }
    case "send":
      await step.sendEvent(
        statement.name,
        statement.events.map(({ name, data }) => ({ name, data: meant(frame, data) })),
      );
      results.push(null);
      return;
    case "loop":
      for (let i = 0; i < statement.times; i += 1) await block({ ...frame, i }, statement.body);
      return;
    case "parallel":
      results.push(await step.parallel(branches(frame, statement.branches), { fanOut: true }));
      return;
    case "race":
      results.push(await step.race(branches(frame, statement.branches)));
      return;
    case "once": {
      const { name, catch: catches } = statement;
      const call = step.run(name, (context) => body(frame, statement, context), { atMostOnce: true });
      results.push(await (catches ? caught(call) : call));
      return;
    }
    case "undo":
      results.push(
        await step.run(statement.name, (context) => body(frame, statement, context), {
          compensate: () => count(frame, `undo:${statement.name}`),
        }),
      );
      return;
    case "each":
      results.push(await each(frame, statement));
      return;
    case "answer":
      step.onQuery(statement.name, () => meant(frame, statement.returns));
      return;
    case "beat":
      results.push(
        await step.run(statement.name, async (context) => {
          await count(frame, statement.name);
          await context.heartbeat(statement.data);
          await sleep(statement.delay_ms);
          return statement.returns;
        }),
      );
      return;
    case "throw":
      throw errorOf(statement);
    case "return":
      throw new Returned(meant(frame, statement.value));
    default:
      throw new UnknownStatementError(
        `There is no statement ${JSON.stringify((statement as { do: unknown }).do)}.`,
      );
  }
}

function each(frame: Frame, { name, times, body }: Extract<Statement, { do: "each" }>): Promise<unknown> {
  const items = Array.from({ length: times }, (_, i) => i);
  return frame.step.forEach(name, items, async (i, _, step) => {
    const results: unknown[] = [];
    await block({ ...frame, step, results, i }, body);
    return results;
  });
}

function branches(frame: Frame, programs: readonly Program[]) {
  return programs.map((program) => async (step: Step) => {
    const results: unknown[] = [];
    await block({ ...frame, step, results }, program);
    return results;
  });
}

async function run(frame: Frame, statement: Extract<Statement, { do: "run" }>): Promise<unknown> {
  const { name, swallow } = statement;
  const call = () => frame.step.run(name, (context) => body(frame, statement, context));
  if (statement.catch) return caught(call());
  if (!swallow) return call();
  try {
    return await call();
  } catch {
    return undefined;
  }
}

type Body = Pick<Extract<Statement, { do: "run" }>, "name" | "returns" | "throws" | "fails" | "delay_ms">;

async function body(frame: Frame, statement: Body, context: Context): Promise<unknown> {
  const { name, delay_ms, throws, fails = Number.POSITIVE_INFINITY, returns } = statement;
  await count(frame, name);
  if (delay_ms !== undefined) await sleep(delay_ms);
  if (throws !== undefined && context.attempt <= fails) throw errorOf(throws);
  return meant(frame, returns, context);
}

function count({ countAt }: Frame, name: string): Promise<unknown> {
  return fetch(countAt, { method: "POST", body: name });
}

async function caught(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { name, message } = error as Error;
    return { caught: name, message };
  }
}

function errorOf({
  name,
  message,
  retry,
  retry_after_ms: afterMs,
}: Extract<Statement, { do: "throw" }> | Thrown): Error {
  const error =
    afterMs !== undefined
      ? new RetryAfterError(message, afterMs)
      : retry === false
        ? new NonRetriableError(message)
        : new Error(message);
  return name === undefined ? error : Object.defineProperty(error, "name", { value: name });
}

type Thrown = NonNullable<Extract<Statement, { do: "run" }>["throws"]>;

function meant(frame: Frame, value: unknown, context?: Context): unknown {
  switch (value) {
    case "$results":
      return [...frame.results];
    case "$last":
      return frame.results.at(-1);
    case "$i":
      return frame.i;
    case "$attempt":
      return context?.attempt;
    case "$key":
      return context?.idempotencyKey;
    default:
      return value;
  }
}
