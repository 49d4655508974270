import type { Task } from "@durable/protocol/wire";

/**
 * What a turn is there for: to continue the run, to run one planned step, to undo one step, or only to look. What is
 * new and not its business blocks.
 */
export class Purpose {
  /** The step it runs, if it is there for one. */
  readonly #step: string | null;
  /** The step it undoes, if it is there for that. */
  readonly #undone: string | null;
  readonly #isReadOnly: boolean;
  #isMet: boolean;

  /** @param isReadOnly It looks, and begins nothing. */
  constructor(task: Task, isReadOnly: boolean) {
    this.#step = task.kind === "step" ? task.step : null;
    this.#undone = task.kind === "compensate" ? task.step : null;
    this.#isReadOnly = isReadOnly || task.kind === "compensate";
    this.#isMet = task.kind === "advance";
  }

  /** Whether it is there for one planned step, and not to continue the run. */
  get isTask(): boolean {
    return this.#step !== null;
  }

  /** Whether the one step that it is there for was not reached so far. */
  get isUnmet(): boolean {
    return !this.#isMet;
  }

  /** Whether this new step begins here. */
  begins(id: string): boolean {
    this.#isMet ||= this.#step === id;
    return !this.#isReadOnly && (this.#step === null || this.#step === id);
  }

  /** Whether this recorded step is to be undone. */
  undoes(id: string): boolean {
    this.#isMet ||= this.#undone === id;
    return this.#undone === id;
  }
}
