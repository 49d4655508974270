// A case that says word by word what is sent and what must come back.

import { setTimeout as sleep } from "node:timers/promises";
import { writeJson } from "@durable/protocol/wire";
import type { AppAnswer } from "./app/app-line.ts";
import { excerpt, readProblem } from "./app/read-answer.ts";
import type { CallbackReply, Exchange, Refused, ScriptedCase } from "./case.ts";
import { answerFlaws } from "./engine/answer-flaws.ts";
import { eventOf, type InvokeMessage, invokeMessage, newRunId } from "./engine/invoke-message.ts";
import { countFlaws, type ServedRun } from "./engine/served-run.ts";
import { type Bindings, mismatches, resolveBound } from "./match.ts";
import {
  type CaseEnd,
  isUnknownStatement,
  leakFlaws,
  neverCalled,
  newTape,
  type Stage,
  UNKNOWN_STATEMENT,
} from "./stage.ts";

export async function playScripted(each: ScriptedCase, stage: Stage): Promise<CaseEnd> {
  const bindings: Bindings = new Map();
  const tape = newTape(stage);
  const run = scriptedRun(each, bindings, tape);
  stage.callbacks.serve(run);
  try {
    for (const [index, exchange] of each.exchanges.entries()) {
      const end = await playExchange(each, exchange, run, bindings, stage);
      const flaws = [...end.flaws, ...run.flaws, ...leakFlaws(tape)];
      if (flaws.length === 0) continue;
      if ((each.callbacks?.length ?? 0) > 0 && run.taken === 0) flaws.push(neverCalled(stage));
      if (isUnknownStatement(end.message)) return { flaws: [], notImplemented: UNKNOWN_STATEMENT, tape };
      const where = each.exchanges.length === 1 ? "" : `request ${index + 1} of ${each.exchanges.length}: `;
      return { flaws: flaws.map((flaw) => where + flaw), tape };
    }
    return { flaws: [], tape };
  } catch (error) {
    return { flaws: [(error as Error).message], tape };
  } finally {
    stage.callbacks.forget(run);
  }
}

/** Answers what the case tells of, in its order. */
function scriptedRun({ callbacks = [] }: ScriptedCase, bindings: Bindings, tape: ServedRun["tape"]) {
  const run = {
    id: newRunId(),
    tape,
    ran: [] as string[],
    flaws: [] as string[],
    taken: 0,
    async answer(what: string, message: Record<string, unknown>): Promise<CallbackReply> {
      const expected = callbacks[run.taken];
      run.taken += 1;
      if (expected === undefined || expected.what !== what) {
        run.flaws.push(
          `the app asked .../${what}, which it had no reason to: ${JSON.stringify(message["fence"])}`,
        );
        return { status: 404, code: "not-found" };
      }
      const { replies, asks, ran } = expected;
      if (asks !== undefined) run.flaws.push(...mismatches(asks, message, bindings, `.../${what}`));
      if ("json" in replies && replies.afterMs !== undefined) await sleep(replies.afterMs);
      // After the wait: what must not run before the answer would have run by now.
      if (ran !== undefined) {
        run.flaws.push(...countFlaws(ran, run.ran).map((flaw) => `before .../${what} was answered, ${flaw}`));
      }
      return "json" in replies ? { ...replies, json: resolveBound(replies.json, bindings) } : replies;
    },
  };
  return run;
}

type ScriptedRun = ReturnType<typeof scriptedRun>;

