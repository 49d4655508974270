import type { Scope } from "../scope.ts";
import { quiet } from "./quiet-promise.ts";
import type { Awaiting, StepCall } from "./step-call.ts";

/** Steps that user code has asked for and that have no result. */
export class OpenSteps {
  /** Whether a result may come while the turn goes on; without checkpoints none does. */
  readonly #canSettle: boolean;
  readonly #awaiting = new Map<string, Awaiting>();
  /** What something else settles, or another turn begins. */
  readonly #blocked = new Set<string>();
  readonly #idOf = new WeakMap<Promise<unknown>, string>();

  constructor(canSettle: boolean) {
    this.#canSettle = canSettle;
  }

  /** Whether nothing holds user code up. */
  get isEmpty(): boolean {
    return this.#blocked.size === 0 && this.#awaiting.size === 0;
  }

  /**
   * It has begun in this turn.
   * @param failing Rejects when the step fails without being recorded.
   */
  begun<Value>(id: string, call: StepCall, scope: Scope, failing?: Promise<never>): Promise<Value> {
    scope.opened(id);
    const promise = quiet<Value>((resolve, reject) => {
      if (this.#canSettle) this.#awaiting.set(id, { call, scope, resolve, reject });
      failing?.catch((error) => {
        this.#awaiting.delete(id);
        reject(error);
      });
    });
    this.#idOf.set(promise, id);
    return promise;
  }

  /** It is pending, or none of this turn's business. */
  blocked<Value>(id: string, call: StepCall, scope: Scope): Promise<Value> {
    this.#blocked.add(id);
    return this.begun(id, call, scope);
  }

  /** It began in this turn and is left to another one. */
  leave(id: string): void {
    this.#blocked.add(id);
  }

  /** The step whose promise this is, if it had no result when it was asked for. */
  idOf(promise: Promise<unknown>): string | undefined {
    return this.#idOf.get(promise);
  }

  /** It is open no longer. @returns who awaits it. */
  close(id: string): Awaiting | undefined {
    const awaiting = this.#awaiting.get(id);
    this.#awaiting.delete(id);
    this.#blocked.delete(id);
    return awaiting;
  }
}
