import type { Begin } from "./begin.ts";

/** An event that is not accepted yet, from a door or from a step. */
export interface NewEvent {
  /** Who has it twice sends it once; null: it is another one each time. */
  readonly clientId: string | null;
  readonly name: string;
  /** JSON text as received. */
  readonly data: string;
  /** When it happened; null: now. */
  readonly timeMs: number | null;
  /** It starts this function and no other, whatever its name; the run has the event's id. */
  readonly target?: string;
  /** The runs it starts begin then. What waits for it has it at once. */
  readonly begin?: Begin | undefined;
  /** Of whoever sends it, as `parseTraceparent` has it: the runs it starts go on with that trace. */
  readonly traceparent?: string | null | undefined;
  /** Words that the runs it starts are found by. */
  readonly tags?: readonly string[] | undefined;
}
