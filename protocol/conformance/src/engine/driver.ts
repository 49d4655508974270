// Calls, keeps the journal, and calls again until the run has ended: what an engine does, one request after the other.

import { type Answer, type Op, writeJson } from "@durable/protocol/wire";
import type { DrivenCase } from "../case.ts";
import { LONG_MEMO } from "../cases/words.ts";
import { shown } from "../match.ts";
import type { Mutation } from "../mutations.ts";
import { isUnknownStatement, leakFlaws, newTape, type Stage, UNKNOWN_STATEMENT } from "../stage.ts";
import { answerFlaws } from "./answer-flaws.ts";
import { DrivenRun, type TaskOf } from "./driven-run.ts";
import { eventOf, FUNCTION } from "./invoke-message.ts";
import { Journal } from "./journal.ts";
import { countsOf } from "./served-run.ts";

/** All attempts, where nobody says another number. */
const ATTEMPTS_DEFAULT = 4;
/** More are a run that does not end. */
const REQUESTS_MAX = 5_000;
/** Answers in a row that bring nothing. */
const STILL_MAX = 3;

/** With which the run cannot go on. */
class Flaw extends Error {}

export class NotImplemented extends Error {}

export type Ended =
  | { readonly status: "completed"; readonly output: unknown }
  | { readonly status: "failed"; readonly error: unknown };

export class Driver {
  readonly run: DrivenRun;
  readonly #case: DrivenCase;
  readonly #stage: Stage;
  readonly #mutation: Mutation | null;
  readonly #journal: Journal;
  readonly #attemptsMax: number;
  readonly #flaws: string[] = [];
  #requests = 0;
  #answers = 0;
  #runAttempt = 1;

  constructor(each: DrivenCase, stage: Stage, mutation: Mutation | null) {
    const { manifest, callbacks } = stage;
    const { world = {}, program, begun = 0 } = each;
    this.#case = each;
    this.#stage = stage;
    this.#mutation = mutation;
    const fixture = manifest.functions.find(({ id }) => id === FUNCTION);
    this.#attemptsMax = fixture?.retry?.max ?? ATTEMPTS_DEFAULT;
    this.#journal = new Journal(world, this.#attemptsMax);
    this.#journal.begin(LONG_MEMO.slice(0, begun));
    const budgetSteps = manifest.capabilities.includes("batch") ? 100 : 1;
    this.run = new DrivenRun(
      this.#journal,
      (id) => eventOf(id, program, callbacks.url, world.event),
      newTape(stage),
      {
        mutation: mutation?.name ?? null,
        budgetSteps,
      },
    );
  }

