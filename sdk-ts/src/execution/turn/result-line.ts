import { stepErrorOf } from "../../errors.ts";
import type { Scope } from "../scope.ts";
import type { Recorded } from "./memo.ts";
import { type Awaiting, readBy } from "./step-call.ts";

interface Waiting {
  readonly position: number;
  readonly scope: Scope;
  readonly handOut: () => void;
}

/** Recorded results that user code has asked for, waiting to be handed out one at a time in the memo's order. */
export class ResultLine {
  #waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add({ entry, position }: Recorded, { call, scope, resolve, reject }: Awaiting): void {
    const handOut = () => {
      if (entry.st === "err") reject(stepErrorOf(call.name, { ...entry.error, step: entry.id }));
      if (entry.st !== "ok") return;
      try {
        resolve(readBy(call, entry.v));
      } catch (error) {
        // Nobody awaits the turn's own work: what is thrown there would bring the app's process down.
        reject(error);
      }
    };
    this.#waiting.push({ position, scope, handOut });
  }

  /** Hands out the result that was recorded first. */
  handOutFirst(): void {
    let first = 0;
    for (let i = 1; i < this.#waiting.length; i += 1) {
      if (this.#waiting[i]!.position < this.#waiting[first]!.position) first = i;
    }
    const [{ handOut }] = this.#waiting.splice(first, 1) as [Waiting];
    handOut();
  }

  /** A branch that lost gets nothing more. */
  dropClosed(): void {
    this.#waiting = this.#waiting.filter(({ scope }) => !scope.isClosed);
  }

  clear(): void {
    this.#waiting = [];
  }
}
