import type { Op, StateOp } from "@durable/protocol/wire";
import { newLogBudget } from "../log-lines.ts";
import type { Scope } from "../scope.ts";

/** What there is to tell at one moment, such as what one checkpoint takes along. */
export interface Told {
  readonly ops: Op[];
  readonly state: StateOp | null;
}

/** Kinds that change nothing anywhere: they only settle later. */
const ONLY_WAITS: ReadonlySet<Op["op"]> = new Set(["sleep", "wait", "signal"]);

/** What a turn has to tell the engine, with its answer or with a checkpoint before that. */
export class News {
  /** What was reached for the first time, in the order in which it was settled here. */
  ops: Op[] = [];
  /** What log lines may still take: each answer and each checkpoint has a budget of its own. */
  logBudget = newLogBudget();
  /** What the run last said of itself: rides with any answer, and ends no turn. */
  state: StateOp | null = null;
  #stateTold: StateOp | null = null;

  add(op: Op, { id }: Scope): void {
    this.ops.push(id === "" || op.scope !== undefined ? op : { ...op, scope: id });
  }

  /** Nobody wants these any more, unless one of them ran: that is told, like all that ran. @returns which those are. */
  forget(ids: ReadonlySet<string>): Set<string> {
    const forgotten = new Set<string>();
    for (const { op, id } of this.ops) if (op !== "run" && ids.has(id)) forgotten.add(id);
    if (forgotten.size > 0) this.ops = this.ops.filter(({ id }) => !forgotten.has(id));
    return forgotten;
  }

  /** The handler has ended, so nobody is left to wait for anything: a run does not sleep on for its own sake. */
  forgetWaits(): void {
    this.ops = this.ops.filter(({ op }) => !ONLY_WAITS.has(op));
  }

  /** For a checkpoint: what there is to tell, which is then left to it. */
  take(): Told {
    const told = { ops: this.ops, state: this.state === this.#stateTold ? null : this.state };
    this.ops = [];
    this.logBudget = newLogBudget();
    return told;
  }

  /** The engine has it. */
  taken({ state }: Told): void {
    this.#stateTold = state ?? this.#stateTold;
  }

  /** The engine may not have it: the answer tells it. */
  putBack({ ops }: Told): void {
    this.ops = [...ops, ...this.ops];
  }
}

/** All of it as one list, the state last. */
export function opsOf({ ops, state }: Told): Op[] {
  return state === null ? ops : [...ops, state];
}
