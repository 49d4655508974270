import { stepErrorOf } from "../../errors.ts";
import type { Scope } from "../scope.ts";
import type { Recorded } from "./memo.ts";
import { type Awaiting, readBy } from "./step-call.ts";
import type { ValueElsewhere } from "./value-elsewhere.ts";

interface Waiting {
  readonly id: string;
  readonly position: number;
  readonly scope: Scope;
  /** What user code has of it; missing where it had that before. */
  promise?: Promise<unknown>;
  /** Null when its value is here. */
  readonly elsewhere: ValueElsewhere | null;
  readonly handOut: () => void;
}

/**
 * Recorded results that user code has asked for, waiting to be handed out one at a time in the memo's order. One whose value
 * is on its way holds up those behind it, also when they are here: what came first in the memo comes first to user code.
 */
export class ResultLine {
  #waiting: Waiting[] = [];
  /** The one whose value is waited for: what is asked for meanwhile does not come before it. */
  #held: Waiting | null = null;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * @param agrees Told the value that was elsewhere; false when the code asks for something else.
   * @returns its place in the line.
   */
  add(
    { entry, position }: Recorded,
    { call, scope, resolve, reject }: Awaiting,
    elsewhere: ValueElsewhere | null = null,
    agrees: (value: unknown) => boolean = () => true,
  ): Waiting {
    const handOut = () => {
      if (entry.st === "err") reject(stepErrorOf(call.name, { ...entry.error, step: entry.id }));
      if (entry.st !== "ok") return;
      try {
        const value = elsewhere === null ? entry.v : elsewhere.read();
        if (elsewhere === null || agrees(value)) resolve(readBy(call, value));
      } catch (error) {
        // Nobody awaits the turn's own work: what is thrown there would bring the app's process down.
        reject(error);
      }
    };
    const waiting: Waiting = { id: entry.id, position, scope, elsewhere, handOut };
    this.#waiting.push(waiting);
    return waiting;
  }

  /** Whether the value of the result that comes next is here: `coming`, `here`, `missing` or `stopped`. */
  get next(): ValueElsewhere["state"] {
    this.#held ??= this.#first();
    return this.#held.elsewhere?.state ?? "here";
  }

  /** Hands out the result that was recorded first. */
  handOutFirst(): void {
    const first = this.#held ?? this.#first();
    this.#held = null;
    this.#waiting.splice(this.#waiting.indexOf(first), 1);
    first.scope.handedOut(first.id);
    first.handOut();
  }

  #first(): Waiting {
    return this.#waiting.reduce((first, each) => (each.position < first.position ? each : first));
  }

  /** Nobody gets these any more. @returns their steps' ids. */
  drop(isLost: (waiting: Waiting) => boolean): string[] {
    const lost = this.#waiting.filter(isLost);
    if (lost.length > 0) this.#waiting = this.#waiting.filter((each) => !lost.includes(each));
    if (this.#held !== null && lost.includes(this.#held)) this.#held = null;
    return lost.map(({ id }) => id);
  }

  clear(): void {
    this.#waiting = [];
    this.#held = null;
  }
}