async function playExchange(
  { program = [] }: ScriptedCase,
  exchange: Exchange,
  run: ScriptedRun,
  bindings: Bindings,
  { app, callbacks, manifest }: Stage,
): Promise<{ flaws: string[]; message: unknown }> {
  const message =
    exchange.message ?? messageOf(exchange, invokeMessage(run.id, eventOf(run.id, program, callbacks.url)));
  bindings.set("run", run.id);
  bindings.set("count_at", `${callbacks.url}/count/${run.id}`);
  const resolved = resolveBound(message, bindings) as InvokeMessage;
  bindings.set("fence", resolved.task?.fence);
  const take = (checkpoint: Record<string, unknown>) => run.answer("checkpoint", checkpoint);
  if (exchange.isOpen !== undefined) {
    const read = await app.sendOpen(writeJson(resolved), run.tape, take, exchange.isOpen === "whole");
    const flaws = [...read.flaws, ...afterwards(exchange, run)];
    if (read.message !== undefined && flaws.length === 0) {
      flaws.push(...answerFlaws(read.message, resolved.task.fence, manifest.manifest));
      flaws.push(...mismatches(exchange.answers ?? {}, read.message, bindings));
    }
    return { flaws, message: read.message };
  }
  const send = () =>
    app.send(
      {
        body: bodyOf(exchange, resolved),
        method: exchange.method,
        headers: exchange.headers,
        signing: exchange.signed,
      },
      run.tape,
    );
  const answers = await Promise.all(exchange.isDoubled ? [send(), send()] : [send()]);
  const flaws: string[] = [];
  let said: unknown;
  for (const answer of answers) {
    if (exchange.refused !== undefined) {
      flaws.push(...refusalFlaws(exchange.refused, answer, bindings));
      continue;
    }
    const asked = resolved.type;
    const read = app.read(asked, answer);
    said = read.message;
    flaws.push(...read.flaws);
    if (said === undefined) continue;
    if (asked === "invoke") flaws.push(...answerFlaws(said, resolved.task.fence, manifest.manifest));
    if (flaws.length === 0) flaws.push(...mismatches(exchange.answers ?? {}, said, bindings));
  }
  return { flaws: [...flaws, ...afterwards(exchange, run)], message: said };
}

/** What must have happened by the end of an exchange. */
function afterwards({ ran, callbacks }: Exchange, run: ScriptedRun): string[] {
  const flaws = ran === undefined ? [] : countFlaws(ran, run.ran);
  if (callbacks !== undefined && callbacks !== run.taken) {
    flaws.push(`the app should have called the engine ${callbacks} times by now, and has ${run.taken} times`);
  }
  return flaws;
}

function messageOf(exchange: Exchange, usual: InvokeMessage): object {
  const { memo, memo_next, attempts, budget, offers, task, run, members } = exchange;
  return {
    ...usual,
    ...(memo !== undefined && { memo, known: memo.length }),
    ...(memo_next !== undefined && { memo_next }),
    ...(attempts !== undefined && { attempts }),
    ...(budget !== undefined && { budget }),
    ...(offers !== undefined && { engine: { ...usual.engine, capabilities: offers } }),
    task: { ...usual.task, ...task },
    run: { ...usual.run, ...run },
    ...members,
  };
}

function bodyOf(
  { body, around: [before, after] = ["", ""] }: Exchange,
  message: object,
): string | Uint8Array {
  if (body === undefined) return `${before}${writeJson(message)}${after}`;
  if (typeof body === "string") return body;
  return "base64" in body ? Buffer.from(body.base64, "base64") : body.repeat.repeat(body.times);
}

function refusalFlaws(refused: Refused, answer: AppAnswer, bindings: Bindings): string[] {
  if (answer.status !== refused.status) {
    return [`the status should be ${refused.status}, and is ${answer.status}: ${excerpt(answer.body)}`];
  }
  const flaws = Object.entries(refused.headers ?? {}).flatMap(([name, value]) =>
    answer.headers[name] === value
      ? []
      : [`header ${name} should be ${value}, and is ${answer.headers[name] ?? "missing"}`],
  );
  if (refused.body !== undefined && excerpt(answer.body) !== refused.body) {
    flaws.push(`the body should be ${refused.body}, and is ${excerpt(answer.body)}`);
  }
  if (refused.code === undefined) return flaws;
  const { message, flaws: wrong } = readProblem(answer);
  flaws.push(...wrong);
  if (message !== undefined)
    flaws.push(...mismatches({ code: refused.code, ...(refused.problem as object) }, message, bindings));
  return flaws;
}