  flaws(): string[] {
    return [...this.#flaws, ...this.#journal.flaws, ...this.run.flaws, ...leakFlaws(this.run.tape)];
  }

  /** @throws Flaw when it cannot go on. */
  async toEnd(): Promise<Ended> {
    for (let still = 0; still < STILL_MAX; ) {
      const before = this.#progress;
      const answer = await this.#ask({ kind: "advance" });
      if (answer === null) continue;
      const end = this.#take(answer);
      if (end !== null) return this.#undo(end);
      const isSame = this.#progress === before;
      if (await this.#runTask()) still = 0;
      else if (!isSame) still = 0;
      else if (isAtRest(answer) && this.#journal.settleNext()) still = 0;
      else still += 1;
    }
    throw new Flaw(
      `the run stands still: ${STILL_MAX} answers in a row brought nothing, and nothing is pending`,
    );
  }

  /** Grows with all that an answer can bring. */
  get #progress(): number {
    return this.#journal.settled.length + sum(Object.values(this.#journal.attempts)) + this.#runAttempt;
  }

  /** The answer to one request, or null when it was lost. */
  async #ask(task: TaskOf): Promise<Answer | null> {
    this.#requests += 1;
    if (this.#requests > REQUESTS_MAX) throw new Flaw(`the run has not ended after ${REQUESTS_MAX} requests`);
    const message = this.run.request(task, this.#runAttempt);
    const body = writeJson(message);
    const { app, manifest } = this.#stage;
    const recorded = this.#recorded();
    const ranBefore = this.run.ran.length;
    const { tape } = this.run;
    const send = async () =>
      this.run.isOpen && task.kind === "advance"
        ? app.sendOpen(body, tape, (checkpoint) => this.run.takeLine(checkpoint))
        : app.read("invoke", await app.send({ body }, tape));
    const reads = await Promise.all(this.#mutation?.name === "twice" ? [send(), send()] : [send()]);
    for (const { message: said } of reads)
      if (isUnknownStatement(said)) throw new NotImplemented(UNKNOWN_STATEMENT);
    const flaws = reads.flatMap(({ message: said, flaws: own }) => [
      ...own,
      ...(said === undefined ? [] : answerFlaws(said, message.task.fence, manifest.manifest)),
    ]);
    if (flaws.length > 0) throw new Flaw(flaws.join("; "));
    for (const name of this.run.ran.slice(ranBefore)) {
      if (recorded.has(name))
        throw new Flaw(`the body of "${name}" ran again, though its result was in the memo`);
    }
    const answer = reads[0]!.message as Answer;
    this.#checkTold(answer);
    this.#answers += 1;
    return this.#mutation?.name === "dropped" && this.#answers % 3 === 0 ? null : answer;
  }

  /** Null when the run goes on. */
  #take(answer: Answer): Ended | null {
    const isToldTwice = answer.checkpoint !== undefined;
    if ("ops" in answer && answer.ops !== undefined) this.#journal.take(answer.ops, isToldTwice);
    switch (answer.status) {
      case "continue":
        return null;
      case "done":
        return { status: "completed", output: answer.output };
      case "error":
        if (
          answer.error.retry !== false &&
          answer.error.code !== "nondeterminism" &&
          this.#runAttempt < this.#attemptsMax
        ) {
          this.#runAttempt += 1;
          return null;
        }
        return { status: "failed", error: answer.error };
      default:
        throw new Flaw(`the app answered "${answer.status}", which nobody asked for`);
    }
  }

  /** One planned step; false when there is none. */
  async #runTask(): Promise<boolean> {
    const op = this.#journal.nextTask;
    if (op === undefined) return false;
    const ranBefore = this.run.ran.length;
    const answer = await this.#ask({ kind: "step", step: op.id });
    this.#checkAlone(op, this.run.ran.slice(ranBefore));
    if (answer === null) return true;
    const ops = answer.status === "continue" ? answer.ops : [];
    const [only] = ops;
    if (ops.length !== 1 || only?.op !== "run" || only.id !== op.id) {
      throw new Flaw(
        `the task of step "${op.name}" should be answered with exactly its run op, and was with ${shown(answer)}`,
      );
    }
    this.#journal.take([only as Op]);
    return true;
  }

  #checkAlone(op: Op, ran: readonly string[]): void {
    const others = ran.filter((name) => name !== op.name);
    if (others.length > 0) {
      throw new Flaw(
        `the task of step "${op.name}" should run only that body, and ran those of ${others.map((name) => `"${name}"`).join(", ")} too`,
      );
    }
  }

  /** What can be undone of a run that failed, in reverse order. */
  async #undo(end: Ended): Promise<Ended> {
    if (end.status === "completed") return end;
    for (const id of this.#journal.compensable.toReversed()) {
      for (let isDone = false; !isDone; ) {
        const answer = await this.#ask({ kind: "compensate", step: id });
        if (answer === null) continue;
        const ops = answer.status === "continue" ? answer.ops : [];
        if (ops.length !== 1 || ops[0]?.op !== "compensate" || ops[0].scope !== id || ops[0].st !== "ok") {
          throw new Flaw(
            `the undoing of step ${id} should be answered with exactly its compensate op, and was with ${shown(answer)}`,
          );
        }
        isDone = true;
      }
    }
    return end;
  }

  #checkTold(answer: Answer): void {
    if (answer.status === "abandoned" || answer.status === "need_memo") return;
    const { told } = this.run;
    if (shown(answer.checkpoint) === shown(told)) return;
    this.#flaws.push(
      told === undefined
        ? `the answer tells of checkpoints (${shown(answer.checkpoint)}), and none was sent`
        : `the answer should tell of the last checkpoint, ${shown(told)}, and has ${shown(answer.checkpoint)}`,
    );
  }

  /** Names of bodies of which no result is missing. */
  #recorded(): ReadonlySet<string> {
    const settled = countsOf([...this.#journal.names.values()]);
    const { steps = this.#case.ran } = this.#case;
    return new Set(Object.keys(settled).filter((name) => settled[name] === steps[name]));
  }
}

function isAtRest(answer: Answer): boolean {
  return answer.status === "continue" && answer.more !== true;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
