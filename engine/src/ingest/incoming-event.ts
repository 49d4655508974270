import type { Begin } from "../domain/begin.ts";

/** An event as a door hands it in. */
export interface IncomingEvent {
  readonly clientId: string | null;
  readonly name: string;
  /** JSON text as received. */
  readonly data: string;
  readonly timeMs: number | null;
  /** It starts this function and no other, whatever its name. */
  readonly target?: string;
  /** The runs it starts begin then. What waits for it has it at once. */
  readonly begin?: Begin | undefined;
}
