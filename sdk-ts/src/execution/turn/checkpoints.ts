// Checkpoints of a turn: what has settled is reported while the handler goes on, so the turn need not end for it.
//
// One goes out whenever user code rests and something is to be told whose result it could go on with. What comes back
// is recorded: it goes into the memo after all that was known, and in line for whoever awaits it.

import { MEMO_ENTRIES_MAX, type MemoEntry, type Op, RawJson } from "@durable/protocol/wire";
import type { CheckpointLine } from "../checkpoint-line.ts";
import type { Bodies } from "./bodies.ts";
import type { Memo } from "./memo.ts";
import { type News, opsOf } from "./news.ts";
import type { OpenSteps } from "./open-steps.ts";
import type { ResultLine } from "./result-line.ts";

/** What a checkpoint moves on. */
export interface TurnParts {
  readonly memo: Memo;
  readonly results: ResultLine;
  readonly open: OpenSteps;
  readonly news: News;
  readonly bodies: Bodies;
}

/** Whose value is known as soon as they are recorded: there is something to go on with. */
const SETTLES_AT_ONCE: ReadonlySet<string> = new Set(["run", "send", "group"]);

export class Checkpoints {
  readonly #line: CheckpointLine;
  readonly #turn: TurnParts;
  #isUnderWay = false;

  constructor(line: CheckpointLine, turn: TurnParts) {
    this.#line = line;
    this.#turn = turn;
  }

  /** Whether the engine takes another one. */
  get areOpen(): boolean {
    return this.#line.isOpen;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Whether one is worth its request now. */
  get isDue(): boolean {
    const { memo, news, bodies } = this.#turn;
    return (
      this.#line.isOpen &&
      !this.#isUnderWay &&
      !bodies.isOutOfTime &&
      this.#line.saves(memo.size) &&
      memo.size + news.ops.length < MEMO_ENTRIES_MAX &&
      news.ops.some(({ op }) => SETTLES_AT_ONCE.has(op))
    );
  }

  /**
   * @param hasEnded The handler is through.
   * @returns whether the turn goes on: not when the engine works with another dispatch.
   */
  async send(hasEnded: boolean): Promise<boolean> {
    const { news, bodies, results } = this.#turn;
    const told = news.take();
    this.#isUnderWay = true;
    const end = await this.#line.send(opsOf(told), !bodies.areRunning && results.isEmpty && !hasEnded);
    this.#isUnderWay = false;
    if (end.kind === "stopped") return false;
    if (end.kind === "closed") news.putBack(told);
    else {
      if (end.yield) bodies.startNoMore();
      news.taken(told);
      this.#takeOver(told.ops, end.memo);
    }
    return true;
  }

  #takeOver(reported: readonly Op[], entries: readonly MemoEntry[]): void {
    const { memo, open, results } = this.#turn;
    const values = new Map<string, unknown>();
    for (const op of reported) if ("v" in op) values.set(op.id, op.v);
    for (const entry of entries) {
      // What was reported is not sent back.
      const own = entry.st === "ok" ? values.get(entry.id) : undefined;
      memo.add(own instanceof RawJson ? ({ ...entry, v: JSON.parse(own.text) } as MemoEntry) : entry);
      const awaiting = open.close(entry.id);
      if (awaiting !== undefined) results.add(memo.claim(entry.id)!, awaiting);
    }
    for (const op of reported) if (op.op === "group") memo.fold(op.folds);
  }
}
