/**
 * Where steps stand: the handler itself, or one branch of a join. Names are counted per scope, so the ids of a branch
 * do not depend on how the others get on; and a branch that lost is closed, with all that it had begun.
 */
export class Scope {
  /** Goes into the ids of its steps; "" is the handler's own. */
  readonly id: string;
  /** Its steps become tasks of their own instead of running in this request. */
  readonly plans: boolean;
  readonly #parent: Scope | null;
  readonly #open = new Set<string>();
  #isClosed = false;

  constructor(id = "", parent: Scope | null = null, plans = false) {
    this.id = id;
    this.#parent = parent;
    this.plans = plans || parent?.plans === true;
  }

  /** Closed with the branch it is in, too. */
  get isClosed(): boolean {
    return this.#isClosed || this.#parent?.isClosed === true;
  }

  /** Ids of steps in it, and in branches within it, that were reached and have no result. */
  get open(): ReadonlySet<string> {
    return this.#open;
  }

  /** A step was reached that has no result. */
  opened(id: string): void {
    this.#open.add(id);
    this.#parent?.opened(id);
  }

  /** User code has its result now. */
  handedOut(id: string): void {
    this.#open.delete(id);
    this.#parent?.handedOut(id);
  }

  /** A step in it, or in a scope within it, was reached. */
  reached(id: string, canBeUndone: boolean): void {
    this.#parent?.reached(id, canBeUndone);
  }

  /** Nobody waits for it any more: what it asks for from now on, and what it waits for, never comes. */
  close(): void {
    this.#isClosed = true;
  }
}

/** A scope whose steps leave the memo together, so it knows them. */
export class GroupScope extends Scope {
  readonly steps = new Set<string>();
  /** One of them can be undone: it must stay where it can be found. */
  canBeUndone = false;

  override reached(id: string, canBeUndone: boolean): void {
    this.steps.add(id);
    this.canBeUndone ||= canBeUndone;
    super.reached(id, canBeUndone);
  }
}
