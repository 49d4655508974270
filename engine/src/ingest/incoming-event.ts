import type { Begin } from "../domain/begin.ts";
import type { Gate } from "../domain/gates.ts";
import type { SkipRow } from "../store/event-rows.ts";

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
  /** It is the tick of a schedule, or was started like one. */
  readonly tick?: {
    /** What keeps runs of the schedule apart; null: nothing. */
    readonly gate: Gate | null;
    /** Why it starts no run; null: it does. */
    readonly skip: Pick<SkipRow, "reason" | "detail" | "facts"> | null;
  };
}
