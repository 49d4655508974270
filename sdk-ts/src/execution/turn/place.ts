import { Scope } from "../scope.ts";
import { idOf } from "../step-ids.ts";
import { NameCounts } from "./name-counts.ts";

/** A join that is under way: its name and place, which its branches have their ids from. */
export interface JoinPoint {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly scope: Scope;
}

/** Where user code is in its steps at this moment: what it asks for next stands there. */
export class Place {
  readonly #names = new NameCounts();
  readonly #outerAsked: (join: JoinPoint, name: string) => void;
  #scope = new Scope();
  /** Whose branch or item is being called and has not asked its own step. */
  #calling: JoinPoint | null = null;

  /** @param outerAsked A branch or an item of this join asks the step of the code around it. */
  constructor(outerAsked: (join: JoinPoint, name: string) => void) {
    this.#outerAsked = outerAsked;
  }

  get scope(): Scope {
    return this.#scope;
  }

  /**
   * What user code asks for here under this name.
   * @param group Id of the group that it stands in; where user code is, unless told.
   */
  next(name: string, group = this.#scope.id): { readonly id: string; readonly n: number } {
    if (this.#calling !== null) this.#outerAsked(this.#calling, name);
    const n = this.#names.next(group, name);
    return { id: idOf(group, name, n), n };
  }

  /**
   * Calls `call` in a scope: the steps that it asks for at once stand there.
   * @param calling The join whose branch or item is called: what that asks for here it does not ask its own step.
   */
  within<Value>(scope: Scope, call: () => Value, calling: JoinPoint | null = null): Value {
    const before = { scope: this.#scope, calling: this.#calling };
    this.#scope = scope;
    this.#calling = calling;
    try {
      return call();
    } finally {
      this.#scope = before.scope;
      this.#calling = before.calling;
    }
  }
}
