import { stepErrorOf } from "../../errors.ts";
import type { Scope } from "../scope.ts";
import type { Recorded } from "./memo.ts";
import { type Awaiting, readBy } from "./step-call.ts";

interface Waiting {
  readonly id: string;
  readonly position: number;
  readonly scope: Scope;
  /** What user code has of it; missing where it had that before. */
  promise?: Promise<unknown>;
  readonly handOut: () => void;
}

/** Recorded results that user code has asked for, waiting to be handed out one at a time in the memo's order. */
export class ResultLine {
  #waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** @returns its place in the line. */
  add({ entry, position }: Recorded, { call, scope, resolve, reject }: Awaiting): Waiting {
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
    const waiting: Waiting = { id: entry.id, position, scope, handOut };
    this.#waiting.push(waiting);
    return waiting;
  }

  /** Hands out the result that was recorded first. */
  handOutFirst(): void {
    let first = 0;
    for (let i = 1; i < this.#waiting.length; i += 1) {
      if (this.#waiting[i]!.position < this.#waiting[first]!.position) first = i;
    }
    const [{ id, scope, handOut }] = this.#waiting.splice(first, 1) as [Waiting];
    scope.handedOut(id);
    handOut();
  }

  /** Nobody gets these any more. @returns their steps' ids. */
  drop(isLost: (waiting: Waiting) => boolean): string[] {
    const lost = this.#waiting.filter(isLost);
    if (lost.length > 0) this.#waiting = this.#waiting.filter((each) => !lost.includes(each));
    return lost.map(({ id }) => id);
  }

  clear(): void {
    this.#waiting = [];
  }
}
