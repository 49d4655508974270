// What a program runs in.

import type { Step } from "../../sdk-ts/src/index.ts";

/** What user code did outside of the engine, by idempotency key. */
export interface Effects {
  /** A body ran. */
  ran(run: string, key: string): void;
  /** The body of a step that runs at most once ran. */
  ranOnce(run: string, key: string): void;
  /** A token was made for the wait of this key: whoever is to complete it does so there. */
  tokenMade(key: string, url: string): void;
  /** A step was undone. */
  undone(run: string, key: string, name: string): void;
}

export interface Context {
  readonly step: Step;
  readonly run: string;
  readonly key: string;
  readonly effects: Effects;
  readonly callUrl: string;
  /**
   * Now and then it awaits something that is no step. Not in branches, nor beside a sleep that does not end: a turn that
   * has something open does not wait for it.
   */
  readonly awaitsOwn: boolean;
}

/** Thrown by `return`, caught at the top: it must not be taken for an error on its way. */
export class Returned {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}
