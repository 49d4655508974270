// Does a replay keep to the recorded path? Code that takes another one asks for nothing that contradicts the memo: it
// leaves out what is recorded and begins something new. The end of a turn that does both is looked at here, in dev.
//
// What is certain. Whenever user code rests, the turn hands it the next result, and nothing else moves it, unless it
// awaits something of its own beside its steps. A step that turns come to by results alone (`trails.ts`) is therefore
// asked for by every turn that ends suspended, since that has handed out all there is. One that does not went another way.
//
// What is not. A step that something of the code's own led to may still be asked for when that comes: nothing is said of
// it. Where it is unsure how a step was come to, such as before a restart of the app, it is named as one that may have been
// left out, unless this turn has seen the code go on by itself. And something of the code's own may be there at once in one
// turn and take its time in the next, as behind a cache: so before anything is said, the turn waits a moment for it.

import type { RecordedOp } from "@durable/protocol/wire";
import { restIsExact } from "../../runtime/after-microtasks.ts";
import { type Footing, type Trail, type TrailStep, worse } from "../trails.ts";
import type { Memo } from "./memo.ts";
import { Patience } from "./patience.ts";

/** A step by what tells it from the others. */
export interface StepPlace {
  readonly id: string;
  readonly name: string;
  readonly n: number;
}

/** A recorded step that was not asked for. Its name is known where this process came to it before. */
export interface LeftStep {
  readonly id: string;
  readonly op: RecordedOp;
  readonly known: TrailStep | undefined;
}

/** Which step was left out, and which was begun meanwhile. */
export interface Detour {
  /** The first one, in the order of the memo: others may only come after it. */
  readonly left: LeftStep;
  readonly began: StepPlace;
  /** Of the place where user code began it. */
  readonly stack: string | undefined;
  readonly isCertain: boolean;
}

export class PathWatch {
  readonly #trail: Trail;
  readonly #patience: Patience;
  readonly #reached = new Set<string>();
  /** Of what is reached now. */
  #footing: Footing = restIsExact ? "results" : "unsure";
  /** What moves user code now: the turn, which has called it or handed it something, or something of its own. */
  #mover: Footing = "results";
  #began: { readonly step: StepPlace; readonly at: Error } | null = null;

  constructor(trail: Trail) {
    this.#trail = trail;
    this.#patience = new Patience(trail.patienceMs);
  }

  /** User code has come to rest. */
  rests(): void {
    this.#mover = "own";
  }

  /** It rests, and nothing can come first but what it awaits of its own: every turn waits for that here. */
  isAlone(): void {
    this.#mover = "unsure";
  }

  /** It is handed something. */
  goesOn(): void {
    this.#mover = "results";
  }

  reached({ id, name, n }: StepPlace, isRecorded: boolean): void {
    this.#reached.add(id);
    this.#footing = worse(this.#footing, this.#mover);
    if (isRecorded) this.#footing = this.#trail.reached(id, { name, n, footing: this.#footing });
  }

  /** A step that was reached is new. */
  began(step: StepPlace, unclaimed: number): void {
    this.decided(step);
    // The first one is where the ways part: what follows from it is new as well.
    if (unclaimed > 0) this.#began ??= { step, at: new Error() };
  }

  /** A join is new: an entry, though nothing that user code asks for. */
  decided({ id, name, n }: StepPlace): void {
    this.#trail.began(id, { name, n, footing: this.#footing });
  }

  /** Whether the turn, about to end, waits for what user code may still ask for. Calls back when that is over. */
  waits(memo: Memo, over: () => void): boolean {
    const left = this.detour(memo)?.left;
    return left !== undefined && this.#trail.isNews(left.id) && this.#patience.lasts(over);
  }

  /** Asked at the end of a turn that is suspended. */
  detour(memo: Memo): Detour | null {
    if (this.#began === null || memo.unclaimed === 0) return null;
    const firstBy: Partial<Record<Footing, LeftStep>> = {};
    for (const { id, op } of memo.settled()) {
      if (this.#reached.has(id)) continue;
      const known = this.#trail.step(id);
      firstBy[known?.footing ?? "unsure"] ??= { id, op, known };
    }
    const { results, unsure } = firstBy;
    const left = results ?? (this.#footing === "own" ? undefined : unsure);
    const { step: began, at } = this.#began;
    return left === undefined ? null : { left, began, stack: at.stack, isCertain: left === results };
  }
}
